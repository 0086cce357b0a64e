"""Loss reports of an event: what an area states, when it was true and who says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Viewer
from api.idempotency import created, json_answer
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Connection, Row
from geo.events import event_by_id, event_open_to_reports, require_admin_area
from geo.reports import NewReport, report_by_id, reports_of, store_report
from geo.response_level import assess
from geo.tokens import Role
from relief.divisions import contains, normal_code
from relief.errors import Fault, InvalidInput
from relief.impact import Figures, figures_from_mapping, imbalances, implausible
from relief.vocabulary import Stage

router = APIRouter(
    prefix="/api/events/{event_id}/loss-reports", tags=["figures"], route_class=StrictRoute
)


class ReportRequest(BaseModel):
    """A report; a figure that is absent was not reported, 0 is zero."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12, description="code of the division that reports")
    stage: Stage
    as_of: AwareDatetime
    figures: dict[str, Any]
    source: str = Field(min_length=1, max_length=200, description="who says so")
    supersedes: str | None = Field(None, max_length=64)
    note: str | None = Field(None, max_length=2000)


@router.post("", status_code=201)
async def post_report(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: ReportRequest
) -> Response:
    """Stores the report; the answer holds the level that the plan calls for from now on."""
    figures = figures_from_mapping(body.figures)
    if not figures:
        raise InvalidInput("A report states at least one figure.", [Fault("/figures", "empty")])
    area = normal_code(body.area)

    async def work() -> dict[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        await _check(conn, who, event, area, body.as_of, now, figures)
        fields = body.model_dump(include={"stage", "as_of", "source", "supersedes", "note"})
        report = NewReport(event=event_id, admin_area=area, figures=figures, **fields)
        report_id = await store_report(conn, report, who.id)
        await audit.record(conn, who.id, "report.post", report_id, {"area": area})
        level = await assess(conn, event, report_id)
        stored = await report_by_id(conn, event_id, report_id)
        return {**stored, "warnings": _warnings(figures), "response_level": level}

    return await created(request, conn, who, work)


@router.get("")
async def get_reports(event_id: str, who: Viewer, conn: Conn) -> Response:
    """All reports of the event, superseded ones included, the newest first."""
    await event_by_id(conn, event_id)
    reports = [_shown(row, who) for row in await reports_of(conn, event_id)]
    return json_answer({"reports": reports})


def _shown(row: Row, who: Caller) -> dict[str, Any]:
    """A report; its free text is for those who work with it, inside their own area."""
    if who.role >= Role.PLANNER and who.token.covers(row["area"]):
        return row
    return {key: value for key, value in row.items() if key not in {"note", "source"}}


async def _check(
    conn: Connection,
    who: Caller,
    event: Row,
    area: str,
    as_of: datetime,
    now: datetime,
    figures: Figures,
) -> None:
    """Raises what keeps this caller from stating these figures for this area and time."""
    who.require_area(area)
    division = await require_admin_area(conn, area, "/area")
    faults = _time_faults(event, as_of, now)
    if not contains(event["area"], area):
        faults.append(Fault("/area", f"{area} lies outside the event's area {event['area']}."))
    if division["population"] is not None:
        faults.extend(implausible(figures, division["population"]))
    if faults:
        raise InvalidInput("The report can't be right; nothing was stored.", faults)


def _time_faults(event: Row, as_of: datetime, now: datetime) -> list[Fault]:
    if as_of > now + CLOCK_SKEW:
        detail = f"Figures can't be true in the future; it is {now.isoformat(timespec='seconds')}."
        return [Fault("/as_of", detail)]
    if as_of < event["occurred_at"]:
        return [Fault("/as_of", f"The event began only at {event['occurred_at'].isoformat()}.")]
    return []


def _warnings(figures: Figures) -> list[str]:
    return [
        f"{found.whole} is {found.stated:,}, its parts add up to {found.summed:,}: "
        f"{abs(found.difference):,} apart."
        for found in imbalances(figures)
    ]
