"""All households as a file from this server beside `psql COPY` of the same columns.

    python -m benchmarks.exports [--households N] [--rounds R]

Makes a store of its own. Both write to nowhere, in turns; compare the ratio of the medians, and see
that the server's greatest memory is the same after the last round as after the first.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.serving.__main__ import Target, filled, served
from benchmarks.serving.questions import places_in
from geo.cluster import PrivateCluster
from geo.database import connection_options

COLUMNS = """h.id, h.area, h.persons, h.key_groups, coalesce((SELECT d.grade FROM house_damage AS d
WHERE d.event = 'quake' AND d.household = h.id AND d.recorded_at <= 'infinity'), 'none'),
h.head_name, h.address, h.telephone, h.position_error_m, h.synthetic, h.source, h.updated_at,
ST_X(h.geom), ST_Y(h.geom)"""
PIECE = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reliefmap-bench-") as folder:
        Path(folder).chmod(0o755)
        with PrivateCluster(Path(folder), durable=False) as cluster:
            url = cluster.database_url
            filled(url, asked.households)
            with served(url, places_in(url)) as target:
                compare(url, target, asked.rounds)


def compare(url: str, target: Target, rounds: int) -> None:
    """Prints the seconds of each round, and the ratio."""
    taken: dict[str, list[float]] = {"psql": [], "csv": [], "geojsonseq": []}
    for _ in range(rounds):
        taken["psql"].append(copied_s(url))
        for form in ("csv", "geojsonseq"):
            taken[form].append(downloaded_s(target, form))
        figures = "  ".join(f"{name} {seconds[-1]:.2f} s" for name, seconds in taken.items())
        print(f"{figures}  server's greatest memory {greatest_mib(target.root)} MiB", flush=True)
    ratio = statistics.median(taken["csv"]) / statistics.median(taken["psql"])
    print(f"csv / psql COPY: {ratio:.2f}")


def copied_s(url: str) -> float:
    statement = f"COPY (SELECT {COLUMNS} FROM households AS h) TO STDOUT (FORMAT csv)"
    start = time.perf_counter()
    subprocess.run(
        ["psql", url, "-qc", statement],
        env=os.environ | {"PGOPTIONS": connection_options(statement_timeout_s=900)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def downloaded_s(target: Target, form: str) -> float:
    address = f"{target.base}/ogc/collections/households/items?f={form}"
    start = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(address, headers=target.headers)) as answer:
        while answer.read(PIECE):
            pass
    return time.perf_counter() - start


def greatest_mib(root: int) -> int:
    """The greatest memory that any worker below the process has held so far."""
    workers = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    held = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{w}/status").read_text()) for w in workers]
    return max(int(found[1]) for found in held if found) // 1024


if __name__ == "__main__":
    main()
