"""The response level: for any figures, and for an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Viewer
from api.idempotency import json_answer
from api.moments import At, visible
from api.routes.response_acts import consequences, shown
from api.strict_json import StrictRoute
from geo.events import event_by_id
from geo.plans import plans_on_shelf
from geo.response_acts import acts_of, life_cycle_of
from geo.response_level import assessments, standing_of
from relief.level_question import question_from_mapping
from relief.plan import plan_by_id
from relief.response_level import Basis
from relief.vocabulary import Hazard

router = APIRouter(prefix="/api", tags=["response level"], route_class=StrictRoute)


class LevelRequest(BaseModel):
    """Figures to hold against a plan."""

    model_config = ConfigDict(extra="forbid")

    plan: str = Field(max_length=100)
    figures: dict[str, Any] = {}
    drought: list[Any] | None = None
    counties: list[Any] | None = None
    basis: Basis = Basis.REPORTED
    hazard: Hazard | None = None


@router.post("/response-level")
async def post_response_level(_who: Viewer, conn: Conn, body: LevelRequest) -> Response:
    """The level that these figures reach under this plan; stores nothing."""
    plan = plan_by_id(body.plan, await plans_on_shelf(conn))
    question = question_from_mapping(body.model_dump(exclude={"plan"}))
    return json_answer(question.answered_by(plan).as_dict())


@router.get("/events/{event_id}/response-level")
async def get_response_level(event_id: str, who: Viewer, conn: Conn, at: At) -> Response:
    """What the event's plan calls for, now or at a past moment, and how it came about."""
    event = await event_by_id(conn, event_id)
    moment = await visible(conn, who, event, at)
    found = await standing_of(conn, event, moment)
    grounds = found.grounds()
    acts = await acts_of(conn, event_id, moment)
    standing = life_cycle_of(acts)
    if standing.state == "none" and any(each and each["level"] for each in grounds.values()):
        standing = replace(standing, state="recommended")
    return json_answer(
        {
            **grounds,
            "anticipation": found.anticipation and found.anticipation.as_dict(),
            "lowering": found.lowering and vars(found.lowering),
            **consequences(found.plan, standing),
            "open_proposal": standing.open_proposal and standing.open_proposal.id,
            "acts": [shown(act) for act in acts],
            "history": await assessments(conn, event_id, moment),
        }
    )
