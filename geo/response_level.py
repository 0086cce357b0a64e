"""The level that a plan calls for on an event's figures: reported, anticipated, lowered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from geo.anticipation import Anticipation, anticipation, lowering
from geo.casualties import Moment, total
from geo.county_figures import county_figures
from geo.database import Connection, Row, sql
from geo.plans import plan_of
from relief.edition import Plan
from relief.impact import figure
from relief.lowering import Lowering, lowered_plan
from relief.origin import Origin, Origins
from relief.response_level import Basis, Evaluation, evaluate

MOST_STATED = 2_000
"""Where more figures than this count for the plan, the reports behind the totals are not listed."""


@dataclass(frozen=True)
class Standing:
    """What the figures of an event call for; `lowered` and `anticipated` where people said so."""

    plan: Plan
    reported: Evaluation
    anticipated: Evaluation | None
    lowered: Evaluation | None
    anticipation: Anticipation | None
    lowering: Lowering | None

    def grounds(self) -> dict[str, Any]:
        """The evaluations as JSON, which an act may rest on."""
        return {
            "reported": self.reported.as_dict(),
            "anticipated": self.anticipated.as_dict() if self.anticipated else None,
            "lowered": self.lowered.as_dict() if self.lowered else None,
        }


async def standing_of(conn: Connection, event: Row, moment: Moment | None = None) -> Standing:
    """What the event's plan says of its figures at that moment (now, when none is given)."""
    at = moment or Moment()
    plan = await plan_of(conn, event)
    whole = await total(conn, event["id"], event["area"], at)
    counties = await county_figures(conn, event, plan, at)
    figures = whole.figures if whole else {}
    hazard = event["hazard"]
    reports = await _origins(conn, event, plan, at)
    reported = evaluate(plan, figures, counties, Basis.REPORTED, hazard, sources=reports)
    likely = await anticipation(conn, event["id"], at)
    lower = await lowering(conn, event["id"], at)
    anticipated = lowered = None
    if likely is not None:
        both = {**figures, **likely.figures}
        anticipated = evaluate(plan, both, likely.drought or counties, Basis.ANTICIPATED, hazard)
    if lower is not None:
        lowered = evaluate(lowered_plan(plan, lower), figures, counties, hazard=hazard)
    return Standing(plan, reported, anticipated, lowered, likely, lower)


async def assess(conn: Connection, event: Row, report: str | None) -> dict[str, Any]:
    """Evaluates anew, keeps the result beside the report that caused it, and returns it."""
    evaluation = (await standing_of(conn, event)).reported.as_dict()
    await conn.execute(
        "INSERT INTO level_assessments (event, report, level, plan, evaluation)"
        " VALUES (%s, %s, %s, %s, %s)",
        (event["id"], report, evaluation["level"], event["plan"], Jsonb(evaluation)),
    )
    return evaluation


async def assessments(conn: Connection, event: str, moment: Moment) -> list[Row]:
    """The changes of the level that was called for, the newest first, with the reports behind.

    They are looked for in the 5,000 newest assessments; the oldest of those always stands.
    """
    cursor = await conn.execute(
        "WITH newest AS (SELECT id, at, level, plan, report FROM level_assessments"
        " WHERE event = %s AND at <= coalesce(%s::timestamptz, 'infinity')"
        " ORDER BY id DESC LIMIT 5000)"
        " SELECT at, level, plan, report FROM"
        " (SELECT *, lag(level, 1, 'before') OVER (ORDER BY id) AS earlier FROM newest) AS steps"
        " WHERE level IS DISTINCT FROM earlier ORDER BY id DESC",
        (event, moment.known_at),
    )
    return await cursor.fetchall()


async def _origins(conn: Connection, event: Row, plan: Plan, moment: Moment) -> Origins:
    """The reports behind each total that the plan judges; none when too many to list."""
    cursor = await conn.execute(
        sql("origins"),
        {
            "event": event["id"],
            "within": event["area"],
            "now": moment == Moment(),
            "as_of": moment.as_of,
            "known_at": moment.known_at,
            "indicators": sorted(plan.indicators),
            "most": MOST_STATED,
        },
    )
    origins: dict[str, list[Origin]] = defaultdict(list)
    for row in await cursor.fetchall():
        value = figure(row["indicator"], row["value"])
        origins[row["indicator"]].append(Origin(row["report"], row["area"], value))
    return origins
