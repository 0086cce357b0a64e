"""Requests for goods on file: each step kept, and the stock booked when the goods go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from geo.database import Connection, Row, sql
from relief.errors import Conflict, Fault, InvalidInput, NotFound
from relief.supply_requests import RequestState, next_states, require_step


@dataclass(frozen=True)
class NewRequest:
    """`quantity` units of an item from a depot's stock (`holder`, `form`) for a shelter."""

    depot: str
    shelter: str
    item: str
    holder: str
    form: str
    quantity: int


@dataclass(frozen=True)
class Step:
    """A step of a request: who took it when, and what goes with it."""

    state: RequestState
    by_whom: str
    at: datetime
    reason: str | None = None
    received_quantity: int | None = None
    compensation_yuan: float | None = None


@dataclass(frozen=True)
class RequestFilter:
    """Which requests; None is any."""

    state: str | None = None
    plan: str | None = None


async def places_of(conn: Connection, asked: NewRequest) -> tuple[str | None, str | None]:
    """(division of the depot, division of the shelter); raises InvalidInput for unknown ones, and
    where the depot keeps no such stock."""
    cursor = await conn.execute(
        "SELECT (SELECT coalesce(area, '') FROM depots WHERE id = %(depot)s) AS depot,"
        " (SELECT coalesce(area, '') FROM shelters WHERE id = %(shelter)s) AS shelter,"
        " EXISTS (SELECT FROM depot_stock WHERE depot = %(depot)s AND item = %(item)s"
        " AND holder = %(holder)s AND form = %(form)s) AS kept",
        vars(asked),
    )
    row = await cursor.fetchone()
    assert row is not None
    faults = [
        Fault(f"/{place}", f"There is no {place} of that id.")
        for place in ("depot", "shelter")
        if row[place] is None
    ]
    if not faults and not row["kept"]:
        kind = f"{asked.holder} {asked.form}"
        faults = [Fault("/item", f"The depot keeps no {kind} stock of '{asked.item}'.")]
    if faults:
        raise InvalidInput("The request can't be met; nothing was stored.", faults)
    return row["depot"], row["shelter"]


