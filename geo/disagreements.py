"""Figures on which two sources disagree: both are kept, and shown until they are settled."""

from __future__ import annotations

from typing import Any

from geo.casualties import Moment
from geo.database import Connection, sql


async def disagreements(conn: Connection, event: str, moment: Moment) -> list[dict[str, Any]]:
    """Per area and indicator the newest figure of each source, where they are not the same.

    One source that corrects itself is no disagreement: only its newest figure is compared.
    """
    parameters = {"event": event, "as_of": moment.as_of, "known_at": moment.known_at}
    cursor = await conn.execute(sql("disagreements"), parameters)
    return [dict(row) for row in await cursor.fetchall()]
