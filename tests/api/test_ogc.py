"""The layers over HTTP: documents, features, tiles, freshness, and who sees what."""

import re
from typing import Any

import httpx
import pytest

from api.routes.ogc_conformance import CONFORMANCE
from layers.catalogue import LAYERS
from layers.downloads import FORMS

CGCS2000 = "http://www.opengis.net/def/crs/EPSG/0/4490"
SHELTERS = """
INSERT INTO shelters (id, name, area, level, capacity, occupancy, geom, source)
SELECT 's' || lpad(n::text, 2, '0'), '避难场所' || n, '140302', 'county', 100, 0,
    ST_SetSRID(ST_Point(113.1 + n * 0.01, 37.7), 4490), 'test'
FROM generate_series(1, 25) AS n
"""
HOUSEHOLDS = """
INSERT INTO households (id, area, persons, head_name, telephone, geom, source)
SELECT 'h' || n, CASE WHEN n <= 3 THEN '140302' ELSE '140321' END, 3, '户主' || n, '139',
    ST_SetSRID(ST_Point(113.3 + n * 0.05, 37.7), 4490), 'test'
FROM generate_series(1, 10) AS n
"""
FILE = re.compile(f"f=({'|'.join(FORMS)})")
FIRST_TILE = "/ogc/collections/households/tiles/WebMercatorQuad/13/3168/6675"


@pytest.fixture
async def viewer(api: Any, event: str) -> dict[str, str]:
    """A viewer's headers, with shelters, households and an event on file."""
    await api.conn.execute(SHELTERS)
    await api.conn.execute(HOUSEHOLDS)
    headers: dict[str, str] = await api.as_role("viewer")
    return headers


def rel(document: dict[str, Any], name: str) -> str | None:
    """The address of the first link with that relation."""
    return next((link["href"] for link in document["links"] if link["rel"] == name), None)


