"""Questions to layers: filters, order, properties, coordinate systems, and who may ask what."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from pyproj import CRS, Transformer

from geo.served_crs import SERVED

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SHELTERS = """
INSERT INTO shelters (id, name, area, level, capacity, occupancy, ground_area_m2, facilities, geom,
    source, updated_at)
SELECT 's' || lpad(n::text, 2, '0'), '避难场所' || n, '140302', 'county', 100 + n % 4, n % 3,
    CASE WHEN n % 5 > 0 THEN n % 5 END, CASE WHEN n % 2 = 0 THEN '{water,power}'::text[] ELSE '{}'
    END, ST_SetSRID(ST_Point(113.1 + n * 0.01, 37.7), 4490), 'test',
    timestamptz '2026-09-01T00:00:00+08:00' + n * interval '1 day'
FROM generate_series(1, 25) AS n
"""
HOUSEHOLDS = """
INSERT INTO households (id, area, persons, head_name, telephone, geom, source)
SELECT 'h' || n, CASE WHEN n <= 3 THEN '140302' ELSE '140321' END, n, '户主' || n, '139',
    ST_SetSRID(ST_Point(113.3 + n * 0.05, 37.7), 4490), 'test'
FROM generate_series(1, 10) AS n
"""
SOME = {f"s{n:02}" for n in range(1, 7)}
ITEMS = "/ogc/collections/shelters/items"


@pytest.fixture
async def viewer(api: Any, event: str) -> dict[str, str]:
    """A viewer's headers, with shelters, households and an event on file."""
    await api.conn.execute(SHELTERS)
    await api.conn.execute(HOUSEHOLDS)
    headers: dict[str, str] = await api.as_role("viewer")
    return headers


@pytest.fixture
def ask(api: Any, viewer: dict[str, str]) -> Any:
    """Asks for items with these parameters; the answer must be 200."""

    async def asked(path: str = ITEMS, headers: Any = None, **parameters: str) -> Any:
        answer = await api.client.get(path, params=parameters or None, headers=headers or viewer)
        assert answer.status_code == 200, answer.text
        return answer

    return asked


def ids(answer: httpx.Response) -> list[str]:
    return [f["id"] for f in answer.json()["features"]]


FILTERS = [
    ("capacity = 103 AND occupancy > 0", lambda n: n % 4 == 3 and n % 3 > 0),
    ("free / 2 >= 51 OR name LIKE '%25'", lambda n: 100 + n % 4 - n % 3 >= 102 or n == 25),
    ("ground_area_m2 IS NULL", lambda n: n % 5 == 0),
    ("A_CONTAINS(facilities, ('water'))", lambda n: n % 2 == 0),
    ("T_AFTER(updated_at, DATE('2026-09-20'))", lambda n: n >= 20),
    ("S_INTERSECTS(geometry, BBOX(113.105, 37, 113.155, 38))", lambda n: 1 <= n <= 5),
    ("S_DWITHIN(geometry, POINT(113.2 37.7), 1000)", lambda n: 9 <= n <= 11),
    ("id IN ('s03', 's07') AND NOT synthetic", lambda n: n in (3, 7)),
]


@pytest.mark.parametrize(("written", "told"), FILTERS, ids=[f for f, _ in FILTERS])
async def test_a_filter_leaves_what_it_says_and_counts_it(
    ask: Any, written: str, told: Any
) -> None:
    answer = await ask(filter=written)
    expected = [f"s{n:02}" for n in range(1, 26) if told(n)]
    assert ids(answer) == expected
    assert answer.json()["numberMatched"] == len(expected) > 0


async def test_json_filters_and_their_coordinates(ask: Any) -> None:
    x, y = Transformer.from_crs(4490, 4546, always_xy=True).transform(113.15, 37.7)
    place = {"type": "Point", "coordinates": [y, x]}  # northing first, as the authority has it
    near = {"op": "s_dwithin", "args": [{"property": "geometry"}, place, 100]}
    answer = await ask(
        filter=orjson.dumps(near).decode(),
        **{"filter-lang": "cql2-json", "filter-crs": f"{EPSG}4546"},
    )
    assert ids(answer) == ["s05"]


async def test_what_may_be_filtered_is_what_the_caller_sees(
    api: Any, ask: Any, viewer: dict[str, str]
) -> None:
    households = "/ogc/collections/households"
    planner = await api.as_role("planner", "140302")
    answer = await ask(f"{households}/items", planner, filter="head_name LIKE '户主%'")
    assert ids(answer) == ["h1", "h2", "h3"]
    for question in ("filter=head_name='户主1'", "sortby=telephone", "properties=head_name"):
        refused = await api.client.get(f"{households}/items?{question}", headers=viewer)
        assert refused.status_code == 400
        assert "户主2" not in refused.text
    for described in ("queryables", "sortables"):
        seen = (await ask(f"{households}/{described}")).json()["properties"]
        assert not {"head_name", "telephone", "address"} & set(seen)
        assert "persons" in seen
        told = (await ask(f"{households}/{described}", planner)).json()["properties"]
        assert "head_name" in told


async def test_every_queryable_can_be_asked_for(ask: Any) -> None:
    for layer in ("shelters", "depots", "casualties", "field_reports", "sites", "households"):
        document = (await ask(f"/ogc/collections/{layer}/queryables")).json()
        for name in document["properties"]:
            await ask(f"/ogc/collections/{layer}/items", filter=f'"{name}" IS NOT NULL')
        sortables = (await ask(f"/ogc/collections/{layer}/sortables")).json()
        for name in sortables["properties"]:
            await ask(f"/ogc/collections/{layer}/items", sortby=f"-{name}")


