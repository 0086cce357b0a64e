"""Rows on their way into the store: named columns of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from geo.database import Connection

Columns = dict[str, Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """Rows of one table of the store, by column."""

    name: str
    columns: Columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def geometries(shapes: Iterable[BaseGeometry | None]) -> list[str | None]:
    """What COPY takes for a geometry column: EWKB in hexadecimal digits, EPSG:4490."""
    marked = shapely.set_srid(list(shapes), 4490)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


def repeated(value: object, rows: int) -> list[object]:
    """A column that holds the same value in every row."""
    return [value] * rows


def invented(source: str, rows: int, *, error_m: float) -> Columns:
    """The columns by which every invented row says so, and the error that its place is given."""
    return {
        "position_error_m": repeated(error_m, rows),
        "synthetic": repeated(True, rows),
        "source": repeated(source, rows),
    }


async def copy_rows(conn: Connection, table: Table) -> int:
    """Copies the rows into their table and returns how many there were."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    async with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in zip(*table.columns.values(), strict=True):
            await copy.write_row(row)
    return len(table)
