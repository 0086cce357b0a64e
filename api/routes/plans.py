"""Relief plans: which are on file, and how one more comes to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Admin, Conn, Viewer
from api.idempotency import created, json_answer
from api.strict_json import StrictRoute
from geo import audit
from geo.plans import add_plan, plans_on_shelf
from relief.edition import Plan
from relief.plan import plan_by_id
from relief.plan_rules import Ground, Linkage, OtherResponse
from relief.response_level import procedure_as_dict

router = APIRouter(prefix="/api/plans", tags=["plans"], route_class=StrictRoute)


class PlanText(BaseModel):
    """A plan as its TOML text (docs/plans.md)."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=1_000_000)


@router.get("")
async def get_plans(_who: Viewer, conn: Conn) -> Response:
    """The plans on file: their titles, dates, conditions and deciders."""
    return json_answer({"plans": [_shown(plan) for plan in await plans_on_shelf(conn)]})


@router.get("/{plan_id}")
async def get_plan(plan_id: str, _who: Viewer, conn: Conn) -> Response:
    """One plan with its text."""
    plan = plan_by_id(plan_id, await plans_on_shelf(conn))
    return json_answer(_shown(plan) | {"text": plan.text})


@router.post("", status_code=201)
async def post_plan(request: Request, who: Admin, conn: Conn, body: PlanText) -> Response:
    """Puts a plan on the shelf; its faults come with their place, and none is ever edited."""

    async def work() -> dict[str, Any]:
        plan, new = await add_plan(conn, body.text, who.id)
        if new:
            await audit.record(conn, who.id, "plan.add", plan.id, {"digest": plan.digest})
        return _shown(plan)

    return await created(request, conn, who, work)


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "title": {"zh": plan.title.zh, "en": plan.title.en},
        "document_number": plan.document,
        "in_force_from": plan.in_force_from,
        "in_force_until": plan.in_force_until,
        "standing": plan.standing,
        "digest": plan.digest,
        "lowering": plan.lowering and _coded(plan.lowering.clause, plan.lowering.grounds),
        "linkage": plan.linkage and _linkage(plan.linkage),
        "levels": [
            {
                "level": rule.level.value,
                "decides": procedure_as_dict(rule),
                "discretion": rule.discretion and vars(rule.discretion),
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


def _linkage(linkage: Linkage) -> dict[str, Any]:
    """The responses that call for consultation, and what a start brings with it."""
    return _coded(linkage.clause, linkage.consult_on) | {
        "counties_start": linkage.counties_start,
        "told": [party.as_dict() for party in linkage.told],
    }


def _coded(clause: str, choices: Iterable[Ground | OtherResponse]) -> dict[str, Any]:
    """What a clause lets one choose from."""
    named = [{"code": choice.code, "zh": choice.zh, "en": choice.en} for choice in choices]
    return {"clause": clause, "grounds": named}
