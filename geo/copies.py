"""Features copied out of the store in pieces, so that a million take no more room than ten.

A copy takes no bound parameters: psycopg writes the values into the statement, quoted by libpq.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import psycopg
from psycopg import generators, pq, waiting
from psycopg.abc import PQGen
from psycopg.sql import Composable

from geo.database import Connection
from geo.feature_statements import feature_json
from geo.features import filter_fault
from geo.selections import SQL, Identifier, Selection, Source, bound, order_by, rows_of
from geo.served_crs import ServedCrs

SEPARATOR = b"\x1e"
"""What stands before each feature of a text sequence, and nowhere else in it."""

PIECE_BYTES = 128 * 2**10
TIME_LIMIT_S = 600
"""Longest that a copy may take; a client that hardly listens would hold it for ever."""

_BOOLEAN, _TEXT, _VARCHAR, _TEXTS = 16, 25, 1043, 1009  # PostgreSQL's numbers of these types
_PLACE = SQL("ST_Transform(f.geom, {})")


@dataclass(frozen=True)
class Copy:
    """Which features are copied: at most `limit` of the selection, None for all of them.

    They come in the order asked for, in that of their ids where there is a limit, else in any.
    `points` says that all of them are points, `coded` which texts are codes of a list.
    """

    source: Source
    selection: Selection
    crs: ServedCrs
    points: bool
    coded: frozenset[str] = frozenset()
    limit: int | None = None

    @property
    def place(self) -> Composable:
        """The geometry in the system asked for, longitude or easting first."""
        return SQL("f.geom") if self.crs.geographic else _PLACE.format(self.crs.srid)


async def text_sequence(conn: Connection, copy: Copy) -> AsyncGenerator[bytes]:
    """Each feature as GeoJSON on a line of its own after a record separator (RFC 8142)."""
    line = SQL("E'\\x1e' || {}").format(feature_json(copy.source, copy.crs))
    # JSON holds neither of these characters, so nothing is quoted.
    form = SQL("FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02'")
    async with aclosing(_pieces(conn, copy, [line], form)) as pieces:
        async for piece in pieces:
            yield piece


async def table(conn: Connection, copy: Copy, axes: tuple[str, str]) -> AsyncGenerator[bytes]:
    """CSV of the properties, and of a point on each feature in the two columns `axes`.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    on_it = copy.place if copy.points else SQL("ST_PointOnSurface({})").format(copy.place)
    cells = [
        *await _cells(conn, copy, neutral=True),
        SQL("ST_X({}) AS {}").format(on_it, Identifier(axes[0])),
        SQL("ST_Y({}) AS {}").format(on_it, Identifier(axes[1])),
    ]
    async with aclosing(_pieces(conn, copy, cells, SQL("FORMAT csv, HEADER"))) as pieces:
        async for piece in pieces:
            yield piece


async def places_and_values(conn: Connection, copy: Copy) -> AsyncGenerator[bytes]:
    """CSV without a header: the properties as they are, then the geometry as WKB in hex."""
    cells = [*await _cells(conn, copy, neutral=False), SQL("ST_AsBinary({})").format(copy.place)]
    async with aclosing(_pieces(conn, copy, cells, SQL("FORMAT csv"))) as pieces:
        async for piece in pieces:
            yield piece


async def _cells(conn: Connection, copy: Copy, *, neutral: bool) -> list[Composable]:
    """The properties as a table takes them: lists joined, truth in words."""
    columns = [Identifier("f", name) for name in copy.source.columns]
    statement = SQL("SELECT {} {} LIMIT 0").format(
        SQL(", ").join(columns), rows_of(copy.source, copy.selection)
    )
    cursor = await conn.execute(statement, bound(copy.selection))
    types = [column.type_code for column in cursor.description or ()]
    named = zip(copy.source.columns, columns, types, strict=True)
    return [
        SQL("{} AS {}").format(
            _cell(column, kind, neutral=neutral and name not in copy.coded), Identifier(name)
        )
        for name, column, kind in named
    ]


def _cell(column: Composable, kind: int, *, neutral: bool) -> Composable:
    if kind == _BOOLEAN:
        return SQL("{}::text").format(column)
    text = SQL("array_to_string({}, '、')").format(column) if kind == _TEXTS else column
    if not neutral or kind not in (_TEXT, _VARCHAR, _TEXTS):
        return text
    first = SQL("{}[1]").format(column) if kind == _TEXTS else column
    formula = SQL("ascii({}) IN (9, 13, 43, 45, 61, 64)").format(first)  # tab, return, + - = @
    return SQL("CASE WHEN {} THEN '''' || {} ELSE {} END").format(formula, text, text)


async def _pieces(
    conn: Connection, copy: Copy, cells: Sequence[Composable], form: Composable
) -> AsyncGenerator[bytes]:
    """What COPY gives, in pieces of many rows; raises MalformedRequest for a filter that fails."""
    ordered = bool(copy.selection.order) or copy.limit is not None
    statement = SQL("COPY (SELECT {} {} {} {}) TO STDOUT ({})").format(
        SQL(", ").join(cells),
        rows_of(copy.source, copy.selection),
        SQL("ORDER BY {}").format(order_by(copy.selection)) if ordered else SQL(""),
        SQL("LIMIT {}").format(copy.limit) if copy.limit is not None else SQL(""),
        form,
    )
    async with conn.transaction():
        await conn.execute("SELECT set_config('statement_timeout', %s, true)", [f"{TIME_LIMIT_S}s"])
        try:
            async with conn.cursor().copy(statement, bound(copy.selection)):
                more = True
                while more:
                    piece, more = await conn.wait(_piece(conn.pgconn))
                    yield bytes(piece)
        except psycopg.DataError as error:
            raise filter_fault(error) from None


def _piece(pgconn: pq.abc.PGconn) -> PQGen[tuple[bytearray, bool]]:
    """Many rows at once, and whether more come; psycopg's own way costs ten times as much."""
    piece = bytearray()
    while len(piece) < PIECE_BYTES:
        size, row = pgconn.get_copy_data(1)
        if size > 0:
            piece += row
        elif size == 0:
            while not (yield waiting.Wait.R):
                pass
            pgconn.consume_input()
        else:
            (result,) = yield from generators.fetch_many(pgconn)
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result)
            return piece, False
    return piece, True
