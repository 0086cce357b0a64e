"""Loss reports of an event: what an area states, when it was true and who says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Viewer
from api.idempotency import created, json_answer
from api.instants import Instant
from api.moments import At, visible
from api.page_tokens import Paging
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Connection, Row
from geo.events import event_by_id, event_open_to_reports, require_admin_area
from geo.plans import plan_of
from geo.reports import (
    NewReport,
    later_stage,
    report_by_id,
    reports_of,
    store_report,
    unverified_children,
)
from geo.response_level import assess
from geo.tokens import Role
from relief.divisions import contains, normal_code
from relief.errors import Conflict, Fault, InvalidInput
from relief.impact import Figures, figures_from_mapping, imbalances, implausible
from relief.sources import is_own_bureau
from relief.vocabulary import Stage

router = APIRouter(
    prefix="/api/events/{event_id}/loss-reports", tags=["figures"], route_class=StrictRoute
)


class ReportRequest(BaseModel):
    """A report; a figure that is absent was not reported, 0 is zero."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12, description="code of the division that reports")
    stage: Stage
    as_of: Instant
    figures: dict[str, Any] = {}
    source: str = Field(min_length=1, max_length=200, description="who says so")
    supersedes: str | None = Field(None, max_length=64)
    note: str | None = Field(None, max_length=2000)
    origin: Literal["own", "other"] | None = Field(
        None, description="the area's own bureau or another source; told by the name if left out"
    )
    settles: tuple[str, ...] = Field((), max_length=20, description="reports it decides between")
    no_change: bool = Field(False, description="a zero report: nothing changed since the last")

    def stated(self) -> Figures:
        """The checked figures; raises InvalidInput where they and `no_change` don't fit."""
        figures = figures_from_mapping(self.figures)
        if self.no_change and figures:
            fault = Fault("/figures", "A report that nothing changed states no figures.")
            raise InvalidInput("The report contradicts itself.", [fault])
        if not (figures or self.no_change):
            fault = Fault("/figures", "State a figure, or set no_change for a zero report.")
            raise InvalidInput("The report is empty.", [fault])
        return figures

    def own(self, department: str | None) -> bool:
        """Whether it counts as the area's own; what a consultation settled does."""
        if self.settles:
            return True
        if self.origin is not None:
            return self.origin == "own"
        return is_own_bureau(self.source, department)


@router.post("", status_code=201)
async def post_report(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: ReportRequest
) -> Response:
    """Stores the report; the answer holds the level that the plan calls for from now on."""
    report = NewReport(
        event=event_id,
        admin_area=normal_code(body.area),
        figures=body.stated(),
        own=body.own(who.token.grant.department),
        **body.model_dump(exclude={"area", "figures", "origin"}),
    )

    async def work() -> dict[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        await _check(conn, who, event, report, now)
        warnings = await _warnings(conn, report)
        report_id = await store_report(conn, report, who.id)
        await audit.record(conn, who.id, "report.post", report_id, {"area": report.admin_area})
        level = await assess(conn, event, report_id)
        stored = await report_by_id(conn, event_id, report_id)
        return {**stored, "warnings": warnings, "response_level": level}

    return await created(request, conn, who, work)


@router.get("")
async def get_reports(event_id: str, who: Viewer, conn: Conn, at: At, page: Paging) -> Response:
    """The reports of the event, superseded ones included, the newest first, as of a moment."""
    moment = await visible(conn, who, await event_by_id(conn, event_id), at)
    rows = await reports_of(conn, event_id, moment, page.limit + 1, page.after)
    return json_answer(page.shown("reports", [_shown(row, who) for row in rows]))


def _shown(row: Row, who: Caller) -> dict[str, Any]:
    """A report; its free text is for those who work with it, inside their own area."""
    if who.role >= Role.PLANNER and who.token.covers(row["area"]):
        return row
    return {key: value for key, value in row.items() if key not in {"note", "source"}}


async def _check(
    conn: Connection, who: Caller, event: Row, report: NewReport, now: datetime
) -> None:
    """Raises what keeps this caller from stating these figures for this area and time."""
    who.require_area(report.admin_area)
    division = await require_admin_area(conn, report.admin_area, "/area")
    faults = _time_faults(event, report.as_of, now)
    if not contains(event["area"], report.admin_area):
        detail = f"{report.admin_area} lies outside the event's area {event['area']}."
        faults.append(Fault("/area", detail))
    if division["population"] is not None:
        faults.extend(implausible(report.figures, division["population"]))
    if faults:
        raise InvalidInput("The report can't be right; nothing was stored.", faults)
    order = (await plan_of(conn, event)).verification
    verifies = report.stage is Stage.VERIFIED and division["level"] == "prefecture"
    if verifies and order and order.after_counties:
        await _require_verified_counties(conn, report)


async def _require_verified_counties(conn: Connection, report: NewReport) -> None:
    """A city verifies only after all of its counties have."""
    missing = await unverified_children(conn, report.event, report.admin_area)
    if missing:
        names = ", ".join(f"{row['name']} {row['code']}" for row in missing)
        raise Conflict(f"A city verifies after its counties; these have not yet: {names}.")


def _time_faults(event: Row, as_of: datetime, now: datetime) -> list[Fault]:
    if as_of > now + CLOCK_SKEW:
        detail = f"Figures can't be true in the future; it is {now.isoformat(timespec='seconds')}."
        return [Fault("/as_of", detail)]
    if as_of < event["occurred_at"]:
        return [Fault("/as_of", f"The event began only at {event['occurred_at'].isoformat()}.")]
    return []


async def _warnings(conn: Connection, report: NewReport) -> list[str]:
    """What may be wrong but is stored all the same."""
    found = [
        f"{sums.whole} is {sums.stated:,}, its parts add up to {sums.summed:,}: "
        f"{abs(sums.difference):,} apart."
        for sums in imbalances(report.figures)
    ]
    if stage := await later_stage(conn, report):
        found.append(
            f"A report of this area at the stage {stage} is on file for an earlier hour; "
            f"this one is only {report.stage}."
        )
    return found
