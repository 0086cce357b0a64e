"""Reports sent in any order, some cut off on the way and some often."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx

from benchmarks.field_centre import Centre, report
from geo.database import connected

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
