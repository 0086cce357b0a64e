"""What people judge of an event beside its reports: likely figures, lowered conditions, responses
elsewhere, and what may be released."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Now, Operator, Viewer
from api.idempotency import created, json_answer
from api.instants import Instant
from api.moments import At
from api.strict_json import StrictRoute
from geo import audit
from geo.anticipation import anticipate, lower
from geo.database import Row
from geo.events import event_by_id, event_open_to_acts, event_then, require_admin_area
from geo.linked_responses import NewLink, add_link, end_link, links_of, under_way
from geo.plans import plan_of
from geo.releases import release, releases_of
from geo.response_level import standing_of
from relief.divisions import normal_code
from relief.drought import drought_from_sequence
from relief.edition import Plan
from relief.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from relief.impact import figures_from_mapping
from relief.linkage import RELIEF, linked
from relief.lowering import Lowering, lowered_plan
from relief.vocabulary import Level

router = APIRouter(prefix="/api/events/{event_id}", tags=["judgements"], route_class=StrictRoute)


class Judgement(BaseModel):
    """Who judges so, and why."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=2000)


class AnticipationRequest(Judgement):
    """Figures that a consultation holds likely; none at all takes the judgement back."""

    figures: dict[str, Any] = {}
    drought: list[Any] = []


class LoweringRequest(Judgement):
    """By how many percent the conditions are lowered, on which ground of the plan; 0 lifts it."""

    ground: str = Field(max_length=60)
    percent: float = Field(ge=0, le=99, allow_inf_nan=False)


class LinkRequest(BaseModel):
    """A response that started elsewhere: `relief` for a county's own, else the plan's code."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=40)
    area: str = Field(max_length=12)
    level: Level
    started_at: Instant
    by: str = Field(min_length=1, max_length=200)


class LinkEnd(BaseModel):
    """When it ended."""

    model_config = ConfigDict(extra="forbid")

    ended_at: Instant


class ReleaseRequest(Judgement):
    """What was recorded by `known_at` (now, if left out) may be seen by everyone."""

    known_at: Instant | None = None


@router.post("/response-level/anticipated", status_code=201)
async def post_anticipated(
    event_id: str, request: Request, who: Operator, conn: Conn, body: AnticipationRequest
) -> Response:
    """Records likely figures; the level on them stands beside the reported one from now on."""
    figures = figures_from_mapping(body.figures)
    drought_from_sequence(body.drought)

    async def work() -> dict[str, Any]:
        event = await event_open_to_acts(conn, event_id)
        who.require_area(event["area"])
        await anticipate(conn, event_id, figures, body.drought, body.reason, body.by, who.id)
        await audit.record(conn, who.id, "level.anticipate", event_id, dict(figures))
        return (await standing_of(conn, event)).grounds()

    return await created(request, conn, who, work)


@router.post("/response-level/lowerings", status_code=201)
async def post_lowering(
    event_id: str, request: Request, who: Operator, conn: Conn, body: LoweringRequest
) -> Response:
    """Lowers the plan's conditions for this event; the unlowered level stays beside it."""
    if who.token.grant.authority is None:
        raise Forbidden("Lowering the conditions needs an authority of the plan.")
    choice = Lowering(body.ground, body.by, body.reason, body.percent)

    async def work() -> dict[str, Any]:
        event = await event_open_to_acts(conn, event_id)
        who.require_area(event["area"])
        if choice.percent:
            lowered_plan(await plan_of(conn, event), choice)
        await lower(conn, event_id, choice, who.id)
        detail = {"ground": body.ground, "percent": body.percent}
        await audit.record(conn, who.id, "level.lower", event_id, detail)
        return (await standing_of(conn, event)).grounds()

    return await created(request, conn, who, work)


@router.post("/linked-responses", status_code=201)
async def post_link(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: LinkRequest
) -> Response:
    """Records a response elsewhere; the answer says what the plan makes of it."""
    area = normal_code(body.area)
    if body.started_at > now:
        raise InvalidInput("It can't start in the future.", [Fault("/started_at", "too late")])

    async def work() -> dict[str, Any]:
        event = await event_open_to_acts(conn, event_id)
        who.require_area(area)
        await require_admin_area(conn, area, "/area")
        plan = await plan_of(conn, event)
        _require_kind(plan, body.kind)
        link = NewLink(body.kind, area, body.level, body.started_at, body.by)
        row = await add_link(conn, event_id, link, who.id)
        await audit.record(conn, who.id, "response.link", event_id, {"kind": body.kind})
        return row | {"calls_for": _calls(plan, [row])}

    return await created(request, conn, who, work)


@router.patch("/linked-responses/{link}")
async def patch_link(
    event_id: str, link: int, who: Operator, conn: Conn, body: LinkEnd
) -> Response:
    """Notes that such a response has ended."""
    async with conn.transaction():
        event = await event_by_id(conn, event_id)
        who.require_area(event["area"])
        if not await end_link(conn, event_id, link, body.ended_at):
            raise NotFound(f"No response {link} is under way that began before then.")
        await audit.record(conn, who.id, "response.unlink", event_id, {"link": link})
    return json_answer({"id": link, "ended_at": body.ended_at})


@router.get("/linked-responses")
async def get_links(event_id: str, _who: Viewer, conn: Conn, at: At) -> Response:
    """The responses beside this event's, and what the plan makes of those under way."""
    event = await event_then(conn, event_id, at.known_at)
    links = await links_of(conn, event_id, at)
    return json_answer(
        {"linked_responses": links, "calls_for": _calls(await plan_of(conn, event), links)}
    )


@router.post("/releases", status_code=201)
async def post_release(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: ReleaseRequest
) -> Response:
    """Releases figures to everyone; needs the authority that the plan names for it."""
    known_at = body.known_at or now
    if known_at > now:
        raise InvalidInput("What is not known yet can't go out.", [Fault("/known_at", "ahead")])

    async def work() -> dict[str, Any]:
        event = await event_by_id(conn, event_id)
        who.require_area(event["area"])
        _require_release_authority(await plan_of(conn, event), who.token.grant.authority)
        if event["release"] == "at_once":
            raise Conflict("This event's figures go out at once; nothing waits for a release.")
        row = await release(conn, event_id, known_at, body.reason, body.by, who.id)
        await audit.record(conn, who.id, "figures.release", event_id, {"release": row["id"]})
        return row

    return await created(request, conn, who, work)


@router.get("/releases")
async def get_releases(event_id: str, _who: Viewer, conn: Conn) -> Response:
    """What was released, by whom and when."""
    event = await event_by_id(conn, event_id)
    found = await releases_of(conn, event_id)
    return json_answer({"release": event["release"], "releases": found})


def _require_kind(plan: Plan, kind: str) -> None:
    linkage = plan.linkage
    known = [RELIEF, *(other.code for other in linkage.consult_on)] if linkage else [RELIEF]
    if kind not in known:
        raise InvalidInput(
            "The plan names no such response.", [Fault("/kind", f"Known are {', '.join(known)}.")]
        )


def _calls(plan: Plan, links: list[Row]) -> list[dict[str, Any]]:
    return [consequence.as_dict() for consequence in linked(plan, under_way(links))]


def _require_release_authority(plan: Plan, authority: str | None) -> None:
    rule = plan.release
    if rule and rule.by.authority and authority != rule.by.authority:
        raise Forbidden(
            f"By {rule.clause} figures are released by {rule.by.zh}: a token with the authority "
            f"{rule.by.authority}; yours has {authority or 'none'}."
        )
