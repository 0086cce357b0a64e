"""The two clocks of a request, and how far a caller may see."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.dependencies import Caller
from api.instants import Instant
from geo.casualties import Moment
from geo.database import Connection, Row
from geo.releases import released
from geo.tokens import Role
from geo.turns import turns_taken


def _moment(as_of: Instant | None = None, known_at: Instant | None = None) -> Moment:
    """`as_of`: true at that time; `known_at`: only what had been recorded by then."""
    return Moment(as_of, known_at)


At = Annotated[Moment, Depends(_moment)]


async def visible(conn: Connection, who: Caller, event: Row, moment: Moment) -> Moment:
    """The moment as this caller may know it: those who do not work on figures see the released."""
    seen = moment if who.role >= Role.PLANNER else await released(conn, event, moment)
    if seen.known_at is not None:
        await turns_taken(conn, event["id"], seen.known_at)
    return seen
