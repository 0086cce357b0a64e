"""Checking reports from the field: the queue, likely duplicates, and what was found by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Planner
from api.field_report_answers import shown, with_photos
from api.idempotency import json_answer
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from api.visible_reports import visible_report
from geo import audit
from geo.database import Row
from geo.events import event_by_id
from geo.field_report_checks import check, checks_of, trust_of
from geo.field_reports import Wanted, field_reports
from geo.road_reports import RoadActs, act_on_roads, closures_near, proposed, roads_near
from relief.errors import Fault, InvalidInput
from relief.field_report_matches import FARTHEST_M, Sighted, likely_duplicates
from relief.field_reports import KINDS, ODD_CLOCK, ReportKind
from relief.urgency import Trust, urgency

router = APIRouter(
    prefix="/api/events/{event_id}/field-reports",
    tags=["field reports"],
    route_class=StrictRoute,
)

MOST_QUEUED = 5_000
MOST_COMPARED = 500


class Finding(BaseModel):
    """What somebody found of a report; `of` is the report that a duplicate repeats.

    With `roads` the finding closes the road at a verified report that says it is cut, or opens it.
    """

    model_config = ConfigDict(extra="forbid")

    state: Literal["verified", "rejected", "duplicate"]
    of: UUID | None = None
    reason: str = Field(min_length=1, max_length=2000)
    roads: Literal["close", "open"] | None = None


@router.patch("/{report_id}/verification")
async def patch_verification(
    event_id: str, report_id: UUID, who: Operator, conn: Conn, body: Finding
) -> Response:
    """Records a finding; earlier ones stay on file."""
    async with conn.transaction():
        report = await visible_report(conn, who, event_id, report_id)
        await check(conn, report, body.state, body.of, body.reason, who.id)
        detail = body.model_dump(mode="json", exclude_none=True)
        await audit.record(conn, who.id, "field_report.check", str(report_id), detail)
        acts = await _on_roads(conn, who, report, body)
    report = await visible_report(conn, who, event_id, report_id)
    more = {"checks": await checks_of(conn, str(report_id)), "road_closures": acts.as_dict()}
    return json_answer(await with_photos(conn, report, who) | more)


@router.get("/{report_id}/roads")
async def get_roads(event_id: str, report_id: UUID, who: Planner, conn: Conn) -> Response:
    """What verifying the report could do to roads, and the closures near it or resting on it."""
    report = await visible_report(conn, who, event_id, report_id)
    proposes = proposed(report)
    roads = await roads_near(conn, report) if proposes else ()
    closures = await closures_near(conn, report)
    return json_answer({"proposes": proposes, "roads": list(roads), "closures": closures})


async def _on_roads(conn: Conn, who: Caller, report: Row, body: Finding) -> RoadActs:
    """Does with the roads what the finding says, and notes it in the audit."""
    if body.roads is None:
        return RoadActs()
    if body.state != "verified":
        fault = Fault("/roads", "Only what is verified closes or opens a road.")
        raise InvalidInput("The finding contradicts itself; nothing was stored.", [fault])
    label = who.token.grant.label
    acts = await act_on_roads(conn, report, body.roads, label, body.reason, who.id)
    for action, closures in (("road.closed", acts.closed), ("road.opened", acts.lifted)):
        for closure in closures:
            detail = {"field_report": report["id"], "reason": body.reason}
            await audit.record(conn, who.id, action, closure, detail)
    return acts


@router.get("/{report_id}/checks")
async def get_checks(event_id: str, report_id: UUID, who: Planner, conn: Conn) -> Response:
    """Who found what of the report and when."""
    report = await visible_report(conn, who, event_id, report_id)
    return json_answer({"state": report["state"], "checks": await checks_of(conn, report["id"])})


@router.get("/{report_id}/likely-duplicates")
async def get_likely_duplicates(
    event_id: str, report_id: UUID, who: Planner, conn: Conn
) -> Response:
    """Reports that are likely of the same thing, with a score and its grounds."""
    report = await visible_report(conn, who, event_id, report_id)
    near = Wanted(
        event_id,
        area_like=f"{who.admin_area}%",
        states=["new", "verified"],
        lon=report["lon"],
        lat=report["lat"],
        radius_m=FARTHEST_M + 1_000,
    )
    rows = {row["id"]: row for row in await field_reports(conn, near, MOST_COMPARED)}
    found = likely_duplicates(_sighted(report), map(_sighted, rows.values()))
    pairs = [pair.as_dict() | {"report": shown(rows[pair.other], who)} for pair in found]
    return json_answer({"likely_duplicates": pairs})


@router.get("/queue")
async def get_queue(
    event_id: str,
    who: Planner,
    conn: Conn,
    now: Now,
    page: Paging,
    kind: Annotated[list[ReportKind] | None, Query()] = None,
) -> Response:
    """The reports that nobody has checked, the most urgent first, each with its reasons."""
    await event_by_id(conn, event_id)
    kinds = [k.value for k in kind] if kind else None
    wanted = Wanted(event_id, area_like=f"{who.admin_area}%", states=["new"], kinds=kinds)
    rows = await field_reports(conn, wanted, MOST_QUEUED)
    trust = await trust_of(conn, [row["reporter"] for row in rows if row["reporter"]])
    queue = [
        shown(row, who) | _standing(row, trust.get(row["reporter"], Trust()), now) for row in rows
    ]
    queue.sort(key=lambda report: (-report["urgency"]["points"], report["received_at"]))
    return json_answer(page.cut("queue", queue) | {"waiting": len(queue)})


def _standing(row: Row, trust: Trust, now: datetime) -> dict[str, Any]:
    """Why a report stands where it does in the queue."""
    waiting_h = (now - row["received_at"]).total_seconds() / 3600
    points = urgency(KINDS[row["kind"]], row["figures"], waiting_h, trust)
    share = {"verified": trust.verified, "checked": trust.checked, "share": round(trust.share, 2)}
    return {"urgency": points.as_dict(), "trust": share}


def _sighted(row: Row) -> Sighted:
    """A report as others are compared with it, by the server's clock if the phone's is off."""
    at = row["received_at"] if ODD_CLOCK & set(row["flags"]) else row["observed_at"]
    place = (row["lon"], row["lat"])
    kind = KINDS[row["kind"]]
    return Sighted(row["id"], kind, place, row["accuracy_m"] or 0, at, row["figures"])
