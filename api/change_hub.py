"""One reader of the change feed for all streams of a process.

It listens, looks every two seconds as well (a notification only wakes), and hands each batch to
every stream. It lives while somebody streams. When the store is gone it tries again and goes on
from where it was; streams hear nothing meanwhile, not even that they are alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg

from geo.database import Connection, Row, connected
from geo.stream import (
    Change,
    Position,
    Snapshot,
    changes_since,
    delete_old_changes,
    ended_tokens,
    snapshot_now,
    told_reports,
)
from relief.errors import Unavailable

POLL_S = 2.0
PATIENCE_S = 5.0
"""The longest that the store may take for an answer before the connection counts as lost."""

GATHERING_S = 0.02
"""How long it waits for more after a notification, so that a flood is read in batches."""

MOST_STREAMS = 2_000
MOST_WAITING = 200
CLEANING = timedelta(minutes=10)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """What was read at once, and the snapshot with which all of it is had.

    `reports` are those from the field that changed; `written` keeps each change as it is sent, as
    all streams that may know as much of it are told in the same words.
    """

    changes: tuple[Change, ...]
    seen: Snapshot
    reports: dict[str, Row] = field(default_factory=dict)
    written: dict[tuple[int, bool], bytes] = field(default_factory=dict)


@dataclass(eq=False)
class Subscription:
    """A stream's place in the hub: batches after `start`, then None when it has to end."""

    token: int
    start: Snapshot
    waiting: asyncio.Queue[Batch | None] = field(
        default_factory=lambda: asyncio.Queue(MOST_WAITING)
    )

    def hand(self, batch: Batch | None) -> None:
        """Puts the batch in line; who is too slow to take what is there is ended instead."""
        if batch is not None and self.waiting.full():
            batch = None
        if batch is None:
            while not self.waiting.empty():
                self.waiting.get_nowait()
        self.waiting.put_nowait(batch)


class ChangeHub:
    """The hub of one process."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._subscriptions: set[Subscription] = set()
        self._seen = Snapshot(0, frozenset())
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._next_cleaning = 0.0

    @asynccontextmanager
    async def subscribed(self, token: int) -> AsyncIterator[Subscription]:
        """A place in the hub while the block lasts; raises TimeoutError while the store is gone."""
        if len(self._subscriptions) >= MOST_STREAMS:
            raise Unavailable(f"{MOST_STREAMS} streams are open on this server already.")
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._run())
        async with asyncio.timeout(PATIENCE_S):
            await self._ready.wait()
        subscription = Subscription(token, self._seen)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            if not self._subscriptions:
                await self._stop()

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                async with (
                    asyncio.timeout(PATIENCE_S) as patience,
                    connected(self._database_url) as conn,
                ):
                    await self._read(conn, patience)
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("The change feed is interrupted: %s", error)
                await asyncio.sleep(1)

    async def _read(self, conn: Connection, patience: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        await conn.execute("LISTEN reliefmap_changes")
        await self._clean(conn)
        if not self._ready.is_set():
            self._seen = await snapshot_now(conn)
            self._ready.set()
        while True:
            patience.reschedule(loop.time() + POLL_S + PATIENCE_S)
            await self._hand_on(conn)
            await self._end_revoked(conn)
            await self._clean(conn)
            async for _ in conn.notifies(timeout=POLL_S, stop_after=1):
                await asyncio.sleep(GATHERING_S)

    async def _hand_on(self, conn: Connection) -> None:
        changes, self._seen = await changes_since(conn, Position(self._seen))
        batch = Batch(tuple(changes), self._seen, await told_reports(conn, changes))
        for subscription in self._subscriptions:
            subscription.hand(batch)

    async def _end_revoked(self, conn: Connection) -> None:
        tokens = {subscription.token for subscription in self._subscriptions}
        ended = await ended_tokens(conn, tokens)
        for subscription in self._subscriptions:
            if subscription.token in ended:
                subscription.hand(None)

    async def _clean(self, conn: Connection) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._next_cleaning:
            self._next_cleaning = now + CLEANING.total_seconds()
            await delete_old_changes(conn)
