"""Disaster processes (一次灾害过程): each is one row, and everything else belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select

from geo.database import Connection, Row, compiled
from geo.tables import events
from geo.turns import take_turn, turns_taken
from relief.errors import Conflict, EventClosed, Fault, InvalidInput, NotFound

_FIELDS = (
    *(column for column in events.c if column.name not in {"epicentre", "created_by"}),
    func.ST_X(events.c.epicentre).label("lon"),
    func.ST_Y(events.c.epicentre).label("lat"),
)
_NEXT_STATES = {"open": {"stable", "closed"}, "stable": {"open", "closed"}, "closed": set[str]()}


@dataclass(frozen=True)
class NewEvent:
    """What is needed to open an event; `epicentre` is (lon, lat) in CGCS2000 degrees."""

    hazard: str
    name: str
    occurred_at: datetime
    plan: str
    admin_area: str
    magnitude: float | None = None
    depth_km: float | None = None
    strike_deg: float | None = None
    epicentre: tuple[float, float] | None = None
    exercise: bool = False
    demo: bool = False
    release: str = "at_once"
    plan_digest: str | None = None


async def open_event(conn: Connection, event: NewEvent, token: int | None) -> Row:
    """Stores the event and returns its row; raises InvalidInput for an area not on file."""
    await require_admin_area(conn, event.admin_area, "/area")
    values = {**vars(event), "id": str(uuid4()), "area": event.admin_area, "created_by": token}
    del values["admin_area"]
    values["epicentre"] = event.epicentre and "SRID=4490;POINT({} {})".format(*event.epicentre)
    statement = insert(events).values(values).returning(*_FIELDS)
    cursor = await conn.execute(*compiled(statement))
    row = await cursor.fetchone()
    assert row is not None
    return row


async def events_on_file(conn: Connection) -> list[Row]:
    """All events: the demo's first, then the newest first."""
    newest_first = (events.c.demo.desc(), events.c.occurred_at.desc(), events.c.id)
    cursor = await conn.execute(*compiled(select(*_FIELDS).order_by(*newest_first)))
    return await cursor.fetchall()


async def event_by_id(conn: Connection, event_id: str) -> Row:
    """The event's row; raises NotFound."""
    cursor = await conn.execute(*compiled(select(*_FIELDS).where(events.c.id == event_id)))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no event '{event_id[:80]}'. GET /api/events lists them.")
    return row


async def event_then(conn: Connection, event_id: str, known_at: datetime | None) -> Row:
    """The event with the `state` and `major` that it had at that time (None: now)."""
    event = await event_by_id(conn, event_id)
    if known_at is None:
        return event
    await turns_taken(conn, event_id, known_at)
    cursor = await conn.execute(
        "SELECT state, major FROM event_changes WHERE event = %s AND replaced_at > %s"
        " ORDER BY replaced_at LIMIT 1",
        (event_id, known_at),
    )
    return event | (await cursor.fetchone() or {})


async def event_open_to_reports(conn: Connection, event_id: str) -> Row:
    """The event's row, held against closing until the transaction ends; raises EventClosed."""
    await conn.execute("SELECT 1 FROM events WHERE id = %s FOR SHARE", (event_id,))
    await take_turn(conn, event_id)
    event = await event_by_id(conn, event_id)
    if event["state"] == "closed":
        raise EventClosed(f"“{event['name']}” is closed and takes no more reports.")
    return event


async def event_open_to_acts(conn: Connection, event_id: str) -> Row:
    """The event's row, held for one act on its level at a time; raises EventClosed."""
    await conn.execute("SELECT 1 FROM events WHERE id = %s FOR NO KEY UPDATE", (event_id,))
    await take_turn(conn, event_id)
    event = await event_by_id(conn, event_id)
    if event["state"] == "closed":
        raise EventClosed(f"“{event['name']}” is closed; its response can't be changed any more.")
    return event


async def change_event(conn: Connection, event_id: str, changes: Mapping[str, Any]) -> Row:
    """Moves `state` (open, stable, closed for ever), sets `major` and `release`; returns the row.

    Raises Conflict for a step that the life of an event doesn't have.
    """
    await conn.execute("SELECT 1 FROM events WHERE id = %s FOR UPDATE", (event_id,))
    await take_turn(conn, event_id)
    event = await event_by_id(conn, event_id)
    state, major, release = (changes.get(k, event[k]) for k in ("state", "major", "release"))
    if state != event["state"] and state not in _NEXT_STATES[event["state"]]:
        raise Conflict(f"The event is {event['state']} and can't become {state}.")
    await conn.execute(
        "UPDATE events SET state = %s, major = %s, release = %s WHERE id = %s",
        (state, major, release, event_id),
    )
    return await event_by_id(conn, event_id)


async def admin_areas_not_on_file(conn: Connection, codes: Sequence[str]) -> list[str]:
    """Those of the codes that no division on file has, in their order."""
    cursor = await conn.execute(
        "SELECT code FROM unnest(%s::text[]) WITH ORDINALITY AS asked(code, nth)"
        " WHERE NOT EXISTS (SELECT FROM admin_areas a WHERE a.code = asked.code) ORDER BY nth",
        (list(codes),),
    )
    return [row["code"] async for row in cursor]


async def require_admin_area(conn: Connection, code: str, at: str) -> Row:
    """The division of that code; raises InvalidInput naming `at` when it isn't on file."""
    cursor = await conn.execute(
        "SELECT code, level, name, population FROM admin_areas WHERE code = %s", (code,)
    )
    row = await cursor.fetchone()
    if row is None:
        fault = Fault(at, f"There is no division {code} on file. Import it, or mend the code.")
        raise InvalidInput("The administrative area is not known.", [fault])
    return row
