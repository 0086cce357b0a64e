"""Supply: what depots must hold for a response level, what they lack, and by which norms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Admin, Conn, Planner, Viewer
from api.idempotency import created, json_answer
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Connection, Row
from geo.events import event_by_id, require_admin_area
from geo.plans import plan_of
from geo.supply import SupplyQuestion, supply
from geo.supply_norms import add_norms, norms_in_force, set_basis
from relief.divisions import contains, normal_code
from relief.edition import Plan
from relief.errors import Fault, InvalidInput
from relief.supply import BasisChoice, Sharing
from relief.vocabulary import Level

router = APIRouter(tags=["supply"], route_class=StrictRoute)

MOST_PEOPLE = 10**8
People = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
Days = Annotated[int, Field(ge=1, le=365)]
Percent = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class BasisRequest(BaseModel):
    """By what stock is measured from now on, and who says so; what is left out stays the plan's
    or the norms'."""

    model_config = ConfigDict(extra="forbid")

    level: Level = Level.II
    people: People | None = None
    days: Days | None = None
    margin_percent: Percent | None = None
    shared_by: Sharing | None = None
    people_by_area: Annotated[dict[str, People], Field(max_length=5_000)] | None = None
    by: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000)


class NormsText(BaseModel):
    """Item norms as TOML."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=200_000)


@router.get("/api/events/{event_id}/supply")
async def get_supply(
    event_id: str,
    who: Planner,
    conn: Conn,
    level: Level | None = None,
    people: Annotated[int | None, Query(ge=0, le=MOST_PEOPLE)] = None,
    days: Annotated[int | None, Query(ge=1, le=365)] = None,
    margin_percent: Annotated[float | None, Query(ge=0, le=1000, allow_inf_nan=False)] = None,
    shared_by: Sharing | None = None,
) -> Response:
    """Need, stock and shortfall of each division with a depot; parameters try another basis.

    Without `level` it is the one that the plan names for its depots, else II.
    """
    event = await event_by_id(conn, event_id)
    area = who.part_of(event["area"])
    plan = await plan_of(conn, event)
    choice = BasisChoice(people, days, margin_percent, shared_by)
    asked = SupplyQuestion(level or _level(plan), area, choice)
    return json_answer(await supply(conn, event, plan, asked))


@router.post("/api/events/{event_id}/supply/bases", status_code=201)
async def post_basis(
    event_id: str, request: Request, who: Planner, conn: Conn, body: BasisRequest
) -> Response:
    """Sets the basis for a level of this event; earlier ones stay on file. Answers the supply."""

    async def work() -> Mapping[str, Any]:
        event = await event_by_id(conn, event_id)
        who.require_area(event["area"])
        by_area = await _by_area(conn, event, body.people_by_area)
        choice = BasisChoice(
            body.people, body.days, body.margin_percent, body.shared_by, by_area or None
        )
        await set_basis(conn, event_id, body.level, choice, body.reason, body.by, who.id)
        detail = {"level": body.level, "reason": body.reason}
        await audit.record(conn, who.id, "supply.basis", event_id, detail)
        asked = SupplyQuestion(body.level, event["area"], BasisChoice())
        return await supply(conn, event, await plan_of(conn, event), asked)

    return await created(request, conn, who, work)


@router.get("/api/supply-norms")
async def get_norms(_who: Viewer, conn: Conn) -> Response:
    """The item norms in force, each with its source and standing, and their text."""
    norms = await norms_in_force(conn)
    return json_answer(norms.as_dict() | {"text": norms.text})


@router.post("/api/supply-norms", status_code=201)
async def post_norms(request: Request, who: Admin, conn: Conn, body: NormsText) -> Response:
    """Puts norms in force; their faults come with place and line, the former stay on file."""

    async def work() -> Mapping[str, Any]:
        norms = await add_norms(conn, body.text, who.id)
        await audit.record(conn, who.id, "supply.norms", norms.id, {"digest": norms.digest})
        return norms.as_dict()

    return await created(request, conn, who, work)


def _level(plan: Plan) -> Level:
    return plan.depots.level if plan.depots else Level.II


async def _by_area(conn: Connection, event: Row, given: Mapping[str, int] | None) -> dict[str, int]:
    """People by normal code; raises InvalidInput for a division unknown or outside the event's."""
    found = {}
    for code, people in (given or {}).items():
        at = f"/people_by_area/{code}"
        normal = normal_code(code)
        await require_admin_area(conn, normal, at)
        if not contains(event["area"], normal):
            fault = Fault(at, f"{code} lies outside the event's division {event['area']}.")
            raise InvalidInput("A division lies elsewhere.", [fault])
        found[normal] = people
    return found
