"""Jobs: how far long work is, what came of it, and how to stop it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Caller, Conn, Viewer
from api.idempotency import json_answer
from geo import jobs
from geo.database import Connection

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.get("/{job_id}")
async def get_job(job_id: str, who: Viewer, conn: Conn) -> Response:
    """The job's state and progress (0..1); its result once done, its problem once failed."""
    return json_answer(shown(await _own(conn, who, job_id)))


@router.delete("/{job_id}")
async def cancel_job(job_id: str, who: Viewer, conn: Conn) -> Response:
    """Stops the job, which then keeps nothing; one that has ended stays as it is."""
    job = await _own(conn, who, job_id)
    return json_answer(shown(await jobs.cancel(conn, job.id)))


async def _own(conn: Connection, who: Caller, job_id: str) -> jobs.Job:
    return await jobs.visible_job(
        conn, job_id, token=who.id, role=who.role.code, admin_area=who.admin_area
    )


def shown(job: jobs.Job) -> dict[str, Any]:
    """The job as the API writes it; `result` and `problem` only where there is one."""
    fields: dict[str, Any] = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "event": job.event,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "links": [{"rel": "self", "href": f"/api/jobs/{job.id}"}],
    }
    ended = {"result": job.result, "problem": job.problem}
    return fields | {name: value for name, value in ended.items() if value is not None}
