"""Who has reported on an event, who is due and who is late, county by county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.casualties import Moment
from geo.database import Connection, Row, sql
from geo.plans import plan_of
from relief.reporting_clock import Deadline, Process, Punctuality, deadlines, worst


@dataclass(frozen=True)
class Desk:
    """One county's desk: its last report (None: silent), what it owes, and how it stands."""

    code: str
    name: str
    reports: int
    last: Row | None
    owed: tuple[Deadline, ...]
    punctuality: Punctuality
    late_by: timedelta

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "area": self.code,
            "name": self.name,
            "reports": self.reports,
            "silent": self.last is None,
            "last": self.last,
            "state": self.punctuality.value,
            "late_s": int(self.late_by.total_seconds()),
            "due": [deadline.as_dict(now) for deadline in self.owed],
        }


async def desks(
    conn: Connection, event: Row, now: datetime, moment: Moment | None = None
) -> list[Desk]:
    """The counties of the event's area as they stood at `now`, the latest first, then by code.

    Of a past moment `event` is the event as it was then, and `now` the time of that clock.
    """
    places = {"event": event["id"], "within": event["area"], "now": now}
    cursor = await conn.execute(sql("reporting"), places | vars(moment or Moment()))
    process = Process(event["hazard"], event["occurred_at"], event["major"], event["state"])
    rules = (await plan_of(conn, event)).reporting
    found = []
    for row in await cursor.fetchall():
        owed = deadlines(rules, process, row["recorded"], now)
        last = row["last"]
        found.append(
            Desk(row["code"], row["name"], len(row["recorded"]), last, owed, *worst(owed, now))
        )
    ranks = list(Punctuality)
    return sorted(found, key=lambda d: (ranks.index(d.punctuality), -d.late_by, d.code))
