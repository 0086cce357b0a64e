"""What every request under /ogc asks first, looked up once for all that wait at the time.

While one look-up is under way whoever comes waits for the next, which begins after they came. So
each answer is as new as the request, a token that was revoked is refused at once, and under load a
dozen requests cost one statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from geo.database import Pool, Row, sql
from geo.tokens import Kind, Token, token_in


@dataclass(frozen=True)
class Asked:
    """The digest of the secret that a request came with, and the event that it names, if any."""

    digest: bytes
    kind: Kind
    event: str | None = None


@dataclass(frozen=True)
class SeenEvent:
    """An event; those who don't work on figures know it as of `released`, unless `at_once`."""

    id: str
    at_once: bool
    released: datetime | None


@dataclass(frozen=True)
class Facts:
    """The living token of the secret, the event asked for or shown first, and what has changed."""

    token: Token | None
    event: SeenEvent | None
    changes: Mapping[str, tuple[int, int]]

    def version(self, tables: Sequence[str]) -> str:
        """A mark that differs whenever rows of these tables have changed."""
        found = [self.changes[table] for table in tables if table in self.changes]
        return f"{sum(n for n, _ in found)}.{max((at for _, at in found), default=0)}"


class LookUps:
    """Look-ups over connections of their own, so that they never wait behind other work."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._waiting: list[tuple[Asked, asyncio.Future[Facts]]] = []
        self._under_way: asyncio.Task[None] | None = None

    async def facts(self, asked: Asked) -> Facts:
        """What holds now; raises what the store does when it can't be asked."""
        found: asyncio.Future[Facts] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, found))
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._answer_all())
        return await found

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._answer(waiting)
        finally:
            self._under_way = None

    async def _answer(self, waiting: list[tuple[Asked, asyncio.Future[Facts]]]) -> None:
        try:
            known = _Known(await self._row([asked for asked, _ in waiting]))
        except Exception as error:
            for _, found in waiting:
                if not found.done():
                    found.set_exception(error)
            return
        for asked, found in waiting:
            if not found.done():  # else whoever asked has left
                found.set_result(known.facts(asked))

    async def _row(self, asked: list[Asked]) -> Row:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(sql("look_up"), _bound(asked))
            row = await cursor.fetchone()
        assert row is not None
        return row


def _bound(asked: Sequence[Asked]) -> dict[str, str]:
    """The parameters of look_up.sql."""
    digests = {rf"\x{one.digest.hex()}" for one in asked}
    events = orjson.dumps(list({one.event for one in asked}))
    return {"digests": ",".join(digests), "events": events.decode()}


class _Known:
    """One row of look_up.sql, read."""

    def __init__(self, row: Row) -> None:
        self._tokens = {bytes.fromhex(one["digest"]): token_in(one) for one in row["tokens"] or ()}
        self._events = {one["asked"]: _event(one) for one in row["events"] or ()}
        self._changes: dict[str, tuple[int, int]] = row["changes"] or {}

    def facts(self, asked: Asked) -> Facts:
        token = self._tokens.get(asked.digest)
        if token is not None and token.kind != asked.kind:
            token = None
        return Facts(token, self._events.get(asked.event), self._changes)


def _event(one: Mapping[str, Any]) -> SeenEvent:
    released = one["released"]
    return SeenEvent(
        one["id"],
        one["release"] == "at_once",
        None if released is None else datetime.fromisoformat(released),
    )
