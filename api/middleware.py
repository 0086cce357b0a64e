"""What happens around every request: size and time limits, strict addresses, conditional reads."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

from isal import isal_zlib
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipResponder
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_of, refusal
from relief.errors import MalformedRequest, ReliefError, TooLarge, Unavailable

LARGEST_BODY = 2 * 2**20
LARGEST_QUESTION = 16 * 2**20
LARGEST_PHOTOS = 64 * 2**20
LARGEST_FILE = 256 * 2**20
"""Bytes of a body: JSON anywhere, candidates for siting, photos, and files that are imported."""

SMALLEST_PACKED = 1024
_GZIP_BITS = 31

HEAD_ONLY = "reliefmap.head_only"
"""In the scope of a GET of which nobody wants more than the head."""

LONGEST_REQUEST_S = 90
LONGEST_DOWNLOAD_S = 600


class Limits:
    """Refuses bodies that are too large, requests that take too long and addresses with a NUL."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on within its limits."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = _Started(send)
        try:
            _require_clean_address(scope)
            async with asyncio.timeout(_most_seconds(scope["path"])):
                await self.app(scope, _counted(scope, receive), started.send)
        except ClientDisconnect:
            return  # nobody hears an answer, and a link that breaks is no fault of the program
        except (ReliefError, TimeoutError) as error:
            if started.yes:
                raise
            await refusal(problem_of(_as_refusal(error)))(scope, receive, send)


class _Started:
    """Whether an answer is under way, so that a refusal can't take its place any more."""

    def __init__(self, send: Send) -> None:
        self.yes = False
        self._send = send

    async def send(self, message: Message) -> None:
        self.yes = True
        await self._send(message)


def _as_refusal(error: ReliefError | TimeoutError) -> ReliefError:
    if isinstance(error, ReliefError):
        return error
    return Unavailable(f"No answer within {LONGEST_REQUEST_S} seconds; nothing was stored.")


def _require_clean_address(scope: Scope) -> None:
    address = scope.get("raw_path", b"") + b"?" + scope.get("query_string", b"")
    if b"%00" in address:
        raise MalformedRequest("The address holds a NUL character (%00).")


def _most_seconds(path: str) -> int | None:
    """None for streams, which last as long as somebody listens, more for files of whole layers."""
    if path.startswith("/ogc/collections/") and path.endswith("/items"):
        return LONGEST_DOWNLOAD_S
    return None if _is_stream(path) else LONGEST_REQUEST_S


def _is_stream(path: str) -> bool:
    return path.startswith("/api/events/") and path.endswith("/stream")


def _most_bytes(path: str) -> int:
    if path.startswith("/api/imports/"):
        return LARGEST_FILE
    if path.startswith("/openrosa/") or "/field-reports" in path:
        return LARGEST_PHOTOS
    return LARGEST_QUESTION if path == "/api/siting" else LARGEST_BODY


def _counted(scope: Scope, receive: Receive) -> Receive:
    """`receive`, which raises TooLarge once more came than this path takes."""
    most = _most_bytes(scope["path"])
    too_large = TooLarge(f"The body is larger than {most // 2**20} MiB.")
    stated = Headers(scope=scope).get("content-length", "0")
    if stated.isdigit() and int(stated) > most:
        raise too_large
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_large
        return message

    return counted


class _Packed(GZipResponder):
    """Packs by ISA-L: smaller than what zlib does in the least time, in a fifth of that time."""

    @cached_property
    def compressor(self) -> Any:
        """That of ISA-L, which writes gzip."""
        return isal_zlib.compressobj(1, isal_zlib.DEFLATED, _GZIP_BITS)


class Packing:
    """Packs answers of some size for clients that take gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and its answer back."""
        if scope["type"] == "http" and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            await _Packed(self.app, SMALLEST_PACKED)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class ConditionalReads:
    """Gives reads an ETag of their bytes where they have none, and answers 304 to who holds them.

    HEAD is answered as GET without the bytes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Holds the head of an answer back until its body is known, if it comes in one piece."""
        reads = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if not reads or _is_stream(scope["path"]):  # a stream has neither an end nor a digest
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET", HEAD_ONLY: True}, _heads_only(send)
        held: list[Message] = []

        async def conditional(message: Message) -> None:
            if message["type"] == "http.response.start" and _wants_etag(message):
                held.append(message)
            elif held:
                await _send_if_changed(scope, held.pop(), message, send)
            else:
                await send(message)

        await self.app(scope, receive, conditional)


def _heads_only(send: Send) -> Send:
    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return sent


def _wants_etag(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and "etag" not in headers


async def _send_if_changed(scope: Scope, start: Message, body: Message, send: Send) -> None:
    if not body.get("more_body"):
        etag = f'"{hashlib.blake2b(body["body"], digest_size=12).hexdigest()}"'
        headers = MutableHeaders(raw=start["headers"])
        headers["etag"] = etag
        headers.setdefault("cache-control", "private, no-cache")
        if etag_matches(Headers(scope=scope).get("if-none-match"), etag):
            del headers["content-length"]
            start, body = {**start, "status": 304}, {**body, "body": b""}
        start["headers"] = headers.raw
    await send(start)
    await send(body)


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the header `If-None-Match` names this ETag (weak comparison, RFC 9110 13.1.2)."""
    if not if_none_match:
        return False
    bare: Callable[[str], str] = lambda tag: tag.strip().removeprefix("W/")  # noqa: E731
    return if_none_match.strip() == "*" or bare(etag) in map(bare, if_none_match.split(","))
