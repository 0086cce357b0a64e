"""Asks a server the same questions over and over, and says what that cost."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Cost:
    """Of one question: requests a second, milliseconds (median, 95th), CPU, and bytes."""

    a_second: float
    median_ms: float
    p95_ms: float
    server_cpu_ms: float
    store_cpu_ms: float
    kilobytes: float
    refused: int

    def __str__(self) -> str:
        if self.refused:
            return f"{self.refused} not answered"
        return (
            f"{self.a_second:8.0f}/s {self.median_ms:7.1f} {self.p95_ms:7.1f} ms"
            f"  {self.server_cpu_ms:6.2f} + {self.store_cpu_ms:6.2f} ms  {self.kilobytes:8.1f} kB"
        )


class CpuClock:
    """CPU seconds used so far by processes and all that they started."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots

    def seconds(self) -> float:
        """The sum over all that live; a process that ended counts with its parent."""
        children: dict[int, list[int]] = {}
        used: dict[int, float] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(stat.parent.name)
            children.setdefault(int(fields[1]), []).append(pid)
            used[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        waiting, total = list(self._roots), 0.0
        while waiting:
            pid = waiting.pop()
            total += used.get(pid, 0)
            waiting += children.get(pid, [])
        return total


async def cost_of(
    base: str,
    paths: Sequence[str],
    headers: Mapping[str, str],
    clocks: tuple[CpuClock, CpuClock],
    *,
    clients: int = 16,
    seconds: float = 3,
) -> Cost:
    """What `clients` who ask for the paths in turn, each over one connection, get and cost.

    They come one after another: of many at once the first worker that wakes would take all.
    """
    address, loop = urlsplit(base), asyncio.get_running_loop()
    todo = cycle([_request(address.netloc, path, headers) for path in paths])
    askers = []
    for _ in range(clients):
        _, asker = await loop.create_connection(lambda: Asker(todo), address.hostname, address.port)
        askers.append(asker)
        await asyncio.sleep(0.02)
    before = [clock.seconds() for clock in clocks]
    start = time.perf_counter()
    await asyncio.gather(*(asker.ask_until(start + seconds) for asker in askers))
    wall = time.perf_counter() - start
    spent = [clock.seconds() - earlier for clock, earlier in zip(clocks, before, strict=True)]
    taken = sorted(one for asker in askers for one in asker.taken)
    n = len(taken)
    return Cost(
        n / wall,
        statistics.median(taken) * 1e3,
        taken[int(0.95 * (n - 1))] * 1e3,
        spent[0] / n * 1e3,
        spent[1] / n * 1e3,
        sum(asker.bytes for asker in askers) / n / 1e3,
        sum(asker.refused for asker in askers),
    )


class Asker(asyncio.Protocol):
    """One client: asks, waits for the whole answer, asks again. It has to cost little itself."""

    def __init__(self, todo: Iterator[bytes]) -> None:
        self.taken: list[float] = []
        self.bytes = self.refused = 0
        self._todo = todo
        self._deadline = 0.0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    async def ask_until(self, deadline: float) -> None:
        """Asks until then, and ends with the answer that comes after it."""
        self._deadline = deadline
        self._ask()
        await self._done
        self._transport.close()

    def _ask(self) -> None:
        self._head = self._tail = b""
        self._left, self._chunks = -1, False
        self._asked = time.perf_counter()
        self._transport.write(next(self._todo))

    def data_received(self, data: bytes) -> None:
        """Counts the body; the head says how it ends."""
        if self._left < 0:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._begin(head)
        self.bytes += len(data)
        self._left -= len(data)
        self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
        if self._tail == _LAST_CHUNK if self._chunks else self._left <= 0:
            self._answered()

    def _begin(self, head: bytes) -> None:
        status = head[9:12]
        self.refused += status not in (b"200", b"304")
        self._chunks = b"chunked" in head
        stated = _LENGTH.search(head)
        self._left = int(stated[1]) if stated and status != b"304" else 0

    def _answered(self) -> None:
        now = time.perf_counter()
        self.taken.append(now - self._asked)
        if now < self._deadline:
            self._ask()
        else:
            self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up in the middle ends the trial."""
        if not self._done.done():
            self._done.set_exception(error or ConnectionResetError("the server hung up"))


_LAST_CHUNK = b"0\r\n\r\n"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def _request(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
