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
    """What `clients` who ask for the paths in turn, each over one connection, get and cost."""
    address = urlsplit(base)
    before = [clock.seconds() for clock in clocks]
    taken: list[float] = []
    sizes: list[int] = []
    refused: list[int] = []
    start = time.perf_counter()
    todo = cycle(paths)

    async def client() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while time.perf_counter() < start + seconds:
            asked = time.perf_counter()
            writer.write(_request(address.netloc, next(todo), headers))
            status, size = await _answer(reader)
            taken.append(time.perf_counter() - asked)
            sizes.append(size)
            if status not in (200, 304):
                refused.append(status)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    wall, n = time.perf_counter() - start, len(taken)
    spent = [clock.seconds() - earlier for clock, earlier in zip(clocks, before, strict=True)]
    ranked = sorted(taken)
    return Cost(
        n / wall,
        statistics.median(taken) * 1e3,
        ranked[int(0.95 * (n - 1))] * 1e3,
        spent[0] / n * 1e3,
        spent[1] / n * 1e3,
        sum(sizes) / n / 1e3,
        len(refused),
    )


def _request(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """(status, bytes of the body)."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        size = 0
        while (length := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)) > 0:
            await reader.readexactly(length + 2)
            size += length
        await reader.readexactly(2)
        return status, size
    stated = re.search(r"content-length: (\d+)", head)
    size = int(stated[1]) if stated and status != 304 else 0
    await reader.readexactly(size)
    return status, size


def in_turn(template: str, places: Sequence[str]) -> Iterator[str]:
    """The template filled with each place."""
    return (template.replace("{}", place) for place in places)
