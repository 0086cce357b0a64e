"""`Idempotency-Key`: the same POST sent twice is done once and answered alike."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from fastapi import Request
from psycopg.types.json import Jsonb
from starlette.responses import Response

from api.dependencies import Caller
from geo.database import Connection
from relief.errors import KeyReused, MalformedRequest

Work = Callable[[], Awaitable[Mapping[str, Any]]]


async def created(
    request: Request,
    conn: Connection,
    caller: Caller,
    work: Work,
    status: int = 201,
    content: bytes | None = None,
) -> Response:
    """The answer of `work`, done in one transaction and once per `Idempotency-Key`.

    `content` stands for the body where that differs each time, as the boundary of multipart does.

    `work` returns what a JSON answer holds. With the key and body of an earlier request its answer
    is given again, with status 200; another body with that key raises KeyReused (409).
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        async with conn.transaction():
            return json_answer(await work(), status)
    if not 1 <= len(key) <= 200:
        raise MalformedRequest("An Idempotency-Key has 1 to 200 characters; a UUID is best.")
    digest = await _digest(request, content)
    async with conn.transaction():
        if not await _claimed(conn, caller, key, digest):
            return await _earlier_answer(conn, caller, key, digest)
        answer = await work()
        await conn.execute(
            "UPDATE idempotency_keys SET status = %s, answer = %s WHERE token = %s AND key = %s",
            (status, Jsonb(_plain(answer)), caller.id, key),
        )
    return json_answer(answer, status)


def json_answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """`body` as JSON; times come as RFC 3339 in UTC."""
    return Response(orjson.dumps(dict(body)), status, media_type="application/json")


async def _digest(request: Request, content: bytes | None) -> bytes:
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    body = await request.body() if content is None else content
    return hashlib.sha256(target + body).digest()


async def _claimed(conn: Connection, caller: Caller, key: str, digest: bytes) -> bool:
    """Whether the key is new; waits for a request with the same key that is under way."""
    cursor = await conn.execute(
        "INSERT INTO idempotency_keys (token, key, request_sha256, status, answer)"
        " VALUES (%s, %s, %s, 0, 'null') ON CONFLICT DO NOTHING",
        (caller.id, key, digest),
    )
    return cursor.rowcount == 1


async def _earlier_answer(conn: Connection, caller: Caller, key: str, digest: bytes) -> Response:
    cursor = await conn.execute(
        "SELECT request_sha256, answer FROM idempotency_keys WHERE token = %s AND key = %s",
        (caller.id, key),
    )
    row = await cursor.fetchone()
    if row is None or row["request_sha256"] != digest:
        raise KeyReused(
            "This Idempotency-Key was used for another request. Send a new key with a new request."
        )
    return json_answer(row["answer"])


def _plain(answer: Mapping[str, Any]) -> Any:
    """`answer` as JSON gives it back, so that the second answer reads like the first."""
    return orjson.loads(orjson.dumps(dict(answer)))
