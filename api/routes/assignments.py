"""Assignments: homeless households placed in shelters as a job, and the plans on file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Planner
from api.idempotency import created, json_answer
from api.page_tokens import Paging
from api.routes.jobs import shown
from api.strict_json import StrictRoute
from geo import assignment_records as records
from geo import jobs
from geo.assignment import AssignmentRequest
from geo.database import Connection, Row
from geo.events import event_by_id
from geo.households import HouseholdFilter, households_not_on_file
from geo.shelters import ShelterFilter, shelters_not_on_file
from layers.assignment import reason_words
from relief.divisions import contains, normal_code
from relief.errors import Fault, Forbidden, InvalidInput
from relief.precedence import groups_named
from relief.vocabulary import AdminLevel

router = APIRouter(tags=["planning"], route_class=StrictRoute)

Ids = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50_000)]
Areas = Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=1_000)]
Groups = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)]


class Households(BaseModel):
    """Which households; each part narrows. Without `damage`: collapsed or severely damaged, but
    any damage where `ids` are named; an empty list is any damage."""

    model_config = ConfigDict(extra="forbid")

    ids: Ids | None = None
    areas: Areas | None = None
    key_groups: Groups | None = None
    damage: list[Literal["collapsed", "severe", "slight"]] | None = None

    def filter(self) -> HouseholdFilter:
        """The same as the store takes it; raises InvalidInput for unknown groups and areas."""
        groups = None
        if self.key_groups is not None:
            named = groups_named(self.key_groups, "/households/key_groups")
            groups = tuple(sorted(frozenset[str]().union(*named)))
        return HouseholdFilter(_tuple(self.ids), _codes(self.areas), groups, self._damage())

    def _damage(self) -> tuple[str, ...] | None:
        if self.damage is None:
            return HouseholdFilter.damage if self.ids is None else None
        return tuple(self.damage) or None


class Shelters(BaseModel):
    """Which shelters; each part narrows. Closed and full ones are never taken."""

    model_config = ConfigDict(extra="forbid")

    ids: Ids | None = None
    areas: Areas | None = None
    levels: list[AdminLevel] | None = None
    kinds: list[Literal["outdoor", "indoor"]] | None = None

    def filter(self) -> ShelterFilter:
        """The same as the store takes it; raises UnknownArea for what is no code."""
        levels = None if self.levels is None else tuple(level.value for level in self.levels)
        return ShelterFilter(_tuple(self.ids), _codes(self.areas), levels, _tuple(self.kinds))


class AssignmentBody(BaseModel):
    """The question; of `priority` the first named go first. `travel` is how people go by road."""

    model_config = ConfigDict(extra="forbid")

    households: Households = Field(default_factory=Households)
    shelters: Shelters = Field(default_factory=Shelters)
    distance: Literal["straight", "road"] = "straight"
    travel: Literal["vehicle", "walking"] = "vehicle"
    max_distance_m: float | None = Field(None, gt=0, le=1e6, allow_inf_nan=False)
    priority: Groups = Field(default_factory=list)
    keep: str | None = Field(None, max_length=64)

    def faults(self) -> list[Fault]:
        """What this release can't do yet."""
        found = []
        if self.keep is not None:
            found.append(Fault("/keep", "Keeping an earlier plan's places is not available yet."))
        return found


@router.post("/api/events/{event_id}/assignments", status_code=202)
async def post_assignment(
    event_id: str, request: Request, who: Planner, conn: Conn, body: AssignmentBody
) -> Response:
    """Queues the question; the job's result holds the id of the plan as `assignment`."""
    event = await event_by_id(conn, event_id)
    asked = await _checked(conn, body, event_id, _scope(who, event["area"]))

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
    households = f"/api/assignments/{assignment_id}/households"
    return json_answer(
        {
            **plan,
            "shelters": shelters,
            "unassigned": [_unplaced(row) for row in unplaced],
            "links": [{"rel": "households", "href": households}],
        }
    )


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


async def _checked(
    conn: Connection, body: AssignmentBody, event: str, scope: str
) -> AssignmentRequest:
    """The request, every word of which is known; raises InvalidInput with all faults."""
    groups_named(body.priority, "/priority")
    asked = AssignmentRequest(
        event,
        scope,
        body.households.filter(),
        body.shelters.filter(),
        body.max_distance_m,
        tuple(body.priority),
        body.distance,
        body.travel,
    )
    faults = body.faults()
    for at, ids, missing in (
        ("/households/ids", asked.households.ids, households_not_on_file),
        ("/shelters/ids", asked.shelters.ids, shelters_not_on_file),
    ):
        unknown = await missing(conn, ids, scope) if ids else []
        faults += [Fault(at, f"'{one}' is not on file in {scope}.") for one in unknown[:100]]
    if faults:
        raise InvalidInput("The request has faults; nothing was started.", faults)
    return asked


def _scope(who: Caller, event_area: str) -> str:
    """The area that is planned: the event's, or the caller's own part of it."""
    if contains(who.admin_area, event_area):
        return event_area
    if contains(event_area, who.admin_area):
        return who.admin_area
    raise Forbidden(f"Your token is for the area {who.admin_area}; the event lies outside it.")


def _unplaced(row: Row) -> dict[str, Any]:
    return {
        "household": row["household"],
        "persons": row["persons"],
        "reason": row["reason"],
        "detail": reason_words(row["reason"], row["reason_numbers"]),
    }


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _codes(areas: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if areas is None else tuple(normal_code(area) for area in areas)
