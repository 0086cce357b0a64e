"""The change feed as a reader of the store meets it: nothing lost, nothing twice."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.database import Connection, connected
from geo.stream import (
    Change,
    Position,
    Snapshot,
    changes_since,
    delete_old_changes,
    is_kept,
    snapshot_now,
)
from relief.errors import MalformedRequest

SHELTER = (
    "INSERT INTO shelters (id, name, level, capacity, geom, source)"
    " SELECT %s || n, 'x', 'county', 1, ST_SetSRID(ST_MakePoint(113, 37), 4490), 'test'"
    " FROM generate_series(1, %s) AS n"
)


async def start(conn: Connection) -> Position:
    return Position(await snapshot_now(conn))


async def told(conn: Connection, had: Position) -> list[Change]:
    return (await changes_since(conn, had))[0]


async def test_a_statement_tells_each_of_its_rows(conn: Connection) -> None:
    before = await start(conn)
    await conn.execute(SHELTER, ("S", 2))
    await conn.execute("UPDATE shelters SET occupancy = 1 WHERE id = 'S1'")
    await conn.execute("DELETE FROM shelters WHERE id = 'S2'")
    found = [(c.layer, c.op, c.id) for c in await told(conn, before)]
    steps = [("insert", "S1"), ("insert", "S2"), ("update", "S1"), ("delete", "S2")]
    assert found == [("shelters", *step) for step in steps]


async def test_two_hundred_thousand_rows_are_one_change_of_the_layer(conn: Connection) -> None:
    before = await start(conn)
    await conn.execute(SHELTER, ("S", 200_000))
    [change] = await told(conn, before)
    assert (change.layer, change.op, change.id, change.event) == ("shelters", "change", None, None)


async def test_a_statement_that_changes_nothing_tells_nothing(conn: Connection) -> None:
    before = await start(conn)
    await conn.execute("UPDATE shelters SET occupancy = 1 WHERE id = 'none'")
    assert await told(conn, before) == []


async def test_what_ends_is_told_while_an_older_transaction_runs(
    conn: Connection, database_url: str
) -> None:
    before = await start(conn)
    async with connected(database_url) as slow:
        async with slow.transaction():
            await slow.execute(SHELTER, ("slow", 1))
            await conn.execute(SHELTER, ("fast", 1))
            first, seen = await changes_since(conn, before)
        second = await told(conn, Position(seen))
    assert [c.id for c in first] == ["fast1"]
    assert [c.id for c in second] == ["slow1"]
    assert [c.id for c in await told(conn, first[0].after)] == ["slow1"]


async def test_the_rest_of_a_transaction_comes_before_older_ones_that_end_later(
    conn: Connection, database_url: str
) -> None:
    before = await start(conn)
    async with connected(database_url) as slow:
        async with slow.transaction():
            await slow.execute(SHELTER, ("slow", 1))
            await conn.execute(SHELTER, ("fast", 3))
            had = (await told(conn, before))[0].after
        rest = await told(conn, had)
    assert [c.id for c in rest] == ["fast2", "fast3", "slow1"]
    assert [c.id for c in await told(conn, rest[1].after)] == ["slow1"]
    assert await told(conn, rest[2].after) == []


async def test_writers_in_any_order_are_read_once_each(conn: Connection, database_url: str) -> None:
    """Eight writers whose transactions overlap and partly fail; a reader who breaks off at will."""
    rng = random.Random(4)
    had, found, written = await start(conn), [], []

    async def write(name: str) -> None:
        async with connected(database_url) as own:
            for n in range(25):
                try:
                    async with own.transaction():
                        await own.execute(SHELTER, (f"{name}-{n}-", rng.randint(1, 3)))
                        await asyncio.sleep(rng.random() / 200)
                        if rng.random() < 0.2:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
                written.append(f"{name}-{n}-1")

    async def read() -> Position:
        position = had
        while True:
            changes, seen = await changes_since(conn, position)
            if stop.is_set() and not changes:
                return position
            kept = changes[: rng.randint(0, len(changes))]
            found.extend(c.id for c in kept)
            if len(kept) == len(changes):
                position = Position(seen)
            elif kept:
                position = Position.of(str(kept[-1].after))
            await asyncio.sleep(0.002)

    stop = asyncio.Event()
    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(f"w{i}") for i in range(8)))
    stop.set()
    await reader
    rows = await (await conn.execute("SELECT id FROM shelters")).fetchall()
    assert sorted(found) == sorted(row["id"] for row in rows)
    assert set(written) <= set(found)


async def test_what_is_old_goes_and_who_missed_it_is_told(conn: Connection) -> None:
    before = await start(conn)
    await conn.execute(SHELTER, ("S", 1))
    after = await start(conn)
    assert await delete_old_changes(conn) == 0
    assert await is_kept(conn, before)
    await conn.execute("UPDATE changes SET at = at - interval '3 days'")
    assert await delete_old_changes(conn) == 1
    assert not await is_kept(conn, before)
    assert await is_kept(conn, after)


async def test_the_count_of_another_store_is_known_for_what_it_is(conn: Connection) -> None:
    far = 10**12
    await conn.execute("INSERT INTO changes (xid, layer, op) VALUES (%s, 'x', 'change')", (far,))
    assert not await is_kept(conn, Position(Snapshot(far, frozenset())))
    await conn.execute("UPDATE change_retention SET deleted_to = %s", (far,))
    await delete_old_changes(conn)
    before = await start(conn)
    assert await told(conn, before) == []
    assert await is_kept(conn, before)


async def test_the_feed_is_read_by_its_key(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO changes (xid, layer, op)"
        " SELECT 1, 'x', 'change' FROM generate_series(1, 20000)"
    )
    await conn.execute("ANALYZE changes")
    now = await snapshot_now(conn)
    plan = await conn.execute(
        "EXPLAIN SELECT * FROM changes"
        " WHERE xid >= pg_snapshot_xmin(%s::pg_snapshot)::text::bigint",
        (str(now),),
    )
    lines = [row["QUERY PLAN"] for row in await plan.fetchall()]
    assert any("changes_pkey" in line for line in lines)


numbers = st.integers(3, 10**6)
snapshots = st.builds(
    lambda xmax, running: Snapshot(xmax, frozenset(x for x in running if x < xmax)),
    numbers,
    st.frozensets(numbers, max_size=8),
)


@settings(deadline=None)
@given(snapshots, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_position_reads_back(snapshot: Snapshot, xid: int, seq: int) -> None:
    position = Position(snapshot, xid, seq if xid else 0)
    assert Position.of(str(position)) == position


@pytest.mark.parametrize(
    "text", ["", "12", "1:2", "5:4:7", "1:2:3,", "a:b:c", "1:2:-1-2-3", "1:2:3:4", "9" * 2000]
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        Position.of(text)
