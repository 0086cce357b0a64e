"""Figures on which two sources disagree: both are kept, and shown until they are settled."""

from __future__ import annotations

from typing import Any

from geo.casualties import Moment
from geo.database import Connection, sql
from relief.impact import figure


async def disagreements(conn: Connection, event: str, moment: Moment) -> list[dict[str, Any]]:
    """The other sources' last words that differ from the figures that count: `counted`, `other`.

    Each is {source, value, as_of, report}. One source that corrects itself is no disagreement, and
    what a consultation has settled is none any more.
    """
    parameters = {"event": event, "now": moment == Moment(), **vars(moment)}
    cursor = await conn.execute(sql("disagreements"), parameters)
    rows = await cursor.fetchall()
    return [row | {"difference": figure(row["indicator"], row["difference"])} for row in rows]
