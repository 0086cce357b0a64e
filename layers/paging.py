"""Page tokens: opaque, and good only for the question that they were given out for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import replace

import orjson

from geo.selections import Selection, bound
from relief.errors import Fault, MalformedRequest

Last = tuple[str | None, ...]
"""What the last row of a page has in the columns that order it, as text."""

_DIGEST_BYTES = 6


def page_token(layer_id: str, selection: Selection, last: Last) -> str:
    """The token of the page that follows the row whose order `last` states."""
    key = orjson.dumps(last)
    return base64.urlsafe_b64encode(_digest(layer_id, selection, key) + key).decode().rstrip("=")


def last_of(token: str, layer_id: str, selection: Selection) -> Last:
    """The row that the page of this token follows; raises MalformedRequest for any other token."""
    try:
        held = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        digest, key = held[:_DIGEST_BYTES], held[_DIGEST_BYTES:]
        if key and digest == _digest(layer_id, selection, key):
            return tuple(orjson.loads(key))
    except (binascii.Error, ValueError):
        pass
    raise MalformedRequest(
        "This page token was not given out for this question. Follow the `next` link of a page, or"
        " start again without `token`.",
        [Fault("?token", "not a token of this collection, filter and order")],
    )


def _digest(layer_id: str, selection: Selection, key: bytes) -> bytes:
    asked = bound(replace(selection, after=(), detail_like=None, filter=None))
    filtered = selection.filter.asked if selection.filter else ""
    text = f"{layer_id}\n{sorted(asked.items(), key=lambda item: item[0])}\n{filtered}\n".encode()
    return hashlib.sha256(text + key).digest()[:_DIGEST_BYTES]
