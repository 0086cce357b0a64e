"""Teams in the field: the register, assignment to an event, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Planner
from api.dependencies import Field as FieldCaller
from api.idempotency import created, json_answer
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from api.team_body import PositionBody, TaskBody, TeamBody, TeamChange, Unmasking
from api.visible_reports import visible_report
from geo import audit
from geo.database import Row
from geo.events import require_admin_area
from geo.field_report_places import place_of_division
from geo.teams import (
    Task,
    add_position,
    add_team,
    change_team,
    give_task,
    positions_of,
    team_by_id,
    teams_on_file,
)
from geo.tokens import Role
from relief.divisions import normal_code
from relief.personal_data import masked_telephone
from relief.teams import STALE

router = APIRouter(prefix="/api/teams", tags=["teams"], route_class=StrictRoute)

_FOR_FIELD = ("id", "name", "kind", "area", "area_name", "state", "event")
_OF_REGISTER = (*_FOR_FIELD, "people", "skills", "contact", "synthetic", "source", "updated_at")
TeamId = Annotated[str, InPath(min_length=1, max_length=200)]


@router.get("")
async def get_teams(
    who: FieldCaller, conn: Conn, now: Now, page: Paging, event: str | None = None
) -> Response:
    """The teams of the caller's area; from planner up with their newest position and its age.

    A phone also sees those of the divisions that its area lies in, as it may be one of theirs.
    """
    in_field = who.role < Role.PLANNER
    rows = await teams_on_file(conn, now, who.admin_area, event, around=in_field)
    return json_answer(page.cut("teams", [_shown(row, who) for row in rows]))


@router.post("", status_code=201)
async def post_team(
    request: Request, who: Operator, conn: Conn, now: Now, body: TeamBody
) -> Response:
    """Puts a team on the register; without a home it is at its division's seat."""
    members = body.members() | {"area": normal_code(body.area)}

    async def work() -> dict[str, Any]:
        who.require_area(members["area"])
        await require_admin_area(conn, members["area"], "/area")
        if "home" not in members:
            seat = await place_of_division(conn, members["area"])
            members["home"] = (seat.lon, seat.lat)
        team = await add_team(conn, members, f"desk, token {who.id}")
        await audit.record(conn, who.id, "team.add", team, _audited(members))
        return _shown(await team_by_id(conn, team, now), who)

    return await created(request, conn, who, work)


@router.get("/{team_id}")
async def get_team(team_id: TeamId, who: Planner, conn: Conn, now: Now) -> Response:
    """One team with where it was in the last day, the newest position first."""
    team = await _team_of(conn, who, team_id, now)
    return json_answer(_shown(team, who) | {"positions": await positions_of(conn, team_id)})


@router.post("/{team_id}/positions", status_code=201)
async def post_position(
    team_id: TeamId, who: FieldCaller, conn: Conn, now: Now, body: PositionBody
) -> Response:
    """Where the team is; the same moment twice is one. The newest by the phone's clock counts."""
    position = body.position(now)
    async with conn.transaction():
        team = await team_by_id(conn, team_id, now)
        who.part_of(team["area"] or "")
        fresh = await add_position(conn, team_id, position, now, who.id)
    answer = {"team": team_id, "at": position.at, "lon": position.lon, "lat": position.lat}
    return json_answer(answer, 201 if fresh else 200)


@router.patch("/{team_id}")
async def patch_team(
    team_id: TeamId, who: Operator, conn: Conn, now: Now, body: TeamChange
) -> Response:
    """Mends what the register says, assigns the team to an event, or says what it does."""
    changes = body.members()
    async with conn.transaction():
        await _team_of(conn, who, team_id, now)
        await change_team(conn, team_id, changes)
        await audit.record(conn, who.id, "team.change", team_id, _audited(changes))
    return json_answer(_shown(await team_by_id(conn, team_id, now), who))


@router.post("/{team_id}/task")
async def post_task(
    team_id: TeamId, who: Operator, conn: Conn, now: Now, body: TaskBody
) -> Response:
    """Sends the team to a report or a place, for an event that is not closed."""
    async with conn.transaction():
        await _team_of(conn, who, team_id, now)
        task = await _task(conn, who, body)
        await give_task(conn, team_id, body.event, task, now)
        await audit.record(conn, who.id, "team.task", team_id, body.model_dump(mode="json"))
    return json_answer(_shown(await team_by_id(conn, team_id, now), who))


@router.post("/{team_id}/telephone")
async def post_unmask(
    team_id: TeamId, who: Operator, conn: Conn, now: Now, body: Unmasking
) -> Response:
    """The telephone number in full, for a reason that the audit keeps."""
    async with conn.transaction():
        team = await _team_of(conn, who, team_id, now)
        await audit.record(conn, who.id, "team.unmask", team_id, {"reason": body.reason})
    return json_answer({key: team[key] for key in ("id", "contact", "telephone")})


async def _team_of(conn: Conn, who: Caller, team_id: str, now: datetime) -> Row:
    team = await team_by_id(conn, team_id, now)
    who.require_area(team["area"] or "")
    return team


async def _task(conn: Conn, who: Caller, body: TaskBody) -> Task:
    """The task with its place: that of the report, which the caller must be allowed to see."""
    if body.place is not None:
        return Task(*body.place.lon_lat("/place"), body.text)
    assert body.report is not None
    report = await visible_report(conn, who, body.event, body.report)
    return Task(report["lon"], report["lat"], body.text, body.report)


def _audited(members: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the number masked: the audit is read by more people than may call."""
    masked = {"telephone": masked_telephone(members.get("telephone"))}
    return {**members, **masked} if "telephone" in members else dict(members)


def _shown(team: Row, who: Caller) -> dict[str, Any]:
    """The team as the caller may know it."""
    if who.role < Role.PLANNER:
        return {key: team[key] for key in _FOR_FIELD}
    shown = {key: team[key] for key in _OF_REGISTER}
    shown["telephone"] = masked_telephone(team["telephone"])
    shown["home"] = {"lon": team["home_lon"], "lat": team["home_lat"]}
    shown["position"] = _position(team)
    shown["task"] = _given_task(team)
    return shown


def _given_task(team: Row) -> dict[str, Any] | None:
    """What it was sent to."""
    if team["task_at"] is None:
        return None
    place = {"lon": team["task_lon"], "lat": team["task_lat"]}
    return place | {"text": team["task"], "report": team["task_report"], "at": team["task_at"]}


def _position(team: Row) -> dict[str, Any] | None:
    """The newest position with its age; `stale` where it tells little any more."""
    if team["at"] is None:
        return None
    known = {key: team[key] for key in ("lon", "lat", "accuracy_m", "at", "age_s")}
    return known | {"stale": team["age_s"] > STALE.total_seconds()}
