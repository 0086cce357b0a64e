"""Responses beside an event's own: the city's to another hazard, or a county's (5.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo.casualties import Moment
from geo.database import Connection, Row
from geo.turns import take_turn
from relief.linkage import OtherActive
from relief.vocabulary import Level


@dataclass(frozen=True)
class NewLink:
    """A response that started elsewhere: `kind` is a plan's code or `relief`; `area` normal."""

    kind: str
    admin_area: str
    level: Level
    started_at: datetime
    by_whom: str


async def add_link(conn: Connection, event: str, link: NewLink, token: int | None) -> Row:
    """Records the response; its row."""
    cursor = await conn.execute(
        "INSERT INTO linked_responses (event, kind, area, level, started_at, by_whom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " RETURNING id, kind, area, level, started_at, ended_at, by_whom, recorded_at",
        (event, link.kind, link.admin_area, link.level, link.started_at, link.by_whom, token),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def end_link(conn: Connection, event: str, link: int, ended_at: datetime) -> bool:
    """Notes the end of such a response; False when none of that number is under way."""
    await take_turn(conn, event)
    cursor = await conn.execute(
        "UPDATE linked_responses SET ended_at = %s, end_recorded_at = clock_timestamp()"
        " WHERE event = %s AND id = %s AND ended_at IS NULL AND started_at <= %s",
        (ended_at, event, link, ended_at),
    )
    return cursor.rowcount == 1


async def links_of(conn: Connection, event: str, moment: Moment) -> list[Row]:
    """The responses as they stood and were known at that moment, the newest first."""
    cursor = await conn.execute(_LINKS, {"event": event, **vars(moment)})
    return await cursor.fetchall()


_LINKS = """
SELECT id, kind, area, level, started_at, by_whom, recorded_at,
    CASE WHEN ended_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND end_recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity') THEN ended_at
    END AS ended_at
FROM linked_responses
WHERE event = %(event)s
    AND started_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
    AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
ORDER BY id DESC
"""


def under_way(links: list[Row]) -> list[OtherActive]:
    """Those that have not ended."""
    return [OtherActive(row["kind"], row["area"]) for row in links if row["ended_at"] is None]
