"""Tiles whose request has come before and whose facts still hold, answered before all else.

The first time a request takes the whole way: its parameters are read, its caller is checked. What
that came to depends on nothing but the bytes of the request and the facts that were looked up. When
the same bytes come again and the facts are the same, the answer is the same: what is left to do is
to look up the facts, which is never left out.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

import psycopg
from starlette.datastructures import State
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.middleware import etag_matches
from geo.look_ups import Asked, Facts, LookUps
from layers.kept import Kept

MOST_REQUESTS = 20_000
"""Of which a process knows what they came to, some 500 bytes each."""

_MVT = (b"content-type", b"application/vnd.mapbox-vector-tile")
_TELLING = frozenset({b"authorization", b"cookie", b"accept", b"accept-encoding", b"host"})
_GZIP = b"\x1f\x8b"
"""How what is packed begins; a tile begins with 0x1a."""

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request came to: `answer` is the key of the bytes, `head` what goes with its ETag.

    It stands while `facts_of` gives the same as when it was made.
    """

    asked: Asked
    tables: tuple[str, ...]
    facts: Hashable
    answer: Hashable
    etag: str
    head: Headers

    def response(self, body: bytes | None) -> tuple[int, Headers]:
        """Status and headers before these bytes; without any the client holds them."""
        if body is None:
            return 304, self.head
        packed = [(b"content-encoding", b"gzip")] if body[:2] == _GZIP else []
        length = (b"content-length", str(len(body)).encode())
        return 200 if body else 204, [*self.head, _MVT, length, *packed]


def facts_of(facts: Facts, tables: tuple[str, ...]) -> Hashable:
    """The part of the facts that answers from these tables depend on."""
    return (facts.token, facts.event, facts.version(tables))


class StandingTiles:
    """The tiles that this process keeps, and the requests of which it knows which tile is meant."""

    def __init__(self) -> None:
        self.kept = Kept()
        self._requests: OrderedDict[bytes, Standing] = OrderedDict()

    def note(self, request: Request, standing: Standing) -> None:
        """Remembers what the request came to; those not asked for longest are forgotten first."""
        self._requests[_digest(request.scope)] = standing
        if len(self._requests) > MOST_REQUESTS:
            self._requests.popitem(last=False)

    def of(self, scope: Scope) -> Standing | None:
        """What the same request came to before."""
        digest = _digest(scope)
        if digest in self._requests:
            self._requests.move_to_end(digest)
        return self._requests.get(digest)


def _digest(scope: Scope) -> bytes:
    """Of everything in a request that its answer depends on; it tells nobody's token."""
    told = hashlib.blake2b(digest_size=16)
    told.update(scope.get("raw_path", scope["path"].encode()) + b"?" + scope["query_string"])
    for name, value in scope["headers"]:
        if name in _TELLING:
            told.update(b"\n%b:%b" % (name, value))
    return told.digest()


class StandingAnswers:
    """Answers requests for tiles that stand; all others go on to the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks the facts up, for this request as for any."""
        if scope["type"] != "http" or scope["method"] != "GET" or "/tiles/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        state: State = scope["app"].state
        tiles: StandingTiles = state.tiles
        standing = tiles.of(scope)
        if standing is None or not await _holds(standing, state.look_ups):
            await self.app(scope, receive, send)
        elif _holds_it(scope, standing.etag):
            await _send(send, *standing.response(None), b"")
        elif (body := tiles.kept.at_hand(standing.answer)) is not None:
            await _send(send, *standing.response(body), body)
        else:
            await self.app(scope, receive, send)


async def _holds(standing: Standing, look_ups: LookUps) -> bool:
    """Whether it stands; where the store can't be asked, the application says so as ever."""
    try:
        facts = await look_ups.facts(standing.asked)
    except (psycopg.Error, OSError):
        return False
    return facts_of(facts, standing.tables) == standing.facts


def _holds_it(scope: Scope, etag: str) -> bool:
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return etag_matches(value.decode("latin-1"), etag)
    return False


async def _send(send: Send, status: int, head: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
