"""What departments fill into the ledgers, each its own columns, household by household."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from api.dependencies import Conn, Now, Operator
from api.idempotency import json_answer
from api.instants import Instant
from api.routes.events import CLOCK_SKEW
from api.strict_json import StrictRoute
from geo import audit
from geo.database import Row
from geo.events import event_by_id
from geo.ledgers import NewEntries, area_of_household, fill_in
from relief.divisions import contains
from relief.errors import Fault, InvalidInput
from relief.ledger import NO, YES, stated_by

router = APIRouter(
    prefix="/api/events/{event_id}/ledgers", tags=["papers"], route_class=StrictRoute
)

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class Entries(BaseModel):
    """What is filled in; leave out what is not. `as_of` is now where it is not stated."""

    model_config = ConfigDict(extra="forbid")

    social_assistance_before: Text | None = None
    emergency_relief: Text | None = None
    transition_relief: Text | None = None
    winter_spring_relief: Text | None = None
    social_assistance_after: Text | None = None
    fell_into_poverty: bool | None = None
    property_loss: Text | None = None
    as_of: Instant | None = None

    def contents(self) -> dict[str, str]:
        """The items that are stated, as the ledger writes them."""
        stated = self.model_dump(exclude={"as_of"}, exclude_none=True)
        words: dict[Any, str] = {True: YES, False: NO}
        return {item: words.get(value, value) for item, value in stated.items()}


@router.patch("/relief/{household}")
async def patch_entries(
    event_id: str, household: str, who: Operator, conn: Conn, now: Now, body: Entries
) -> Response:
    """Fills columns in; relief goes on after an event is closed, so a closed one takes it too."""
    contents = body.contents()
    as_of = body.as_of or now
    department = stated_by(who.token.grant.department, contents)
    async with conn.transaction():
        event = await event_by_id(conn, event_id)
        area = await area_of_household(conn, household)
        who.require_area(area)
        _check(event, area, contents, as_of, now)
        entries = NewEntries(event_id, household, department, as_of, contents)
        await fill_in(conn, entries, who.id)
        detail = {"event": event_id, "items": sorted(contents), "department": department}
        await audit.record(conn, who.id, "ledger.fill", household, detail)
    return json_answer(
        {"household": household, "department": department, "as_of": as_of, "entries": contents}
    )


def _check(event: Row, area: str, contents: dict[str, str], as_of: datetime, now: datetime) -> None:
    faults = []
    if not contents:
        faults.append(Fault("/", "Nothing is filled in."))
    if not contains(event["area"], area):
        faults.append(Fault("/household", "It lives outside the event's area."))
    if as_of > now + CLOCK_SKEW or as_of < event["occurred_at"]:
        faults.append(Fault("/as_of", "It lies before the event or in the future."))
    if faults:
        raise InvalidInput("The entry can't be right; nothing was stored.", faults)
