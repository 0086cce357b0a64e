"""Registers edited feature by feature: by whom, under which version, by which rules."""

import asyncio
from typing import Any

import pytest
from pyproj import Transformer

ITEMS = "/ogc/collections/shelters/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SCHOOL = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [113.25, 37.75]},
    "properties": {"name": "一中", "level": "county", "capacity": 500, "facilities": ["water"]},
}
POINT = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [113.3, 37.8]},
    "properties": {"name": "滑坡", "kind": "landslide"},
}


@pytest.fixture
async def planner(api: Any) -> dict[str, str]:
    headers: dict[str, str] = await api.as_role("planner", "140302")
    return headers


@pytest.fixture
async def school(api: Any, planner: dict[str, str]) -> str:
    """The address of a shelter that a planner has added."""
    made = await api.client.post(ITEMS, json=SCHOOL, headers=planner)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def actions(api: Any) -> list[str]:
    rows = await (await api.conn.execute("SELECT action FROM audit ORDER BY id")).fetchall()
    return [row["action"] for row in rows]


async def test_a_feature_is_added_read_changed_replaced_and_removed(
    api: Any, planner: dict[str, str], school: str
) -> None:
    read = await api.client.get(school, headers=planner)
    told = read.json()["properties"]
    assert (told["name"], told["capacity"], told["area"]) == ("一中", 500, "140302")
    assert (told["state"], told["source"], told["synthetic"]) == ("open", "OGC API", False)
    version = {"If-Match": read.headers["etag"]}
    patch = {"properties": {"occupancy": 20, "capacity": 450}}
    changed = await api.client.patch(school, json=patch, headers=planner | version)
    assert changed.status_code == 200, changed.text
    assert changed.json()["properties"]["free"] == 430
    assert changed.json()["geometry"] == read.json()["geometry"]
    version = {"If-Match": changed.headers["etag"]}
    replaced = await api.client.put(school, json=SCHOOL, headers=planner | version)
    assert replaced.json()["properties"]["occupancy"] == 0
    version = {"If-Match": replaced.headers["etag"]}
    gone = await api.client.delete(school, headers=planner | version)
    assert gone.status_code == 204
    assert (await api.client.get(school, headers=planner)).status_code == 404
    assert await actions(api) == [
        "feature.create",
        "feature.update",
        "feature.replace",
        "feature.delete",
    ]


async def test_a_version_that_is_not_the_newest_changes_nothing(
    api: Any, planner: dict[str, str], school: str
) -> None:
    read = await api.client.get(school, headers=planner)
    stale = planner | {"If-Match": read.headers["etag"]}
    await api.conn.execute("UPDATE shelters SET occupancy = 7")
    patch = {"properties": {"capacity": 1}}
    assert (await api.client.patch(school, json=patch, headers=stale)).status_code == 412
    assert (await api.client.put(school, json=SCHOOL, headers=stale)).status_code == 412
    assert (await api.client.delete(school, headers=stale)).status_code == 412
    weak = planner | {
        "If-Match": "W/" + (await api.client.get(school, headers=planner)).headers["etag"]
    }
    assert (await api.client.delete(school, headers=weak)).status_code == 412
    for method in ("PATCH", "PUT", "DELETE"):
        answer = await api.client.request(method, school, json=SCHOOL, headers=planner)
        assert answer.status_code == 428, answer.text
        assert answer.json()["code"] == "if_match_required"
    left = await api.client.get(school, headers=planner)
    assert (left.json()["properties"]["capacity"], left.json()["properties"]["occupancy"]) == (
        500,
        7,
    )


async def test_a_neighbour_s_change_leaves_the_version_of_a_feature(
    api: Any, planner: dict[str, str], school: str
) -> None:
    read = await api.client.get(school, headers=planner)
    await api.client.post(ITEMS, json=SCHOOL, headers=planner)
    held = planner | {"If-None-Match": read.headers["etag"]}
    assert (await api.client.get(school, headers=held)).status_code == 304
    one_form = await api.client.get(f"{school}?crs={EPSG}4490", headers=planner)
    assert one_form.headers["etag"] != read.headers["etag"]
    version = {"If-Match": one_form.headers["etag"]}
    assert (await api.client.delete(school, headers=planner | version)).status_code == 204


