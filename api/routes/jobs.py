"""Jobs: how far long work is, what came of it, and how to stop it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.dependencies import Caller, Conn, Planner, Viewer
from api.idempotency import created, json_answer
from geo import jobs
from geo.database import Connection
from relief.errors import Conflict

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


@router.post("/{job_id}/runs", status_code=202)
async def run_again(job_id: str, request: Request, who: Planner, conn: Conn) -> Response:
    """Queues the same siting again, with its parameters and candidates, on the store of today.

    The result's `data_version` says which layers have changed; where none has, it is the same.
    """
    job = await _own(conn, who, job_id)
    _require_whole(job)
    if area := job.parameters.get("admin_area"):
        who.require_area(area)

    async def work() -> Mapping[str, Any]:
        return shown(await jobs.enqueue_again(conn, job, who.id))

    return await created(request, conn, who, work, status=202)


def _require_whole(job: jobs.Job) -> None:
    if job.kind == "siting" and job.parameters.get("candidates_given") is None:
        raise Conflict("An earlier release asked this and kept no candidates; ask it anew.")


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
