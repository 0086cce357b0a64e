"""Taking verified reports over: into the county's next loss report, or a household's record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Now, Operator, Planner
from api.idempotency import created, json_answer
from api.instants import Instant
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from api.visible_reports import visible_report
from geo import audit
from geo.casualties import Moment, total
from geo.events import event_by_id, event_open_to_reports, require_admin_area
from geo.field_report_uses import (
    require_usable,
    take_over_into_household,
    take_over_into_report,
    unused,
    uses_of,
)
from geo.reports import NewReport, report_by_id, store_report
from geo.response_level import assess
from relief.divisions import contains, normal_code
from relief.errors import Conflict, Fault, InvalidInput
from relief.impact import figures_from_mapping, implausible
from relief.impact import total as summed
from relief.vocabulary import INDICATORS, DamageGrade, Stage

router = APIRouter(
    prefix="/api/events/{event_id}/field-reports",
    tags=["field reports"],
    route_class=StrictRoute,
)


class TakeOver(BaseModel):
    """A loss report whose figures hold what these verified reports found."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12)
    as_of: Instant
    reports: list[UUID] = Field(min_length=1, max_length=1_000)
    figures: dict[str, Any] = Field(description="of the division as a whole, as in a loss report")
    source: str = Field(min_length=1, max_length=200)
    stage: Stage = Stage.FOLLOW_UP
    note: str | None = Field(None, max_length=2000)


class HouseholdDamage(BaseModel):
    """What a verified report found of one home."""

    model_config = ConfigDict(extra="forbid")

    household: str = Field(min_length=1, max_length=200)
    grade: DamageGrade
    rooms: int = Field(0, ge=0, le=1_000)


@router.get("/take-over")
async def get_take_over(event_id: str, area: str, who: Planner, conn: Conn) -> Response:
    """What a division's next report could hold: its figures and what reports add that don't count.

    `suggested` is a sum for people to judge: reports of one thing by two people are counted twice
    in it unless one was found to be a duplicate.
    """
    code = normal_code(area)
    who.require_area(code)
    await event_by_id(conn, event_id)
    await require_admin_area(conn, code, "?area")
    standing = await total(conn, event_id, code, Moment())
    reports = await unused(conn, event_id, code)
    now = dict(standing.figures) if standing else {}
    added = {i: summed(r["figures"].get(i, 0) for r in reports) for i in INDICATORS}
    suggested = {i: now.get(i, 0) + n for i, n in added.items() if n}
    answer = {"area": area, "standing": now, "reports": reports, "suggested": suggested}
    return json_answer(answer)


@router.post("/take-over", status_code=201)
async def post_take_over(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: TakeOver
) -> Response:
    """Stores the loss report and notes which reports its figures hold; each counts only once."""
    report = NewReport(
        event=event_id,
        admin_area=normal_code(body.area),
        stage=body.stage,
        as_of=body.as_of,
        figures=figures_from_mapping(body.figures),
        source=body.source,
        note=body.note,
    )
    who.require_area(report.admin_area)

    async def work() -> dict[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        division = await require_admin_area(conn, report.admin_area, "/area")
        faults = list(implausible(report.figures, division["population"] or 10**10))
        if not contains(event["area"], report.admin_area):
            faults.append(Fault("/area", "It lies outside the event's area."))
        if not event["occurred_at"] <= body.as_of <= now + CLOCK_SKEW:
            faults.append(Fault("/as_of", "It lies before the event or in the future."))
        if faults:
            raise InvalidInput("The report can't be right; nothing was stored.", faults)
        await require_usable(conn, event_id, report.admin_area, body.reports)
        report_id = await store_report(conn, report, who.id)
        await take_over_into_report(conn, body.reports, report_id, who.id)
        detail = {"area": report.admin_area, "field_reports": [str(r) for r in body.reports]}
        await audit.record(conn, who.id, "field_report.take_over", report_id, detail)
        level = await assess(conn, event, report_id)
        stored = await report_by_id(conn, event_id, report_id)
        return {**stored, "field_reports": detail["field_reports"], "response_level": level}

    return await created(request, conn, who, work)


@router.post("/{report_id}/household", status_code=201)
async def post_household(
    event_id: str,
    report_id: UUID,
    request: Request,
    who: Operator,
    conn: Conn,
    body: HouseholdDamage,
) -> Response:
    """Records what a verified report found of a home; the record names the report."""

    async def work() -> dict[str, Any]:
        await event_open_to_reports(conn, event_id)
        report = await visible_report(conn, who, event_id, report_id)
        if report["state"] != "verified":
            raise Conflict(f"The report is {report['state']}; only verified ones are taken over.")
        if body.grade is DamageGrade.NONE:
            raise InvalidInput("A sound home is no damage.", [Fault("/grade", "State the damage.")])
        await take_over_into_household(conn, report, body.household, body.grade, body.rooms, who.id)
        detail = body.model_dump(mode="json")
        await audit.record(conn, who.id, "field_report.household", str(report_id), detail)
        return {"report": str(report_id), **detail}

    return await created(request, conn, who, work)


@router.get("/{report_id}/uses")
async def get_uses(event_id: str, report_id: UUID, who: Planner, conn: Conn) -> Response:
    """What the report was taken over into."""
    report = await visible_report(conn, who, event_id, report_id)
    return json_answer({"uses": await uses_of(conn, report["id"])})
