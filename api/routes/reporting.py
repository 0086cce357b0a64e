"""The reporting board: what is due, what came, what is late and by how much."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Conn, Now, Viewer
from api.idempotency import json_answer
from api.moments import At
from geo.events import event_then
from geo.reporting import desks
from relief.reporting_clock import Punctuality

router = APIRouter(prefix="/api/events/{event_id}", tags=["figures"])


@router.get("/reporting")
async def get_reporting(event_id: str, _who: Viewer, conn: Conn, now: Now, moment: At) -> Response:
    """The counties of the event, the latest first, now or as the centre saw it at `known_at`.

    With `as_of`, reports that were true only later are left aside.
    """
    event = await event_then(conn, event_id, moment.known_at)
    at = moment.known_at or now
    found = await desks(conn, event, at, moment)
    late = [desk.code for desk in found if desk.punctuality is Punctuality.LATE]
    silent = [desk.code for desk in found if desk.last is None]
    return json_answer(
        {
            "areas": [desk.as_dict(at) for desk in found],
            "late": late,
            "silent": silent,
            "reported": len(found) - len(silent),
            "of": len(found),
        }
    )