async def test_every_link_of_every_document_answers(api: Any, viewer: dict[str, str]) -> None:
    waiting, seen = ["http://test/ogc"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen or not address.startswith("http://test/") or "{" in address:
            continue
        if FILE.search(address) and "/shelters/" not in address:
            continue  # those of one collection are enough
        seen.add(address)
        answer = await api.client.get(address, headers=viewer)
        assert answer.status_code == 200, (address, answer.text)
        if "json" in answer.headers["content-type"]:
            waiting += re.findall(r'"href":"([^"]+)"', answer.text)
    assert len(seen) > 100


async def test_links_have_the_type_that_they_lead_to(api: Any, viewer: dict[str, str]) -> None:
    for start in ("/ogc", "/ogc/collections/shelters", "/ogc/collections/shelters/items?limit=2"):
        document = (await api.client.get(start, headers=viewer)).json()
        for link in document["links"]:
            answer = await api.client.get(link["href"], headers=viewer)
            assert answer.headers["content-type"].split("; ")[0] == link["type"], link


async def test_it_declares_what_is_tested(api: Any, viewer: dict[str, str]) -> None:
    answer = await api.client.get("/ogc/conformance", headers=viewer)
    assert tuple(answer.json()["conformsTo"]) == CONFORMANCE


async def test_all_collections_are_listed_with_their_counts(
    api: Any, viewer: dict[str, str]
) -> None:
    document = (await api.client.get("/ogc/collections", headers=viewer)).json()
    counts = {c["id"]: c["itemCount"] for c in document["collections"]}
    assert set(counts) == set(LAYERS)
    assert (counts["shelters"], counts["counties"], counts["casualties"]) == (25, 2, 4)
    assert document["collections"][0]["crs"][0].endswith("CRS84")


async def test_a_collection_says_when_it_last_changed(api: Any, viewer: dict[str, str]) -> None:
    async def told(query: str = "") -> dict[str, str | None]:
        document = (await api.client.get(f"/ogc/collections{query}", headers=viewer)).json()
        return {c["id"]: c.get("updated") for c in document["collections"]}

    before = await told()
    await api.conn.execute("UPDATE shelters SET name = name || '一'")
    after = await told()
    assert before["shelters"] < after["shelters"]
    assert before["depots"] == after["depots"]
    assert set((await told("?known_at=2026-09-15T12:00:00Z")).values()) == {None}


async def test_next_leads_through_all_features_and_ends(api: Any, viewer: dict[str, str]) -> None:
    address: str | None = "/ogc/collections/shelters/items?limit=10"
    found: list[str] = []
    while address:
        page = (await api.client.get(address, headers=viewer)).json()
        assert page["numberMatched"] == 25
        assert page["numberReturned"] == len(page["features"])
        found += [f["id"] for f in page["features"]]
        address = rel(page, "next")
    assert found == [f"s{n:02}" for n in range(1, 26)]


async def test_an_offset_is_taken_and_never_handed_on(api: Any, viewer: dict[str, str]) -> None:
    items = "/ogc/collections/shelters/items"
    page = (await api.client.get(f"{items}?limit=10&offset=10", headers=viewer)).json()
    assert [f["id"] for f in page["features"]] == [f"s{n:02}" for n in range(11, 21)]
    assert page["numberMatched"] == 25
    following = rel(page, "next")
    assert following is not None
    assert "offset" not in following
    rest = (await api.client.get(following, headers=viewer)).json()
    assert [f["id"] for f in rest["features"]] == [f"s{n:02}" for n in range(21, 26)]
    assert rel(rest, "next") is None


async def test_counting_can_be_left_out(api: Any, viewer: dict[str, str]) -> None:
    page = await api.client.get("/ogc/collections/shelters/items?count=false", headers=viewer)
    assert "numberMatched" not in page.json()
    assert page.json()["numberReturned"] == 25


MALFORMED = [
    "bbox=1,2,3",
    "bbox=1,2,3,4,5",
    "bbox=a,b,c,d",
    "bbox=nan,37,114,38",
    "bbox=113,37,inf,38",
    "bbox=114,37,113,38",
    "bbox=113,38,114,37",
    "bbox=37,113,38,114",
    "bbox=",
    "bbox=113,37,114,38&bbox-crs=EPSG:4490",
    "crs=http://www.opengis.net/def/crs/EPSG/0/9999",
    "limit=0",
    "limit=-1",
    "limit=ten",
    "limit=1.5",
    "limit=",
    "offset=-1",
    "offset=x",
    "token=x",
    "token=AAAAAAAAAAAA",
    "token=%FF",
    "datetime=yesterday",
    "datetime=2026-09-15",
    "datetime=2026-09-15T00:00:00",
    "datetime=../..%2F..",
    "datetime=2026-09-16T00:00:00Z/2026-09-15T00:00:00Z",
    "datetime=10000-01-01T00:00:00Z",
    "datetime=..",
    "count=maybe",
    "filter=name='x",
    "filter=nobody='x'",
    "filter=head_name='x'",
    "filter=capacity='x'",
    "filter=1/0>1&filter-lang=sql",
    "filter=10^400>1",
    "filter=name=%27%00%27",
    "filter=S_INTERSECTS(geometry,POLYGON((0 0,1 1,1 0,0 1,0 0)))",
    "filter={&filter-lang=cql2-json",
    "filter=true&filter-crs=EPSG:4547",
    "sortby=nobody",
    "sortby=facilities",
    "sortby=name,-name",
    "properties=nobody",
    "crs=EPSG:4547",
    "bbox=1e9,1e9,2e9,2e9&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4547",
    "nobody=x",
    "head_name=x",
    "facilities=water",
    "capacity=ten",
    "capacity=",
    "synthetic=maybe",
    "updated_at=2026-09-15",
    "name=%00",
    "name=a&name=b",
    "limit=1&limit=2",
]


async def test_what_cannot_be_read_is_refused_with_its_place(
    api: Any, viewer: dict[str, str]
) -> None:
    for question in MALFORMED:
        answer = await api.client.get(f"/ogc/collections/shelters/items?{question}", headers=viewer)
        assert answer.status_code == 400, (question, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "malformed_request"


COUNTS = [
    ("bbox=113.105,37,113.155,38", 5),
    ("bbox=113.105,37,0,113.155,38,9000", 5),
    (f"bbox=37,113.105,38,113.155&bbox-crs={CGCS2000}", 5),
    ("bbox=-180,-90,180,90", 25),
    ("datetime=../2000-01-01T00:00:00Z", 0),
    ("datetime=2000-01-01T00:00:00Z/..", 25),
    ("datetime=2000-01-01T00:00:00%2B08:00/", 25),
    ("limit=99999", 25),
    ("name=避难场所7", 1),
    ("name=避难场所", 0),
    ("capacity=100.0&synthetic=false", 25),
    ("capacity=100&filter=id<'s03'", 2),
    ("capacity=99", 0),
    ("updated_at=2000-01-01T00:00:00Z", 0),
    ("event=", 25),
]


async def test_filters_take_what_they_say(api: Any, viewer: dict[str, str]) -> None:
    for question, count in COUNTS:
        answer = await api.client.get(f"/ogc/collections/shelters/items?{question}", headers=viewer)
        assert answer.status_code == 200, answer.text
        assert answer.json()["numberMatched"] == count, question


async def test_coordinates_come_in_the_system_asked_for(api: Any, viewer: dict[str, str]) -> None:
    path = "/ogc/collections/shelters/items/s01"
    usual = await api.client.get(path, headers=viewer)
    assert usual.headers["content-crs"].endswith("CRS84>")
    assert usual.json()["geometry"]["coordinates"] == [113.11, 37.7]
    chinese = await api.client.get(f"{path}?crs={CGCS2000}", headers=viewer)
    assert chinese.headers["content-crs"] == f"<{CGCS2000}>"
    assert chinese.json()["geometry"]["coordinates"] == [37.7, 113.11]


NOT_THERE = [
    ("/ogc/collections/towns", 404),
    ("/ogc/collections/towns/items", 404),
    ("/ogc/collections/shelters/items/none", 404),
    ("/ogc/collections/shelters/items?f=shp", 406),
    ("/ogc?f=xml", 406),
    ("/ogc/collections?event=none", 404),
    ("/ogc/styles/situation?theme=pink", 400),
    ("/ogc/styles/situation/pink.png", 404),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/2/4/0", 404),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/2/-1/0", 404),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/40/0/0", 404),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/a/b/c", 404),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/1/0/0?filter=x", 400),
    ("/ogc/collections/shelters/tiles/WebMercatorQuad/1/0/0?f=png", 406),
    ("/ogc/collections/shelters/tiles/CDB1GlobalGrid", 404),
]


