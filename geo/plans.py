"""The shelf of plans as this store has it: those that ship with the product and those added."""

from __future__ import annotations

from functools import lru_cache

from geo.database import Connection, Row
from relief.edition import Plan
from relief.errors import Conflict
from relief.plan import plan_by_id, plans
from relief.plan_document import plan_from_toml
from relief.shelf import shelf


async def plans_on_shelf(conn: Connection) -> tuple[Plan, ...]:
    """All plans by id, each with the last day that a newer edition leaves it."""
    cursor = await conn.execute("SELECT text FROM plan_editions WHERE NOT shipped ORDER BY id")
    added = [_parsed(row["text"]) for row in await cursor.fetchall()]
    return shelf([*plans(), *added])


async def plan_of(conn: Connection, event: Row) -> Plan:
    """The plan that rules an event, in the text that it was opened under."""
    if event["plan_digest"] is None:
        return plan_by_id(event["plan"], await plans_on_shelf(conn))
    cursor = await conn.execute(
        "SELECT text FROM plan_editions WHERE digest = %s", (event["plan_digest"],)
    )
    row = await cursor.fetchone()
    assert row is not None  # a foreign key holds it
    return _parsed(row["text"])


async def pin(conn: Connection, plan: Plan) -> str:
    """Keeps the text of a plan for an event that is opened under it; its digest."""
    shipped = any(plan.digest == one.digest for one in plans())
    await conn.execute(
        "INSERT INTO plan_editions (digest, id, text, shipped) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (plan.digest, plan.id, plan.text, shipped),
    )
    return plan.digest


async def add_plan(conn: Connection, text: str, token: int) -> tuple[Plan, bool]:
    """(plan, whether it is new) of a TOML text that now stands on the shelf.

    Raises InvalidPlan with its faults or those of its place on the shelf, and Conflict for another
    text under an id that is taken: a plan is never edited, a new edition replaces it.
    """
    plan = plan_from_toml(text)
    on_shelf = await plans_on_shelf(conn)
    known = {one.id: one for one in on_shelf}
    if plan.id in known:
        if known[plan.id].digest == plan.digest:
            return plan, False
        raise Conflict(
            f"A plan {plan.id} is on file with another text. Plans are not edited: give the new "
            "edition an id of its own and name what it replaces."
        )
    shelf([*on_shelf, plan])
    await conn.execute(
        "INSERT INTO plan_editions (digest, id, text, shipped, token)"
        " VALUES (%s, %s, %s, false, %s)",
        (plan.digest, plan.id, plan.text, token),
    )
    return plan, True


@lru_cache(maxsize=64)
def _parsed(text: str) -> Plan:
    return plan_from_toml(text)
