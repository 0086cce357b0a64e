"""Vector tiles (MVT), built by the store from the same sources as the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection
from geo.features import SQL, Identifier, Selection, Source, bound, rows_of

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
    values = bound(selection) | {
        "z": address.zoom,
        "x": address.column,
        "y": address.row,
        "layer": name,
        "margin": BUFFER / EXTENT,
        "half_px_m": 20_037_508.34 / (1 << address.zoom) / SCREEN_PX,
    }
    async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement, values)
        row = await cursor.fetchone()
    assert row is not None
    return bytes(row[0])


# The envelope is transformed and widened, never the column, so that its index is used. 53 bits of
# the id's hash make a number that JavaScript holds exactly.
_STATEMENT = composition.SQL(
    """
SELECT ST_AsMVT(m, %(layer)s, 4096, 'geom', 'fid') FROM (
    SELECT ST_AsMVTGeom({geometry}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom,
        hashtextextended(f.id, 0) & 9007199254740991 AS fid, {columns}
    {rows} AND f.geom && ST_Transform(
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s), 4490)
    ORDER BY f.id
) AS m WHERE m.geom IS NOT NULL"""
)


def _drawn(source: Source, zoom: int, *, labels: bool) -> LiteralString:
    if labels:
        return "ST_Transform(ST_PointOnSurface(f.geom), 3857)"
    if source.areal and zoom < SIMPLIFIED_BELOW_ZOOM:
        return "ST_SimplifyPreserveTopology(ST_Transform(f.geom, 3857), %(half_px_m)s)"
    return "ST_Transform(f.geom, 3857)"