async def add_requests(
    conn: Connection,
    event: Row,
    asked: Sequence[NewRequest],
    step: Step,
    token: int,
    plan: str | None = None,
) -> list[str]:
    """Stores the requests with their first step; their ids, in the order given."""
    ids = [str(uuid4()) for _ in asked]
    rows = [
        {**vars(one), "id": id_, "event": event["id"], "plan": plan, "real": not event["exercise"]}
        for id_, one in zip(ids, asked, strict=True)
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(_INSERT, rows)
    for id_ in ids:
        await _note(conn, id_, step, token)
    return ids


_INSERT = """
INSERT INTO supply_requests
    (id, event, plan, depot, shelter, item, holder, form, quantity, unit, books_stock)
SELECT %(id)s, %(event)s, %(plan)s, s.depot, %(shelter)s, s.item, s.holder, s.form, %(quantity)s,
    s.unit, %(real)s
FROM depot_stock AS s
WHERE s.depot = %(depot)s AND s.item = %(item)s AND s.holder = %(holder)s AND s.form = %(form)s
"""


async def require_unasked(conn: Connection, plan: str) -> None:
    """Raises Conflict where the plan's requests are on file already; holds the plan meanwhile."""
    await conn.execute("SELECT 1 FROM dispatch_plans WHERE id = %s FOR UPDATE", (plan,))
    cursor = await conn.execute("SELECT 1 FROM supply_requests WHERE plan = %s LIMIT 1", (plan,))
    if await cursor.fetchone():
        raise Conflict("The requests of this plan are on file already.")


async def held_request(conn: Connection, event: str, request: str) -> Row:
    """The request with the divisions of both its ends, held until the transaction ends."""
    cursor = await conn.execute(
        "SELECT r.*, d.area AS depot_area, s.area AS shelter_area FROM supply_requests AS r"
        " JOIN depots AS d ON d.id = r.depot JOIN shelters AS s ON s.id = r.shelter"
        " WHERE r.id = %s AND r.event = %s FOR UPDATE OF r",
        (request, event),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no request '{request[:80]}' in this event.")
    return row


async def take_step(conn: Connection, request: Row, step: Step, token: int) -> None:
    """Takes the next step of a held request; goods that go out leave the stock.

    Raises Conflict for a step out of order and where the stock doesn't suffice any more, and
    InvalidInput where more is said to have come than was sent.
    """
    require_step(request["state"], step.state, request["holder"])
    if (step.received_quantity or 0) > request["quantity"]:
        fault = Fault("/received_quantity", f"Only {request['quantity']:,} were sent.")
        raise InvalidInput("More can't arrive than was sent.", [fault])
    if step.state is RequestState.SENT:
        await _book(conn, request)
    await conn.execute(
        "UPDATE supply_requests SET state = %s,"
        " received_quantity = coalesce(%s, received_quantity),"
        " compensation_yuan = coalesce(%s, compensation_yuan) WHERE id = %s",
        (step.state.value, step.received_quantity, step.compensation_yuan, request["id"]),
    )
    await _note(conn, request["id"], step, token)


async def requests_of(
    conn: Connection, event: str, admin_area: str, only: RequestFilter, after: str, limit: int
) -> list[Row]:
    """At most `limit` requests after the id `after` with an end inside the area, with steps."""
    cursor = await conn.execute(
        sql("supply_requests"),
        {
            "event": event,
            "prefix": f"{admin_area}%",
            "after": after,
            "limit": limit,
            "id": None,
            **vars(only),
        },
    )
    return [_shown(row) for row in await cursor.fetchall()]


async def request_by_id(conn: Connection, event: str, request: str, admin_area: str) -> Row:
    """One request with its steps; raises NotFound unless an end lies inside the area."""
    asked = {"event": event, "prefix": f"{admin_area}%", "after": "", "limit": 1, "id": request}
    cursor = await conn.execute(sql("supply_requests"), asked | vars(RequestFilter()))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no request '{request[:80]}' in this event.")
    return _shown(row)


def _shown(row: Row) -> dict[str, Any]:
    return row | {"next": [state.value for state in next_states(row["state"], row["holder"])]}


async def _note(conn: Connection, request: str, step: Step, token: int) -> None:
    await conn.execute(
        "INSERT INTO supply_request_steps (request, state, by_whom, reason, at, token)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (request, step.state.value, step.by_whom, step.reason, step.at, token),
    )


async def _book(conn: Connection, request: Row) -> None:
    """Takes the goods from the stock; an exercise only looks whether they would be there."""
    cursor = await conn.execute(_STOCK, request)
    row = await cursor.fetchone()
    left = row["quantity"] if row else 0
    if left < request["quantity"]:
        raise Conflict(
            f"The depot holds {left:,} {request['unit']} of {request['item']}, fewer than the "
            f"{request['quantity']:,} asked for. Refuse the request, or stock up first."
        )
    if request["books_stock"]:
        await conn.execute(
            "UPDATE depot_stock SET quantity = quantity - %(quantity)s WHERE depot = %(depot)s"
            " AND item = %(item)s AND holder = %(holder)s AND form = %(form)s",
            request,
        )


_STOCK = """
SELECT s.quantity - (
    SELECT coalesce(sum(r.quantity), 0)::integer FROM supply_requests AS r
    WHERE r.event = %(event)s AND NOT r.books_stock AND r.depot = s.depot AND r.item = s.item
        AND r.holder = s.holder AND r.form = s.form
        AND r.state IN ('sent', 'received', 'compensated')) AS quantity
FROM depot_stock AS s
WHERE s.depot = %(depot)s AND s.item = %(item)s AND s.holder = %(holder)s AND s.form = %(form)s
FOR UPDATE OF s
"""
