"""The level that a plan calls for on an event's figures, and its history as reports land."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from geo.casualties import Moment, casualties, droughts, total
from geo.database import Connection, Row
from relief.plan import plan_by_id
from relief.response_level import Basis, Evaluation, evaluate


async def evaluation_of(conn: Connection, event: Row, moment: Moment | None = None) -> Evaluation:
    """What the event's plan says of its figures at that moment (now, when none is given)."""
    at = moment or Moment()
    whole = await total(conn, event["id"], event["area"], at)
    counties = await casualties(conn, event["id"], event["area"], "county", at)
    return evaluate(
        plan_by_id(event["plan"]),
        whole.figures if whole else {},
        droughts(counties),
        Basis.REPORTED,
        hazard=event["hazard"],
    )


async def assess(conn: Connection, event: Row, report: str | None) -> dict[str, Any]:
    """Evaluates anew, keeps the result beside the report that caused it, and returns it."""
    evaluation = (await evaluation_of(conn, event)).as_dict()
    await conn.execute(
        "INSERT INTO level_assessments (event, report, level, plan, evaluation)"
        " VALUES (%s, %s, %s, %s, %s)",
        (event["id"], report, evaluation["level"], event["plan"], Jsonb(evaluation)),
    )
    return evaluation


async def assessments(conn: Connection, event: str, moment: Moment) -> list[Row]:
    """The levels that were called for as each report landed, the newest first."""
    cursor = await conn.execute(
        "SELECT at, level, plan, report FROM level_assessments"
        " WHERE event = %s AND at <= coalesce(%s::timestamptz, 'infinity') ORDER BY id DESC LIMIT 500",
        (event, moment.known_at),
    )
    return await cursor.fetchall()
