"""Page tokens: opaque, and good only for the question that they were given out for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import asdict, replace

from geo.features import Selection
from relief.errors import Fault, MalformedRequest

_DIGEST_BYTES = 6


def page_token(layer_id: str, selection: Selection, last: str) -> str:
    """The token of the page that follows the feature `last`."""
    key = last.encode()
    return base64.urlsafe_b64encode(_digest(layer_id, selection, key) + key).decode().rstrip("=")


def last_of(token: str, layer_id: str, selection: Selection) -> str:
    """The id that the page of this token follows; raises MalformedRequest for any other token."""
    try:
        held = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        digest, key = held[:_DIGEST_BYTES], held[_DIGEST_BYTES:]
        if key and digest == _digest(layer_id, selection, key):
            return key.decode()
    except (binascii.Error, ValueError):
        pass
    raise MalformedRequest(
        "This page token was not given out for this question. Follow the `next` link of a page, or"
        " start again without `token`.",
        [Fault("?token", "not a token of this collection and filter")],
    )


def _digest(layer_id: str, selection: Selection, key: bytes) -> bytes:
    asked = asdict(replace(selection, after=None, detail_like=None))
    text = f"{layer_id}\n{sorted(asked.items(), key=lambda item: item[0])}\n".encode() + key
    return hashlib.sha256(text).digest()[:_DIGEST_BYTES]
