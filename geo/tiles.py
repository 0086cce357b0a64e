"""Vector tiles (MVT), built by the store from the same sources as the features."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection
from geo.selections import SQL, Box, Identifier, Selection, Source, bound, rows_of

EXTENT, BUFFER = 4096, 64
"""Units along the edge of a tile, and how far features reach over it."""

SIMPLIFIED_BELOW_ZOOM = 12
SCREEN_PX = 512
"""Outlines are simplified by half of such a pixel where areas are seen from far."""

LARGEST_ZOOM = 22


@dataclass(frozen=True)
class TileAddress:
    """A tile of WebMercatorQuad: `row` counts from the north, `column` from the west."""

    zoom: int
    row: int
    column: int

    @property
    def exists(self) -> bool:
        """Whether the matrix has such a tile."""
        edge = range(1 << self.zoom) if 0 <= self.zoom <= LARGEST_ZOOM else range(0)
        return self.row in edge and self.column in edge

    @property
    def reach(self) -> Box:
        """What the tile and its buffer cover, in degrees; it ends where the world does."""
        more = BUFFER / EXTENT
        columns = (self.column - more, self.column + 1 + more)
        west, east = (min(max(x / (1 << self.zoom) * 360 - 180, -180), 180) for x in columns)
        south, north = (
            math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / (1 << self.zoom)))))
            for y in (self.row + 1 + more, self.row - more)
        )
        return (west, south, east, north)


async def tile(
    conn: Connection,
    name: str,
    source: Source,
    selection: Selection,
    address: TileAddress,
    *,
    labels: bool = False,
) -> bytes:
    """The tile's layer `name`, complete: every feature that reaches the tile; empty if none does.

    Each feature has a number made from its id, and the id itself as attribute. With `labels` a
    point inside each area stands for it.
    """
    statement = _STATEMENT.format(
        geometry=SQL(_drawn(source, address.zoom, labels=labels)),
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
        rows=rows_of(source, selection),
    )
    west, south, east, north = address.reach
    values = bound(selection) | {
        "reach_west": west,
        "reach_south": south,
        "reach_east": east,
        "reach_north": north,
        "z": address.zoom,
        "x": address.column,
        "y": address.row,
        "layer": name,
        "half_px_m": 20_037_508.34 / (1 << address.zoom) / SCREEN_PX,
    }
    async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement, values)
        row = await cursor.fetchone()
    assert row is not None
    return bytes(row[0])


# The envelope is turned into degrees and widened, never the column, so that its index is used.
# 53 bits of the id's hash make a number that JavaScript holds exactly.
_STATEMENT = composition.SQL(
    """
SELECT ST_AsMVT(m, %(layer)s, 4096, 'geom', 'fid') FROM (
    SELECT ST_AsMVTGeom({geometry}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom,
        hashtextextended(f.id, 0) & 9007199254740991 AS fid, {columns}
    {rows} AND f.geom && ST_MakeEnvelope(
        %(reach_west)s, %(reach_south)s, %(reach_east)s, %(reach_north)s, 4490)
    ORDER BY f.id
) AS m WHERE m.geom IS NOT NULL"""
)


def _drawn(source: Source, zoom: int, *, labels: bool) -> LiteralString:
    if labels:
        return "ST_Transform(ST_PointOnSurface(f.geom), 3857)"
    if source.areal and zoom < SIMPLIFIED_BELOW_ZOOM:
        return "ST_SimplifyPreserveTopology(ST_Transform(f.geom, 3857), %(half_px_m)s)"
    return "ST_Transform(f.geom, 3857)"