async def test_what_is_not_there_is_refused(api: Any, viewer: dict[str, str]) -> None:
    for path, status in NOT_THERE:
        answer = await api.client.get(path, headers=viewer)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_reads_without_a_token(api: Any) -> None:
    for path in ("/ogc", "/ogc/collections", "/ogc/collections/shelters/items", FIRST_TILE):
        assert (await api.client.get(path)).status_code == 401


async def test_pages_for_people_are_html_and_escape_what_they_show(
    api: Any, viewer: dict[str, str]
) -> None:
    await api.conn.execute("UPDATE shelters SET name = '<script>x</script>' WHERE id = 's01'")
    for path in ("", "/conformance", "/collections", "/collections/shelters"):
        answer = await api.client.get(f"/ogc{path}?f=html", headers=viewer)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    items = "/ogc/collections/shelters/items"
    page = await api.client.get(items, headers=viewer | {"Accept": "text/html,*/*"})
    assert "避难场所2" in page.text
    assert "<script>" not in page.text
    assert (await api.client.get(f"{items}?f=json", headers=viewer)).json()["features"]


async def test_a_planner_sees_people_of_the_area_alone(api: Any, viewer: dict[str, str]) -> None:
    planner = await api.as_role("planner", "140302")
    items = "/ogc/collections/households/items"
    seen = (await api.client.get(items, headers=planner)).json()
    assert [f["id"] for f in seen["features"]] == ["h1", "h2", "h3"]
    assert seen["numberMatched"] == 3
    assert seen["features"][0]["properties"]["head_name"] == "户主1"
    assert (await api.client.get(f"{items}/h1", headers=planner)).status_code == 200
    assert (await api.client.get(f"{items}/h9", headers=planner)).status_code == 404
    collection = await api.client.get("/ogc/collections/households", headers=planner)
    assert (collection.json()["itemCount"], collection.json()["aggregated"]) == (3, False)
    tile = await api.client.get(FIRST_TILE, headers=planner)
    assert b"h1" in tile.content
    assert "户主".encode() not in tile.content


