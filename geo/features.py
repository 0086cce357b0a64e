"""Features as GeoJSON, built by the store: one statement a source, values bound, paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from geo.database import Connection, sql
from geo.feature_statements import (
    count_statement,
    extent_statement,
    feature_statement,
    page_statement,
)
from geo.selections import Box, Selection, Source, bound
from geo.served_crs import CRS84, ServedCrs
from relief.errors import Fault, MalformedRequest


@dataclass(frozen=True)
class Page:
    """The features of a page as GeoJSON joined by commas, in UTF-8, and how many they are.

    `box` is around them in degrees. `last` is set if more follow: the values that order its last
    row.
    """

    text: bytes
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
    statement = page_statement(source, selection, crs)
    row = await _one(conn, statement, {**bound(selection), "rows": limit, "offset": offset})
    text, count, extent, more, *last = row
    return Page(text or b"", count, _box(extent), tuple(last) if more else ())


@dataclass(frozen=True)
class Found:
    """A feature as GeoJSON text; `digest` is another whenever any column of it is another."""

    text: str
    digest: str


async def feature(
    conn: Connection, source: Source, selection: Selection, crs: ServedCrs = CRS84
) -> Found | None:
    """The feature `selection.id`; None when the selection holds no such one."""
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(feature_statement(source, selection, crs), bound(selection))
        row = await cursor.fetchone()
    return Found(*row) if row else None


async def count_and_extent(
    conn: Connection, source: Source, selection: Selection
) -> tuple[int, Box | None]:
    """(number of features, box around them), exact."""
    count, extent = await _one(conn, extent_statement(source, selection), bound(selection))
    return count, _box(extent)


async def count_of_features(conn: Connection, source: Source, selection: Selection) -> int:
    """How many features the selection holds, exact, whatever page it is at."""
    by_grid = source.counted if selection.whole else None
    statement = sql(by_grid).encode() if by_grid else count_statement(source, selection)
    (count,) = await _one(conn, statement, bound(selection))
    return int(count)


async def _one(conn: Connection, statement: bytes, values: dict[str, Any]) -> tuple[Any, ...]:
    """The only row."""
    try:
        async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
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


def _box(extent: str | None) -> Box | None:
    """The corners in `BOX(113 37.5,114 38)`."""
    if extent is None:
        return None
    west, south, east, north = extent[4:-1].replace(",", " ").split()
    return (float(west), float(south), float(east), float(north))
