"""Reports with photos through a link that breaks again and again: all arrive, byte by byte."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest

from benchmarks.field_centre import report
from benchmarks.field_report_phones import Phone, photo

PHONES, REPORTS = 4, 12
LEAST, MOST = 700, 6_000
"""Bytes that a connection carries before it breaks."""


async def test_photos_arrive_whole_through_a_link_that_keeps_breaking(api, served, event) -> None:
    field = await api.as_role("field")
    path = f"/api/events/{event}/field-reports"
    waiting = [report(n) | {"observed_at": "2026-09-15T11:50:00Z"} for n in range(REPORTS)]
    sent: dict[str, str] = {}
    tries = 0

    async def phone(base: str) -> None:
        nonlocal tries
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            own = Phone(client, path, field, piece=1500, pause_s=0.01)
            while waiting:
                one = waiting.pop()
                sent[one["id"]] = await own.send(one, photo(len(waiting)))
        tries += own.tries

    async with breaking_link(str(served.base_url)) as base:
        await asyncio.gather(*(phone(base) for _ in range(PHONES)))
    assert tries > 3 * REPORTS  # it did break
    cursor = await api.conn.execute("SELECT report::text AS report, sha256 FROM photos")
    stored = [(row["report"], row["sha256"]) for row in await cursor.fetchall()]
    assert sorted(stored) == sorted(sent.items())
    counted = await api.conn.execute("SELECT count(*) AS n FROM field_reports")
    assert (await counted.fetchone())["n"] == REPORTS


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
async def test_a_body_that_breaks_off_is_no_fault_of_the_program(
    api, served, event, caplog, kind
) -> None:
    field = await api.as_role("field")
    target = urlsplit(str(served.base_url))
    _, phone = await asyncio.open_connection(target.hostname, target.port)
    phone.write(
        f"POST /api/events/{event}/field-reports HTTP/1.1\r\nHost: centre\r\n"
        f"Authorization: {field['Authorization']}\r\nContent-Type: {kind}\r\n"
        'Content-Length: 500\r\n\r\n{"id":'.encode()
    )
    await phone.drain()
    await asyncio.sleep(0.3)
    phone.transport.abort()
    assert (await served.get("/healthz")).status_code == 200
    await asyncio.sleep(0.3)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@asynccontextmanager
async def breaking_link(onward: str) -> AsyncIterator[str]:
    """An address that leads to `onward` over connections that break after some kilobytes."""
    rng = random.Random(5)
    target = urlsplit(onward)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int) -> None:
        while most > 0 and (data := await reader.read(min(1024, most))):
            most -= len(data)
            writer.write(data)
            await writer.drain()

    async def connected(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection(target.hostname, target.port)
        ways = [
            asyncio.create_task(carry(near, forth, rng.randint(LEAST, MOST))),
            asyncio.create_task(carry(far, back, 10 * MOST)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for writer in (back, forth):
            writer.transport.abort()
        await asyncio.gather(*ways, return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    with suppress(asyncio.CancelledError):
        yield "http://{}:{}".format(*server.sockets[0].getsockname())
    server.close()
