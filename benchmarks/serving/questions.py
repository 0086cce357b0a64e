"""What every server is asked: the same tiles, boxes, pages and features."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.sql import Literal

from geo.selections import GRID_ZOOM, Selection, column_of, row_of
from geo.tile_matrices import TileAddress
from geo.tiles import tile_statement
from layers.households import HOUSEHOLDS
from layers.paging import page_token
from layers.tiles import CELLS_A_TILE

ZOOMS = (6, 9, 12, 14)
_ALL = Selection(event="quake")
HALF_BOX = (0.025, 0.02)
"""Degrees: a box of some four kilometres, as a telephone shows."""

_FEATURE = """SELECT string_agg(f, ',') FROM (
    SELECT '{{"type":"Feature","id":' || to_json(id) || ',"geometry":' || ST_AsGeoJSON(geom, 7, 0)
        || ',"properties":' || row_to_json((SELECT p FROM (SELECT id, area, persons, key_groups,
            head_name, address, telephone, position_error_m, synthetic, source, updated_at) AS p))
        || '}}' AS f
    FROM peer.households {} LIMIT 1000) AS q"""


@dataclass(frozen=True)
class Places:
    """Tiles (z, x, y) by zoom, boxes and ids, all of households spread evenly over the register."""

    tiles: dict[int, list[tuple[int, int, int]]]
    boxes: list[str]
    ids: list[str]
    middle: str


def places_in(url: str) -> Places:
    """The places of this store, always the same ones."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT id, ST_X(geom), ST_Y(geom) FROM peer.households WHERE id::bigint % 4999 = 0"
            " ORDER BY md5(id) LIMIT 200"
        ).fetchall()
        count = conn.execute("SELECT count(*) FROM peer.households").fetchone()
    assert count is not None
    tiles = {
        z: list(dict.fromkeys((z, column_of(x, 1 << z), row_of(y, 1 << z)) for _, x, y in rows))
        for z in ZOOMS
    }
    dx, dy = HALF_BOX
    boxes = [f"{x - dx:.4f},{y - dy:.4f},{x + dx:.4f},{y + dy:.4f}" for _, x, y in rows[:50]]
    return Places(tiles, boxes, [row[0] for row in rows], f"{count[0] // 2:08}")


def ours(places: Places) -> dict[str, list[str]]:
    """As this server is asked; a moment that no tile depends on keeps "made" ones unkept."""
    layer = "/ogc/collections/households"
    tiles = {
        z: [f"{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}" for _, x, y in places.tiles[z]]
        for z in ZOOMS
    }
    fresh = {
        f"z{z} made": [
            f"{path}?as_of=2100-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z"
            for n in range(20_000 // len(paths))
            for path in paths
        ]
        for z, paths in tiles.items()
    }
    page = f"{layer}/items?limit=1000"
    return {
        **{f"z{z}": paths for z, paths in tiles.items()},
        **fresh,
        "box": [f"{page}&bbox={box}&count=false" for box in places.boxes],
        "page": [page],
        "deep page": [f"{page}&token={page_token('households', _ALL, (places.middle,))}"],
        "feature": [f"{layer}/items/{one}" for one in places.ids],
        "304": [tiles[14][0]],
    }


def tipg(places: Places) -> dict[str, list[str]]:
    """As tipg is asked."""
    layer = "/collections/peer.households"
    page = f"{layer}/items?f=geojson&limit=1000"
    tiles = {
        f"z{z} made": [f"{layer}/tiles/WebMercatorQuad/{z}/{x}/{y}" for _, x, y in places.tiles[z]]
        for z in ZOOMS
    }
    return {
        **tiles,
        "box": [f"{page}&bbox={box}" for box in places.boxes],
        "page": [page],
        "deep page": [f"{page}&offset={int(places.middle)}"],
        "feature": [f"{layer}/items/{one}?f=geojson" for one in places.ids],
    }


def tile_question(address: TileAddress) -> str:
    """The statement of a tile, values and all."""
    near, layer = address.zoom >= HOUSEHOLDS.detail_zoom, HOUSEHOLDS
    features = layer.features if near or layer.cells is None else layer.cells
    selection = Selection(
        event="quake",
        detail_like="%" if near else None,
        cell_zoom=min(address.zoom + CELLS_A_TILE, GRID_ZOOM),
    )
    asked, values = tile_statement(features.name, features.tile_source(), selection, address)
    written = asked.decode()
    return written % {name: Literal(value).as_string() for name, value in values.items()}


def sql_questions(places: Places) -> dict[str, list[str]]:
    """The same as statements; tiles as this server asks for them."""
    tiles = {
        f"z{z} made": [tile_question(TileAddress(z, y, x)) for _, x, y in places.tiles[z]]
        for z in ZOOMS
    }
    boxes = [f"WHERE geom && ST_MakeEnvelope({box}, 4326) ORDER BY id" for box in places.boxes]
    return {
        **tiles,
        "box": [_FEATURE.format(box) for box in boxes],
        "page": [_FEATURE.format("ORDER BY id")],
        "deep page": [_FEATURE.format(f"WHERE id > '{places.middle}' ORDER BY id")],
        "feature": [_FEATURE.format(f"WHERE id = '{one}'") for one in places.ids],
    }
