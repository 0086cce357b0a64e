"""The stock of depots against what a response level calls for, division by division."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.database import Connection, Row, sql
from geo.supply_norms import basis_on_file, norms_in_force
from relief.divisions import contains
from relief.edition import Condition, Plan
from relief.item_norms import Norms
from relief.supply import (
    Basis,
    BasisChoice,
    Holding,
    ItemBalance,
    balance,
    level_condition,
    uncounted,
)


@dataclass(frozen=True)
class SupplyQuestion:
    """What is asked: for which level, inside which division, and what is chosen of the basis."""

    level: str
    admin_area: str
    choice: BasisChoice


async def supply(conn: Connection, event: Row, plan: Plan, asked: SupplyQuestion) -> dict[str, Any]:
    """Per division with a depot: need, stock and shortfall by item, and all that they rest on.

    Raises InvalidInput where the plan's level counts no people in need and none are given.
    """
    norms = await norms_in_force(conn)
    chosen, by_whom = await basis_on_file(conn, event["id"], asked.level)
    choice = asked.choice.before(chosen)
    condition = level_condition(plan, asked.level) if choice.people is None else None
    basis = choice.basis(int(condition.at_least) if condition else 0, norms)
    whole = await _whole(conn, plan, event)
    rows = await holdings_in(conn, event, asked.admin_area)
    divisions = await _divisions(conn, asked.admin_area)
    areas = [_area(d, basis, norms, whole, rows) for d in divisions if _depots(d, rows)]
    return {
        "event": event["id"],
        "exercise": event["exercise"],
        "level": asked.level,
        "plan": plan.id,
        "rule": _rule(plan),
        "basis": _basis(basis, condition, whole) | {"on_file": by_whom},
        "norms": norms.as_dict(),
        "areas": areas,
        "shortages": _shortages(areas),
        "without_depot": [_bare(d, basis, whole) for d in divisions if not _depots(d, rows)],
        "not_counted": _not_counted(rows, norms),
    }


async def holdings_in(conn: Connection, event: Row, admin_area: str) -> list[Row]:
    """What each depot holds; depots without stock have one row whose item is null."""
    cursor = await conn.execute(
        sql("supply_holdings"),
        {"event": event["id"], "exercise": event["exercise"], "prefix": f"{admin_area}%"},
    )
    return await cursor.fetchall()


def holding(row: Row) -> Holding:
    """The row as the rules take it."""
    return Holding(*(row[name] for name in Holding._fields))


async def _divisions(conn: Connection, admin_area: str) -> list[Row]:
    cursor = await conn.execute(sql("supply_areas"), {"prefix": f"{admin_area}%"})
    return await cursor.fetchall()


async def _whole(conn: Connection, plan: Plan, event: Row) -> Row | None:
    """The division that the level is stated for: the plan's, or the event's where the store
    knows no population of that."""
    cursor = await conn.execute(
        "SELECT code, name, population FROM admin_areas"
        " WHERE code IN (%s, %s) AND population > 0 ORDER BY code = %s DESC LIMIT 1",
        (plan.division, event["area"], plan.division),
    )
    return await cursor.fetchone()


def _depots(division: Row, rows: Sequence[Row]) -> list[Row]:
    """Its own depots, each once."""
    own = {row["depot"]: row for row in rows if row["area"] == division["code"]}
    return [{"id": i, "name": row["name"], "state": row["state"]} for i, row in own.items()]


def _people(division: Row, basis: Basis, whole: Row | None) -> int | None:
    of = whole["population"] if whole else None
    return basis.people_in(division["code"], division["population"], of)


def _bare(division: Row, basis: Basis, whole: Row | None) -> dict[str, Any]:
    return {
        "area": division["code"],
        "name": division["name"],
        "level": division["level"],
        "population": division["population"],
        "people": _people(division, basis, whole),
    }


def _area(
    division: Row, basis: Basis, norms: Norms, whole: Row | None, rows: Sequence[Row]
) -> dict[str, Any]:
    shown = _bare(division, basis, whole)
    counted = [row for row in rows if row["item"] and row["area"] and row["state"] == "open"]
    inside = [row for row in counted if contains(division["code"], row["area"])]
    own = [holding(row) for row in inside if row["area"] == division["code"]]
    below = [holding(row) for row in inside]
    return shown | {
        "depots": _depots(division, rows),
        "items": [
            _item(
                balance(norm, shown["people"], basis, own),
                balance(norm, shown["people"], basis, below),
            )
            for norm in norms.items
        ],
    }


def _item(own: ItemBalance, inside: ItemBalance) -> dict[str, Any]:
    """The division's own stock counts; what all depots inside it hold stands beside."""
    beside = {"stock": inside.stock, "shortfall": inside.shortfall}
    return own.as_dict() | {"with_depots_inside": beside}


def _shortages(areas: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is lacking where, the least covered first."""
    found = [
        {
            "area": area["area"],
            "name": area["name"],
            "item": item["item"],
            "unit": item["unit"],
            "need": item["need"],
            "stock": item["stock"],
            "shortfall": item["shortfall"],
            "covered": round(item["stock"] / item["need"], 4),
        }
        for area in areas
        for item in area["items"]
        if item["shortfall"]
    ]
    return sorted(found, key=lambda one: (one["covered"], one["area"], one["item"]))


def _not_counted(rows: Sequence[Row], norms: Norms) -> list[dict[str, Any]]:
    """Depots and rows of stock that stay out, each with the reason."""
    known = {norm.code: norm for norm in norms.items}
    found = []
    for row in rows:
        reason = _depot_out(row) or (uncounted(holding(row), known) if row["item"] else None)
        if reason:
            found.append({"depot": row["depot"], "item": row["item"], "reason": reason})
    return found


def _depot_out(row: Row) -> str | None:
    if row["state"] != "open":
        return "The depot is closed."
    return None if row["area"] else "The division of the depot is not known."


def _basis(basis: Basis, condition: Condition | None, whole: Row | None) -> dict[str, Any]:
    source = condition and {"clause": condition.clause, "indicator": condition.indicator}
    of = whole and {"area": whole["code"], "name": whole["name"], "population": whole["population"]}
    return basis.as_dict() | {"people_from": source, "shared_out_of": of}


def _rule(plan: Plan) -> dict[str, Any] | None:
    """What the plan says that depots must cover."""
    rule = plan.depots
    if rule is None:
        return None
    return {"clause": rule.clause, "level": rule.level.value, "margin": vars(rule.margin)}