@pytest.mark.parametrize("role", ["viewer", "field"])
async def test_others_see_counts_by_cell(api: Any, viewer: dict[str, str], role: str) -> None:
    headers = await api.as_role(role)
    items = "/ogc/collections/households/items"
    seen = await api.client.get(items, headers=headers)
    assert sum(f["properties"]["persons"] for f in seen.json()["features"]) == 30
    cell = seen.json()["features"][0]["id"]
    assert (await api.client.get(f"{items}/{cell}", headers=headers)).status_code == 200
    assert (await api.client.get(f"{items}/h1", headers=headers)).status_code == 404
    schema = await api.client.get("/ogc/collections/households/schema", headers=headers)
    tile = await api.client.get(FIRST_TILE, headers=headers)
    for answer in (seen, schema, tile):
        assert "户主".encode() not in answer.content
        assert b"head_name" not in answer.content
        assert b"telephone" not in answer.content
    assert b"h1" not in tile.content


async def test_answers_are_fresh_until_their_rows_change(api: Any, viewer: dict[str, str]) -> None:
    paths = (
        "/ogc/collections",
        "/ogc/collections/shelters",
        "/ogc/collections/shelters/items",
        "/ogc/collections/shelters/items/s01",
        "/ogc/collections/shelters/tiles/WebMercatorQuad/6/24/52",
        "/ogc/collections/shelters/tiles/WebMercatorQuad/tilejson.json",
    )
    for path in paths:
        first = await api.client.get(path, headers=viewer)
        assert "no-cache" in first.headers["cache-control"]
        again = viewer | {"If-None-Match": first.headers["etag"]}
        held = await api.client.get(path, headers=again)
        assert (held.status_code, held.content) == (304, b"")
        await api.conn.execute("UPDATE shelters SET occupancy = occupancy + 1 WHERE id = 's01'")
        changed = await api.client.get(path, headers=again)
        assert changed.status_code == 200
        assert changed.headers["etag"] != first.headers["etag"]


async def test_what_one_role_holds_is_not_fresh_for_another(
    api: Any, viewer: dict[str, str]
) -> None:
    path = "/ogc/collections/households/items"
    planner = await api.as_role("planner", "140302")
    held = await api.client.get(path, headers=planner)
    assert held.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in held.headers["vary"]
    other = viewer | {"If-None-Match": held.headers["etag"]}
    assert (await api.client.get(path, headers=other)).status_code == 200


async def test_casualties_tell_zero_from_silence(
    api: Any, viewer: dict[str, str], post_report: Any, event: str
) -> None:
    assert (await post_report({"dead": 0, "injured": 4})).status_code == 201
    answer = await api.client.get(
        f"/ogc/collections/casualties/items?event={event}", headers=viewer
    )
    told = {f["id"]: f["properties"] for f in answer.json()["features"]}
    assert told["140321"]["dead"] == 0
    assert told["140321"]["missing"] is None
    assert told["140321"]["reported"] is True
    assert told["140302"]["dead"] is None
    assert told["140302"]["reported"] is False
    assert rel(answer.json(), "self").count(f"event={event}") == 1  # type: ignore[union-attr]


