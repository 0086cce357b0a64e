"""Events: opened, listed, moved from open to stable to closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Now, Operator, Viewer
from api.idempotency import created, json_answer
from api.instants import Instant
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Connection, Row
from geo.events import NewEvent, change_event, event_by_id, events_on_file, open_event
from geo.intensity import store_intensity_zones
from geo.plans import pin, plans_on_shelf
from relief.coordinates import checked_place
from relief.divisions import normal_code, published_code
from relief.edition import Plan
from relief.errors import Fault, InvalidInput
from relief.ledger import customary_name
from relief.plan import plan_by_id, plan_in_force
from relief.vocabulary import Hazard

router = APIRouter(prefix="/api/events", tags=["events"], route_class=StrictRoute)

BEIJING = ZoneInfo("Asia/Shanghai")
CLOCK_SKEW = timedelta(minutes=5)
Degrees = Annotated[float, Field(allow_inf_nan=False)]


class EventRequest(BaseModel):
    """A disaster process to open; `name` and `plan` follow from the rest when left out."""

    model_config = ConfigDict(extra="forbid")

    hazard: Hazard
    occurred_at: Instant
    area: str = Field(max_length=12, description="division code, such as 140300")
    name: str | None = Field(None, min_length=1, max_length=100)
    plan: str | None = Field(None, max_length=100)
    magnitude: float | None = Field(None, ge=0, le=10)
    depth_km: float | None = Field(None, ge=0, le=800)
    epicentre: tuple[Degrees, Degrees] | None = Field(None, description="[lon, lat]")
    strike_deg: float | None = Field(None, ge=0, le=360)
    exercise: bool = False
    release: Literal["at_once", "authorised"] = Field(
        "at_once", description="when viewers see figures: at once, or once they are released"
    )


class EventChange(BaseModel):
    """What of an event can change."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "stable", "closed"] | None = None
    major: bool | None = None
    release: Literal["at_once", "authorised"] | None = None


@router.post("", status_code=201)
async def post_event(
    request: Request, who: Operator, conn: Conn, now: Now, body: EventRequest
) -> Response:
    """Opens an event; an earthquake with magnitude and epicentre gets its intensity zones."""
    plan, warnings = _plan(body, await plans_on_shelf(conn))
    event = _new_event(body, plan, now)
    who.require_area(event.admin_area)

    async def work() -> dict[str, Any]:
        await pin(conn, plan)
        row = await open_event(conn, event, who.id)
        await _shake(conn, row)
        await audit.record(conn, who.id, "event.open", row["id"], {"name": row["name"]})
        return shown(row) | {"warnings": warnings}

    return await created(request, conn, who, work)


@router.get("")
async def get_events(_who: Viewer, conn: Conn, page: Paging) -> Response:
    """All events: the demo's first, then the newest."""
    rows = [shown(row) for row in await events_on_file(conn)]
    return json_answer(page.cut("events", rows))


@router.get("/{event_id}")
async def get_event(event_id: str, _who: Viewer, conn: Conn) -> Response:
    """One event."""
    return json_answer(shown(await event_by_id(conn, event_id)))


@router.patch("/{event_id}")
async def patch_event(event_id: str, who: Operator, conn: Conn, body: EventChange) -> Response:
    """Moves the event's state, or marks it as major."""
    changes = body.model_dump(exclude_none=True)
    async with conn.transaction():
        who.require_area((await event_by_id(conn, event_id))["area"])
        row = await change_event(conn, event_id, changes)
        await audit.record(conn, who.id, "event.change", event_id, changes)
    return json_answer(shown(row))


def shown(row: Row) -> dict[str, Any]:
    """The event as the API writes it; the area as GB/T 2260 prints it."""
    hidden = {"lon", "lat", "area", "plan_digest"}
    epicentre = None if row["lon"] is None else [row["lon"], row["lat"]]
    return {
        **{key: value for key, value in row.items() if key not in hidden},
        "area": published_code(row["area"]),
        "epicentre": epicentre,
    }


def _new_event(body: EventRequest, plan: Plan, now: datetime) -> NewEvent:
    """The event to store; raises InvalidInput naming the field."""
    if body.occurred_at > now + CLOCK_SKEW:
        detail = f"The event can't begin in the future; it is {now.isoformat(timespec='seconds')}."
        raise InvalidInput("The time can't be right.", [Fault("/occurred_at", detail)])
    area = normal_code(body.area)
    epicentre = body.epicentre and checked_place(*body.epicentre, "/epicentre")
    fields = body.model_dump(exclude={"area", "plan", "name", "hazard", "epicentre"})
    return NewEvent(
        hazard=body.hazard.value,
        name=body.name or customary_name(body.occurred_at, body.hazard.zh),
        plan=plan.id,
        plan_digest=plan.digest,
        admin_area=area,
        epicentre=epicentre,
        **fields,
    )


def _plan(body: EventRequest, shelf: Sequence[Plan]) -> tuple[Plan, list[str]]:
    """The plan asked for or in force, and a warning where it does not apply to this event."""
    area = normal_code(body.area)
    day = body.occurred_at.astimezone(BEIJING).date()
    if body.plan is None:
        plan = plan_in_force(area, body.hazard, day, shelf)
        if plan is None:
            detail = f"No plan on file is in force for {body.area} on {day}. Name one."
            raise InvalidInput("There is no plan for this event.", [Fault("/plan", detail)])
        return plan, []
    plan = plan_by_id(body.plan, shelf)
    warnings = []
    if not plan.in_force(day):
        warnings.append(f"The plan {plan.id} was not in force on {day}.")
    if not plan.covers(area, body.hazard):
        warnings.append(f"The plan {plan.id} does not apply to {body.hazard} in {body.area}.")
    return plan, warnings


async def _shake(conn: Connection, row: Row) -> None:
    """Estimates the intensity zones of an earthquake whose size and place are known."""
    if row["hazard"] == "earthquake" and row["lon"] is not None and row["magnitude"] is not None:
        await store_intensity_zones(conn, row["id"])
