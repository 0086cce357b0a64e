"""Long work as rows: queued here, claimed by a worker, its result stored once and whole.

A runner reads what it needs, computes, and then stores what it found together with `finish` in one
transaction: a job that was cancelled or lost meanwhile keeps nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geo.database import Connection
from relief.divisions import contains
from relief.errors import Conflict, NotFound, ReliefError, Unavailable
from relief.progress import Progress

CHANNEL = "reliefmap_jobs"
"""NOTIFY channel that wakes workers; it only wakes, they look every few seconds as well."""

MOST_WAITING = 100
LOST_AFTER_S = 30
RUN_AGAIN = ("siting",)
"""Kinds that keep the file which came along, so that they can be run again; the files of others
may hold personal data and go with the job's end."""

_PLANNERS = ("planner", "operator", "admin")


@dataclass(frozen=True)
class Job:
    """One piece of long work; `result` is there once `state` is done, `problem` once it failed."""

    id: str
    kind: str
    state: str
    progress: float
    parameters: dict[str, Any]
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    event: str | None
    token: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class JobContext:
    """What a runner works with; `progress(share)` may be called from any thread."""

    job: Job
    conn: Connection
    payload: bytes | None
    progress: Progress


Runner: TypeAlias = Callable[[JobContext], Awaitable[None]]
"""Carries one job out and ends with `finish` inside the transaction that stores its findings."""


class JobStopped(ReliefError):
    """The job was cancelled or given up before its result was stored."""

    code = "job_stopped"
    status = 409


async def enqueue(
    conn: Connection,
    kind: str,
    parameters: Mapping[str, Any],
    token: int,
    event: str | None = None,
    payload: bytes | None = None,
) -> Job:
    """The new job, queued; raises Unavailable when too many wait already."""
    await _require_room(conn)
    job_id = str(uuid.uuid4())
    await conn.execute(
        "WITH made AS (INSERT INTO jobs (id, kind, parameters, token, event, payload)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id) SELECT pg_notify(%s, id) FROM made",
        (job_id, kind, Jsonb(dict(parameters)), token, event, payload, CHANNEL),
    )
    return await job_by_id(conn, job_id)


async def enqueue_again(conn: Connection, job: Job, token: int) -> Job:
    """A new job that asks the same with the same file, queued; raises Unavailable likewise.

    Raises Conflict for kinds whose file is not kept.
    """
    if job.kind not in RUN_AGAIN:
        raise Conflict(f"A job of kind '{job.kind}' can't be run again; start it anew.")
    await _require_room(conn)
    job_id = str(uuid.uuid4())
    await conn.execute(
        "WITH made AS (INSERT INTO jobs (id, kind, parameters, token, event, payload)"
        " SELECT %s, kind, parameters, %s, event, payload FROM jobs WHERE id = %s RETURNING id)"
        " SELECT pg_notify(%s, id) FROM made",
        (job_id, token, job.id, CHANNEL),
    )
    return await job_by_id(conn, job_id)


async def _require_room(conn: Connection) -> None:
    waiting = await (
        await conn.execute("SELECT count(*) AS n FROM jobs WHERE state = 'queued'")
    ).fetchone()
    if waiting and waiting["n"] >= MOST_WAITING:
        raise Unavailable(f"{waiting['n']} jobs wait already; try again in a few minutes.")


async def job_by_id(conn: Connection, job_id: str) -> Job:
    """The job whatever its maker; raises NotFound."""
    async with conn.cursor(row_factory=class_row(Job)) as cursor:
        await cursor.execute(
            "SELECT id, kind, state, progress, parameters, result, problem, event, token,"
            " created_at, started_at, finished_at FROM jobs WHERE id = %s",
            (job_id,),
        )
        job = await cursor.fetchone()
    if job is None:
        raise NotFound("There is no such job, or it isn't yours to see.")
    return job


async def visible_job(
    conn: Connection, job_id: str, *, token: int, role: str, admin_area: str
) -> Job:
    """The job for its maker, and for planners and above whose area holds the maker's.

    Raises NotFound for everyone else: even that it exists is private.
    """
    job = await job_by_id(conn, job_id)
    maker = await (
        await conn.execute("SELECT admin_area FROM tokens WHERE id = %s", (job.token,))
    ).fetchone()
    if job.token == token or (
        role in _PLANNERS and maker and contains(admin_area, maker["admin_area"])
    ):
        return job
    raise NotFound("There is no such job, or it isn't yours to see.")


