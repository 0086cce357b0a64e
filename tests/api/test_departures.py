"""What a client has left behind is given up, in this process and in the store."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from api.app import create_app
from api.departures import ClientLeft, unless_left
from geo.database import connected


def read(*messages: str) -> Request:
    """A read that gets these messages, then nothing more."""
    coming = list(messages)

    async def receive() -> dict[str, Any]:
        if coming:
            return {"type": coming.pop(0), "body": b"", "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    return Request({"type": "http", "method": "GET", "headers": []}, receive)  # type: ignore[arg-type]


async def test_work_is_done_for_who_stays() -> None:
    async def work() -> int:
        await asyncio.sleep(0.01)
        return 7

    assert await unless_left(read("http.request"), work()) == 7


async def test_the_store_stops_when_the_client_leaves(conn: Any, database_url: str) -> None:
    async with connected(database_url) as beside:

        async def until(sleeping: bool) -> None:
            found = not sleeping
            while found is not sleeping:
                cursor = await beside.execute(
                    "SELECT 1 FROM pg_stat_activity"
                    " WHERE query = 'SELECT pg_sleep(9000)' AND state = 'active'"
                )
                found = await cursor.fetchone() is not None
                await asyncio.sleep(0.01)

        async def receive() -> dict[str, Any]:
            await until(sleeping=True)
            return {"type": "http.disconnect"}

        leaving = Request({"type": "http", "method": "GET", "headers": []}, receive)  # type: ignore[arg-type]
        with pytest.raises(ClientLeft):
            await unless_left(leaving, conn.execute("SELECT pg_sleep(9000)"))
        await until(sleeping=False)


async def test_what_fails_fails() -> None:
    async def work() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await unless_left(read("http.request"), work())


async def test_pages_of_named_origins_may_ask(api: Any, database_url: str) -> None:
    app = create_app(database_url, origins=["https://map.example.cn"])
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            asked = {"Access-Control-Request-Method": "PATCH"}
            asked["Access-Control-Request-Headers"] = "authorization, if-match"
            at = "/ogc/collections/shelters/items/s1"
            there = await client.options(at, headers=asked | {"Origin": "https://map.example.cn"})
            assert there.headers["access-control-allow-origin"] == "https://map.example.cn"
            assert "access-control-allow-credentials" not in there.headers
            other = await client.options(at, headers=asked | {"Origin": "https://else.example.cn"})
            assert "access-control-allow-origin" not in other.headers
            read = await client.get("/ogc", headers={"Origin": "https://map.example.cn"})
            assert (read.status_code, "ETag" in read.headers["access-control-expose-headers"]) == (
                401,
                True,
            )
    alone = await api.client.get("/ogc", headers={"Origin": "https://map.example.cn"})
    assert "access-control-allow-origin" not in alone.headers
