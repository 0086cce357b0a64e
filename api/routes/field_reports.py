"""Reports from the field: received once however often they are sent, listed for who may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, caller
from api.dependencies import Field as FieldCaller
from api.field_report_answers import shown, with_photos
from api.field_report_body import FieldReportRequest, body_schema, sent_report
from api.field_report_intake import add_photos, receive
from api.idempotency import created, json_answer
from api.instants import Instant
from api.page_tokens import Paging
from api.visible_reports import visible_report
from geo.database import Connection, Pool
from geo.events import event_by_id
from geo.field_reports import (
    Wanted,
    field_report,
    field_reports,
)
from geo.photos import photos_of
from geo.tokens import Role
from relief.errors import Fault, MalformedRequest
from relief.field_reports import ReportKind, ReportState

router = APIRouter(prefix="/api/events/{event_id}/field-reports", tags=["field reports"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": body_schema()} for kind in ("application/json", "multipart/form-data")
        },
    }
}


class ListQuery(BaseModel):
    """Which reports are wanted."""

    model_config = ConfigDict(extra="forbid")

    state: list[ReportState] = []
    kind: list[ReportKind] = []
    near: str | None = Field(None, max_length=60, description="lon,lat")
    radius_m: float = Field(1000, gt=0, le=200_000, allow_inf_nan=False)
    since: Instant | None = None
    mine: bool = False
    limit: int = Field(1000, ge=1, le=10_000)
    token: str | None = Field(None, max_length=400)

    def wanted(self, event: str, who: Caller) -> Wanted:
        """The same as the store takes it; those below planner see their own."""
        lon, lat = self._near()
        return Wanted(
            event,
            area_like=None if who.role < Role.PLANNER else f"{who.admin_area}%",
            own=who.id if self.mine or who.role < Role.PLANNER else None,
            states=[state.value for state in self.state] or None,
            kinds=[kind.value for kind in self.kind] or None,
            since=self.since,
            lon=lon,
            lat=lat,
            radius_m=self.radius_m,
        )

    def _near(self) -> tuple[float, float] | tuple[None, None]:
        if self.near is None:
            return None, None
        try:
            lon, lat = map(float, self.near.split(","))
        except ValueError:
            lon = lat = 1000.0
        if abs(lon) <= 180 and abs(lat) <= 90:
            return lon, lat
        raise MalformedRequest("near=lon,lat is expected.", [Fault("?near", "in degrees")])


@router.post("", status_code=201, openapi_extra=_BODY)
async def post_field_report(event_id: str, request: Request, now: Now) -> Response:
    """Stores the report; the same one again is answered with 200 and is stored no second time.

    JSON, or a form with the JSON in its part `report` and photos beside it. No connection to the
    store is held while a slow phone still sends.
    """
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        who = await caller(request, conn)
        who.require(Role.FIELD)
    body, photos = await sent_report(request)
    # Who sends the whole of a report knows it, also when another carried it here from the phone.
    known = Wanted(event_id, id=body.id)
    async with pool.connection() as conn:
        fresh = await _received(conn, request, who, event_id, body, now)
        row = await field_report(conn, known)
    refused = await add_photos(request, who, row, photos)
    async with pool.connection() as conn:
        row = await field_report(conn, known)
        answer = await with_photos(conn, row, who)
    if refused:
        answer["refused_photos"] = refused
    return json_answer(answer, 201 if fresh else 200)


async def _received(
    conn: Connection,
    request: Request,
    who: Caller,
    event_id: str,
    body: FieldReportRequest,
    now: datetime,
) -> bool:
    """Stores the report, under an Idempotency-Key as well if there is one; False if it was here."""
    fresh = False

    async def work() -> Mapping[str, Any]:
        nonlocal fresh
        fresh = await receive(conn, who, event_id, body, now)
        return {"id": str(body.id)}

    await created(request, conn, who, work, content=body.digest)
    return fresh


@router.get("")
async def get_field_reports(
    event_id: str, who: FieldCaller, conn: Conn, page: Paging, asked: Annotated[ListQuery, Query()]
) -> Response:
    """The reports that the caller may see, the newest received first."""
    await event_by_id(conn, event_id)
    wanted = asked.wanted(event_id, who)
    after = UUID(page.after) if page.after else None
    rows = await field_reports(conn, Wanted(**{**vars(wanted), "after": after}), page.limit + 1)
    photos = await photos_of(conn, [row["id"] for row in rows])
    reports = [shown(row, who) | {"photos": photos[row["id"]]} for row in rows]
    return json_answer(page.shown("field_reports", reports))


@router.get("/{report_id}")
async def get_field_report(
    event_id: str, report_id: UUID, who: FieldCaller, conn: Conn
) -> Response:
    """One report."""
    row = await visible_report(conn, who, event_id, report_id)
    return json_answer(await with_photos(conn, row, who))