async def test_a_desktop_that_knows_no_versions_may_say_whatever_is_there(
    api: Any, planner: dict[str, str], school: str
) -> None:
    headers = planner | {
        "If-Match": "*",
        "Content-Type": "application/merge-patch+json",
        "Content-Crs": f"{EPSG}4546",
    }
    x, y = Transformer.from_crs(4490, 4546, always_xy=True).transform(113.4, 37.6)
    patch = {"geometry": {"type": "Point", "coordinates": [y, x]}}
    moved = await api.client.patch(school, json=patch, headers=headers)
    assert moved.status_code == 200, moved.text
    assert moved.json()["geometry"]["coordinates"] == pytest.approx([113.4, 37.6])
    read_only = {"properties": {"free": 9, "updated_at": "2001-01-01T00:00:00Z", "capacity": 40}}
    changed = await api.client.patch(school, json=read_only, headers=headers)
    told = changed.json()["properties"]
    assert (told["capacity"], told["free"]) == (40, 40)
    assert not told["updated_at"].startswith("2001")


async def test_the_rules_are_those_of_the_import(api: Any, planner: dict[str, str]) -> None:
    async def places(**changes: Any) -> list[str]:
        body = SCHOOL | {"properties": SCHOOL["properties"] | changes.pop("properties", {})}  # type: ignore[operator]
        answer = await api.client.post(ITEMS, json=body | changes, headers=planner)
        assert answer.status_code == 422, answer.text
        return [error["at"] for error in answer.json()["errors"]]

    assert await places(properties={"capacity": -5}) == ["/properties/capacity"]
    assert await places(properties={"capacity": "many"}) == ["/properties/capacity"]
    assert await places(properties={"name": None}) == ["/properties/name"]
    assert await places(properties={"level": "city"}) == ["/properties/level"]
    assert await places(properties={"colour": "red"}) == ["/properties/colour"]
    assert await places(geometry={"type": "Point", "coordinates": [13, 37]}) == ["/geometry"]
    line = {"type": "LineString", "coordinates": [[113, 37.6], [113.1, 37.6]]}
    assert await places(geometry=line) == ["/geometry"]
    assert (await (await api.conn.execute("SELECT count(*) AS n FROM shelters")).fetchone())[
        "n"
    ] == 0
    assert await actions(api) == []


async def test_a_body_that_is_no_feature_is_refused(api: Any, planner: dict[str, str]) -> None:
    for body in (b"{", b"[]", b'{"type":"Feature"}', b'{"type":"Feature","geometry":[]}', b"NaN"):
        typed = planner | {"Content-Type": "application/geo+json"}
        answer = await api.client.post(ITEMS, content=body, headers=typed)
        assert answer.status_code == 400, body
    typed = planner | {"Content-Type": "text/plain"}
    assert (await api.client.post(ITEMS, content=b"x", headers=typed)).status_code == 415
    typed = planner | {"Content-Crs": f"<{EPSG}9999>"}
    assert (await api.client.post(ITEMS, json=SCHOOL, headers=typed)).status_code == 400


async def test_only_planners_write_and_only_in_their_area(
    api: Any, planner: dict[str, str], school: str
) -> None:
    elsewhere = await api.as_role("planner", "140321")
    for headers, status in ((await api.as_role("viewer"), 403), (elsewhere, 403), ({}, 401)):
        version = headers | {"If-Match": "*"}
        assert (await api.client.post(ITEMS, json=SCHOOL, headers=headers)).status_code == status
        assert (await api.client.put(school, json=SCHOOL, headers=version)).status_code == status
        assert (await api.client.delete(school, headers=version)).status_code == status
    away = {"geometry": {"type": "Point", "coordinates": [113.75, 37.75]}}
    version = planner | {"If-Match": "*"}
    assert (await api.client.patch(school, json=away, headers=version)).status_code == 403


