"""Whole layers as files: all that a question selects, as of one moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.files import disposition
from api.middleware import HEAD_ONLY
from api.routes.ogc_answers import VARY, Look, unchanged
from api.routes.ogc_requests import limit_of
from geo.audit import record
from layers.downloads import FileForm, streamed, written
from layers.features import Question
from relief.errors import Fault, MalformedRequest, Unavailable

AT_ONCE = 3
"""Files that one worker sends at a time: each holds a connection of its pool."""

_MOST = 10**9
_BLOCK_BYTES = 2**18
_sending = asyncio.Semaphore(AT_ONCE)


class _File(StreamingResponse):
    """An answer in pieces whose source is closed with it, however it ends."""

    def __init__(self, pieces: AsyncGenerator[bytes], headers: Mapping[str, str], of: str) -> None:
        super().__init__(pieces, headers=headers, media_type=of)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the pieces, and gives the connection back."""
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


async def download(look: Look, question: Question, form: FileForm) -> Response:
    """The file; raises Unavailable while too many others are being sent."""
    asked, layer = look.request.query_params, question.layer
    if paged := [name for name in ("token", "offset") if name in asked]:
        raise MalformedRequest("A file has no pages.", [Fault(f"?{paged[0]}", "leave it out")])
    limit = limit_of(asked["limit"], _MOST) if "limit" in asked else None
    etag, scoped = look.etag(layer), look.scoped(layer)
    if look.fresh(etag):
        return unchanged(f"W/{etag}", scoped=scoped)
    headers = {
        "Content-Disposition": disposition(f"{layer.title.zh}{form.suffix}"),
        "Content-Crs": f"<{question.crs.uri}>",
        "Cache-Control": "private, no-cache" if scoped else "no-cache",
        "Vary": VARY,
        "ETag": f"W/{etag}",
        "X-Content-Type-Options": "nosniff",
    }
    if look.request.scope.get(HEAD_ONLY):
        return _File(_nothing(), headers, form.media_type)
    if layer.cells is not None and look.sight.in_detail:
        detail = {"form": form.name, "question": str(look.request.url.query)[:500]}
        async with look.connection() as conn:
            await record(conn, look.who.id, "layer.export", layer.id, detail)
    pieces = _pieces(look, question, form, limit)
    first = await anext(pieces)  # what fails, fails before the answer has begun
    return _File(_resumed(first, pieces), headers, form.media_type)


async def _nothing() -> AsyncGenerator[bytes]:
    """For who asks for the head alone: no file is made, and none is noted."""
    yield b""


async def _resumed(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


async def _pieces(
    look: Look, question: Question, form: FileForm, limit: int | None
) -> AsyncGenerator[bytes]:
    if _sending.locked():
        raise Unavailable(f"{AT_ONCE} files are being sent already: try again in some seconds.")
    async with _sending:
        if form.most is None:
            async with (
                look.connection() as conn,
                aclosing(streamed(conn, question, form, limit)) as pieces,
            ):
                async for piece in pieces:
                    yield piece
            return
        with TemporaryDirectory(prefix="reliefmap-") as folder:
            async with look.connection() as conn:
                path = await written(conn, question, form, Path(folder), limit)
            with path.open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    yield block
