"""Features as GeoJSON, built by the store: one statement a source, values bound, paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection, sql

SQL, Identifier = composition.SQL, composition.Identifier
Box = tuple[float, float, float, float]
"""(west, south, east, north) in degrees of CGCS2000."""

DECIMALS = 7
"""Of a coordinate in degrees: about a centimetre."""

GRID_ZOOM = 15
"""Zoom of the cells that stand for people on public layers, about 1 km wide."""


@dataclass(frozen=True)
class Source:
    """A statement geo/sql/`statement`.sql that yields `id`, `geom` and at least these columns.

    `areal` marks polygons, whose rings are turned as RFC 7946 wants them; `time_column` is what a
    time filter looks at.
    """

    statement: str
    columns: tuple[str, ...]
    areal: bool = False
    time_column: str | None = None


@dataclass(frozen=True)
class Selection:
    """Which features of a source are meant; None leaves a condition out.

    `detail_like` is the LIKE pattern of the divisions whose people may be seen one by one, None
    where nobody's may. `as_of` and `known_at` are the two clocks of a past moment: what was true by
    then, and what had been recorded by then.
    """

    event: str | None = None
    detail_like: str | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None
    job: str | None = None
    assignment: str | None = None
    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None
    id: str | None = None
    cell_zoom: int = GRID_ZOOM


@dataclass(frozen=True)
class Page:
    """GeoJSON texts of features in the order of their ids; `last` is set if more follow."""

    features: tuple[str, ...]
    box: Box | None
    last: str | None


async def page_of_features(
    conn: Connection, source: Source, selection: Selection, limit: int, *, lat_first: bool = False
) -> Page:
    """At most `limit` features after the id `selection.after`."""
    statement = SQL("SELECT {feature}, f.id, {box} {rows} ORDER BY f.id LIMIT %(rows)s").format(
        feature=_feature(source, lat_first=lat_first),
        box=SQL("ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)"),
        rows=rows_of(source, selection),
    )
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement, {**bound(selection), "rows": limit + 1})
        rows = await cursor.fetchall()
    shown = rows[:limit]
    last = shown[-1][1] if len(rows) > limit else None
    return Page(tuple(row[0] for row in shown), _box_around([row[2:] for row in shown]), last)


async def feature(
    conn: Connection, source: Source, selection: Selection, *, lat_first: bool = False
) -> str | None:
    """GeoJSON text of the feature `selection.id`; None when the selection holds no such one."""
    page = await page_of_features(conn, source, selection, 1, lat_first=lat_first)
    return page.features[0] if page.features else None


async def count_and_extent(
    conn: Connection, source: Source, selection: Selection
) -> tuple[int, Box | None]:
    """(number of features, box around them), exact."""
    extent = SQL("ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)")
    statement = SQL("SELECT n, {} FROM (SELECT count(*) AS n, ST_Extent(f.geom) AS e {}) AS x")
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(statement.format(extent, rows_of(source, selection)), bound(selection))
        row = await cursor.fetchone()
    assert row is not None
    return row[0], _box_around([row[1:]])


async def count_of_features(conn: Connection, source: Source, selection: Selection) -> int:
    """How many features the selection holds, exact, whatever page it is at."""
    statement = SQL("SELECT count(*) AS n {}").format(rows_of(source, selection))
    cursor = await conn.execute(statement, bound(selection))
    row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


_BOX = SQL("ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)")


def rows_of(source: Source, selection: Selection) -> composition.Composed:
    """`FROM (source) AS f WHERE …`; the box first, so that the index is used."""
    conditions: list[composition.Composable] = [SQL("true")]
    if selection.box:
        conditions += [
            SQL("f.geom && {}").format(_BOX),
            SQL("ST_Intersects(f.geom, {})").format(_BOX),
        ]
    if selection.id is not None:
        conditions.append(SQL("f.id = %(id)s"))
    if selection.after is not None:
        conditions.append(SQL("f.id > %(after)s"))
    return SQL("FROM ({}) AS f WHERE {}").format(
        SQL(sql(source.statement)),
        SQL(" AND ").join([*conditions, *_in_time(source, selection)]),
    )


def bound(selection: Selection) -> dict[str, Any]:
    """The parameters of every statement that `rows_of` is part of."""
    corners = dict(
        zip(("west", "south", "east", "north"), selection.box or (None,) * 4, strict=True)
    )
    now = selection.as_of is None and selection.known_at is None
    return asdict(selection) | dict(corners) | {"now": now}


def _in_time(source: Source, selection: Selection) -> list[composition.Composed]:
    if source.time_column is None:
        return []
    sides = {">= %(since)s": selection.since, "<= %(until)s": selection.until}
    return [
        SQL("f.{} {}").format(Identifier(source.time_column), SQL(side))
        for side, moment in sides.items()
        if moment is not None
    ]


def _feature(source: Source, *, lat_first: bool) -> composition.Composed:
    geometry = SQL("ST_ForcePolygonCCW({})" if source.areal else "{}").format(SQL("f.geom"))
    if lat_first:
        geometry = SQL("ST_FlipCoordinates({})").format(geometry)
    return SQL(
        """'{{"type":"Feature","id":' || to_json(f.id) || ',"geometry":'
        || coalesce(ST_AsGeoJSON({geometry}, {decimals}, 0), 'null') || ',"properties":'
        || row_to_json((SELECT p FROM (SELECT {columns}) AS p)) || '}}'"""
    ).format(
        geometry=geometry,
        decimals=composition.Literal(DECIMALS),
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
    )


def _box_around(boxes: Sequence[Sequence[float | None]]) -> Box | None:
    known = [b for b in boxes if b[0] is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return (min(west), min(south), max(east), max(north))
