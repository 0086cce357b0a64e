"""All households as a file from this server beside `psql COPY` of the same columns and lines.

    python -m benchmarks.exports [--households N] [--rounds R] [--keep FOLDER]

Makes a store of its own, or takes the one that benchmarks.serving kept. All write to nowhere, in
turns; compare the ratios of the medians, and see that the server's greatest memory is the same
after the last round as after the first.
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
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.serving.__main__ import Target, filled, served
from benchmarks.serving.questions import places_in
from geo.cluster import PrivateCluster
from geo.database import connection_options
from geo.feature_statements import feature_json
from geo.selections import SQL, Selection, bound, rows_of
from geo.served_crs import CRS84
from layers.catalogue import LAYERS

COLUMNS = """h.id, h.area, h.persons, h.key_groups, coalesce((SELECT d.grade FROM house_damage AS d
WHERE d.event = 'quake' AND d.household = h.id AND d.recorded_at <= 'infinity'), 'none'),
h.head_name, h.address, h.telephone, h.position_error_m, h.synthetic, h.source, h.updated_at,
ST_X(h.geom), ST_Y(h.geom)"""
PIECE = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reliefmap-bench-") as folder:
        Path(folder).chmod(0o755)
        with PrivateCluster(asked.keep or Path(folder), durable=False) as cluster:
            url = cluster.database_url
            filled(url, asked.households)
            with served(url, places_in(url)) as target:
                compare(url, target, asked.rounds)


def compare(url: str, target: Target, rounds: int) -> None:
    """Prints the seconds of each round, and the ratios."""
    statements = {"csv": f"COPY (SELECT {COLUMNS} FROM households AS h) TO STDOUT (FORMAT csv)"}
    statements["geojsonseq"] = lines(url)
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for form, statement in statements.items():
            taken.setdefault(f"psql {form}", []).append(copied_s(url, statement))
            taken.setdefault(form, []).append(downloaded_s(target, form))
        figures = "  ".join(f"{name} {seconds[-1]:.2f} s" for name, seconds in taken.items())
        print(f"{figures}  server's greatest memory {greatest_mib(target.root)} MiB", flush=True)
    for form in statements:
        ratio = statistics.median(taken[form]) / statistics.median(taken[f"psql {form}"])
        print(f"{form} / psql COPY: {ratio:.2f}")


def lines(url: str) -> str:
    """The COPY of every household as a line of GeoJSON, as this server writes it."""
    layer = LAYERS["households"]
    selection = Selection(event="quake", detail_like="%")
    copy = SQL("COPY (SELECT {} {}) TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')")
    source, exact = layer.features.source, replace(CRS84, decimals=15)
    statement = copy.format(feature_json(source, exact), rows_of(source, selection))
    with psycopg.connect(url) as conn:
        return psycopg.ClientCursor(conn).mogrify(statement, bound(selection))


def copied_s(url: str, statement: str) -> float:
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
