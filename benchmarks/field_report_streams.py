"""How soon those who listen to the stream hear of a report."""

from __future__ import annotations

import asyncio
import time

import httpx
import orjson

from benchmarks.field_centre import Centre, report


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


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
