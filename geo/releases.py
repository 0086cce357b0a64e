"""Figures that were released to the public (4.2), and what a viewer therefore sees."""

from __future__ import annotations

from datetime import UTC, datetime

from geo.casualties import Moment
from geo.database import Connection, Row

NOTHING_KNOWN = datetime(1900, 1, 1, tzinfo=UTC)


async def release(
    conn: Connection, event: str, known_at: datetime, reason: str, by_whom: str, token: int | None
) -> Row:
    """Releases the figures as recorded by `known_at`; the row."""
    cursor = await conn.execute(
        "INSERT INTO releases (event, known_at, reason, by_whom, token)"
        " VALUES (%s, least(%s, clock_timestamp()), %s, %s, %s)"
        " RETURNING id, event, known_at, reason, by_whom, released_at",
        (event, known_at, reason, by_whom, token),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def releases_of(conn: Connection, event: str) -> list[Row]:
    """All releases of the event, the newest first."""
    cursor = await conn.execute(
        "SELECT id, known_at, reason, by_whom, released_at FROM releases"
        " WHERE event = %s ORDER BY released_at DESC",
        (event,),
    )
    return await cursor.fetchall()


async def released(conn: Connection, event: Row, moment: Moment) -> Moment:
    """The moment, moved back to what a viewer may know of the event; unchanged if all is public."""
    if event["release"] == "at_once":
        return moment
    newest = await releases_of(conn, event["id"])
    return as_released(newest[0]["known_at"] if newest else None, moment)


def as_released(known_at: datetime | None, moment: Moment) -> Moment:
    """The moment, moved back to what the newest release told; None is that there was none."""
    known = known_at or NOTHING_KNOWN
    return Moment(moment.as_of, min(known, moment.known_at or known))
