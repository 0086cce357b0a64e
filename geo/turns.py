"""Who writes about an event takes turns, so that what was known at an instant is seen whole.

A row is given its time when it is written and is seen only once its transaction ends. Writers take
their turn before that time is given; who asks what was known a moment ago waits for them to end.
"""

from __future__ import annotations

from datetime import datetime

from geo.database import Connection


async def take_turn(conn: Connection, event: str) -> None:
    """Makes the caller's transaction the only one that writes about the event, until it ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4490))", (event,))


async def turns_taken(conn: Connection, event: str, known_at: datetime | None) -> None:
    """Returns once everything recorded by `known_at` can be seen; at once for a time long past.

    No request lasts two minutes, so nothing older is under way.
    """
    await conn.execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 4490))"
        " WHERE %s > clock_timestamp() - interval '2 minutes'",
        (event, known_at),
    )
