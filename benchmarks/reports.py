"""What one event of the whole country costs as its reports grow from 1,000 to 200,000.

    python -m benchmarks.reports

Makes a store of its own with 2,898 counties and 40,000 townships, all of which report in turn, ten
figures a report. For each number of reports it prints, in milliseconds of CPU of the database and
of Python: the casualties by county as the interface answers them (total and disputes included), the
response level under the national plan and under one that judges drought in each of the counties,
one more report with its evaluation, and for comparison a past moment, reckoned from all reports.
Then the plans of the statements. It takes a minute and a half.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from geo.casualties import Moment, casualties, total
from geo.cluster import PrivateCluster
from geo.database import Connection, Row, connected, sql
from geo.disagreements import disagreements
from geo.events import event_by_id
from geo.migration import migrate
from geo.plans import pin
from geo.reports import NewReport, store_report
from geo.response_level import assess, standing_of
from layers.casualties import shown
from relief.plan import plan_by_id
from relief.vocabulary import Stage

EVENT = "country"
DIVISIONS = """
INSERT INTO admin_areas (code, level, name, source, population, agricultural_population)
SELECT '', 'nation', '全国', 'benchmark', NULL::integer, NULL::integer
UNION ALL SELECT to_char(p, 'FM00'), 'province', 'p' || p, 'benchmark', NULL, NULL
    FROM generate_series(11, 41) AS p
UNION ALL SELECT to_char(11 + c / 12, 'FM00') || to_char(1 + c % 12, 'FM00'), 'prefecture',
    'c' || c, 'benchmark', NULL, NULL FROM generate_series(0, 371) AS c;
INSERT INTO admin_areas (code, level, name, source, population, agricultural_population)
SELECT p.code || to_char(n, 'FM00'), 'county', 'county', 'benchmark', 400000, 200000
FROM admin_areas AS p, generate_series(1, 8) AS n
WHERE p.level = 'prefecture' ORDER BY n, p.code LIMIT 2898;
INSERT INTO admin_areas (code, level, name, source, population)
SELECT c.code || to_char(100 + n, 'FM000'), 'township', 'township', 'benchmark', 30000
FROM admin_areas AS c, generate_series(1, 14) AS n
WHERE c.level = 'county' ORDER BY n, c.code LIMIT 40000;
INSERT INTO events (id, hazard, name, occurred_at, plan, area)
VALUES ('country', 'drought', 'country', '2026-06-01Z', 'national-2024', '');
"""
REPORTS = """
WITH numbered AS (
    SELECT code, row_number() OVER (ORDER BY level, code) - 1 AS n FROM admin_areas
    WHERE level IN ('county', 'township')
), made AS (
    INSERT INTO loss_reports (id, event, area, stage, as_of, recorded_at, source)
    SELECT 'r' || i, 'country', a.code, 'follow_up', at, at, 'benchmark'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
    CROSS JOIN LATERAL (SELECT '2026-06-02Z'::timestamptz + i * interval '1 s' AS at) AS clock
    JOIN numbered AS a ON a.n = i %% 42898
    RETURNING id, area, as_of
)
INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank, recorded_at)
SELECT m.id, 'country', m.area, k.indicator, abs(hashtext(m.id || k.indicator)) %% 20, m.as_of, 1,
    m.as_of
FROM made AS m, unnest(ARRAY['dead', 'missing', 'injured', 'affected', 'relocated', 'in_need',
    'drought_needing_aid', 'drought_needing_government_aid', 'collapsed_rooms',
    'severely_damaged_rooms']) AS k (indicator)
