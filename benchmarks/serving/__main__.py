"""Tiles, pages and single features of a million households: this server, tipg and the store itself.

    python -m benchmarks.serving [--tipg VENV/bin] [--households N] [--seconds S] [--keep FOLDER]

Makes a store of its own (a minute; `--keep` leaves it for the next run), starts two workers of this
server and, if a virtual environment with tipg, uvicorn, uvloop and httptools is named, two of tipg
on a copy of the table in EPSG:4326. pgbench asks the store the same questions as prepared SQL: the
ceiling. All take turns within one run; compare the ratios, and the CPU (server + store) before the
requests a second, where the machine has other work. Tiles of tipg stop at 10,000 features; those of
this server are complete, below zoom 12 by cell. "made" are tiles that nobody keeps.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import uvloop

from benchmarks.serving.load import Cost, CpuClock, cost_of
from benchmarks.serving.questions import Places, ours, places_in, sql_questions, tipg
from geo.cluster import PrivateCluster
from geo.database import connected, connection_options
from geo.migration import migrate
from geo.tokens import Grant, Role, create_token

WORKERS, CLIENTS = 2, 16
KEPT = ("z6", "z9", "z12", "z14")
STILL_MAKING_MS = 0.15


@dataclass
class Target:
    """A server under load: its address, what it sends along, its processes, its questions."""

    name: str
    base: str
    root: int
    paths: Mapping[str, list[str]]
    headers: dict[str, str] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tipg", type=Path)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="reliefmap-bench-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    try:
        with PrivateCluster(folder, durable=False) as cluster:
            url = cluster.database_url
            filled(url, asked.households)
            places = places_in(url)
            with served(url, places) as mine, peer(url, asked.tipg, places) as theirs:
                compare([mine, *theirs], url, places, asked.seconds, asked.only)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


def filled(url: str, households: int) -> None:
    """Sees that the store holds that many households."""
    migrate(url)
    with psycopg.connect(url, options=connection_options(statement_timeout_s=900)) as conn:
        row = conn.execute("SELECT count(*) FROM households").fetchone()
        if row == (households,):
            return
        start = time.perf_counter()
        script = Path(__file__).with_name("data.sql").read_text(encoding="utf-8")
        for statement in script.split(";\n"):
            conn.execute(statement, {"households": households})  # type: ignore[arg-type]
        conn.commit()
        conn.autocommit = True
        conn.execute("VACUUM ANALYZE")
        print(f"{households} households loaded in {time.perf_counter() - start:.0f} s")


@contextmanager
def served(url: str, places: Places) -> Iterator[Target]:
    """Two workers of this server, asked by an administrator."""

    async def token() -> str:
        async with connected(url) as conn:
            return (await create_token(conn, Grant("benchmark", Role.ADMIN, "")))[1]

    headers = {"Authorization": f"Bearer {asyncio.run(token())}", "Accept-Encoding": "identity"}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        script = (
            "import subprocess,sys\n"
            f"ps=[subprocess.Popen([sys.executable,'-m','api.http_server','{listening.fileno()}'],"
            f"pass_fds=[{listening.fileno()}]) for _ in range({WORKERS})]\n"
            "[p.wait() for p in ps]"
        )
        environment = os.environ | {"RELIEFMAP_DATABASE_URL": url}
        with started([sys.executable, "-c", script], environment, listening.fileno()) as process:
            target = Target(
                "reliefmap", f"http://127.0.0.1:{port}", process.pid, ours(places), headers
            )
            ready(target.base + "/ogc", headers)
            yield target


@contextmanager
def peer(url: str, programs: Path | None, places: Places) -> Iterator[list[Target]]:
    """Two workers of tipg, if it is at hand."""
    if programs is None:
        yield []
        return
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": re.sub(r"@/(\w+)\?host=(.*)", r"@\2:5432/\1", url),
        "TIPG_DB_SCHEMAS": '["peer"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
        "TIPG_MAX_FEATURES_PER_TILE": "10000",
        "TIPG_CATALOG_TTL": "0",
        "DB_MAX_CONN_SIZE": "8",
    }
    command = [programs / "uvicorn", "tipg.main:app", "--port", str(port), "--workers"]
    command += [str(WORKERS), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    with started([*map(str, command), "--log-level", "warning"], environment) as process:
        base = f"http://127.0.0.1:{port}"
        ready(base + "/collections?f=json", {})
        yield [Target("tipg", base, process.pid, tipg(places), {"Accept-Encoding": "identity"})]


@contextmanager
def started(
    command: list[str], environment: Mapping[str, str], *descriptors: int
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, with all that it starts, until the end."""
    process = subprocess.Popen(
        command, env=environment, pass_fds=descriptors, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


def ready(url: str, headers: Mapping[str, str]) -> None:
    """Waits until the address answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def compare(targets: list[Target], url: str, places: Places, seconds: float, only: str) -> None:
    """Prints one line a question and target."""
    store = CpuClock(postmaster(url))
    print(f"{'question':14} {'':10} {'requests':>10} {'median':>7} {'p95':>10}  CPU server + store")
    for question in sql_questions(places) | targets[0].paths:
        if only and question not in only.split(","):
            continue
        for target in targets:
            paths = target.paths.get(question)
            if paths:
                cost = uvloop.run(asked_of(target, question, paths, store, seconds))
                print(f"{question:14} {target.name:10} {cost}", flush=True)
        if statements := sql_questions(places).get(question):
            print(
                f"{question:14} {'pgbench':10} {ceiling(url, statements, seconds, store)}",
                flush=True,
            )


async def asked_of(
    target: Target, question: str, paths: list[str], store: CpuClock, seconds: float
) -> Cost:
    clocks = (CpuClock(target.root), store)
    headers = dict(target.headers)
    if question == "304":
        headers["If-None-Match"] = etag_at(target.base + paths[0], headers)
    if question in KEPT:
        await warmed(target, paths, headers, clocks)
    elif not question.endswith("made"):
        await cost_of(target.base, paths, headers, clocks, clients=4, seconds=0.5)
    return await cost_of(target.base, paths, headers, clocks, clients=CLIENTS, seconds=seconds)


async def warmed(
    target: Target, paths: list[str], headers: Mapping[str, str], clocks: tuple[CpuClock, CpuClock]
) -> None:
    """Asks until each worker keeps all of them, which shows in what the store still has to do."""
    for _ in range(15):
        cost = await cost_of(target.base, paths, headers, clocks, clients=CLIENTS, seconds=1)
        if cost.store_cpu_ms < STILL_MAKING_MS:
            return


def etag_at(url: str, headers: Mapping[str, str]) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))) as answer:
        return str(answer.headers["ETag"])


def postmaster(url: str) -> int:
    """The process of the store that all others come from."""
    with psycopg.connect(url) as conn:
        stat = Path(f"/proc/{conn.info.backend_pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def ceiling(url: str, statements: list[str], seconds: float, store: CpuClock) -> str:
    """What pgbench gets out of the same questions."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, statement in enumerate(statements[:100]):
            path = Path(folder, f"{i}.sql")
            path.write_text(statement + ";\n", encoding="utf-8")
            files += ["-f", str(path)]
        before = store.seconds()
        command = ["pgbench", "-n", "-M", "prepared", *files, f"-c{CLIENTS}", "-j1"]
        environment = os.environ | {
            "PGOPTIONS": f"{connection_options()} -c max_parallel_workers_per_gather=0"
        }
        done = subprocess.run(
            [*command, f"-T{max(1, round(seconds))}", url],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        spent = store.seconds() - before
    rate = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    a_second = float(rate.split()[2])
    count = next(line for line in done.stdout.splitlines() if "actually processed" in line)
    n = int(count.split(":")[1].split("/")[0])
    return f"{a_second:8.0f}/s {'':18}           {spent / n * 1e3:6.2f} ms"


if __name__ == "__main__":
    main()
