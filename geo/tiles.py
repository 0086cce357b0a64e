"""Vector tiles (MVT), built by the store from the same sources as the features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import ldexp

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection
from geo.selections import SQL, Identifier, Selection, Source, bound, rows_of
from geo.tile_matrices import TileAddress

SIMPLIFIED_BELOW_ZOOM = 12
FAR_BELOW_ZOOM = 10
"""Up to where `far_geom` is as good as the outline itself."""
MANY_HOMES_TO_ZOOM = 13


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
    statement, values = tile_statement(name, source, selection, address, labels=labels)
    # A tile of thousands of homes is planned by what it covers, all others the same way each time.
    prepare = source.shape == "cell" or address.mercator_zoom > MANY_HOMES_TO_ZOOM
    async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement, values, prepare=prepare)
        row = await cursor.fetchone()
    assert row is not None
    return bytes(row[0])


def tile_statement(
    name: str, source: Source, selection: Selection, address: TileAddress, *, labels: bool = False
) -> tuple[bytes, dict[str, object]]:
    """What the store is asked for the tile: its text and the values bound to it."""
    reaching, view = replace(selection, reach=address.reach), View.of(source, address, labels)
    text = _whole(source, view) if selection.whole else _composed(source, reaching, view)
    west, south, east, north = address.bounds
    return text, bound(reaching) | {
        "tile_west": west,
        "tile_south": south,
        "tile_east": east,
        "tile_north": north,
        "z": address.zoom,
        "x": address.column,
        "y": address.row,
        "edge": float(1 << address.zoom),
        "cell_edge": ldexp(1, address.zoom - selection.cell_zoom),
        "layer": name,
        "half_pixel": address.half_pixel,
    }


@dataclass(frozen=True)
class View:
    """What the statements of a source's tiles differ by."""

    geographic: bool
    far: bool
    simplified: bool
    labels: bool

    @classmethod
    def of(cls, source: Source, address: TileAddress, labels: bool) -> View:
        """How the source is seen in that tile."""
        zoom = address.mercator_zoom
        far, simplified = zoom < FAR_BELOW_ZOOM, zoom < SIMPLIFIED_BELOW_ZOOM
        return cls(
            address.matrix.crs.geographic, source.far and far, source.areal and simplified, labels
        )


@cache
def _whole(source: Source, view: View) -> bytes:
    """The statement where nothing is left out, which is written once."""
    return _composed(source, Selection(reach=(0, 0, 0, 0)), view)


def _composed(source: Source, selection: Selection, view: View) -> bytes:
    statement = _STATEMENT.format(
        geometry=_drawn(source, view),
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
        rows=rows_of(source, selection),
    )
    return statement.as_bytes(None)


# 53 bits of the id's hash make a number that JavaScript holds exactly, and that sorts fast. What
# doesn't meet the tile after all has no geometry, and ST_AsMVT leaves it out.
_STATEMENT = SQL("""
SELECT ST_AsMVT(m, %(layer)s, 4096, 'geom', 'fid') FROM (
    SELECT {geometry} AS geom, hashtextextended(f.id, 0) & 9007199254740991 AS fid, {columns}
    {rows}
    ORDER BY fid
) AS m""")

_IN_MERCATOR = SQL("ST_AsMVTGeom({}, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true)")
_IN_DEGREES = SQL(
    "ST_AsMVTGeom({}, ST_MakeEnvelope(%(tile_west)s, %(tile_south)s, %(tile_east)s,"
    " %(tile_north)s, 4490), 4096, 64, true)"
)

# In Web Mercator, points and cells of the grid need neither PROJ nor clipping: their place in the
# tile is plain arithmetic, which takes a third of the time.
_POINT = SQL(
    "ST_Point(round(((ST_X(f.geom) + 180) / 360 * %(edge)s - %(x)s) * 4096),"
    " round(((0.5 - asinh(tan(radians(ST_Y(f.geom)))) / (2 * pi())) * %(edge)s - %(y)s) * 4096))"
)
_CELL = SQL(  # from the eastern edge to the western one, which turns the ring as MVT wants it
    "ST_MakeEnvelope("
    "((f.cell_x + 1) * %(cell_edge)s - %(x)s) * 4096, (f.cell_y * %(cell_edge)s - %(y)s) * 4096,"
    " (f.cell_x * %(cell_edge)s - %(x)s) * 4096, ((f.cell_y + 1) * %(cell_edge)s - %(y)s) * 4096)"
)


def _drawn(source: Source, view: View) -> composition.Composable:
    """The geometry in units of the tile; areas seen from far are simplified by half a pixel."""
    if not view.geographic and source.shape in ("point", "cell"):
        return _CELL if source.shape == "cell" else _POINT
    outline = SQL("f.far_geom" if view.far else "f.geom")
    placed = SQL("{}" if view.geographic else "ST_Transform({}, 3857)")
    if view.labels:
        drawn = placed.format(SQL("ST_PointOnSurface({})").format(outline))
    elif view.simplified:
        drawn = SQL("ST_SimplifyPreserveTopology({}, %(half_pixel)s)").format(
            placed.format(outline)
        )
    else:
        drawn = placed.format(outline)
    return (_IN_DEGREES if view.geographic else _IN_MERCATOR).format(drawn)
