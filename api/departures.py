"""Work for a client that has left is given up, so that the store gives it up too."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

Answer = TypeVar("Answer")


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


async def unless_left(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """What the work gives; it is cancelled, and ClientLeft raised, once the client has left.

    For reads alone: a body that is still to come would be taken for the client's leaving.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientLeft
    finally:
        leaving.cancel()
        working.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
