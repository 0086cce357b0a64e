"""Reports from the field: received once however often they are sent, listed for who may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, caller
from api.dependencies import Field as FieldCaller
from api.field_report_answers import shown, with_photos
from api.field_report_body import FieldReportRequest, SentPhoto, sent_report
from api.field_report_intake import new_report
from api.idempotency import created, json_answer
from api.instants import Instant
from api.page_tokens import Paging
from api.photo_intake import photo_folder, take_in
from api.visible_reports import visible_report
from geo import audit
from geo.database import Connection, Pool, Row
from geo.events import event_by_id, event_open_to_reports
from geo.field_reports import (
    Wanted,
    field_reports,
    is_on_file,
    store_field_report,
)
from geo.photos import SentFile, photos_of
from geo.pictures import InvalidPhoto
from geo.tokens import Role
from relief.errors import Conflict, Fault, MalformedRequest, UnknownMediaType
from relief.field_reports import ReportKind, ReportState

router = APIRouter(prefix="/api/events/{event_id}/field-reports", tags=["field reports"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": FieldReportRequest.model_json_schema(ref_template="#/$defs/{model}")}
            for kind in ("application/json", "multipart/form-data")
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
    async with pool.connection() as conn:
        fresh = await _received(conn, request, who, event_id, body, now)
        row = await visible_report(conn, who, event_id, body.id)
    refused = [await _refused(request, who, row, photo) for photo in photos]
    async with pool.connection() as conn:
        row = await visible_report(conn, who, event_id, body.id)
        answer = await with_photos(conn, row, who)
    if refused := [fault for fault in refused if fault]:
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
    """Stores the report; False when it was received before."""
    if await is_on_file(conn, event_id, body.id, body.digest):
        return False

    async def work() -> Mapping[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        who.part_of(event["area"])
        report = await new_report(conn, event, body, now)
        fresh = await store_field_report(conn, report, who.id)
        if fresh:
            detail = {"event": event_id, "kind": report.kind, "via": report.via}
            await audit.record(conn, who.id, "field_report.post", str(report.id), detail)
        return {"fresh": fresh}

    answer = await created(request, conn, who, work, content=body.digest)
    return answer.status_code == 201 and bool(orjson.loads(answer.body)["fresh"])


async def _refused(
    request: Request, who: Caller, report: Row, photo: SentPhoto
) -> dict[str, str] | None:
    """Takes the photo in; why not, for one that is none. The report stands without it."""
    sent = SentFile.of(photo.content, photo.name)
    folder = photo_folder(request)
    folder.require_room(2 * sent.size)
    try:
        await take_in(request.app.state.pool, folder, report, photo.content, sent, who.id)
    except (UnknownMediaType, InvalidPhoto, Conflict) as error:
        return {"name": photo.name, "code": error.code, "detail": error.detail}
    return None


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
