"""Dispatch plans: which depot sends what to which shelter, within stock and lorries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Planner
from api.idempotency import created, json_answer
from api.strict_json import StrictRoute
from geo import audit
from geo.assignment_records import assignment_by_id
from geo.database import Connection
from geo.dispatch import dispatch_plan, dispatch_plans_of, plan_dispatch
from geo.dispatch_scene import DispatchQuestion, depots_not_on_file
from geo.events import event_by_id, event_open_to_reports
from geo.shelters import shelters_not_on_file
from relief.errors import Fault, InvalidInput
from relief.supply import KINDS

router = APIRouter(
    prefix="/api/events/{event_id}/dispatch-plans", tags=["supply"], route_class=StrictRoute
)

Id = Annotated[str, Field(min_length=1, max_length=100)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=5_000)]
Kilograms = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Kind = Literal["government_physical", "government_capacity", "social_physical", "social_capacity"]


class Transport(BaseModel):
    """What the lorries of a depot carry in all."""

    model_config = ConfigDict(extra="forbid")

    depot: Id
    kg: Kilograms


class DispatchBody(BaseModel):
    """The question; `{}` is all items for those who sleep in shelters now, from all stock.

    `items` go first in the order given. `kg_each` is what depots not named in `transport` carry.
    """

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[Id], Field(min_length=1, max_length=200)] | None = None
    days: int | None = Field(None, ge=1, le=365)
    assignment: Id | None = None
    shelters: Ids | None = None
    depots: Ids | None = None
    stock: Annotated[list[Kind], Field(min_length=1, max_length=4)] | None = None
    transport: Annotated[list[Transport], Field(max_length=5_000)] = Field(default_factory=list)
    kg_each: Kilograms | None = None
    max_distance_m: float | None = Field(None, gt=0, le=1e6, allow_inf_nan=False)

    def question(self, admin_area: str) -> DispatchQuestion:
        """The same as the store takes it."""
        return DispatchQuestion(
            admin_area,
            _tuple(self.items),
            self.days,
            self.assignment,
            _tuple(self.shelters),
            _tuple(self.depots),
            KINDS if self.stock is None else tuple(self.stock),
            {one.depot: one.kg for one in self.transport},
            self.kg_each,
            self.max_distance_m,
        )


@router.post("", status_code=201)
async def post_plan(
    event_id: str, request: Request, who: Planner, conn: Conn, body: DispatchBody
) -> Response:
    """Plans the dispatch and keeps it; it moves nothing until its requests are made and sent."""

    async def work() -> Mapping[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        asked = body.question(who.part_of(event["area"]))
        await _require_known(conn, body, event_id, asked.admin_area)
        plan = await plan_dispatch(conn, event, asked, who.id)
        await audit.record(conn, who.id, "dispatch.plan", plan["id"], {"event": event_id})
        return plan

    return await created(request, conn, who, work)


@router.get("")
async def get_plans(event_id: str, who: Planner, conn: Conn) -> Response:
    """The event's plans inside the caller's part of it, the newest first."""
    event = await event_by_id(conn, event_id)
    area = who.part_of(event["area"])
    return json_answer({"dispatch_plans": await dispatch_plans_of(conn, event_id, area)})


@router.get("/{plan_id}")
async def get_plan(event_id: str, plan_id: str, who: Planner, conn: Conn) -> Response:
    """A plan: what moves, what stays unmet and why, and what each depot loads."""
    return json_answer(await dispatch_plan(conn, event_id, plan_id, who.admin_area))


async def _require_known(conn: Connection, body: DispatchBody, event: str, admin_area: str) -> None:
    """Raises InvalidInput naming every shelter, depot and assignment that is not on file there."""
    if body.assignment is not None:
        assignment = await assignment_by_id(conn, body.assignment, admin_area)
        if assignment["event"] != event:
            fault = Fault("/assignment", "It is of another event.")
            raise InvalidInput("The assignment is not of this event.", [fault])
    named = [one.depot for one in body.transport]
    faults = [
        *_unknown("/shelters", await shelters_not_on_file(conn, body.shelters or [], admin_area)),
        *_unknown("/depots", await depots_not_on_file(conn, body.depots or [])),
        *_unknown("/transport", await depots_not_on_file(conn, named)),
    ]
    if len(set(named)) < len(named):
        faults.append(Fault("/transport", "A depot is named twice; give one figure."))
    if faults:
        raise InvalidInput("The request has faults; nothing was stored.", faults[:100])


def _unknown(at: str, ids: Sequence[str]) -> list[Fault]:
    return [Fault(at, f"'{one}' is not on file there.") for one in ids]


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
