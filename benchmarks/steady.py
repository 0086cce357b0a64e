"""Whether the memory of a worker stays flat under a mixed load: resident megabytes by the minute.

    python -m benchmarks.steady [--minutes 10] [--households 1000000] [--keep FOLDER]

Two workers on the store of `benchmarks.serving`; eight clients ask for tiles kept and made, boxes,
pages, single features, files of 20,000 homes and what hasn't changed, while damage is written down
ten times a second, which makes the kept tiles old.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import uvloop

from benchmarks.serving.__main__ import Target, filled, postmaster, served
from benchmarks.serving.load import CpuClock, cost_of
from benchmarks.serving.questions import places_in
from geo.cluster import PrivateCluster
from geo.database import connection_options

CLIENTS = 8
WRITES_A_SECOND = 10
FILE = "/ogc/collections/households/items?f=csv&limit=20000"
WRITE = """
INSERT INTO house_damage (event, household, grade, source)
SELECT 'quake', to_char(%s, 'FM00000000'), 'slight', 'benchmark'
ON CONFLICT (event, household) DO UPDATE
SET grade = CASE house_damage.grade WHEN 'slight' THEN 'severe' ELSE 'slight' END
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="reliefmap-bench-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    try:
        with PrivateCluster(folder, durable=False) as cluster:
            url = cluster.database_url
            filled(url, asked.households)
            places = places_in(url)
            with served(url, places) as target, writing(url, asked.households):
                watch(target, postmaster(url), asked.minutes)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


def watch(target: Target, store: int, minutes: int) -> None:
    """Prints a line a minute."""
    chance = random.Random(7)
    paths = [path for listed in target.paths.values() for path in listed[:600]]
    paths += [FILE] * 10
    chance.shuffle(paths)
    clocks = (CpuClock(target.root), CpuClock(store))
    print("minute  MB of each worker   requests/s")
    for minute in range(minutes + 1):
        rate = ""
        if minute:
            asked = cost_of(target.base, paths, target.headers, clocks, clients=CLIENTS, seconds=60)
            cost = uvloop.run(asked)
            rate = f"{cost.a_second:8.0f}  {cost.refused} refused"
        told = "  ".join(f"{mb:7.1f}" for mb in resident_mb(target.root))
        print(f"{minute:6} {told}   {rate}", flush=True)


def resident_mb(root: int) -> list[float]:
    """Megabytes that each worker below the process holds."""
    found = []
    for stat in sorted(Path("/proc").glob("[0-9]*/status")):
        try:
            told = dict(line.split(":", 1) for line in stat.read_text().splitlines())
        except OSError:
            continue
        if int(told["PPid"]) == root and "VmRSS" in told:
            found.append(int(told["VmRSS"].split()[0]) / 1024)
    return found


@contextmanager
def writing(url: str, households: int) -> Iterator[None]:
    """Writes damage down at an even pace while the block lasts."""
    over, chance = threading.Event(), random.Random(8)

    def write() -> None:
        with psycopg.connect(url, autocommit=True, options=connection_options()) as conn:
            while not over.wait(1 / WRITES_A_SECOND):
                conn.execute(WRITE, [chance.randrange(1, households + 1)])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
