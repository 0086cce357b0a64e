"""The audit: who did what, written in the transaction of the act and chained by digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from geo.database import Connection

_LOCK = 7_391_404  # any number that only the audit uses


async def record(
    conn: Connection, token: int | None, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    """Adds a row whose digest covers its content and the row before.

    Call it inside the transaction of the act: if the row can't be written, nor can the act. The
    chain is kept by a lock that lasts until that transaction ends.
    """
    async with conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor = await conn.execute("SELECT sha256 FROM audit ORDER BY id DESC LIMIT 1")
        last = await cursor.fetchone()
        previous = last["sha256"] if last else b""
        sha256 = digest(previous, token, action, subject, detail)
        await conn.execute(
            "INSERT INTO audit (token, action, subject, detail, previous_sha256, sha256)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (token, action, subject, Jsonb(dict(detail)), previous, sha256),
        )


async def broken_link(conn: Connection) -> int | None:
    """The id of the first row whose digest is wrong, None while the chain is whole."""
    previous = b""
    rows = await conn.execute("SELECT * FROM audit ORDER BY id")
    async for row in rows:
        expected = digest(previous, row["token"], row["action"], row["subject"], row["detail"])
        if row["sha256"] != expected or row["previous_sha256"] != previous:
            return int(row["id"])
        previous = row["sha256"]
    return None


def digest(
    previous: bytes, token: int | None, action: str, subject: str, detail: Mapping[str, Any]
) -> bytes:
    """SHA-256 of the row's content after the digest of the row before."""
    content = orjson.dumps([token, action, subject, dict(detail)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous + content).digest()
