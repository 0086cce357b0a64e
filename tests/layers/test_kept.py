"""Kept answers: made once for all who ask, dropped when they grow too many."""

import asyncio

import pytest

from layers.kept import Kept


class Kitchen:
    """Makes answers when told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()

    async def make(self) -> bytes:
        self.asked += 1
        await self.open.wait()
        return b"tile"


async def test_what_many_ask_for_at_once_is_made_once() -> None:
    kept, kitchen = Kept(), Kitchen()
    waiting = [asyncio.create_task(kept.of("a", kitchen.make)) for _ in range(20)]
    await asyncio.sleep(0)
    kitchen.open.set()
    assert set(await asyncio.gather(*waiting)) == {b"tile"}
    assert await kept.of("a", kitchen.make) == b"tile"
    assert kitchen.asked == 1


async def test_when_the_first_leaves_the_next_makes_it() -> None:
    kept, kitchen = Kept(), Kitchen()
    first = asyncio.create_task(kept.of("a", kitchen.make))
    await asyncio.sleep(0)
    others = [asyncio.create_task(kept.of("a", kitchen.make)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    kitchen.open.set()
    assert set(await asyncio.gather(*others)) == {b"tile"}
    assert kitchen.asked == 2
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_is_not_kept() -> None:
    async def fail() -> bytes:
        raise ConnectionError

    kept, kitchen = Kept(), Kitchen()
    with pytest.raises(ConnectionError):
        await kept.of("a", fail)
    kitchen.open.set()
    assert await kept.of("a", kitchen.make) == b"tile"


async def test_the_least_recently_used_go_first() -> None:
    kept, made = Kept(most_bytes=3 * 1200), list[str]()

    def maker(name: str) -> object:
        async def make() -> bytes:
            made.append(name)
            return bytes(1000)

        return make

    for name in ("a", "b", "c", "a", "d", "a", "b"):
        await kept.of(name, maker(name))  # type: ignore[arg-type]
    assert made == ["a", "b", "c", "d", "b"]
