"""Request bodies as JSON proper: no NaN, no Infinity, no lone surrogate, no NUL character."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from relief.errors import Fault, MalformedRequest


def parsed(body: bytes) -> Any:
    """The value that `body` holds; raises MalformedRequest with the place of the first fault."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        detail = f"The body is no JSON in UTF-8: {error.msg}. NaN and Infinity are no JSON."
        raise MalformedRequest(detail, [Fault(at, error.msg)]) from None
    if b"\\u0000" in body:
        raise MalformedRequest("The body holds a NUL character (\\u0000); leave it out.")
    return value


class StrictRequest(Request):
    """A request whose `json()` refuses what the standard library lets through."""

    async def json(self) -> Any:
        """The parsed body; MalformedRequest (400) where it isn't JSON."""
        if not hasattr(self, "_json"):
            self._json = parsed(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a StrictRequest."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict
