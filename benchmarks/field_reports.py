"""Reports from the field while the store and the server are killed, and how soon others see them.

    python -m benchmarks.field_reports                     # kills, shuffling, 200 streams
    python -m benchmarks.field_reports --reports 2000 --clients 16 --shuffled 0 --streams 0

Starts `reliefmap serve` on a store of its own. Clients post reports, each until it is
acknowledged, some of them twice. Meanwhile the database is killed (-9) five times and stopped
(SIGSTOP, 12 s) three times, and the server's processes are killed three times. Then it counts what
is on file, what the audit holds and what one reader of the stream was told, who was cut off each
time: 0 lost and 0 doubled is what counts.

The second part sends 1,000 reports in any order, some cut off and some often, and holds what is on
file against what was sent. The third opens 200 streams and posts five reports a second: the time
from posting to the moment that each stream has told it, beside a bare loopback round trip of the
same client. Bad links and full disks: benchmarks/field_report_phones.py and field_report_disk.py.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg

from geo.cluster import PrivateCluster
from geo.database import connected
from geo.events import NewEvent, open_event
from geo.tokens import Grant, Role, create_token

STOPPED_S = 12
DIVISIONS = """
INSERT INTO admin_areas (code, level, parent, name, source, geom) VALUES
    ('14', 'province', NULL, 'province', 'benchmark', NULL),
    ('1403', 'prefecture', '14', 'prefecture', 'benchmark',
        ST_Multi(ST_MakeEnvelope(113, 37, 114, 38, 4490)))
