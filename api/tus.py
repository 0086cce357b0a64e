"""tus 1.0, the protocol by which uploads go on where they broke off: its headers and refusals."""

from __future__ import annotations

import base64
import binascii
import hashlib

from fastapi import Request

from relief.errors import MalformedRequest, ReliefError

LARGEST_PHOTO = 32 * 2**20
OFFERED = {
    "Tus-Resumable": "1.0.0",
    "Tus-Version": "1.0.0",
    "Tus-Extension": "creation,termination,checksum",
    "Tus-Checksum-Algorithm": "sha1,sha256",
    "Tus-Max-Size": str(LARGEST_PHOTO),
}
RESUMABLE = {"Tus-Resumable": "1.0.0"}


class ChecksumMismatch(ReliefError):
    """The bytes are not those that were sent."""

    code = "checksum_mismatch"
    status = 460


class WrongTusVersion(ReliefError):
    """Another version of the upload protocol is spoken here."""

    code = "tus_version"
    status = 412


def require_tus(request: Request) -> None:
    """Raises WrongTusVersion where the request speaks another version, or none."""
    if request.headers.get("tus-resumable") != "1.0.0":
        raise WrongTusVersion("Send the header Tus-Resumable: 1.0.0.")


def metadata_of(text: str) -> dict[str, str]:
    """`key base64, key base64` as tus writes it; raises MalformedRequest for anything else."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key[:40]] = base64.b64decode(value, validate=True).decode()[:200]
        except (binascii.Error, UnicodeDecodeError):
            raise MalformedRequest(f"Upload-Metadata: '{key[:40]}' is no base64.") from None
    if any("\0" in value for value in found.values()) or len(found) > 20:
        raise MalformedRequest("Upload-Metadata holds too much, or a NUL.")
    return found


def checksum_of(text: str) -> tuple[str, bytes]:
    """(algorithm, digest) of `Upload-Checksum`."""
    algorithm, _, digest = text.partition(" ")
    try:
        found = base64.b64decode(digest, validate=True)
    except binascii.Error:
        found = b""
    if algorithm not in {"sha1", "sha256"} or not found:
        raise MalformedRequest("Upload-Checksum is 'sha256 ' or 'sha1 ' and the digest in base64.")
    return algorithm, found


def matches(sent: bytes, expected: tuple[str, bytes]) -> bool:
    """Whether the bytes have that (algorithm, digest)."""
    algorithm, digest = expected
    return hashlib.new(algorithm, sent, usedforsecurity=False).digest() == digest