async def test_the_event_shown_is_the_demo_else_the_newest_open_that_is_no_exercise(
    api: Any, viewer: dict[str, str], operator: dict[str, str], event: str
) -> None:
    async def shown() -> str:
        answer = await api.client.get("/ogc/collections/casualties", headers=viewer)
        return str(answer.json()["event"])

    assert await shown() == event
    later = {"hazard": "flood", "occurred_at": "2026-09-15T03:00:00+08:00", "area": "140300"}
    drill = (
        await api.client.post("/api/events", json=later | {"exercise": True}, headers=operator)
    ).json()["id"]
    assert await shown() == event
    flood = (await api.client.post("/api/events", json=later, headers=operator)).json()["id"]
    assert await shown() == flood
    await api.conn.execute("UPDATE events SET demo = true WHERE id = %s", (drill,))
    assert await shown() == drill


async def test_the_style_points_at_this_server_and_keeps_the_event(
    api: Any, viewer: dict[str, str], event: str
) -> None:
    answer = await api.client.get(f"/ogc/styles/situation?event={event}&theme=dark", headers=viewer)
    style = answer.json()
    assert style["metadata"]["bounds"] == [113.0, 37.5, 114.0, 38.0]
    for name, source in style["sources"].items():
        (template,) = source["tiles"]
        assert template.startswith(f"http://test/ogc/collections/{name}/tiles/")
        tile = template.format(z=6, y=24, x=52)
        assert (await api.client.get(tile, headers=viewer)).status_code in (200, 204)
        assert f"event={event}" in template
    for ending in (".json", ".png", "@2x.json", "@2x.png"):
        sprite = await api.client.get(style["sprite"] + ending, headers=viewer)
        assert sprite.status_code == 200
    assert (await api.client.get("/ogc/styles/situation", headers=viewer)).status_code == 200


async def test_tilejson_keeps_the_token_out(api: Any, viewer: dict[str, str]) -> None:
    path = "/ogc/collections/shelters/tiles/WebMercatorQuad/tilejson.json"
    answer = await api.client.get(path, headers=viewer)
    assert "rm_" not in answer.text
    assert answer.json()["bounds"] == pytest.approx([113.11, 37.7, 113.35, 37.7])


async def test_the_definition_holds_together(api: Any, viewer: dict[str, str]) -> None:
    answer = await api.client.get("/ogc/api", headers=viewer)
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    definition = answer.json()
    assert definition["openapi"].startswith("3.0.")
    parameters = definition["components"]["parameters"]
    for pointer in re.findall(r'"\$ref":"#/([^"]+)"', answer.text):
        target: Any = definition
        for key in pointer.split("/"):
            target = target[key]
    operations = [path["get"] for path in definition["paths"].values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, item in definition["paths"].items():
        stated = item["get"]["parameters"]
        named = [p["$ref"].rsplit("/", 1)[1] for p in stated if "$ref" in p]
        assert {p["in"] for p in stated if "$ref" not in p} <= {"query"}
        inside = {n for n in named if parameters[n]["in"] == "path"}
        assert inside == set(re.findall(r"{(\w+)}", path))


async def test_every_path_of_the_definition_is_served(api: Any, viewer: dict[str, str]) -> None:
    definition = (await api.client.get("/ogc/api", headers=viewer)).json()
    values = {
        "collectionId": "shelters",
        "featureId": "s01",
        "tileMatrixSetId": "WebMercatorQuad",
        "tileMatrix": 6,
        "tileRow": 24,
        "tileCol": 52,
    }
    for path in definition["paths"]:
        answer: httpx.Response = await api.client.get(
            "/ogc" + path.format_map(values), headers=viewer
        )
        assert answer.status_code == 200, path
