"""The register of the dead, missing and injured: personal data, inside the caller's area only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Operator, Planner
from api.idempotency import created, json_answer
from api.instants import Instant
from api.moments import At
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.casualties import Moment, total
from geo.casualty_persons import (
    NewPerson,
    history_of,
    judge,
    open_matches,
    person_by_id,
    persons_of,
    register,
    registered,
)
from geo.database import Row
from geo.events import event_by_id, event_open_to_reports, require_admin_area
from relief.divisions import contains, normal_code
from relief.errors import Fault, InvalidInput
from relief.personal_data import masked_id_number

router = APIRouter(
    prefix="/api/events/{event_id}/persons", tags=["persons"], route_class=StrictRoute
)


class PersonRequest(BaseModel):
    """What is known of a person; leave out what is not."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12, description="division where it happened")
    status: Literal["dead", "missing", "injured", "seriously_injured", "found"]
    as_of: Instant
    source: str = Field(min_length=1, max_length=200)
    name: str | None = Field(None, min_length=1, max_length=100)
    sex: Literal["female", "male"] | None = None
    age: int | None = Field(None, ge=0, le=130)
    id_number: str | None = Field(None, pattern=r"^[0-9A-Za-z]{6,20}$")
    place: str | None = Field(None, max_length=200)
    supersedes: str | None = Field(None, max_length=64)


class Verdict(BaseModel):
    """Whether two entries are one person, judged by somebody for a reason."""

    model_config = ConfigDict(extra="forbid")

    first: str = Field(max_length=64)
    second: str = Field(max_length=64)
    same: bool
    reason: str = Field(min_length=1, max_length=2000)
    by: str = Field(min_length=1, max_length=200)


class Unmasking(BaseModel):
    """Why somebody must see an ID number."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500)


@router.post("", status_code=201)
async def post_person(
    event_id: str, request: Request, who: Operator, conn: Conn, now: Now, body: PersonRequest
) -> Response:
    """Registers a person, before anybody need be sure who it is."""
    person = _new_person(event_id, body)

    async def work() -> dict[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        who.require_area(person.admin_area)
        await require_admin_area(conn, person.admin_area, "/area")
        _check(event, person, now)
        person_id = await register(conn, person, who.id)
        await audit.record(conn, who.id, "person.register", person_id, {"event": event_id})
        return _shown(await person_by_id(conn, event_id, person_id))

    return await created(request, conn, who, work)


@router.get("")
async def get_persons(event_id: str, who: Planner, conn: Conn, at: At) -> Response:
    """The entries inside the caller's area, ID numbers masked, beside what was reported."""
    event = await event_by_id(conn, event_id)
    within = _within(who, event)
    rows = await persons_of(conn, event_id, within, at)
    await audit.record(conn, who.id, "person.list", event_id, {"entries": len(rows)})
    whole = await total(conn, event_id, event["area"], at)
    stated = whole.figures if whole else {}
    return json_answer(
        {
            "persons": [_shown(row) for row in rows],
            "registered": await registered(conn, event_id, within),
            "reported": {k: stated.get(k) for k in ("dead", "missing", "injured")},
        }
    )


@router.get("/matches")
async def get_matches(event_id: str, who: Planner, conn: Conn) -> Response:
    """Pairs of entries that may be one person and that nobody has judged yet."""
    event = await event_by_id(conn, event_id)
    within = _within(who, event)
    found = await open_matches(conn, event_id, within)
    rows = {row["id"]: row for row in await persons_of(conn, event_id, within, Moment())}
    return json_answer(
        {
            "matches": [
                {
                    "score": pair.score,
                    "grounds": list(pair.grounds),
                    "first": _shown(rows[pair.first]),
                    "second": _shown(rows[pair.second]),
                }
                for pair in found
            ]
        }
    )


@router.post("/matches", status_code=201)
async def post_verdict(
    event_id: str, request: Request, who: Operator, conn: Conn, body: Verdict
) -> Response:
    """Judges a pair: one person or two. Both entries stay."""

    async def work() -> dict[str, Any]:
        for person in (body.first, body.second):
            who.require_area((await person_by_id(conn, event_id, person))["area"])
        pair = (body.first, body.second)
        await judge(conn, pair, body.reason, body.by, who.id, same=body.same)
        await audit.record(conn, who.id, "person.judge", body.first, {"second": body.second})
        return body.model_dump()

    return await created(request, conn, who, work)


@router.get("/{person}/history")
async def get_history(event_id: str, person: str, who: Planner, conn: Conn) -> Response:
    """What stood on the register before in the place of this entry, the newest first."""
    row = await person_by_id(conn, event_id, person)
    who.require_area(row["area"])
    earlier = await history_of(conn, event_id, person)
    await audit.record(conn, who.id, "person.history", person, {"entries": len(earlier)})
    shown = [_shown(entry) for entry in earlier if contains(who.admin_area, entry["area"])]
    return json_answer({"history": shown})


@router.post("/{person}/id-number")
async def post_unmask(
    event_id: str, person: str, who: Operator, conn: Conn, body: Unmasking
) -> Response:
    """One ID number in full, for a reason that the audit keeps."""
    async with conn.transaction():
        row = await person_by_id(conn, event_id, person)
        who.require_area(row["area"])
        await audit.record(conn, who.id, "person.unmask", person, {"reason": body.reason})
    return json_answer({"id": person, "id_number": row["id_number"]})


def _new_person(event_id: str, body: PersonRequest) -> NewPerson:
    fields = body.model_dump(exclude={"area"})
    return NewPerson(event=event_id, admin_area=normal_code(body.area), **fields)


def _check(event: Row, person: NewPerson, now: datetime) -> None:
    faults = []
    if not contains(event["area"], person.admin_area):
        faults.append(Fault("/area", f"It lies outside the event's area {event['area']}."))
    if person.as_of > now + CLOCK_SKEW or person.as_of < event["occurred_at"]:
        faults.append(Fault("/as_of", "It lies before the event or in the future."))
    if faults:
        raise InvalidInput("The entry can't be right; nothing was stored.", faults)


def _within(who: Caller, event: Row) -> str:
    """The division whose persons the caller may see: the smaller of its own and the event's."""
    if contains(event["area"], who.admin_area):
        return who.admin_area
    who.require_area(event["area"])
    return str(event["area"])


def _shown(row: Row) -> dict[str, Any]:
    hidden = {"event", "token", "superseded_at"}
    shown = {key: value for key, value in row.items() if key not in hidden}
    return shown | {"id_number": masked_id_number(row["id_number"])}