"""


@dataclass(frozen=True)
class Plan:
    """How many reports from how many clients, and what happens to the servers meanwhile."""

    reports: int
    clients: int
    store_kills: int = 0
    store_stops: int = 0
    server_kills: int = 0
    stopped_s: float = STOPPED_S


@dataclass(frozen=True)
class Counts:
    """What became of the reports; `lost` and `doubled` are of what was acknowledged."""

    acknowledged: int
    on_file: int
    audited: int
    told: int
    told_twice: int
    retries: int
    seconds: float

    @property
    def lost(self) -> int:
        """Acknowledged, and not on file or never told."""
        return self.acknowledged - min(self.on_file, self.told)

    @property
    def doubled(self) -> int:
        """On file, in the audit or in the stream more than once."""
        return max(self.on_file, self.audited) - self.acknowledged + self.told_twice

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.on_file} on file, {self.audited} audited, "
            f"{self.told} told by the stream, {self.retries} retries in {self.seconds:.0f} s: "
            f"{self.lost} lost, {self.doubled} doubled"
        )


class Centre:
    """A running `reliefmap serve` with one event, and the processes that can be killed."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.base = f"http://127.0.0.1:{port}"
        self.event = ""
        self.field: dict[str, str] = {}
        self.operator: dict[str, str] = {}
        env = os.environ | {
            "RELIEFMAP_DATA": str(folder),
            "RELIEFMAP_PORT": str(port),
            "RELIEFMAP_WORKERS": "2",
        }
        env.pop("RELIEFMAP_DATABASE_URL", None)
        self.serving = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--demo", "none"],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=(folder.parent / "serve.log").open("wb"),
        )

    @property
    def database_url(self) -> str:
        """The store's address."""
        return PrivateCluster(self.folder).database_url

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        self.serving.send_signal(signal.SIGINT)
        try:
            self.serving.wait(30)
        except subprocess.TimeoutExpired:
            self.serving.kill()

    async def prepare(self) -> None:
        """Waits until it is ready, and makes divisions, an event and two tokens."""
        async with httpx.AsyncClient(base_url=self.base) as client:
            for _ in range(240):
                with suppress(httpx.HTTPError):
                    if (await client.get("/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.5)
            else:
                raise SystemExit("reliefmap serve did not become ready")
        async with connected(self.database_url) as conn:
            await conn.execute(DIVISIONS)
            occurred = await (
                await conn.execute("SELECT now() - interval '1 hour' AS t")
            ).fetchone()
            assert occurred is not None
            event = NewEvent("flood", "benchmark", occurred["t"], "yangquan-2026", "1403")
            self.event = (await open_event(conn, event, None))["id"]
            for role in (Role.FIELD, Role.OPERATOR):
                _, secret = await create_token(conn, Grant(role.code, role, "1403"))
                setattr(self, role.code, {"Authorization": f"Bearer {secret}"})

    def postmaster(self) -> int:
        """The process of the store."""
        [pid_file] = self.folder.rglob("postmaster.pid")
        return int(pid_file.read_text().split()[0])

    def servers(self) -> list[int]:
        """The processes that answer HTTP."""
        children = Path(f"/proc/{self.serving.pid}/task/{self.serving.pid}/children").read_text()
        found = []
        for pid in map(int, children.split()):
            with suppress(OSError):
                if b"api.http_server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def kill_store(self) -> None:
        """What a power cut does to the store."""
        with suppress(ProcessLookupError, FileNotFoundError, ValueError):
            os.kill(self.postmaster(), signal.SIGKILL)

    def kill_servers(self) -> None:
        """The same to every process that answers."""
        for pid in self.servers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def stop_store(self, seconds: float) -> None:
        """The store stands still, as on a machine that swaps, and goes on."""
        frozen: list[int] = []
        with suppress(ValueError, FileNotFoundError):  # it is starting just now
            frozen = [self.postmaster(), *_children_of(self.postmaster())]
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            await asyncio.sleep(seconds if number is signal.SIGSTOP else 0)


def _children_of(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@contextmanager
def centre(port: int) -> Iterator[Centre]:
    """A centre on a folder of its own, ended and cleared away afterwards."""
    parent = Path(tempfile.mkdtemp(prefix="reliefmap-field-"))
    parent.chmod(0o755)
    running = Centre(parent / "data", port)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(parent, ignore_errors=True)


def report(number: int) -> dict[str, Any]:
    """A report somewhere in the prefecture."""
    rng = random.Random(number)
    return {
        "id": str(uuid4()),
        "kind": rng.choice(["damage", "casualty", "need", "road"]),
        "observed_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "location": {"lon": rng.uniform(113, 114), "lat": rng.uniform(37, 38), "accuracy_m": 9},
        "figures": {"injured": rng.randint(0, 9)},
    }


@dataclass
class Reader:
    """One reader of the stream, who comes back by its last id whenever it is cut off."""

    at: Centre
    told: Counter[str] = field(default_factory=Counter)
    last_id: str = ""
    cuts: int = 0

    async def read(self) -> None:
        """Reads until cancelled."""
        path = f"/api/events/{self.at.event}/stream"
        while True:
            headers = self.at.operator | ({"Last-Event-ID": self.last_id} if self.last_id else {})
            with suppress(httpx.HTTPError):
                async with (
                    httpx.AsyncClient(base_url=self.at.base, timeout=15) as client,
                    client.stream("GET", path, headers=headers) as answer,
                ):
                    if answer.status_code == 200:
                        await self._lines(answer)
            self.cuts += 1
            await asyncio.sleep(0.3)

    async def _lines(self, answer: httpx.Response) -> None:
        """An id counts once its block is whole, as in a browser."""
        position, data = self.last_id, ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                position = value
            elif name == "data":
                data = value
            elif not line:
                self.last_id = position
                change = orjson.loads(data) if data else {}
                data = ""
                assert change.get("op") != "reset"
                if (change.get("layer"), change.get("op")) == ("field_reports", "insert"):
                    self.told[change["id"]] += 1


async def reports_through_failures(at: Centre, plan: Plan) -> Counts:
    """Sends the reports while the servers fail as planned; what became of them."""
    started = time.monotonic()
    waiting = [report(n) for n in range(plan.reports)]
    sent: set[str] = set()
    retries = 0
    reader = Reader(at)
    reading = asyncio.create_task(reader.read())
    while not reader.last_id:  # noqa: ASYNC110 - another process is awaited
        await asyncio.sleep(0.1)

    async def client(number: int) -> None:
        nonlocal retries
        rng = random.Random(number)
        async with httpx.AsyncClient(base_url=at.base, timeout=8) as http:
            while waiting:
                one = waiting.pop()
                for _ in range(2 if rng.random() < 0.1 else 1):
                    while not await _acknowledged(http, at, one):
                        retries += 1
                        await asyncio.sleep(rng.uniform(0.1, 0.6))
                sent.add(one["id"])

    troubles = asyncio.create_task(_trouble(at, plan, lambda: len(sent) / plan.reports))
    await asyncio.gather(*(client(n) for n in range(plan.clients)))
    await troubles
    for _ in range(120):
        if len(reader.told) >= plan.reports:
            break
        await asyncio.sleep(0.25)
    await asyncio.sleep(2.5)  # whatever would come twice comes now
    reading.cancel()
    on_file, audited = await _patiently(lambda: _stored(at))
    return Counts(
        len(sent),
        on_file,
        audited,
        len(sent & set(reader.told)),
        sum(reader.told.values()) - len(reader.told),
        retries,
        time.monotonic() - started,
    )


async def _acknowledged(http: httpx.AsyncClient, at: Centre, one: dict[str, Any]) -> bool:
    """Whether the centre says that it has the report; what any other answer says is no answer."""
    path = f"/api/events/{at.event}/field-reports"
    try:
        answer = await http.post(path, json=one, headers=at.field)
        return answer.status_code in {200, 201} and answer.json()["id"] == one["id"]
    except (httpx.HTTPError, ValueError, KeyError):
        return False


async def _trouble(at: Centre, plan: Plan, progress: Callable[[], float]) -> None:
    """The failures of the plan in turn, spread over the run."""
    kinds = {
        "store": plan.store_kills,
        "server": plan.server_kills,
        "stop": plan.store_stops,
    }
    order = [kind for kind, times in kinds.items() for _ in range(times)]
    random.Random(2).shuffle(order)
    for n, kind in enumerate(order):
        while progress() < (n + 1) / (len(order) + 1):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        if kind == "store":
            at.kill_store()
        elif kind == "server":
            at.kill_servers()
        else:
            await at.stop_store(plan.stopped_s)


async def _stored(at: Centre) -> tuple[int, int]:
    async with connected(at.database_url) as conn:
        counts = await conn.execute(
            "SELECT (SELECT count(*) FROM field_reports) AS reports,"
            " (SELECT count(*) FROM audit WHERE action = 'field_report.post') AS audited"
        )
        row = await counts.fetchone()
    assert row is not None
    return row["reports"], row["audited"]


async def _patiently(work: Callable[[], Awaitable[tuple[int, int]]]) -> tuple[int, int]:
    for _ in range(60):
        try:
            return await work()
        except psycopg.OperationalError:  # the store is still starting
            await asyncio.sleep(0.5)
    return await work()


Send = Callable[[dict[str, Any]], Awaitable[Any]]


async def send_shuffled(send: Send, reports: Sequence[dict[str, Any]], seed: int) -> int:
    """Twelve phones send the reports in any order, some often, some cut off; how many tries.

    Afterwards each is sent once more, as a phone does that heard no answer.
    """
    rng = random.Random(seed)
    tries = [one for one in reports for _ in range(rng.choice((1, 1, 2, 5)))]
    rng.shuffle(tries)

    async def phone(own: Sequence[dict[str, Any]]) -> None:
        for one in own:
            cut = asyncio.create_task(send(one))  # type: ignore[arg-type]
            if rng.random() < 0.2:  # the link breaks somewhere on the way
                await asyncio.sleep(rng.random() / 50)
                cut.cancel()
            await asyncio.gather(cut, return_exceptions=True)

    await asyncio.gather(*(phone(tries[n::12]) for n in range(12)))
    for one in reports:
        await send(one)
    return len(tries) + len(reports)


async def shuffled(at: Centre, number: int) -> str:
    """Sends so many reports shuffled, dropped and repeated; whether they stand there as sent."""
    reports = [report(n) for n in range(number)]
    async with httpx.AsyncClient(base_url=at.base, timeout=30) as client:
        path = f"/api/events/{at.event}/field-reports"
        tries = await send_shuffled(
            lambda one: client.post(path, json=one, headers=at.field), reports, 11
        )
    async with connected(at.database_url) as conn:
        cursor = await conn.execute(
            "SELECT r.id::text AS id, r.figures, (SELECT count(*) FROM changes AS c"
            " WHERE c.layer = 'field_reports' AND c.id = r.id::text AND c.op = 'insert') AS told"
            " FROM field_reports AS r WHERE r.id = ANY(%s::uuid[])",
            ([one["id"] for one in reports],),
        )
        rows = {row["id"]: (row["figures"], row["told"]) for row in await cursor.fetchall()}
    same = sum(rows.get(one["id"]) == (one["figures"], 1) for one in reports)
    return f"{number} reports shuffled, cut off and repeated in {tries} tries: {same} as sent, once"


async def visible_ms(at: Centre, streams: int, posts: int) -> tuple[list[float], list[float]]:
    """(milliseconds from posting to each stream's telling, of bare round trips beside them)."""
    posted: dict[str, float] = {}
    seen: list[float] = []
    ready = asyncio.Semaphore(0)

    async def stream() -> None:
        limits = httpx.Limits(max_connections=1)
        async with (
            httpx.AsyncClient(base_url=at.base, timeout=60, limits=limits) as client,
            client.stream("GET", f"/api/events/{at.event}/stream", headers=at.operator) as answer,
        ):
            ready.release()
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    change = orjson.loads(line[6:])
                    if change["op"] == "insert" and change["id"] in posted:
                        seen.append((time.perf_counter() - posted[change["id"]]) * 1000)

    tasks = []
    for _ in range(streams):
        tasks.append(asyncio.create_task(stream()))
        await ready.acquire()
    bare: list[float] = []
    async with httpx.AsyncClient(base_url=at.base, timeout=20) as client:
        for n in range(posts):
            started = time.perf_counter()
            await client.get("/healthz")
            bare.append((time.perf_counter() - started) * 1000)
            one = report(10**6 + n)
            posted[one["id"]] = time.perf_counter()
            await client.post(f"/api/events/{at.event}/field-reports", json=one, headers=at.field)
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seen, bare


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def main(options: argparse.Namespace) -> None:
    """Both parts, printed."""
    with centre(options.port) as at:
        await at.prepare()
        if options.reports:
            plan = Plan(options.reports, options.clients, 5, 3, 3)
            print(await reports_through_failures(at, plan))
        if options.shuffled:
            print(await shuffled(at, options.shuffled))
        if options.streams:
            seen, bare = await visible_ms(at, options.streams, options.posts)
            expected = options.streams * options.posts
            print(
                f"{options.streams} streams, {len(seen)} of {expected} told: "
                f"p50 {statistics.median(seen):.0f} ms, p95 {_percentile(seen, 0.95):.0f} ms; "
                f"a bare round trip p50 {statistics.median(bare):.0f} ms, "
                f"p95 {_percentile(bare, 0.95):.0f} ms"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--shuffled", type=int, default=1_000)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--port", type=int, default=8180)
    asyncio.run(main(parser.parse_args()))