async def test_one_key_adds_once(api: Any, planner: dict[str, str]) -> None:
    keyed = planner | {"Idempotency-Key": "k1"}
    first = await api.client.post(ITEMS, json=SCHOOL, headers=keyed)
    again = await api.client.post(ITEMS, json=SCHOOL, headers=keyed)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == again.headers["location"]
    assert first.json() == again.json()
    other = await api.client.post(ITEMS, json=SCHOOL | {"id": "x"}, headers=keyed)
    assert other.status_code == 409
    named = SCHOOL | {"id": "校/1?"}
    made = await api.client.post(ITEMS, json=named, headers=planner)
    assert (await api.client.get(made.headers["location"], headers=planner)).json()["id"] == "校/1?"
    assert (await api.client.post(ITEMS, json=named, headers=planner)).status_code == 409


@pytest.mark.parametrize(("layer", "body"), [("hazard_points", POINT), ("depots", SCHOOL)])
async def test_the_other_registers_take_features_too(
    api: Any, planner: dict[str, str], layer: str, body: Any
) -> None:
    kept = {k: v for k, v in body["properties"].items() if k in ("name", "kind", "level")}
    made = await api.client.post(
        f"/ogc/collections/{layer}/items", json=body | {"properties": kept}, headers=planner
    )
    assert made.status_code == 201, made.text
    stored = await api.client.get(made.headers["location"], headers=planner)
    assert stored.json()["properties"]["area"] == "140302"


async def test_what_other_records_name_stays(
    api: Any, planner: dict[str, str], operator: dict[str, str], event: str
) -> None:
    body = SCHOOL | {"properties": {"name": "库", "level": "county"}}
    made = await api.client.post("/ogc/collections/depots/items", json=body, headers=planner)
    depot = made.json()["id"]
    await api.client.post(ITEMS, json=SCHOOL | {"id": "s1"}, headers=planner)
    await api.conn.execute(
        "INSERT INTO supply_requests (id, event, depot, shelter, item, holder, form, quantity,"
        " unit, state, books_stock) VALUES"
        " ('r', %s, %s, 's1', 'tent', 'government', 'physical', 1, '顶', 'requested', false)",
        (event, depot),
    )
    answer = await api.client.delete(made.headers["location"], headers=planner | {"If-Match": "*"})
    assert answer.status_code == 409, answer.text


async def test_options_say_what_the_caller_may_do(
    api: Any, planner: dict[str, str], school: str
) -> None:
    async def allowed(path: str, headers: dict[str, str]) -> set[str]:
        answer = await api.client.options(path, headers=headers)
        assert answer.status_code == 204, path
        return set(answer.headers["allow"].split(", "))

    read, viewer = {"GET", "HEAD", "OPTIONS"}, await api.as_role("viewer")
    assert await allowed(ITEMS, planner) == read | {"POST"}
    assert await allowed(school, planner) == read | {"PUT", "PATCH", "DELETE"}
    for path in ("/ogc", "/ogc/collections", "/ogc/collections/counties/items", "/ogc/styles"):
        assert await allowed(path, planner) == read
    assert await allowed(ITEMS, viewer) == read
    assert (await api.client.options(ITEMS)).status_code == 401
    refused = await api.client.post("/ogc/collections/counties/items", json={}, headers=planner)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await api.client.put("/ogc/collections", headers=planner)).status_code == 405


async def test_the_schema_says_what_can_be_written(api: Any, planner: dict[str, str]) -> None:
    answer = await api.client.get("/ogc/collections/shelters/schema", headers=planner)
    schema = answer.json()
    assert set(schema["required"]) == {"geometry", "name", "level", "capacity"}
    fixed = {name for name, column in schema["properties"].items() if column.get("readOnly")}
    assert fixed == {"id", "free", "updated_at"}


async def test_one_id_is_added_once_by_however_many(api: Any, planner: dict[str, str]) -> None:
    named = SCHOOL | {"id": "twice"}
    asked = [api.client.post(ITEMS, json=named, headers=planner) for _ in range(5)]
    found = sorted([answer.status_code for answer in await asyncio.gather(*asked)])
    assert found == [201, 409, 409, 409, 409]


async def test_a_place_in_no_division_is_no_fault_of_the_program(
    api: Any, planner: dict[str, str]
) -> None:
    nowhere = SCHOOL | {"geometry": {"type": "Point", "coordinates": [80.0, 30.0]}}
    assert (await api.client.post(ITEMS, json=nowhere, headers=planner)).status_code == 201
