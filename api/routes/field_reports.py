"""Reports from the field: received once however often they are sent, listed for who may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, caller
from api.dependencies import Field as FieldCaller
from api.field_report_body import FieldReportRequest, SentPhoto, sent_report
from api.idempotency import created, json_answer
from api.instants import Instant
from api.page_tokens import Paging
from geo import audit
from geo.database import Connection, Pool, Row
from geo.events import event_by_id, event_open_to_reports, require_admin_area
from geo.field_report_places import Place, in_division, place_of_division, placed
from geo.field_reports import (
    NewFieldReport,
    Wanted,
    field_report,
    field_reports,
    is_on_file,
    store_field_report,
)
from geo.tokens import Role
from relief.divisions import normal_code
from relief.errors import Fault, MalformedRequest
from relief.field_reports import CLOCK_SKEW, FLAGS, Flag, ReportKind, ReportState, clock_flags
from relief.impact import implausible

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
    if photos:
        raise MalformedRequest("Photos are not taken here yet; send the report without them.")
    async with pool.connection() as conn:
        return await _received(conn, request, who, event_id, body, photos, now)


async def _received(
    conn: Connection,
    request: Request,
    who: Caller,
    event_id: str,
    body: FieldReportRequest,
    _photos: list[SentPhoto],
    now: datetime,
) -> Response:
    wanted = _visible(event_id, body.id, who)
    if await is_on_file(conn, event_id, body.id, body.digest):
        return json_answer(shown(await field_report(conn, wanted), who))
    fresh = True

    async def work() -> Mapping[str, Any]:
        nonlocal fresh
        event = await event_open_to_reports(conn, event_id)
        who.part_of(event["area"])
        report = await new_report(conn, event, body, now)
        fresh = await store_field_report(conn, report, who.id)
        if fresh:
            detail = {"event": event_id, "kind": report.kind, "via": report.via}
            await audit.record(conn, who.id, "field_report.post", str(report.id), detail)
        return shown(await field_report(conn, wanted), who)

    answer = await created(request, conn, who, work, content=body.digest)
    if not fresh:
        answer.status_code = 200
    return answer


@router.get("")
async def get_field_reports(
    event_id: str, who: FieldCaller, conn: Conn, page: Paging, asked: Annotated[ListQuery, Query()]
) -> Response:
    """The reports that the caller may see, the newest received first."""
    await event_by_id(conn, event_id)
    wanted = asked.wanted(event_id, who)
    after = UUID(page.after) if page.after else None
    rows = await field_reports(conn, Wanted(**{**vars(wanted), "after": after}), page.limit + 1)
    return json_answer(page.shown("field_reports", [shown(row, who) for row in rows]))


@router.get("/{report_id}")
async def get_field_report(
    event_id: str, report_id: UUID, who: FieldCaller, conn: Conn
) -> Response:
    """One report."""
    row = await field_report(conn, _visible(event_id, report_id, who))
    return json_answer(shown(row, who))


def _visible(event_id: str, report_id: UUID, who: Caller) -> Wanted:
    """The report if the caller may see it: its own, or as planner and above those of its area."""
    if who.role < Role.PLANNER:
        return Wanted(event_id, own=who.id, id=report_id)
    return Wanted(event_id, area_like=f"{who.admin_area}%", id=report_id)


def shown(row: Row, who: Caller) -> dict[str, Any]:
    """A report as the API writes it; its sender for those who check reports."""
    hidden = {"lon", "lat", "accuracy_m", "reporter", "reporter_label", "distance_m", "flags"}
    place = {"lon": row["lon"], "lat": row["lat"], "accuracy_m": row["accuracy_m"]}
    reporter = {"id": row["reporter"], "label": row["reporter_label"]}
    return {
        **{key: value for key, value in row.items() if key not in hidden},
        "location": place,
        "flags": [_shown_flag(code) for code in row["flags"]],
        **({"reporter": reporter} if who.role >= Role.PLANNER else {}),
        **({} if row["distance_m"] is None else {"distance_m": row["distance_m"]}),
    }


def _shown_flag(code: str) -> dict[str, str]:
    flag = FLAGS[code]
    return {"code": flag.value, "zh": flag.zh, "en": flag.en}


async def new_report(
    conn: Connection, event: Row, body: FieldReportRequest, now: datetime, via: str = "page"
) -> NewFieldReport:
    """The report to store, with what is odd about it; raises InvalidInput for what can't be."""
    figures = body.checked()
    place = await _place(conn, event, body)
    flags = [*place.flags, *clock_flags(body.observed_at, now, event["occurred_at"], body.sent_at)]
    if body.text and body.cleaned_text != body.text.strip().replace("\r\n", "\n"):
        flags.append(Flag.TEXT_CLEANED)
    if place.population is not None and implausible(figures, place.population):
        flags.append(Flag.IMPLAUSIBLE)
    return NewFieldReport(
        id=body.id,
        event=event["id"],
        kind=body.kind.value,
        observed_at=body.observed_at,
        place=place,
        digest=body.digest,
        accuracy_m=body.location.accuracy_m if body.location else None,
        text=body.cleaned_text,
        figures=figures,
        details=body.details.model_dump(mode="json", exclude_defaults=True),
        stated=_stated(body, now),
        flags=tuple(flag.value for flag in flags),
        via=via,
    )


async def _place(conn: Connection, event: Row, body: FieldReportRequest) -> Place:
    area = None if body.area is None else normal_code(body.area)
    if area is not None:
        await require_admin_area(conn, area, "/area")
    if body.place is None:
        assert area is not None
        return await place_of_division(conn, area)
    return await in_division(conn, placed(body.place), event["area"], area)


def _stated(body: FieldReportRequest, now: datetime) -> dict[str, Any]:
    """What the sender said that the report's own columns don't: place, division, clock, photos."""
    stated: dict[str, Any] = {}
    if body.place:
        stated["location"] = body.place.as_stated()
    if body.area:
        stated["area"] = body.area
    if body.photos:
        stated["photos"] = [p if isinstance(p, str) else p.id for p in body.photos]
    if body.sent_at and abs(ahead := body.sent_at - now) > CLOCK_SKEW:
        stated["clock_ahead_s"] = round(ahead / timedelta(seconds=1))
    return stated
