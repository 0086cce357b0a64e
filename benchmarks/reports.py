"""How casualties and evaluation grow with the reports of one event over the whole country.

Run: `.venv/bin/python -m benchmarks.reports`. It makes a store of its own with 2,898 counties and
40,000 townships, loads 1,000, 20,000 and 200,000 reports, and prints CPU milliseconds of the
database and of Python for one read, with the ratio to reckoning the same from all reports.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

import orjson

from geo.casualties import Moment, casualties
from geo.cluster import PrivateCluster
from geo.database import Connection, connected, sql
from geo.events import event_by_id
from geo.migration import migrate
from geo.response_level import standing_of
from layers.casualties import shown

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


async def measured(conn: Connection, read: object, times: int = 7) -> tuple[float, float]:
    """Least (database, Python) CPU in ms over some reads; the backend's CPU is read from /proc."""
    [row] = await (await conn.execute("SELECT pg_backend_pid() AS pid")).fetchall()
    best = (float("inf"), float("inf"))
    for _ in range(times):
        before, own = backend_ms(row["pid"]), time.process_time()
        await read()  # type: ignore[operator]
        spent = (backend_ms(row["pid"]) - before, (time.process_time() - own) * 1000)
        best = min(best, spent, key=sum)
    return best


def backend_ms(pid: int) -> float:
    """CPU of a process so far, in ms, from the scheduler's own count in nanoseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


async def run(database_url: str) -> None:
    async with connected(database_url, statement_timeout_s=900) as conn:
        await conn.execute(DIVISIONS)
        event = await event_by_id(conn, EVENT)

        async def table() -> None:
            areas = await casualties(conn, EVENT, "", "county", Moment())
            orjson.dumps([shown(area) for area in areas])

        async def level() -> None:
            orjson.dumps((await standing_of(conn, event)).reported.as_dict())

        async def anew() -> None:
            await conn.execute(
                sql("casualties_then"),
                {
                    "event": EVENT,
                    "within": "",
                    "digits": 6,
                    "as_of": None,
                    "known_at": None,
                    "geometry": False,
                },
            )

        print(
            f"{'reports':>8} | {'by county: db + python':>22} | {'level: db + python':>19}"
            f" | {'all reports anew':>16} | ratio"
        )
        loaded = 0
        for count in (1_000, 20_000, 200_000):
            await conn.execute(REPORTS, {"first": loaded, "last": count - 1})
            await conn.execute("VACUUM ANALYZE")
            loaded = count
            (a, b), (c, d), (e, _) = [await measured(conn, r) for r in (table, level, anew)]
            print(
                f"{count:>8} | {a:>9.1f} + {b:>6.1f} ms | {c:>8.1f} + {d:>5.1f} ms"
                f" | {e:>13.1f} ms | {e / a:.0f} x"
            )
        for name, text in (("now", sql("casualties_now")), ("then", sql("casualties_then"))):
            plan = await conn.execute(
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + text,
                {
                    "event": EVENT,
                    "within": "",
                    "digits": 6,
                    "as_of": None,
                    "known_at": None,
                    "geometry": False,
                },
            )
            print(f"\n{name}:", *[r["QUERY PLAN"] for r in await plan.fetchall()], sep="\n  ")


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
