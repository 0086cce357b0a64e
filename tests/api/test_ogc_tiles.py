"""Tiles over HTTP: kept by version and by who may see what, packed, filtered, in three matrices."""

import asyncio
from typing import Any

import pytest

HOUSEHOLDS = """
INSERT INTO households (id, area, persons, head_name, geom, source)
SELECT 'h' || n, CASE WHEN n <= 300 THEN '140302' ELSE '140321' END, 3, '户主' || n,
    ST_SetSRID(ST_Point(113.3 + n * 0.0005, 37.7), 4490), 'test'
FROM generate_series(1, 600) AS n
"""
TILE = "/ogc/collections/households/tiles/WebMercatorQuad/13/3168/6675"


@pytest.fixture
async def viewer(api: Any, event: str) -> dict[str, str]:
    await api.conn.execute(HOUSEHOLDS)
    headers: dict[str, str] = await api.as_role("viewer")
    return headers


async def test_a_kept_tile_is_never_another_role_s(api: Any, viewer: dict[str, str]) -> None:
    planner = await api.as_role("planner", "140302")
    far = await api.as_role("planner", "140321")
    seen = [await api.client.get(TILE, headers=headers) for headers in (planner, viewer, far)]
    again = [await api.client.get(TILE, headers=headers) for headers in (far, viewer, planner)]
    assert [a.content for a in again] == [s.content for s in reversed(seen)]
    assert b"h92" in seen[0].content
    assert b"h92" not in seen[1].content + seen[2].content
    assert len({s.headers["etag"] for s in seen}) == 3
    assert all("Authorization" in s.headers["vary"] for s in seen)


async def test_a_kept_tile_is_made_anew_when_its_rows_change(
    api: Any, viewer: dict[str, str]
) -> None:
    planner = await api.as_role("planner", "140302")
    first = await api.client.get(TILE, headers=planner)
    await api.conn.execute("DELETE FROM households WHERE id = 'h92'")
    second = await api.client.get(TILE, headers=planner)
    assert b"h92" in first.content
    assert b"h92" not in second.content


async def test_many_who_ask_at_once_get_the_same(api: Any, viewer: dict[str, str]) -> None:
    planner = await api.as_role("planner", "140302")
    asked = [api.client.get(TILE, headers=planner) for _ in range(30)]
    answers = await asyncio.gather(*asked)
    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1


async def test_tiles_are_packed_for_those_who_take_it(api: Any, viewer: dict[str, str]) -> None:
    planner = await api.as_role("planner", "140302")
    packed = await api.client.get(TILE, headers=planner | {"Accept-Encoding": "gzip"})
    plain = await api.client.get(TILE, headers=planner | {"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]


async def test_a_tile_that_stands_is_answered_as_at_first_and_to_no_one_else(
    api: Any, viewer: dict[str, str]
) -> None:
    planner = await api.as_role("planner", "140302")
    first, again = [await api.client.get(TILE, headers=planner) for _ in range(2)]
    assert (again.content, again.headers) == (first.content, first.headers)
    held = planner | {"If-None-Match": first.headers["etag"]}
    for _ in range(2):
        unchanged = await api.client.get(TILE, headers=held)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["cache-control"] == "private, no-cache"
    assert (await api.client.get(f"{TILE}?limit=3", headers=planner)).status_code == 400
    assert (await api.client.get(TILE)).status_code == 401
    await api.conn.execute("UPDATE tokens SET admin_area = '140321' WHERE role = 'planner'")
    moved = await api.client.get(TILE, headers=held)
    assert moved.status_code == 200
    assert b"h92" not in moved.content
    await api.conn.execute("UPDATE tokens SET revoked_at = now() WHERE role = 'planner'")
    assert (await api.client.get(TILE, headers=held)).status_code == 401


async def test_nowhere_is_the_same_twice(api: Any, viewer: dict[str, str]) -> None:
    empty = TILE.replace("6675", "0")
    answers = [await api.client.get(empty, headers=viewer) for _ in range(2)]
    assert [(a.status_code, a.content) for a in answers] == [(204, b"")] * 2


async def test_a_tile_takes_the_filter_of_its_items(api: Any, viewer: dict[str, str]) -> None:
    planner = await api.as_role("planner", "140302")
    from_far = "/ogc/collections/households/tiles/WebMercatorQuad/6/24/52"
    left = await api.client.get(f"{from_far}?filter=id='h7'", headers=planner)
    assert b"h7" in left.content
    for asked in ("filter=persons>3", "persons=4"):
        none = await api.client.get(f"{from_far}?{asked}", headers=planner)
        assert none.status_code == 204
    named = await api.client.get(f"{from_far}?id=h7", headers=planner)
    assert named.content == left.content
    for question in ("filter=head_name='x'", "filter=persons>", "limit=3", "head_name=x"):
        answer = await api.client.get(f"{from_far}?{question}", headers=viewer)
        assert answer.status_code == 400, question
    names = await api.client.get(f"{from_far}?filter=head_name LIKE '户主%'", headers=planner)
    assert "户主".encode() not in names.content


async def test_matrices_are_described_and_served(api: Any, viewer: dict[str, str]) -> None:
    listed = (await api.client.get("/ogc/tileMatrixSets", headers=viewer)).json()
    ids = [matrix["id"] for matrix in listed["tileMatrixSets"]]
    assert ids == ["WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"]
    sets = {
        i: (await api.client.get(f"/ogc/tileMatrixSets/{i}", headers=viewer)).json() for i in ids
    }
    first = {i: s["tileMatrices"][0] for i, s in sets.items()}
    assert first["WebMercatorQuad"]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert first["WebMercatorQuad"]["cellSize"] == pytest.approx(156543.033928041)
    assert first["WorldCRS84Quad"]["scaleDenominator"] == pytest.approx(279541132.014358)
    assert first["WorldCRS84Quad"]["pointOfOrigin"] == [-180, 90]
    assert (sets["CGCS2000Quad"]["orderedAxes"], first["CGCS2000Quad"]["pointOfOrigin"]) == (
        ["Lat", "Lon"],
        [90, -180],
    )
    assert (first["CGCS2000Quad"]["matrixWidth"], first["CGCS2000Quad"]["matrixHeight"]) == (2, 1)
    tilesets = await api.client.get("/ogc/collections/households/tiles", headers=viewer)
    for tileset in tilesets.json()["tilesets"]:
        template = next(x["href"] for x in tileset["links"] if x["rel"] == "item")
        matrix = next(i for i in ids if f"/{i}/" in template)
        column, row = (52, 24) if matrix == "WebMercatorQuad" else (104, 18)
        url = template.format(tileMatrix=6, tileRow=row, tileCol=column)
        answer = await api.client.get(url, headers=viewer)
        assert answer.status_code == 200, url
    for path in ("tileMatrixSets/GoogleMaps", "collections/households/tiles/GoogleMaps/0/0/0"):
        assert (await api.client.get(f"/ogc/{path}", headers=viewer)).status_code == 404
