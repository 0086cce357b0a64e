"""Ledgers of an event: rows by household and person, and what departments fill in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.casualties import Moment
from geo.database import Connection, Row, sql
from relief.errors import NotFound

ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class LedgerScope:
    """Whose rows: an event's inside a division at a moment; `groups` None is everybody."""

    event: str
    within: str
    moment: Moment
    groups: Sequence[str] | None = None


async def household_rows(conn: Connection, scope: LedgerScope) -> AsyncGenerator[list[Row], None]:
    """The persons of the households listed, batch by batch; call it inside a transaction."""
    async for batch in _streamed(conn, "ledger_households", scope):
        yield batch


async def casualty_rows(conn: Connection, scope: LedgerScope) -> AsyncGenerator[list[Row], None]:
    """The dead, missing and injured, each person once; call it inside a transaction."""
    async for batch in _streamed(conn, "ledger_casualties", scope):
        yield batch


async def _streamed(
    conn: Connection, name: str, scope: LedgerScope
) -> AsyncGenerator[list[Row], None]:
    """A cursor of the server's: neither side holds more than a batch."""
    async with conn.cursor(name="ledger") as cursor:
        parameters = {
            "event": scope.event,
            "within": scope.within,
            "as_of": scope.moment.as_of,
            "known_at": scope.moment.known_at,
            "groups": None if scope.groups is None else list(scope.groups),
        }
        await cursor.execute(sql(name), parameters)
        while batch := await cursor.fetchmany(ROWS_AT_ONCE):
            yield batch


async def area_of_household(conn: Connection, household: str) -> str:
    """The division of the household, empty where none is known; raises NotFound."""
    cursor = await conn.execute("SELECT area FROM households WHERE id = %s", (household,))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no household '{household[:80]}' on file.")
    return row["area"] or ""


@dataclass(frozen=True)
class NewEntries:
    """Contents by item that `department` (or all of them, `joint`) fills in for a household."""

    event: str
    household: str
    department: str
    as_of: datetime
    contents: Mapping[str, str]


async def fill_in(conn: Connection, entries: NewEntries, token: int | None) -> None:
    """Stores the entries beside those before them."""
    cursor = conn.cursor()
    await cursor.executemany(
        "INSERT INTO relief_ledger (event, household, item, department, content, as_of, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (entries.event, entries.household, item, entries.department, content, entries.as_of,
             token)
            for item, content in entries.contents.items()
        ],
    )  # fmt: skip
