"""What a plan judges county by county: the few figures that it needs of each county."""

from __future__ import annotations

import orjson

from geo.casualties import Moment, casualties
from geo.database import Connection, Row, sql
from relief.county import CountyFigures
from relief.edition import Plan
from relief.vocabulary import INDICATORS


async def county_figures(
    conn: Connection, event: Row, plan: Plan, moment: Moment
) -> list[CountyFigures]:
    """The counties of the event's area, by code; none where the plan judges totals alone."""
    wanted = plan.county_indicators
    if not wanted:
        return []
    if moment != Moment():
        counties = await casualties(conn, event["id"], event["area"], "county", moment)
        return [
            CountyFigures(c.code, c.figures, c.population, c.agricultural_population)
            for c in counties
        ]
    others = [code for code in INDICATORS if code not in wanted]
    parameters = {"event": event["id"], "within": event["area"], "others": others}
    cursor = await conn.execute(sql("county_figures"), parameters)
    row = await cursor.fetchone()
    assert row is not None
    return [CountyFigures(*county) for county in orjson.loads(row["counties"])]