"""

Work = Callable[[], Awaitable[None]]
STEPS = (1_000, 20_000, 200_000)
LATER = datetime(2026, 7, 1, tzinfo=UTC)
"""After every report of the load."""


async def measured(conn: Connection, work: Work, times: int = 7) -> str:
    """The least CPU of some runs as "database + Python" in ms."""
    [row] = await (await conn.execute("SELECT pg_backend_pid() AS pid")).fetchall()
    best = (float("inf"), float("inf"))
    for _ in range(times):
        before, own = backend_ms(row["pid"]), time.process_time()
        await work()
        spent = (backend_ms(row["pid"]) - before, (time.process_time() - own) * 1000)
        best = min(best, spent, key=sum)
    return "{:.1f} + {:.1f}".format(*best)


def backend_ms(pid: int) -> float:
    """CPU of a process so far, in ms, from the scheduler's own count in nanoseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


async def table(conn: Connection, moment: Moment) -> None:
    """The answer with the casualties by county."""
    areas = await casualties(conn, EVENT, "", "county", moment)
    whole = await total(conn, EVENT, "", moment)
    found = await disagreements(conn, EVENT, moment)
    assert whole is not None
    orjson.dumps([[shown(area) for area in areas], dict(whole.figures), found])


async def level(conn: Connection, event: Row) -> None:
    """The answer with the level."""
    orjson.dumps((await standing_of(conn, event)).reported.as_dict())


async def report(conn: Connection, event: Row, number: int) -> None:
    """One more report of a township, and the evaluation that follows."""
    figures = {"dead": number % 7, "injured": number % 11, "relocated": number}
    at = LATER + timedelta(minutes=number)
    new = NewReport(EVENT, "110101101", Stage.FOLLOW_UP, at, figures, "benchmark")
    async with conn.transaction():
        await assess(conn, event, await store_report(conn, new, None))


async def event_under(conn: Connection, plan: str) -> Row:
    """The event as if it had been opened under that plan."""
    digest = await pin(conn, plan_by_id(plan))
    return await event_by_id(conn, EVENT) | {"plan": plan, "plan_digest": digest}


async def costs(conn: Connection, reports: int) -> list[str]:
    """One line of the table."""
    event = await event_under(conn, "national-2024")
    drought = await event_under(conn, "yangquan-2026")
    numbers = iter(range(reports, reports + 100))
    works: list[tuple[Work, int]] = [
        (lambda: table(conn, Moment()), 7),
        (lambda: level(conn, event), 7),
        (lambda: level(conn, drought), 7),
        (lambda: report(conn, event, next(numbers)), 7),
        (lambda: table(conn, Moment(known_at=LATER)), 1),
    ]
    return [await measured(conn, work, times) for work, times in works]


async def run(database_url: str) -> None:
    """Prints the table and the plans."""
    async with connected(database_url, statement_timeout_s=900) as conn:
        await conn.execute(DIVISIONS)
        heads = ("by county", "level", "level, drought", "one report", "past moment")
        print(f"{'reports':>8} | {'loaded':>8} |" + "|".join(f"{head:^16}" for head in heads))
        loaded = 0
        for count in STEPS:
            start = time.perf_counter()
            await conn.execute(REPORTS, {"first": loaded, "last": count - 1})
            seconds, loaded = time.perf_counter() - start, count
            await conn.execute("VACUUM ANALYZE")
            line = "|".join(f"{cost:^16}" for cost in await costs(conn, count))
            print(f"{count:>8} | {seconds:>6.1f} s |{line}", flush=True)
        for name in ("casualties_now", "disagreements", "casualties_then"):
            await explain(conn, name)


async def explain(conn: Connection, name: str) -> None:
    """Prints how the store goes about a statement."""
    asked = {"event": EVENT, "within": "", "digits": 6, "level": "county", "geometry": False}
    asked |= {"now": True, "as_of": None, "known_at": None}
    plan = await conn.execute("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + sql(name), asked)
    print(f"\n{name}:", *[row["QUERY PLAN"] for row in await plan.fetchall()], sep="\n  ")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="reliefmap-bench-"))
    folder.chmod(0o755)
    try:
        with PrivateCluster(folder, durable=False) as cluster:
            migrate(cluster.database_url)
            asyncio.run(run(cluster.database_url))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
