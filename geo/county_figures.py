"""What a plan judges county by county: the few figures that it needs of each county."""

from __future__ import annotations

from psycopg import sql as composition
from psycopg.rows import tuple_row

from geo.casualties import Moment, casualties
from geo.database import Connection, Row, sql
from relief.county import CountyFigures
from relief.edition import Plan


async def county_figures(
    conn: Connection, event: Row, plan: Plan, moment: Moment
) -> list[CountyFigures]:
    """The counties of the event's area, by code; none where the plan judges totals alone."""
    codes = sorted(plan.county_indicators)
    if not codes:
        return []
    if moment == Moment():
        return await _standing(conn, event, codes)
    counties = await casualties(conn, event["id"], event["area"], "county", moment)
    return [
        CountyFigures(c.code, c.figures, c.population, c.agricultural_population) for c in counties
    ]


async def _standing(conn: Connection, event: Row, codes: list[str]) -> list[CountyFigures]:
    aggregate = composition.SQL("array_agg((figures -> {})::bigint)")
    aggregates = composition.SQL(", ").join(aggregate.format(code) for code in codes)
    statement = composition.SQL(sql("county_figures")).format(aggregates=aggregates)
    async with conn.cursor(row_factory=tuple_row) as cursor:
        within = {"event": event["id"], "within": event["area"]}
        await cursor.execute(statement, within, prepare=False)  # planned for the area's size
        row = await cursor.fetchone()
    if row is None or row[0] is None:
        return []
    return [
        CountyFigures(area, _stated(codes, values), population, agricultural)
        for area, population, agricultural, *values in zip(*row, strict=True)
    ]


def _stated(codes: list[str], values: list[int | None]) -> dict[str, int]:
    """Shares are of people, so that all their numerators are whole."""
    return {c: value for c, value in zip(codes, values, strict=True) if value is not None}
