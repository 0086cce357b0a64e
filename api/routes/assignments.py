"""Assignments: homeless households placed in shelters as a job, and the plans on file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.assignment_question import AssignmentBody
from api.dependencies import Conn, Planner
from api.idempotency import created, json_answer
from api.page_tokens import Paging
from api.routes.jobs import shown
from api.strict_json import StrictRoute
from geo import assignment_comparison as comparison
from geo import assignment_records as records
from geo import jobs
from geo.assignment import AssignmentRequest
from geo.assignment_kept import require_keepable
from geo.database import Connection
from geo.events import admin_areas_not_on_file, event_by_id
from geo.households import households_not_on_file
from geo.shelters import shelters_not_on_file
from layers.assignment import move_shown, shortage_shown, split_shown, unplaced_shown
from relief.errors import Fault, InvalidInput, NotFound

router = APIRouter(tags=["planning"], route_class=StrictRoute)


@router.post("/api/events/{event_id}/assignments", status_code=202)
async def post_assignment(
    event_id: str, request: Request, who: Planner, conn: Conn, body: AssignmentBody
) -> Response:
    """Queues the question; the job's result holds the id of the plan as `assignment`."""
    event = await event_by_id(conn, event_id)
    asked = await _checked(conn, body, event_id, who.part_of(event["area"]))

    async def work() -> Mapping[str, Any]:
        job = await jobs.enqueue(conn, "assignment", asdict(asked), who.id, event_id)
        return shown(job)

    return await created(request, conn, who, work, status=202)


@router.get("/api/events/{event_id}/assignments")
async def get_assignments(event_id: str, who: Planner, conn: Conn, page: Paging) -> Response:
    """The event's plans, the newest first."""
    await event_by_id(conn, event_id)
    rows = await records.assignments_of(conn, event_id, who.admin_area)
    return json_answer(page.cut("assignments", rows))


@router.get("/api/assignments/{assignment_id}")
async def get_assignment(assignment_id: str, who: Planner, conn: Conn) -> Response:
    """The plan: its shelters, its distance to the optimum, and who was left over and why."""
    plan = await records.assignment_by_id(conn, assignment_id, who.admin_area)
    shelters = await records.shelters_of(conn, assignment_id)
    unplaced = await records.left_over(conn, assignment_id, who.admin_area)
    shortages = await records.shortages_of(conn, assignment_id, who.admin_area)
    return json_answer(
        {
            **plan,
            "shelters": shelters,
            "unassigned": [unplaced_shown(row) for row in unplaced],
            "shortages": [shortage_shown(row) for row in shortages],
            "split": [split_shown(one) for one in plan["split"]],
            "links": _links(assignment_id, plan["event"], plan["kept"]),
        }
    )


def _links(assignment: str, event: str, kept: str | None) -> list[dict[str, str]]:
    own = f"/api/assignments/{assignment}"
    flows = f"/ogc/collections/assignments/items?event={event}&assignment={assignment}"
    links = [("households", f"{own}/households"), ("flows", flows), ("runs", f"{own}/runs")]
    if kept is not None:
        links += [("moves", f"{own}/moves"), ("comparison", f"{own}/comparison?with={kept}")]
    return [{"rel": rel, "href": href} for rel, href in links]


@router.get("/api/assignments/{assignment_id}/households")
async def get_households(
    assignment_id: str,
    who: Planner,
    conn: Conn,
    asked: Paging,
) -> Response:
    """The households inside the caller's area, with their shelter or none, page by page."""
    await records.assignment_by_id(conn, assignment_id, who.admin_area)
    page = await records.households_of(
        conn, assignment_id, who.admin_area, asked.after, asked.limit
    )
    following = asked.next(page.last) if page.last is not None else None
    return json_answer({"items": page.rows, "next": following})


@router.post("/api/assignments/{assignment_id}/runs", status_code=202)
async def run_again(assignment_id: str, request: Request, who: Planner, conn: Conn) -> Response:
    """Queues the same question on the store of today; where no layer of the plan's `data_version`
    has changed, the answer is the same."""
    plan = await records.assignment_by_id(conn, assignment_id, who.admin_area)
    who.require_area(plan["parameters"]["admin_area"])
    asked = AssignmentRequest.of(plan["parameters"])
    await require_keepable(conn, asked)

    async def work() -> Mapping[str, Any]:
        return shown(await jobs.enqueue(conn, "assignment", asdict(asked), who.id, plan["event"]))

    return await created(request, conn, who, work, status=202)


@router.get("/api/assignments/{assignment_id}/moves")
async def get_moves(assignment_id: str, who: Planner, conn: Conn, asked: Paging) -> Response:
    """Whose place differs from the plan that was kept: from where to where, and why."""
    plan = await records.assignment_by_id(conn, assignment_id, who.admin_area)
    if plan["kept"] is None:
        raise NotFound("This plan keeps no other one; compare two plans by `comparison?with=`.")
    pair = comparison.Pair(plan["kept"], assignment_id, who.admin_area)
    page = await comparison.moves(conn, pair, asked.after, asked.limit)
    return json_answer(
        {
            "kept": plan["kept"],
            "items": [move_shown(row, plan["shelters_out"]) for row in page.rows],
            "next": asked.next(page.last) if page.last is not None else None,
        }
    )


@router.get("/api/assignments/{assignment_id}/comparison")
async def get_comparison(
    assignment_id: str,
    who: Planner,
    conn: Conn,
    asked: Paging,
    other_id: Annotated[str, Query(alias="with", max_length=64)],
) -> Response:
    """This plan beside another of the same event; who moves from that one to this, page by page."""
    plan = await records.assignment_by_id(conn, assignment_id, who.admin_area)
    other = await records.assignment_by_id(conn, other_id, who.admin_area)
    if other["event"] != plan["event"]:
        detail = "The two plans are of different events; compare plans of one."
        raise InvalidInput(detail, [Fault("?with", detail)])
    pair = comparison.Pair(other_id, assignment_id, who.admin_area)
    page = await comparison.moves(conn, pair, asked.after, asked.limit)
    return json_answer(
        {
            "this": comparison.totals(plan),
            "with": comparison.totals(other),
            "shelters": await comparison.shelters(conn, pair),
            **await comparison.flows(conn, pair),
            "moves": [move_shown(row, plan["shelters_out"]) for row in page.rows],
            "next": asked.next(page.last) if page.last is not None else None,
        }
    )


async def _checked(
    conn: Connection, body: AssignmentBody, event: str, scope: str
) -> AssignmentRequest:
    """The request, every word of which is known; raises InvalidInput with all faults."""
    asked = body.request(event, scope)
    faults = body.faults()
    for at, ids, missing in (
        ("/households/ids", asked.households.ids, households_not_on_file),
        ("/shelters/ids", asked.shelters.ids, shelters_not_on_file),
    ):
        unknown = await missing(conn, ids, scope) if ids else []
        faults += [Fault(at, f"'{one}' is not on file in {scope}.") for one in unknown[:100]]
    for at, areas in (
        ("/households/areas", asked.households.areas),
        ("/shelters/areas", asked.shelters.areas),
    ):
        unknown = await admin_areas_not_on_file(conn, areas) if areas else []
        faults += [Fault(at, f"There is no division {one} on file.") for one in unknown[:100]]
    if faults:
        raise InvalidInput("The request has faults; nothing was started.", faults)
    await require_keepable(conn, asked)
    return asked
