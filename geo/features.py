"""Features as GeoJSON, built by the store: one statement a source, values bound, paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.database import Connection, sql
from geo.selections import SQL, Box, Identifier, Selection, Source, bound, order_by, rows_of
from geo.served_crs import CRS84, ServedCrs
from relief.errors import Fault, MalformedRequest


@dataclass(frozen=True)
class Page:
    """The features of a page as GeoJSON texts joined by commas, and how many they are.

    `box` is around them in degrees. `last` is set if more follow: the values that order its last
    row.
    """

    text: str
    count: int
    box: Box | None
    last: tuple[str | None, ...]


async def page_of_features(
    conn: Connection,
    source: Source,
    selection: Selection,
    limit: int,
    crs: ServedCrs = CRS84,
    offset: int = 0,
) -> Page:
    """At most `limit` features, `offset` rows after `selection.after`, in the order asked for."""
    keys = [order.column for order in selection.order] + ["id"]
    statement = _PAGE.format(
        lasts=SQL(", ").join(
            SQL("min({}) FILTER (WHERE n = %(rows)s)").format(Identifier(f"key_{i}"))
            for i in range(len(keys))
        ),
        feature=feature_json(source, crs),
        keys=SQL(", ").join(
            SQL("{}::text AS {}").format(Identifier("f", key), Identifier(f"key_{i}"))
            for i, key in enumerate(keys)
        ),
        rows=rows_of(source, selection),
        order=order_by(selection),
    )
    row = await _one(conn, statement, {**bound(selection), "rows": limit, "offset": offset})
    text, count, extent, more, *last = row
    return Page(text or "", count, _box(extent), tuple(last) if more else ())


# The rows come in their order, which is the order that they are joined in.
_PAGE = composition.SQL(
    """
SELECT string_agg(feature, ',') FILTER (WHERE n <= %(rows)s),
    count(*) FILTER (WHERE n <= %(rows)s),
    ST_Extent(geom) FILTER (WHERE n <= %(rows)s)::text,
    count(*) > %(rows)s,
    {lasts}
FROM (
    SELECT row_number() OVER () AS n, p.* FROM (
        SELECT {feature} AS feature, f.geom, {keys} {rows}
        ORDER BY {order} LIMIT %(rows)s + 1 OFFSET %(offset)s
    ) AS p
) AS numbered"""
)


@dataclass(frozen=True)
class Found:
    """A feature as GeoJSON text; `digest` is another whenever any column of it is another."""

    text: str
    digest: str


async def feature(
    conn: Connection, source: Source, selection: Selection, crs: ServedCrs = CRS84
) -> Found | None:
    """The feature `selection.id`; None when the selection holds no such one."""
    statement = SQL("SELECT {}, md5(f::text) {}")
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            statement.format(feature_json(source, crs), rows_of(source, selection)),
            bound(selection),
        )
        row = await cursor.fetchone()
    return Found(*row) if row else None


async def count_and_extent(
    conn: Connection, source: Source, selection: Selection
) -> tuple[int, Box | None]:
    """(number of features, box around them), exact."""
    statement = SQL("SELECT count(*), ST_Extent(f.geom)::text {}")
    count, extent = await _one(conn, statement.format(rows_of(source, selection)), bound(selection))
    return count, _box(extent)


async def count_of_features(conn: Connection, source: Source, selection: Selection) -> int:
    """How many features the selection holds, exact, whatever page it is at."""
    if source.counted is not None and selection.whole:
        statement = SQL("{}").format(SQL(sql(source.counted)))
    else:
        statement = SQL("SELECT count(*) {}").format(rows_of(source, selection))
    (count,) = await _one(conn, statement, bound(selection))
    return int(count)


async def _one(
    conn: Connection, statement: composition.Composed, values: dict[str, Any]
) -> tuple[Any, ...]:
    """The only row."""
    try:
        async with conn.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(statement, values)
            row = await cursor.fetchone()
    except psycopg.DataError as error:
        raise filter_fault(error) from None
    assert row is not None
    return row


def filter_fault(error: psycopg.DataError) -> MalformedRequest:
    """What a filter reckons to no number is the fault of who asked."""
    detail = f"a value of it can't be reckoned: {error.diag.message_primary}"
    return MalformedRequest(f"The filter fails: {detail}.", [Fault("?filter", detail)])


def feature_json(source: Source, crs: ServedCrs) -> composition.Composed:
    """The expression of a row as a GeoJSON feature."""
    geometry = SQL("ST_ForcePolygonCCW({})" if source.areal else "{}").format(SQL("f.geom"))
    if not crs.geographic:
        geometry = SQL("ST_Transform({}, {})").format(geometry, crs.srid)
    if crs.northing_first:
        geometry = SQL("ST_FlipCoordinates({})").format(geometry)
    return SQL(
        """'{{"type":"Feature","id":' || to_json(f.id) || ',"geometry":'
        || coalesce(ST_AsGeoJSON({geometry}, {decimals}, 0), 'null') || ',"properties":'
        || row_to_json((SELECT p FROM (SELECT {columns}) AS p)) || '}}'"""
    ).format(
        geometry=geometry,
        decimals=crs.decimals,
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
    )


def _box(extent: str | None) -> Box | None:
    """The corners in `BOX(113 37.5,114 38)`."""
    if extent is None:
        return None
    west, south, east, north = extent[4:-1].replace(",", " ").split()
    return (float(west), float(south), float(east), float(north))
