"""The response level: for any figures, and for an event."""

from __future__ import annotations

from collections.abc import Iterable
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
from geo.response_acts import acts_of, life_cycle_of
from geo.response_level import assessments, standing_of
from relief.edition import Plan
from relief.level_question import question_from_mapping
from relief.plan import plan_by_id, plans
from relief.plan_rules import Ground, OtherResponse
from relief.response_level import Basis, procedure_as_dict
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
async def post_response_level(_who: Viewer, body: LevelRequest) -> Response:
    """The level that these figures reach under this plan; stores nothing."""
    plan = plan_by_id(body.plan)
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
            **consequences(plan_by_id(event["plan"]), standing),
            "open_proposal": standing.open_proposal and standing.open_proposal.id,
            "acts": [shown(act) for act in acts],
            "history": await assessments(conn, event_id, moment),
        }
    )


@router.get("/plans")
async def get_plans(_who: Viewer) -> Response:
    """The plans on file: their titles, dates, conditions and deciders."""
    return json_answer({"plans": [_plan(plan) for plan in plans()]})


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "title": {"zh": plan.title.zh, "en": plan.title.en},
        "document_number": plan.document,
        "in_force_from": plan.in_force_from,
        "in_force_until": plan.in_force_until,
        "standing": plan.standing,
        "digest": plan.digest,
        "lowering": plan.lowering and _coded(plan.lowering.clause, plan.lowering.grounds),
        "linkage": plan.linkage and _coded(plan.linkage.clause, plan.linkage.consult_on),
        "levels": [
            {
                "level": rule.level.value,
                "decides": procedure_as_dict(rule),
                "conditions": [
                    {
                        "indicator": condition.indicator,
                        "at_least": condition.threshold,
                        "unit": condition.unit.value,
                        "clause": condition.clause,
                    }
                    for condition in rule.conditions
                ],
            }
            for rule in plan.levels
        ],
    }


def _coded(clause: str, choices: Iterable[Ground | OtherResponse]) -> dict[str, Any]:
    """What a clause lets one choose from."""
    named = [{"code": choice.code, "zh": choice.zh, "en": choice.en} for choice in choices]
    return {"clause": clause, "grounds": named}
