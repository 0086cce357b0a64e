"""Requests for goods: asked for, sent, received; the stock is booked when they are sent.

The shelter's side asks, receives and cancels; the depot's side sends, refuses and compensates
what was requisitioned. Each needs a token for its own end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Planner
from api.idempotency import created, json_answer
from api.page_tokens import last_key, page_token
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Row
from geo.dispatch import dispatch_plan
from geo.events import event_by_id, event_open_to_reports
from geo.supply_requests import (
    NewRequest,
    RequestFilter,
    Step,
    add_requests,
    held_request,
    places_of,
    request_by_id,
    requests_of,
    require_unasked,
    take_step,
)
from relief.errors import Fault, InvalidInput
from relief.supply_requests import RequestState

router = APIRouter(
    prefix="/api/events/{event_id}/supply-requests", tags=["supply"], route_class=StrictRoute
)

Id = Annotated[str, Field(min_length=1, max_length=100)]


class Act(BaseModel):
    """Who does it, and when (now, if left out)."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=1, max_length=200)
    at: AwareDatetime | None = None
    reason: str | None = Field(None, min_length=1, max_length=2000)


class RequestBody(Act):
    """Goods of one depot for one shelter."""

    depot: Id
    shelter: Id
    item: Id
    quantity: int = Field(ge=1, le=10**9)
    holder: Literal["government", "social"] = "government"
    form: Literal["physical", "capacity"] = "physical"

    def request(self) -> NewRequest:
        """The same as the store takes it."""
        return NewRequest(
            self.depot, self.shelter, self.item, self.holder, self.form, self.quantity
        )


class PlanBody(Act):
    """All moves of a dispatch plan as requests."""

    plan: Id


class StepBody(Act):
    """The next step; what arrived, what was paid, or why not, belongs to some of them."""

    state: RequestState
    received_quantity: int | None = Field(None, ge=0, le=10**9)
    compensation_yuan: float | None = Field(None, ge=0, le=1e12, allow_inf_nan=False)

    @model_validator(mode="after")
    def whole(self) -> StepBody:
        """Raises InvalidInput where the step lacks what belongs to it, or has what doesn't."""
        needs = {
            "reason": self.state in {RequestState.REFUSED, RequestState.CANCELLED},
            "received_quantity": self.state is RequestState.RECEIVED,
            "compensation_yuan": self.state is RequestState.COMPENSATED,
        }
        faults = [
            Fault(f"/{name}", f"{self.state} needs it." if needed else f"Not with {self.state}.")
            for name, needed in needs.items()
            if needed == (getattr(self, name) is None) and (needed or name != "reason")
        ]
        if faults:
            raise InvalidInput("The step is not whole; nothing was stored.", faults)
        return self


@router.post("", status_code=201)
async def post_request(
    event_id: str, request: Request, who: Planner, conn: Conn, now: Now, body: RequestBody
) -> Response:
    """Asks a depot for goods."""

    async def work() -> Mapping[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        asked = body.request()
        _, shelter_area = await places_of(conn, asked)
        who.require_area(shelter_area or "")
        step = _step(body, RequestState.REQUESTED, now)
        (number,) = await add_requests(conn, event, [asked], step, who.id)
        detail = {"depot": asked.depot, "item": asked.item, "quantity": asked.quantity}
        await audit.record(conn, who.id, "supply.requested", number, detail)
        return await request_by_id(conn, event_id, number, "")

    return await created(request, conn, who, work)


@router.post("/from-plan", status_code=201)
async def post_requests_of_plan(
    event_id: str, request: Request, who: Planner, conn: Conn, now: Now, body: PlanBody
) -> Response:
    """Makes each move of a dispatch plan a request; once."""

    async def work() -> Mapping[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        plan = await dispatch_plan(conn, event_id, body.plan, who.admin_area)
        await require_unasked(conn, body.plan)
        asked = [
            NewRequest(*(m[name] for name in NewRequest.__match_args__)) for m in plan["moves"]
        ]
        step = _step(body, RequestState.REQUESTED, now)
        ids = await add_requests(conn, event, asked, step, who.id, body.plan)
        await audit.record(conn, who.id, "supply.requested", body.plan, {"requests": len(ids)})
        return {"plan": body.plan, "requests": ids}

    return await created(request, conn, who, work)


@router.post("/{request_id}/steps", status_code=201)
async def post_step(
    event_id: str,
    request_id: str,
    request: Request,
    who: Planner,
    conn: Conn,
    now: Now,
    body: StepBody,
) -> Response:
    """Takes the next step; a wrong order is 409, and so is sending what isn't there."""

    async def work() -> Mapping[str, Any]:
        if body.state is RequestState.SENT:
            await event_open_to_reports(conn, event_id)
        held = await held_request(conn, event_id, request_id)
        _require_end(who, held, body.state)
        await take_step(conn, held, _checked_step(body, held, now), who.id)
        detail = {"item": held["item"], "quantity": held["quantity"]}
        await audit.record(conn, who.id, f"supply.{body.state.value}", request_id, detail)
        return await request_by_id(conn, event_id, request_id, "")

    return await created(request, conn, who, work)


@router.get("")
async def get_requests(
    event_id: str,
    who: Planner,
    conn: Conn,
    state: RequestState | None = None,
    plan: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    token: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    """The requests with an end inside the caller's area, page by page, each with its steps."""
    event = await event_by_id(conn, event_id)
    list_of = f"supply-requests {event_id} {state} {plan}"
    after = last_key(token, list_of) if token is not None else ""
    area = who.part_of(event["area"])
    only = RequestFilter(state.value if state else None, plan)
    rows = await requests_of(conn, event_id, area, only, after, limit + 1)
    return json_answer({"items": rows[:limit], "next": _next(rows, limit, list_of, only, event_id)})


@router.get("/{request_id}")
async def get_request(event_id: str, request_id: str, who: Planner, conn: Conn) -> Response:
    """One request with its steps and those that may follow."""
    return json_answer(await request_by_id(conn, event_id, request_id, who.admin_area))


def _next(rows: list[Row], limit: int, list_of: str, only: RequestFilter, event: str) -> str | None:
    if len(rows) <= limit:
        return None
    asked = {"state": only.state, "plan": only.plan, "limit": limit}
    asked["token"] = page_token(list_of, rows[limit - 1]["id"])
    query = urlencode({key: value for key, value in asked.items() if value is not None})
    return f"/api/events/{event}/supply-requests?{query}"


def _require_end(who: Caller, held: Row, to: RequestState) -> None:
    """Raises Forbidden unless the end that takes this step lies in the caller's area."""
    who.require_area((held["depot_area"] if to.by_depot else held["shelter_area"]) or "")


def _checked_step(body: StepBody, held: Row, now: datetime) -> Step:
    arrived = held["quantity"] if body.received_quantity is None else body.received_quantity
    if arrived < held["quantity"] and body.reason is None:
        fault = Fault("/reason", "Less arrived than was sent; say what became of the rest.")
        raise InvalidInput("The step is not whole; nothing was stored.", [fault])
    return _step(body, body.state, now, body.received_quantity, body.compensation_yuan)


def _step(
    body: Act,
    state: RequestState,
    now: datetime,
    received: int | None = None,
    yuan: float | None = None,
) -> Step:
    if body.at is not None and body.at > now + CLOCK_SKEW:
        raise InvalidInput("It can't be done in the future.", [Fault("/at", "It lies ahead.")])
    return Step(state, body.by, body.at or now, body.reason, received, yuan)
