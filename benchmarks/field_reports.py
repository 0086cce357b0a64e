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
import random
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import psycopg

from benchmarks.field_centre import Centre, centre, report
from benchmarks.field_report_shuffle import shuffled
from benchmarks.field_report_streams import percentile, visible_ms
from geo.database import connected

STOPPED_S = 12


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
                f"p50 {statistics.median(seen):.0f} ms, p95 {percentile(seen, 0.95):.0f} ms; "
                f"a bare round trip p50 {statistics.median(bare):.0f} ms, "
                f"p95 {percentile(bare, 0.95):.0f} ms"
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
