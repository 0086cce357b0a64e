"""Page tokens: opaque, and good only for the list that they were given out for."""

from __future__ import annotations

import base64
import binascii
import hashlib

from relief.errors import Fault, MalformedRequest

_DIGEST_BYTES = 6


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
