"""Answers kept in memory while what they were made from stands, and made once for all who ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

MOST_BYTES = 64 * 2**20
"""Of answers kept by one process."""

_OVERHEAD = 200
"""Bytes that an answer costs besides its own."""


class Kept:
    """Bytes by a key that names all they depend on: the version, what was asked, who may see it.

    The least recently used go first when they grow too many.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[Hashable, asyncio.Future[None]] = {}

    def at_hand(self, key: Hashable) -> bytes | None:
        """The answer of this key if it is kept."""
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    async def of(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer of this key: kept, else made by the first who asks, for whom others wait.

        When whoever makes it leaves or fails, the next one who waits makes it.
        """
        while (kept := self.at_hand(key)) is None:
            if (other := self._under_way.get(key)) is not None:
                await asyncio.wait([other])
                continue
            made = self._under_way[key] = asyncio.get_running_loop().create_future()
            try:
                kept = await make()
                self._keep(key, kept)
                return kept
            finally:
                del self._under_way[key]
                made.set_result(None)
        return kept

    def _keep(self, key: Hashable, answer: bytes) -> None:
        self._answers[key] = answer
        self._bytes += len(answer) + _OVERHEAD
        while self._bytes > self._most_bytes:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= len(gone) + _OVERHEAD
