"""Vector tiles (MVT), built by the store from the same sources as the features."""

from __future__ import annotations

from dataclasses import replace

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection
from geo.selections import SQL, Identifier, Selection, Source, bound, rows_of
from geo.tile_matrices import TileAddress

SIMPLIFIED_BELOW_ZOOM = 12


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
    reaching = replace(selection, reach=address.reach)
    geographic = address.matrix.crs.geographic
    statement = _STATEMENT.format(
        geometry=_drawn(source, address, labels=labels),
        envelope=_DEGREES if geographic else _MERCATOR,
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
        rows=rows_of(source, reaching),
    )
    west, south, east, north = address.bounds
    values = bound(reaching) | {
        "tile_west": west,
        "tile_south": south,
        "tile_east": east,
        "tile_north": north,
        "z": address.zoom,
        "x": address.column,
        "y": address.row,
        "layer": name,
        "half_pixel": address.half_pixel,
    }
    async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement, values)
        row = await cursor.fetchone()
    assert row is not None
    return bytes(row[0])


_MERCATOR = SQL("ST_TileEnvelope(%(z)s, %(x)s, %(y)s)")
_DEGREES = SQL(
    "ST_MakeEnvelope(%(tile_west)s, %(tile_south)s, %(tile_east)s, %(tile_north)s, 4490)"
)

# The envelope is turned into degrees and widened, never the column, so that its index is used.
# 53 bits of the id's hash make a number that JavaScript holds exactly, and that sorts fast.
_STATEMENT = composition.SQL(
    """
SELECT ST_AsMVT(m, %(layer)s, 4096, 'geom', 'fid') FROM (
    SELECT ST_AsMVTGeom({geometry}, {envelope}, 4096, 64, true) AS geom,
        hashtextextended(f.id, 0) & 9007199254740991 AS fid, {columns}
    {rows}
    ORDER BY fid
) AS m WHERE m.geom IS NOT NULL"""
)


def _drawn(source: Source, address: TileAddress, *, labels: bool) -> composition.Composed:
    """The geometry in the matrix's plane; areas seen from far are simplified by half a pixel."""
    placed = SQL("{}" if address.matrix.crs.geographic else "ST_Transform({}, 3857)")
    if labels:
        return placed.format(SQL("ST_PointOnSurface(f.geom)"))
    drawn = placed.format(SQL("f.geom"))
    if source.areal and address.mercator_zoom < SIMPLIFIED_BELOW_ZOOM:
        return SQL("ST_SimplifyPreserveTopology({}, %(half_pixel)s)").format(drawn)
    return drawn
