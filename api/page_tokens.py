"""Page tokens: opaque, and good only for the list that they were given out for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from relief.errors import Fault, MalformedRequest

_DIGEST_BYTES = 6


@dataclass(frozen=True)
class PageAsked:
    """Which page of the list at `path`: at most `limit` rows after the one with the key `after`."""

    request: Request
    limit: int
    after: str

    @property
    def path(self) -> str:
        """The list's address, which its tokens are good for."""
        return self.request.url.path

    def next(self, last: Any) -> str:
        """The address of the page that follows the row with the key `last`, as it was asked for."""
        token = page_token(self.path, str(last))
        url = self.request.url.include_query_params(limit=self.limit, token=token)
        return f"{url.path}?{url.query}"

    def cut(self, name: str, rows: Sequence[Mapping[str, Any]], key: str = "id") -> dict[str, Any]:
        """The page of a list that is all at hand, under `name`, and the address of the `next`."""
        keys = [str(row[key]) for row in rows]
        start = keys.index(self.after) + 1 if self.after in keys else 0
        return self.shown(name, rows[start : start + self.limit + 1], key)

    def shown(
        self, name: str, rows: Sequence[Mapping[str, Any]], key: str = "id"
    ) -> dict[str, Any]:
        """The same of rows that begin with the page and go on beyond it if another follows."""
        more = len(rows) > self.limit
        page = rows[: self.limit]
        return {name: page, "next": self.next(page[-1][key]) if more else None}


def _asked(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    token: Annotated[str | None, Query(max_length=400)] = None,
) -> PageAsked:
    after = "" if token is None else last_key(token, request.url.path)
    return PageAsked(request, limit, after)


Paging = Annotated[PageAsked, Depends(_asked)]


def page_token(of: str, last: str) -> str:
    """The token of the page that follows the key `last` in the list `of`."""
    key = last.encode()
    return base64.urlsafe_b64encode(_digest(of, key) + key).decode().rstrip("=")


def last_key(token: str, of: str) -> str:
    """The key that the page of this token follows; raises MalformedRequest for any other token."""
    try:
        held = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        digest, key = held[:_DIGEST_BYTES], held[_DIGEST_BYTES:]
        if key and digest == _digest(of, key):
            return key.decode()
    except (binascii.Error, ValueError):
        pass
    detail = "This page token was not given out for this list; follow the `next` link of a page."
    raise MalformedRequest(detail, [Fault("?token", detail)])


def _digest(of: str, key: bytes) -> bytes:
    return hashlib.sha256(of.encode() + b"\n" + key).digest()[:_DIGEST_BYTES]
