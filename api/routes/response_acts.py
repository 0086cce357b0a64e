"""Proposals, decisions and terminations of a response level: people act, the program keeps order.

Every act is checked in one order: who may (403), what may follow what (409), whether the figures
still say so (412).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator
from api.idempotency import created
from api.instants import Instant
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.casualties import Moment, casualties
from geo.database import Connection, Row
from geo.events import event_open_to_acts
from geo.plans import plan_of
from geo.response_acts import NewAct, act_by_id, acts_of, life_cycle_of, record_act
from geo.response_level import standing_of
from relief.edition import LevelRule, Plan
from relief.errors import Fault, Forbidden, InvalidInput
from relief.life_cycle import (
    ActKind,
    LifeCycle,
    has_moved,
    require_clause,
    require_grounds,
    require_order,
    require_unmoved,
    starts_without_proposal,
)
from relief.linkage import on_start
from relief.vocabulary import Level

router = APIRouter(
    prefix="/api/events/{event_id}/response-level",
    tags=["response level"],
    route_class=StrictRoute,
)


class ActRequest(BaseModel):
    """Who did what about which level, when, by which clause and why."""

    model_config = ConfigDict(extra="forbid")

    level: Level
    reason: str = Field(min_length=1, max_length=2000)
    by: str = Field(min_length=1, max_length=200, description="who proposes or decides")
    at: Instant | None = Field(None, description="when; now if left out")
    clause: str | None = Field(None, max_length=40, description="of the plan; found if left out")
    document_number: str | None = Field(None, max_length=100)


class DecisionRequest(ActRequest):
    """A decision; it answers the open proposal, where there is one."""

    proposal: str | None = Field(None, max_length=64)
    outcome: Literal["start", "refuse"] = "start"


@router.post("/proposals", status_code=201)
async def propose(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: ActRequest
) -> Response:
    """Proposes to start a level or to change to it."""
    return await _act(request, conn, who, now, event_id, body, ActKind.PROPOSAL)


@router.post("/decisions", status_code=201)
async def decide(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: DecisionRequest
) -> Response:
    """Starts or changes to a level, or refuses what was proposed."""
    kind = ActKind.START if body.outcome == "start" else ActKind.REFUSAL
    return await _act(request, conn, who, now, event_id, body, kind)


@router.post("/terminations", status_code=201)
async def terminate(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: ActRequest
) -> Response:
    """Ends the response; whoever may start a level may end it."""
    return await _act(request, conn, who, now, event_id, body, ActKind.TERMINATION)


async def _act(
    request: Request,
    conn: Connection,
    who: Caller,
    now: datetime,
    event_id: str,
    body: ActRequest,
    kind: ActKind,
) -> Response:
    async def work() -> dict[str, Any]:
        event = await event_open_to_acts(conn, event_id)
        who.require_area(event["area"])
        plan = await plan_of(conn, event)
        rule = _rule(plan, body.level)
        _require_authority(who, plan, rule, kind)
        acts = await acts_of(conn, event_id)
        grounds = (await standing_of(conn, event)).grounds()
        proposal = _answered(body, kind, rule, acts, grounds)
        clause = body.clause or _clause(plan, rule, kind, proposal, grounds)
        require_clause(plan, rule, kind, clause)
        _require_figures(rule, kind, clause, proposal, grounds)
        act = _new_act(event, body, kind, clause, proposal, now)
        row = await record_act(conn, event, act, grounds, who.id)
        detail = {"level": body.level, "act": row["id"]}
        await audit.record(conn, who.id, f"response.{kind.value}", event_id, detail)
        after = consequences(plan, life_cycle_of([*acts, row]))
        if kind is ActKind.START:
            after |= {"duties": await _duties(conn, event, plan, body.level)}
        return shown(row) | after

    return await created(request, conn, who, work)


def shown(row: Row) -> dict[str, Any]:
    """An act as the API writes it."""
    hidden = {"event", "token", "by_whom", "evaluation"}
    act = {key: value for key, value in row.items() if key not in hidden}
    return act | {"by": row["by_whom"]}


def consequences(plan: Plan, now: LifeCycle) -> dict[str, Any]:
    """Where the response stands after an act, and who is told of the level in force."""
    rule = plan.rule(now.level) if now.level else None
    told = rule.procedure.told if rule else ()
    return {
        "state": now.state,
        "in_force": now.level,
        "told": [{"zh": party.zh, "en": party.en} for party in told],
    }


async def _duties(conn: Connection, event: Row, plan: Plan, level: Level) -> dict[str, Any]:
    """Which counties must start at once, and who is told (5.6)."""
    counties = await casualties(conn, event["id"], event["area"], "county", Moment())
    hit = [county.code for county in counties if any(county.figures.values())]
    return on_start(plan, level, hit).as_dict()


def _rule(plan: Plan, level: Level) -> LevelRule:
    rule = plan.rule(level)
    if rule is None:
        fault = Fault("/level", f"The plan {plan.id} has no level {level}.")
        raise InvalidInput("The plan has no such level.", [fault])
    return rule


def _require_authority(who: Caller, plan: Plan, rule: LevelRule, kind: ActKind) -> None:
    """The plan names who proposes and who decides; a token carries that authority or not."""
    procedure = rule.procedure
    party = procedure.proposes if kind is ActKind.PROPOSAL else procedure.decides
    if party is None:
        return  # nobody proposes this level: that is a matter of order
    if who.token.grant.authority != party.authority:
        raise Forbidden(
            f"{plan.id} {procedure.clause}: this is for {party.zh} ({party.en}), a token with the "
            f"authority {party.authority}; yours has {who.token.grant.authority or 'none'}."
        )


def _answered(
    body: ActRequest, kind: ActKind, rule: LevelRule, acts: list[Row], grounds: dict[str, Any]
) -> Row | None:
    """The proposal that the act answers, after its order was checked."""
    asked = body.proposal if isinstance(body, DecisionRequest) else None
    if asked is not None:
        act_by_id(acts, asked)
    standing = life_cycle_of(acts)
    waiting = act_by_id(acts, standing.open_proposal.id) if standing.open_proposal else None
    moved = waiting is not None and has_moved(waiting["evaluation"], grounds)
    require_order(standing, kind, rule, asked, moved)
    answers = kind in {ActKind.START, ActKind.REFUSAL}
    return waiting if answers and not starts_without_proposal(standing, kind, rule) else None


def _clause(
    plan: Plan, rule: LevelRule, kind: ActKind, proposal: Row | None, grounds: dict[str, Any]
) -> str:
    """The clause that such an act rests on when none is named."""
    if kind is ActKind.TERMINATION:
        return plan.termination.clause if plan.termination else rule.procedure.clause
    if proposal is not None:
        return str(proposal["clause"])
    found = [finding for each in grounds.values() if each for finding in each["findings"]]
    met = [finding["clause"] for finding in found if finding["level"] == rule.level]
    return str(met[0]) if met else rule.conditions[0].clause


def _require_figures(
    rule: LevelRule,
    kind: ActKind,
    clause: str,
    proposal: Row | None,
    grounds: dict[str, Any],
) -> None:
    if kind is ActKind.PROPOSAL or (kind is ActKind.START and proposal is None):
        require_grounds(rule, clause, grounds)
    elif kind is ActKind.START and proposal is not None:
        require_unmoved(proposal["evaluation"], grounds)


def _new_act(
    event: Row, body: ActRequest, kind: ActKind, clause: str, proposal: Row | None, now: datetime
) -> NewAct:
    at = body.at or now
    if at > now + CLOCK_SKEW:
        raise InvalidInput("An act can't lie ahead.", [Fault("/at", "It is in the future.")])
    if at < event["occurred_at"]:
        raise InvalidInput("An act can't lie before its event.", [Fault("/at", "Too early.")])
    return NewAct(
        kind,
        body.level,
        clause,
        body.reason,
        body.by,
        at,
        body.document_number,
        proposal["id"] if proposal else None,
    )
