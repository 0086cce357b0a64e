"""Results of planning as files (CSV, XLSX, GeoJSON, GeoPackage), and the list of sitings.

A file is made of what the address beside it answers, by the same right and the same parameters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Planner
from api.files import file_answer
from api.idempotency import json_answer
from api.page_tokens import Paging
from api.routes.coverage import get_coverage
from api.routes.dispatch_plans import get_plan
from api.routes.supply import get_supply
from geo import audit, jobs
from geo.assignment_records import assignment_by_id, shelters_of
from geo.database import Connection, Row
from geo.events import event_by_id
from geo.planning_results import (
    HouseholdScope,
    ground_names,
    placed_households,
    points_of,
    sitings_of,
)
from geo.supply_requests import RequestFilter, requests_of
from geo.tokens import Role
from layers.briefing_words import BEIJING, mark_of
from layers.exports_assignment import household_tables, shelter_tables
from layers.exports_features import FileForm, FileTable, file_of
from layers.exports_siting import ground_in, siting_tables
from layers.exports_supply import coverage_tables, dispatch_tables, request_tables, supply_tables
from relief.divisions import normal_code
from relief.errors import Conflict, TooLarge

router = APIRouter(tags=["planning"])

MOST_ROWS = 200_000
"""Households or requests in one file; more households are taken division by division."""


@router.get("/api/events/{event_id}/sitings")
async def get_sitings(event_id: str, who: Planner, conn: Conn, page: Paging) -> Response:
    """The event's sitings in short, the newest first; `/api/jobs/{id}` holds each in full."""
    await event_by_id(conn, event_id)
    return json_answer(page.cut("sitings", await sitings_of(conn, event_id, who.admin_area)))


@router.get("/api/jobs/{job_id}/result")
async def get_siting_file(
    job_id: str, who: Planner, conn: Conn, f: FileForm = "geojson"
) -> Response:
    """A siting: its sites, the refusals with their reasons, the parameters."""
    job = await jobs.visible_job(
        conn, job_id, token=who.id, role=who.role.code, admin_area=who.admin_area
    )
    if job.kind != "siting" or job.result is None or job.finished_at is None:
        raise Conflict("Only a siting that is done can be had as a file.")
    result = job.result
    names = await ground_names(conn, sorted(ground_in(result)))
    event = await event_by_id(conn, job.event) if job.event else None
    named = _name("选址", event, job.finished_at)
    return await _file(f, named, lambda: siting_tables(result, names))


@router.get("/api/assignments/{assignment_id}/file")
async def get_assignment_file(
    assignment_id: str,
    who: Planner,
    conn: Conn,
    of: Literal["households", "left_over", "shelters"] = "households",
    area: Annotated[str | None, Query(max_length=12)] = None,
    f: FileForm = "csv",
) -> Response:
    """An assignment by household (operators read names too), those left over, or by shelter."""
    plan = await assignment_by_id(conn, assignment_id, who.admin_area)
    event = await event_by_id(conn, plan["event"])
    if of == "shelters":
        rows = await shelters_of(conn, assignment_id)
        points = await points_of(conn, "shelters", [row["shelter"] for row in rows])
        named = _name("安置方案-按避难场所", event, plan["created_at"])
        return await _file(f, named, lambda: shelter_tables(plan, rows, points))
    scope = HouseholdScope(assignment_id, _within(who, area), of == "left_over")
    rows = await _households(conn, who, scope, f)
    title = "未安置住户" if scope.left_over else "安置方案-按户"
    personal = who.role >= Role.OPERATOR
    named = _name(title, event, plan["created_at"])
    return await _file(f, named, lambda: household_tables(plan, rows, personal=personal))


@router.get("/api/events/{event_id}/supply/file")
async def get_supply_file(
    event_id: str,
    conn: Conn,
    now: Now,
    answer: Annotated[Response, Depends(get_supply)],
    f: FileForm = "xlsx",
) -> Response:
    """Stock against need."""
    found = orjson.loads(answer.body)
    named = _name("物资储备与缺口", await event_by_id(conn, event_id), now)
    return await _file(f, named, lambda: supply_tables(found))


@router.get("/api/events/{event_id}/coverage/file")
async def get_coverage_file(
    event_id: str,
    conn: Conn,
    now: Now,
    answer: Annotated[Response, Depends(get_coverage)],
    f: FileForm = "xlsx",
) -> Response:
    """Townships beyond every shelter, and where one more helps most."""
    found = orjson.loads(answer.body)
    named = _name("避难场所服务缺口", await event_by_id(conn, event_id), now)
    return await _file(f, named, lambda: coverage_tables(found))


@router.get("/api/events/{event_id}/dispatch-plans/{plan_id}/file")
async def get_dispatch_file(
    event_id: str,
    conn: Conn,
    answer: Annotated[Response, Depends(get_plan)],
    f: FileForm = "xlsx",
) -> Response:
    """What goes where, what stays unmet."""
    plan = orjson.loads(answer.body)
    ends = [*plan["moves"], *plan["unmet"]]
    shelters = await points_of(conn, "shelters", [one["shelter"] for one in ends])
    depots = await points_of(conn, "depots", [one["depot"] for one in plan["moves"]])
    made = datetime.fromisoformat(plan["created_at"])
    named = _name("物资调运方案", await event_by_id(conn, event_id), made)
    return await _file(f, named, lambda: dispatch_tables(plan, depots, shelters))


@router.get("/api/events/{event_id}/supply-requests/file")
async def get_requests_file(
    event_id: str, who: Planner, conn: Conn, now: Now, f: FileForm = "xlsx"
) -> Response:
    """Requests for goods with an end inside the caller's area, with their steps."""
    event = await event_by_id(conn, event_id)
    area = who.part_of(event["area"])
    rows = await requests_of(conn, event_id, area, RequestFilter(), "", MOST_ROWS)
    return await _file(f, _name("物资调拨申请", event, now), lambda: request_tables(rows))


async def _households(conn: Connection, who: Caller, scope: HouseholdScope, form: str) -> list[Row]:
    """The rows, and in the audit who took them; raises TooLarge beyond MOST_ROWS."""
    rows = await placed_households(conn, scope, MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise TooLarge(f"More than {MOST_ROWS:,} households; take one division at a time (area=).")
    detail = {"form": form, "area": scope.admin_area, "households": len(rows)}
    async with conn.transaction():
        await audit.record(conn, who.id, "assignment.read", scope.assignment, detail)
    return rows


def _within(who: Caller, area: str | None) -> str:
    """The division asked for, inside the caller's."""
    if area is None:
        return who.admin_area
    who.require_area(normal_code(area))
    return normal_code(area)


def _name(title: str, event: Row | None, made: datetime) -> str:
    """A file's name: what is no real event says so first."""
    marks = [mark_of(event, "zh"), event["name"]] if event else []
    return "-".join(
        part for part in (*marks, title, f"{made.astimezone(BEIJING):%m%d-%H%M}") if part
    )


async def _file(form: FileForm, name: str, tables: Callable[[], Sequence[FileTable]]) -> Response:
    content, media_type = await asyncio.to_thread(lambda: file_of(form, tables()))
    return file_answer(content, media_type, f"{name}.{form}")