async def cancel(conn: Connection, job_id: str) -> Job:
    """The job, cancelled unless it had ended already; its worker stops within seconds."""
    await conn.execute(
        "UPDATE jobs SET state = 'cancelled', finished_at = now(),"
        " payload = CASE WHEN kind = 'siting' THEN payload END"
        " WHERE id = %s AND state IN ('queued', 'running')",
        (job_id,),
    )
    await conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, job_id))
    return await job_by_id(conn, job_id)


async def claim(conn: Connection, kinds: Sequence[str]) -> Job | None:
    """The oldest waiting job of these kinds, now running and this worker's; None if none waits."""
    cursor = await conn.execute(
        "UPDATE jobs SET state = 'running', started_at = now(), heartbeat_at = now()"
        " WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND kind = ANY (%s)"
        " ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id",
        (list(kinds),),
    )
    row = await cursor.fetchone()
    return await job_by_id(conn, row["id"]) if row else None


async def payload_of(conn: Connection, job_id: str) -> bytes | None:
    """The file that came with the job, None if none did."""
    row = await (await conn.execute("SELECT payload FROM jobs WHERE id = %s", (job_id,))).fetchone()
    return bytes(row["payload"]) if row and row["payload"] is not None else None


async def heartbeat(conn: Connection, job_id: str, progress: float) -> bool:
    """Says that the job is alive and how far it is; false when it is to stop."""
    cursor = await conn.execute(
        "UPDATE jobs SET heartbeat_at = now(), progress = greatest(progress, %s)"
        " WHERE id = %s AND state = 'running'",
        (min(max(progress, 0.0), 1.0), job_id),
    )
    return cursor.rowcount == 1


async def finish(conn: Connection, job_id: str, result: Mapping[str, Any]) -> None:
    """Stores the result; raises JobStopped, so that the transaction rolls back, if it was stopped.

    Called inside the transaction that stores what the job found.
    """
    cursor = await conn.execute(
        "UPDATE jobs SET state = 'done', progress = 1, result = %s,"
        " payload = CASE WHEN kind = 'siting' THEN payload END, finished_at = now()"
        " WHERE id = %s AND state = 'running'",
        (Jsonb(dict(result)), job_id),
    )
    if cursor.rowcount != 1:
        raise JobStopped("The job was cancelled or given up meanwhile; nothing of it is kept.")


async def fail(conn: Connection, job_id: str, error: ReliefError) -> None:
    """Ends a running job with the problem that a person reads."""
    await conn.execute(
        "UPDATE jobs SET state = 'failed', problem = %s,"
        " payload = CASE WHEN kind = 'siting' THEN payload END, finished_at = now()"
        " WHERE id = %s AND state = 'running'",
        (Jsonb(problem_of(error)), job_id),
    )


async def give_back(conn: Connection, job_id: str) -> None:
    """Queues a running job again: its worker is being shut down in good order."""
    await conn.execute(
        "UPDATE jobs SET state = 'queued', progress = 0, started_at = NULL, heartbeat_at = NULL"
        " WHERE id = %s AND state = 'running'",
        (job_id,),
    )


async def fail_lost(conn: Connection) -> list[str]:
    """The ids of running jobs whose worker has gone silent, each now failed with a sentence."""
    lost = JobStopped(
        f"Its worker has not been heard of for {LOST_AFTER_S} s (was the server stopped?);"
        " nothing of it was stored. Start it again."
    )
    cursor = await conn.execute(
        "UPDATE jobs SET state = 'failed', problem = %s,"
        " payload = CASE WHEN kind = 'siting' THEN payload END, finished_at = now()"
        " WHERE state = 'running' AND heartbeat_at < now() - make_interval(secs => %s)"
        " RETURNING id",
        (Jsonb(problem_of(lost)), LOST_AFTER_S),
    )
    return [row["id"] for row in await cursor.fetchall()]


def problem_of(error: ReliefError) -> dict[str, Any]:
    """The problem (RFC 9457) that `error` is, as a job keeps it."""
    return {
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "errors": [{"at": fault.at, "detail": fault.detail} for fault in error.faults],
    }
