"""What requests ask first: as new as the request, whoever asks at the same time."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from geo.database import Connection, pool, sql
from geo.look_ups import Asked, LookUps
from geo.tokens import Grant, Role, create_token, digest_of, revoke

STORE = """
INSERT INTO admin_areas (code, level, parent, name, source)
VALUES ('14', 'province', NULL, 'p', 'test'), ('1403', 'prefecture', '14', 'c', 'test');
INSERT INTO events (id, hazard, name, occurred_at, plan, area, release)
VALUES ('e', 'earthquake', 'e', '2026-09-15Z', 'yangquan-2026', '1403', 'authorised'),
    ('older', 'earthquake', 'e', '2026-09-14Z', 'yangquan-2026', '1403', 'at_once');
INSERT INTO releases (event, known_at, reason, by_whom, released_at)
VALUES ('e', '2026-09-15T02:00Z', 'r', 'w', '2026-09-15T03:00Z'),
    ('e', '2026-09-15T01:00Z', 'r', 'w', '2026-09-15T04:00Z')
"""


@pytest.fixture
async def look_ups(conn: Connection, database_url: str) -> AsyncIterator[LookUps]:
    for statement in STORE.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]
    async with pool(database_url, size=1) as opened:
        yield LookUps(opened)


async def asked_by(conn: Connection, area: str = "", event: str | None = None) -> tuple[int, Asked]:
    number, secret = await create_token(conn, Grant("test", Role.PLANNER, area))
    return number, Asked(digest_of(secret), "token", event)


async def test_each_of_many_who_ask_at_once_is_told_of_himself(
    look_ups: LookUps, conn: Connection
) -> None:
    asked = [(await asked_by(conn, f"1403{n:02}", "older" if n % 2 else None))[1] for n in range(9)]
    stranger = Asked(digest_of("nobody's"), "token", "none")
    found = await asyncio.gather(*(look_ups.facts(one) for one in [*asked, stranger] * 3))
    for n, facts in enumerate(found):
        token = facts.token
        if n % 10 == 9:
            assert (token, facts.event) == (None, None)
        else:
            assert token is not None
            assert token.grant.admin_area == f"1403{n % 10:02}"
            assert facts.event is not None
            assert facts.event.id == ("older" if n % 10 % 2 else "e")


async def test_an_event_comes_with_what_was_released_last(
    look_ups: LookUps, conn: Connection
) -> None:
    event = (await look_ups.facts((await asked_by(conn))[1])).event
    assert event is not None
    assert (event.id, event.at_once) == ("e", False)
    assert event.released is not None
    assert event.released.isoformat() == "2026-09-15T01:00:00+00:00"


async def test_what_was_written_before_a_request_is_seen_by_it(
    look_ups: LookUps, conn: Connection
) -> None:
    number, asked = await asked_by(conn)
    seen = set()
    for n in range(10):
        busy = [asyncio.create_task(look_ups.facts(asked)) for _ in range(5)]
        await asyncio.sleep(0)
        await conn.execute(
            "INSERT INTO faults (id, geom, source) VALUES (%s,"
            " ST_Multi(ST_MakeLine(ST_Point(113, 37, 4490), ST_Point(114, 38, 4490))), 'x')",
            (str(n),),
        )
        facts = await look_ups.facts(asked)
        seen.add(facts.version(["faults", "households"]))
        assert facts.version(["depots"]) == "0.0"
        await asyncio.gather(*busy)
    assert len(seen) == 10
    waiting = asyncio.create_task(look_ups.facts(asked))
    await asyncio.sleep(0)
    await revoke(conn, number)
    assert (await look_ups.facts(asked)).token is None
    await waiting


async def test_a_token_of_another_kind_opens_nothing(look_ups: LookUps, conn: Connection) -> None:
    _, asked = await asked_by(conn)
    assert (await look_ups.facts(Asked(asked.digest, "session"))).token is None


async def test_who_leaves_and_a_store_that_fails_hold_up_nobody(
    look_ups: LookUps, conn: Connection
) -> None:
    _, asked = await asked_by(conn)
    left = asyncio.create_task(look_ups.facts(asked))
    await asyncio.sleep(0)
    left.cancel()
    assert (await look_ups.facts(asked)).token is not None
    await conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    failed = await asyncio.gather(*[look_ups.facts(asked)] * 1, return_exceptions=True)
    assert isinstance(failed[0], psycopg.OperationalError) or failed[0].token is not None
    assert (await look_ups.facts(asked)).token is not None


async def test_a_token_is_found_by_its_index(look_ups: LookUps, conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
        " SELECT sha256(n::text::bytea), 'x', 'x', 'viewer', '' FROM generate_series(1, 5000) AS n"
    )
    await conn.execute("ANALYZE tokens")
    digests = ",".join(rf"\x{digest_of(secret).hex()}" for secret in "abc")
    cursor = await conn.execute(
        "EXPLAIN " + sql("look_up"), {"digests": digests, "events": '["e", null]'}
    )
    plan = "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())
    assert "tokens_secret_sha256_key" in plan
    assert "Seq Scan on tokens" not in plan
