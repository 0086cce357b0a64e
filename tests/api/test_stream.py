"""The stream of changes over real HTTP: what is told, to whom, and how one goes on."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from api.change_hub import POLL_S
from geo.stream import delete_old_changes

FIELD_REPORT = (
    "INSERT INTO field_reports (id, event, kind, area, observed_at, geom, body_sha256)"
    " VALUES (gen_random_uuid(), %s, 'damage', %s, now(),"
    " ST_SetSRID(ST_MakePoint(113.7, 37.8), 4490), '') RETURNING id::text AS id"
)
SHELTER = (
    "INSERT INTO shelters (id, name, level, capacity, geom, source)"
    " VALUES (%s, 'x', 'county', 1, ST_SetSRID(ST_MakePoint(113, 37), 4490), 'test')"
)


class Stream:
    """An open stream; `last_id` is what a browser would come back with."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.lines = answer.aiter_lines()
        self.last_id = ""
        self.first: dict[str, str] = {}

    async def block(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async for line in self.lines:
            if not line:
                break
            name, _, value = line.partition(":")
            found[name] = value.strip()
        if not found:
            raise EOFError
        self.last_id = found.get("id", self.last_id)
        return found

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while "data" not in (block := await self.block()):
                pass
        change: dict[str, Any] = orjson.loads(block["data"])
        return change

    async def ends(self) -> bool:
        async with asyncio.timeout(60):
            try:
                while True:
                    await self.block()
            except EOFError:
                return True


@asynccontextmanager
async def stream(
    client: httpx.AsyncClient, event: str, headers: dict[str, str], had: str = ""
) -> AsyncIterator[Stream]:
    more = {"Last-Event-ID": had} if had else {}
    path = f"/api/events/{event}/stream"
    async with client.stream("GET", path, headers=headers | more) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        opened = Stream(answer)
        opened.first = await opened.block()
        yield opened


async def test_a_change_is_told_as_soon_as_it_is_stored(api, served, operator, event) -> None:
    delays_s = []
    async with stream(served, event, operator) as opened:
        for number in range(5):
            await api.conn.execute(SHELTER, (f"S{number}",))
            stored = time.monotonic()
            change = await opened.next()
            delays_s.append(time.monotonic() - stored)
    # Whoever looks from time to time is late each time but the first; a busy machine, now and then.
    assert min(delays_s[1:]) < POLL_S / 2
    assert (change["layer"], change["op"], change["id"]) == ("shelters", "insert", "S4")
    assert set(change) == {"layer", "op", "id", "version"}


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(
    api, served, operator, event
) -> None:
    async with stream(served, event, operator) as opened:
        async with api.conn.transaction():
            for name in ("S1", "S2", "S3"):
                await api.conn.execute(SHELTER, (name,))
        first = await opened.next()
        had = opened.last_id
    await api.conn.execute(SHELTER, ("S4",))
    async with stream(served, event, operator, had) as opened:
        await api.conn.execute(SHELTER, ("S5",))
        rest = [await opened.next() for _ in range(4)]
    assert [c["id"] for c in (first, *rest)] == ["S1", "S2", "S3", "S4", "S5"]
    versions = [c["version"] for c in (first, *rest)]
    assert versions == sorted(set(versions))


async def test_who_comes_back_too_late_is_told_to_begin_anew(api, served, operator, event) -> None:
    async with stream(served, event, operator) as opened:
        had = opened.last_id
    await api.conn.execute(SHELTER, ("S1",))
    await api.conn.execute("UPDATE changes SET at = at - interval '9 days'")
    await delete_old_changes(api.conn)
    async with stream(served, event, operator, had) as opened:
        assert opened.first["event"] == "reset"
        assert orjson.loads(opened.first["data"])["op"] == "reset"
        await api.conn.execute(SHELTER, ("S2",))
        assert (await opened.next())["id"] == "S2"


async def test_a_position_that_was_never_given_is_refused(api, served, operator, event) -> None:
    path = f"/api/events/{event}/stream"
    answer = await served.get(path, headers=operator | {"Last-Event-ID": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert (await served.get(path)).status_code == 401
    assert (await served.get("/api/events/none/stream", headers=operator)).status_code == 404
    assert (await served.head(path, headers=operator)).status_code == 405


async def test_another_events_changes_are_not_told(api, served, operator, event) -> None:
    other = (
        await api.client.post(
            "/api/events",
            json={"hazard": "flood", "occurred_at": "2026-09-14T00:00:00Z", "area": "140300"},
            headers=operator,
        )
    ).json()["id"]
    async with stream(served, event, operator) as opened:
        await api.conn.execute(FIELD_REPORT, (other, "140321"))
        await api.conn.execute(SHELTER, ("S1",))
        assert (await opened.next())["layer"] == "shelters"


async def test_people_are_named_only_to_those_who_may_see_them(api, served, event) -> None:
    viewer = await api.as_role("viewer")
    neighbour = await api.as_role("planner", "140302")
    planner = await api.as_role("planner", "140321")
    async with (
        stream(served, event, viewer) as seen,
        stream(served, event, neighbour) as beside,
        stream(served, event, planner) as inside,
    ):
        cursor = await api.conn.execute(FIELD_REPORT, (event, "140321"))
        report = (await cursor.fetchone())["id"]
        told = await inside.next()
        assert (told["id"], told["report"]["id"], told["report"]["state"]) == (
            report,
            report,
            "new",
        )
        for stranger in (seen, beside):
            change = await stranger.next()
            assert (change["layer"], change["op"], change["id"]) == (
                "field_reports",
                "change",
                None,
            )
            assert "report" not in change


async def test_figures_that_await_release_are_not_hinted_at(
    api, served, operator, event, post_report
) -> None:
    path = f"/api/events/{event}"
    await api.client.patch(path, json={"release": "authorised"}, headers=operator)
    async with stream(served, event, await api.as_role("viewer")) as opened:
        await post_report({"dead": 1})
        await api.conn.execute(SHELTER, ("S1",))
        assert (await opened.next())["layer"] == "shelters"
        await api.conn.execute(
            "INSERT INTO releases (event, known_at, reason, by_whom) VALUES (%s, now(), 'r', 'b')",
            (event,),
        )
        assert (await opened.next())["layer"] == "releases"


async def test_a_viewers_stream_ends_when_its_event_changes(api, served, operator, event) -> None:
    async with stream(served, event, await api.as_role("viewer")) as opened:
        change = {"release": "authorised"}
        await api.client.patch(f"/api/events/{event}", json=change, headers=operator)
        assert (await opened.next())["layer"] == "events"
        assert await opened.ends()


async def test_a_revoked_token_ends_its_stream_within_five_seconds(api, served, event) -> None:
    async def delay_s() -> float:
        async with stream(served, event, await api.as_role("viewer")) as opened:
            await api.conn.execute("UPDATE tokens SET revoked_at = now() WHERE role = 'viewer'")
            revoked = time.monotonic()
            assert await opened.ends()
            return time.monotonic() - revoked

    # A busy machine may oversleep; it does not each time.
    assert await delay_s() < 5 or await delay_s() < 5 or await delay_s() < 5


async def test_a_quiet_stream_shows_that_it_lives_and_moves_on(served, operator, event) -> None:
    async with stream(served, event, operator) as opened, asyncio.timeout(60):
        assert (await opened.block())["id"]


async def test_a_stream_goes_on_after_the_store_cut_every_connection(
    api, served, operator, event
) -> None:
    async with stream(served, event, operator) as opened:
        await api.conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await api.conn.execute(SHELTER, ("S1",))
        assert (await opened.next())["id"] == "S1"
