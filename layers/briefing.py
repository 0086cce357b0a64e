"""What a briefing rests on: everything the centre knew of an event at one moment, read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo.casualties import AreaFigures, Moment, casualties, total
from geo.database import Connection, Row, sql
from geo.disagreements import disagreements
from geo.events import event_then
from geo.reporting import Desk, desks
from geo.response_acts import acts_of, life_cycle_of
from geo.response_level import Standing, standing_of
from relief.life_cycle import LifeCycle


@dataclass(frozen=True)
class Briefing:
    """An event at a moment; `known_at` is what the moment says, else when it was asked for.

    Registers (shelters) have one clock only: they stand as they are now.
    """

    event: Row
    as_of: datetime | None
    known_at: datetime
    whole: AreaFigures | None
    counties: tuple[AreaFigures, ...]
    standing: Standing
    life_cycle: LifeCycle
    acts: tuple[Row, ...]
    desks: tuple[Desk, ...]
    disagreements: tuple[dict[str, Any], ...]
    intensity: tuple[Row, ...]
    shelters: tuple[Row, ...]

    @property
    def silent(self) -> tuple[Desk, ...]:
        """The counties that have not reported: unknown, not zero."""
        return tuple(desk for desk in self.desks if desk.last is None)


async def briefing_of(conn: Connection, event: Row, moment: Moment, now: datetime) -> Briefing:
    """The briefing of the event at that moment; `now` is the clock where it names no `known_at`."""
    event = await event_then(conn, event["id"], moment.known_at)
    event_id, within = event["id"], event["area"]
    known_at = min(moment.known_at or now, now)
    acts = await acts_of(conn, event_id, moment)
    cycle = life_cycle_of(acts)
    standing = await standing_of(conn, event, moment)
    if cycle.state == "none" and any(found and found["level"] for found in _levels(standing)):
        cycle = replace(cycle, state="recommended")
    counties = await casualties(conn, event_id, within, "county", moment, geometry=True)
    zones = await conn.execute(sql("briefing_intensity"), {"event": event_id})
    shelters = await conn.execute(sql("briefing_shelters"), {"within": within})
    return Briefing(
        event,
        moment.as_of,
        known_at,
        await total(conn, event_id, within, moment),
        tuple(counties),
        standing,
        cycle,
        tuple(acts),
        tuple(await desks(conn, event, known_at, moment)),
        tuple(await disagreements(conn, event_id, moment)),
        tuple(await zones.fetchall()),
        tuple(await shelters.fetchall()),
    )


def _levels(standing: Standing) -> tuple[dict[str, Any] | None, ...]:
    return tuple(standing.grounds().values())
