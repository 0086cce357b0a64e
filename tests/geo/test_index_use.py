"""With thousands of divisions and reports, reads of an event go by an index."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import sql as composition

from geo.database import Connection, sql
from geo.selections import Selection, Source, bound, rows_of

EVENT = """
INSERT INTO admin_areas (code, level, parent, name, source)
VALUES ('14', 'province', NULL, 'p', 'test'), ('1403', 'prefecture', '14', 'c', 'test');
INSERT INTO admin_areas (code, level, parent, name, source, population)
SELECT '1403' || lpad(n::text, 2, '0'), 'county', '1403', 'c', 'test', 100000
FROM generate_series(1, 90) AS n;
INSERT INTO admin_areas (code, level, parent, name, source, population, geom)
SELECT c.code || lpad(n::text, 3, '0'), 'township', c.code, 't', 'test', 1000, ST_Multi(
    ST_MakeEnvelope(113 + n * 0.01, right(c.code, 2)::integer * 0.01, 113.01 + n * 0.01,
        0.01 + right(c.code, 2)::integer * 0.01, 4490))
FROM admin_areas AS c, generate_series(1, 50) AS n WHERE c.level = 'county';
INSERT INTO events (id, hazard, name, occurred_at, plan, area)
VALUES ('e', 'earthquake', 'e', '2026-09-15Z', 'yangquan-2026', '1403');
INSERT INTO loss_reports (id, event, area, stage, as_of, source)
SELECT 'r' || code, 'e', code, 'initial', '2026-09-15Z', 'test'
FROM admin_areas WHERE level IN ('county', 'township');
INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank, recorded_at)
SELECT r.id, 'e', r.area, i, 1, r.as_of, 0, r.recorded_at
FROM loss_reports AS r, unnest(ARRAY['dead', 'missing', 'affected']) AS i
"""
NOW = {"event": "e", "within": "1403", "now": True, "as_of": None, "known_at": None}
COUNTIES = NOW | {"level": "county", "digits": 6, "geometry": False}
READS = [
    ("casualties_now", COUNTIES, {"standing_areas_level", "admin_areas_level"}),
    ("disagreements", NOW, {"standing_figures_disputed"}),
    ("origins", NOW | {"indicators": ["missing"], "most": 10}, {"standing_figures_stated"}),
]
THEN = datetime(2026, 9, 16, tzinfo=UTC)


@pytest.fixture
async def large(conn: Connection) -> Connection:
    """90 counties, 4,500 townships, a report of each."""
    for statement in EVENT.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]
    await conn.execute("VACUUM ANALYZE")
    return conn


async def plan_of(conn: Connection, statement: Any, values: dict[str, Any]) -> str:
    text = composition.SQL(statement) if isinstance(statement, str) else statement
    cursor = await conn.execute(composition.SQL("EXPLAIN {}").format(text), values)
    return "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())


async def test_what_stands_now_is_read_by_its_indexes(large: Connection) -> None:
    for name, values, indexes in READS:
        plan = await plan_of(large, sql(name), values)
        assert {index for index in indexes if index in plan} == indexes, plan
        assert "Seq Scan" not in plan, plan


async def test_the_counties_of_a_plan_are_read_by_their_indexes(large: Connection) -> None:
    dead = composition.SQL("array_agg(figures -> 'dead')")
    statement = composition.SQL(sql("county_figures")).format(aggregates=dead)
    plan = await plan_of(large, statement, NOW)
    assert {"standing_areas_level", "admin_areas_level"} <= set(re.findall(r"\w+", plan)), plan
    assert "Seq Scan" not in plan, plan


async def test_the_past_comes_in_the_order_in_which_it_counts(large: Connection) -> None:
    values = {"event": "e", "then": THEN}
    plan = await plan_of(
        large, "SELECT * FROM newest_figures(%(event)s, NULL, %(then)s::timestamptz)", values
    )
    assert "loss_figures_newest" in plan
    assert "Sort" not in plan


async def test_the_map_of_now_reads_no_report(large: Connection) -> None:
    source = Source("layer_casualties", ("dead",), "area")
    selection = Selection(event="e", box=(113.2, 0.2, 113.22, 0.22))
    statement = composition.SQL("SELECT f.id, f.dead {}").format(rows_of(source, selection))
    plan = await plan_of(large, statement, bound(selection))
    assert "admin_areas_geom" in plan
    assert "standing_areas_pkey" in plan
    assert "loss_figures" not in plan