@pytest.mark.parametrize(
    "order", ["capacity", "-capacity,name", "ground_area_m2", "-ground_area_m2,+occupancy", "-id"]
)
async def test_pages_in_any_order_are_the_whole_with_ties_and_nulls(ask: Any, order: str) -> None:
    whole = (await ask(sortby=order)).json()["features"]
    keys = [(part.lstrip("+-"), part.startswith("-")) for part in [*order.split(","), "id"] if part]
    expected = list(whole)
    for name, descending in reversed(keys):
        known = [f for f in expected if f["properties"][name] is not None]
        known.sort(key=lambda f: f["properties"][name], reverse=descending)
        expected = known + [f for f in expected if f["properties"][name] is None]
    assert [f["id"] for f in whole] == [f["id"] for f in expected]
    found, address = [], f"{ITEMS}?sortby={quote(order)}&limit=4"
    while address:
        page = await ask(address)
        found += ids(page)
        address = next((x["href"] for x in page.json()["links"] if x["rel"] == "next"), "")
    assert found == [f["id"] for f in whole]


async def test_pages_hold_what_stood_still_once_while_rows_change(api: Any, ask: Any) -> None:
    found, address, turn = [], f"{ITEMS}?sortby=-capacity&limit=4", 0
    while address:
        page = await ask(address)
        found += ids(page)
        address = next((x["href"] for x in page.json()["links"] if x["rel"] == "next"), "")
        turn += 1
        await api.conn.execute(
            "UPDATE shelters SET capacity = 900 WHERE id = %s", (f"s{26 - turn:02}",)
        )
        await api.conn.execute("DELETE FROM shelters WHERE id = %s", (found[-1],))
    moved = {f"s{26 - n:02}" for n in range(1, turn + 1)}
    still = {f"s{n:02}" for n in range(1, 26)} - moved
    assert sorted(i for i in found if i in still) == sorted(still)


async def test_only_the_properties_asked_for_come(ask: Any) -> None:
    answer = await ask(properties="capacity,name", limit="2")
    assert answer.json()["features"][0]["properties"] == {"name": "避难场所1", "capacity": 101}
    one = await ask(f"{ITEMS}/s02", properties="capacity")
    assert one.json()["properties"] == {"capacity": 102}


async def test_coordinates_come_as_the_authority_orders_them(ask: Any) -> None:
    for uri in SERVED:
        answer = await ask(crs=uri, limit="1")
        assert answer.headers["content-crs"] == f"<{uri}>"
        given = answer.json()["features"][0]["geometry"]["coordinates"]
        assert given == pytest.approx(placed(uri, 113.11, 37.7), abs=2e-3), uri


async def test_a_box_is_read_in_its_system(ask: Any) -> None:
    for uri in SERVED:
        corners = [placed(uri, *place) for place in ((113.105, 37.65), (113.155, 37.75))]
        first, second = (sorted(axis) for axis in zip(*corners, strict=True))
        box = ",".join(f"{n:.8f}" for n in (first[0], second[0], first[1], second[1]))
        answer = await ask(**{"bbox": box, "bbox-crs": uri})
        near = int(uri[-4:].lstrip("RS")) in (84, 4490, 4326, 3857, *range(4545, 4549))
        assert near <= ({"s02", "s03", "s04"} <= set(ids(answer)) <= SOME), uri
        assert "s03" in ids(answer), uri


def placed(uri: str, lon: float, lat: float) -> list[float]:
    """The place in that system, its axes as the authority has them."""
    if uri.endswith("CRS84"):
        return [lon, lat]
    code = int(uri.rsplit("/", 1)[1])
    x, y = Transformer.from_crs(4490, code, always_xy=True).transform(lon, lat)
    return [y, x] if CRS.from_epsg(code).axis_info[0].direction == "north" else [x, y]


async def test_the_page_for_people_leads_to_each_feature(api: Any, viewer: dict[str, str]) -> None:
    page = await api.client.get(f"{ITEMS}?f=html&limit=3&sortby=-capacity", headers=viewer)
    rows = re.findall(r'<tr><td><a href="([^"]+)">', page.text)
    assert len(rows) == 3
    one = await api.client.get(rows[0].replace("&amp;", "&"), headers=viewer)
    assert one.status_code == 200
    assert "避难场所" in one.text
    (following,) = re.findall(r'href="([^"]+token=[^"]+)"[^>]*>[^<]*Next', page.text)
    again = await api.client.get(following.replace("&amp;", "&"), headers=viewer)
    assert again.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html"),
        ("application/geo+json, application/json", 200, "application/geo+json"),
        ("application/xml;q=0.9, */*;q=0.1", 200, "application/geo+json"),
        ("text/html;q=0.1, application/json", 200, "application/geo+json"),
        ("application/gml+xml", 406, "application/problem+json"),
        ("text/html;q=0", 406, "application/problem+json"),
    ],
)
async def test_the_form_is_what_accept_likes_best(
    api: Any, viewer: dict[str, str], accept: str, status: int, media_type: str
) -> None:
    answer = await api.client.get(ITEMS, headers=viewer | {"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"].split(";")[0] == media_type
