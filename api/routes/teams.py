"""Teams in the field: the register, assignment to an event, and where they are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Planner
from api.dependencies import Field as FieldCaller
from api.idempotency import json_answer
from api.instants import Instant
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Row
from geo.field_report_places import Location, placed
from geo.teams import (
    TeamPosition,
    add_position,
    change_team,
    positions_of,
    team_by_id,
    teams_on_file,
)
from geo.tokens import Role
from relief.errors import Fault, InvalidInput
from relief.field_reports import Flag
from relief.personal_data import masked_telephone
from relief.teams import STALE, position_at

router = APIRouter(prefix="/api/teams", tags=["teams"], route_class=StrictRoute)

_FOR_FIELD = ("id", "name", "kind", "area", "area_name", "state", "event")
_OF_REGISTER = (*_FOR_FIELD, "people", "skills", "contact", "synthetic", "source", "updated_at")
Number = Annotated[float, Field(allow_inf_nan=False)]
TeamId = Annotated[str, InPath(min_length=1, max_length=200)]


class PositionBody(BaseModel):
    """Where a team is by its phone: `at` and `sent_at` by the phone's clock."""

    model_config = ConfigDict(extra="forbid")

    at: Instant
    lon: Number
    lat: Number
    crs: str | None = Field(None, max_length=100)
    accuracy_m: float | None = Field(None, ge=0, le=1e7, allow_inf_nan=False)
    sent_at: Instant | None = None

    def position(self, now: datetime) -> TeamPosition:
        """The same as the store keeps it; raises InvalidInput for what is no place or time."""
        place = placed(Location(self.lon, self.lat, self.crs, self.accuracy_m))
        if Flag.FAR in place.flags:
            fault = Fault("/lon", "It lies outside of 72-137 E, 3-55 N; no team is there.")
            raise InvalidInput("The position was not kept.", [fault])
        at = position_at(self.at, now, self.sent_at)
        return TeamPosition(at, place.lon, place.lat, self.accuracy_m)


class TeamChange(BaseModel):
    """What a team does: `event` null takes it off the one that it was assigned to."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["ready", "deployed", "resting", "off_duty"] | None = None
    event: str | None = Field(None, max_length=200)


class Unmasking(BaseModel):
    """Why somebody must see a telephone number."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500)


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
    """Assigns the team to an event, or says what it does."""
    changes = body.model_dump(exclude_unset=True)
    async with conn.transaction():
        await _team_of(conn, who, team_id, now)
        await change_team(conn, team_id, changes)
        await audit.record(conn, who.id, "team.change", team_id, changes)
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


def _shown(team: Row, who: Caller) -> dict[str, Any]:
    """The team as the caller may know it."""
    if who.role < Role.PLANNER:
        return {key: team[key] for key in _FOR_FIELD}
    shown = {key: team[key] for key in _OF_REGISTER}
    shown["telephone"] = masked_telephone(team["telephone"])
    shown["home"] = {"lon": team["home_lon"], "lat": team["home_lat"]}
    shown["position"] = _position(team)
    return shown


def _position(team: Row) -> dict[str, Any] | None:
    """The newest position with its age; `stale` where it tells little any more."""
    if team["at"] is None:
        return None
    known = {key: team[key] for key in ("lon", "lat", "accuracy_m", "at", "age_s")}
    return known | {"stale": team["age_s"] > STALE.total_seconds()}
