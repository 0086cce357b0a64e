"""Two plans side by side: totals, shelters, and who goes from where to where between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo.assignment_records import Page, shelters_of
from geo.database import Connection, Row, sql

_TOTALS = (
    "id",
    "created_at",
    "assigned_people",
    "unassigned_people",
    "person_metres",
    "lower_bound",
    "gap",
    "distance_percentiles",
)


@dataclass(frozen=True)
class Pair:
    """The plan before and the plan after, seen by somebody of one area."""

    before: str
    after: str
    admin_area: str

    def parameters(self) -> dict[str, Any]:
        """The same as statements take it."""
        return {"before": self.before, "after": self.after, "prefix": f"{self.admin_area}%"}


def totals(plan: Row) -> dict[str, Any]:
    """The figures by which plans are compared."""
    return {name: plan[name] for name in _TOTALS}


async def shelters(conn: Connection, pair: Pair) -> list[dict[str, Any]]:
    """Every shelter of either plan by id, with its people and free places in both; None where a
    plan does not use it."""
    rows = [
        {row["shelter"]: row for row in await shelters_of(conn, one)}
        for one in (pair.after, pair.before)
    ]
    after, before = rows
    found = []
    for one in sorted(after.keys() | before.keys()):
        name = (after.get(one) or before[one])["name"]
        sides = {"this": _side(after.get(one)), "with": _side(before.get(one))}
        found.append({"shelter": one, "name": name, **sides})
    return found


def _side(row: Row | None) -> dict[str, Any] | None:
    names = ("capacity", "assigned_people", "free", "utilisation")
    return None if row is None else {name: row[name] for name in names}


async def flows(conn: Connection, pair: Pair) -> dict[str, Any]:
    """`flows`: households and people by where they were and where they go, where that differs;
    `left_over`: those without a place in this plan only, in the other only, in both."""
    cursor = await conn.execute(sql("assignment_flows_between"), pair.parameters())
    rows = await cursor.fetchall()
    left = {
        "only_this": _sum(row for row in rows if row["to"] is None and row["from"] is not None),
        "only_with": _sum(row for row in rows if row["from"] is None and row["to"] is not None),
        "both": _sum(row for row in rows if row["kind"] == "still_left_over"),
    }
    differing = [row for row in rows if row["kind"] not in ("stays", "still_left_over")]
    return {"flows": differing, "left_over": left}


async def moves(conn: Connection, pair: Pair, after: str, limit: int) -> Page:
    """At most `limit` households that follow the id `after` and whose place differs."""
    asked = {**pair.parameters(), "household": after, "limit": limit + 1}
    cursor = await conn.execute(sql("assignment_moves"), asked)
    rows = await cursor.fetchall()
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1]["household"] if more else None)


def _sum(rows: Any) -> dict[str, int]:
    found = {"households": 0, "persons": 0}
    for row in rows:
        if row["kind"] not in ("new", "gone"):
            found["households"] += row["households"]
            found["persons"] += row["persons"]
    return found
