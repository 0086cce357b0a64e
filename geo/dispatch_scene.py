"""What a plan of dispatch rests on: who sleeps where, what depots hold, what was supplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.database import Connection, Row, sql
from geo.households import listed
from geo.supply import holdings_in
from geo.supply_norms import norms_in_force
from relief.errors import InvalidInput, TooLarge
from relief.item_norms import ItemNorm, Norms
from relief.supply import KINDS

MOST_WAYS = 400_000
"""Depots times shelters that are planned at once."""


@dataclass(frozen=True)
class DispatchQuestion:
    """What is to be planned; None is any, or what the norms say.

    `items` are served in their order. `kinds` are those of relief.supply.KINDS. `room_kg` is what
    single depots can load, `room_kg_each` what any other can; None is no limit.
    """

    admin_area: str
    items: tuple[str, ...] | None = None
    days: int | None = None
    assignment: str | None = None
    shelters: tuple[str, ...] | None = None
    depots: tuple[str, ...] | None = None
    kinds: tuple[str, ...] = KINDS
    room_kg: Mapping[str, float] = field(default_factory=dict)
    room_kg_each: float | None = None
    max_distance_m: float | None = None


@dataclass(frozen=True)
class Scene:
    """What the plan rests on: shelters with their people, depots, stock rows, what was supplied."""

    norms: Norms
    items: tuple[ItemNorm, ...]
    days: int
    shelters: Sequence[Row]
    depots: Sequence[Row]
    stock: Sequence[Row]
    supplied: Mapping[tuple[str, str], int]

    def need(self, norm: ItemNorm) -> list[int]:
        """Units that each shelter still needs."""
        return [
            max(norm.units(s["people"], self.days) - self.supplied.get((s["id"], norm.code), 0), 0)
            for s in self.shelters
        ]

    def lots(self, norm: ItemNorm) -> list[Row]:
        """Stock rows of the item in the norm's unit, those drawn on first in front."""
        own = [r for r in self.stock if r["item"] == norm.code and r["unit"] == norm.unit]
        return sorted(own, key=lambda r: KINDS.index(f"{r['holder']}_{r['form']}"))


async def scene_of(conn: Connection, event: Row, asked: DispatchQuestion) -> Scene:
    """Everything that the plan rests on, read from the store.

    Raises InvalidInput where nobody sleeps in a shelter or no depot has stock, TooLarge beyond
    MOST_WAYS.
    """
    norms = await norms_in_force(conn)
    items = norms.items if asked.items is None else norms.of(asked.items, "/items")
    shelters = await _shelters(conn, asked)
    stock = _usable(await holdings_in(conn, event, asked.admin_area), asked)
    depots = list({row["depot"]: row for row in stock}.values())
    if not shelters:
        raise InvalidInput("Nobody sleeps in a shelter there; name an assignment to plan for.")
    if not depots:
        raise InvalidInput("No open depot there holds stock that may be sent.")
    if len(shelters) * len(depots) > MOST_WAYS:
        raise TooLarge(f"More than {MOST_WAYS:,} ways between depots and shelters; narrow it.")
    days = int(norms.days.value) if asked.days is None else asked.days
    supplied = await _supplied(conn, event["id"])
    return Scene(norms, items, days, shelters, depots, stock, supplied)


async def depots_not_on_file(conn: Connection, ids: Sequence[str]) -> list[str]:
    """Which of the ids are no depot, open or not."""
    cursor = await conn.execute(
        "SELECT i.id FROM unnest(%s::text[]) AS i (id)"
        " WHERE NOT EXISTS (SELECT FROM depots AS d WHERE d.id = i.id) ORDER BY i.id",
        (list(ids),),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def _shelters(conn: Connection, asked: DispatchQuestion) -> list[Row]:
    cursor = await conn.execute(
        sql("dispatch_shelters"),
        {
            "prefix": f"{asked.admin_area}%",
            "assignment": asked.assignment,
            "ids": listed(asked.shelters),
        },
    )
    return await cursor.fetchall()


async def _supplied(conn: Connection, event: str) -> dict[tuple[str, str], int]:
    cursor = await conn.execute(sql("dispatch_supplied"), {"event": event})
    return {(r["shelter"], r["item"]): int(r["quantity"]) for r in await cursor.fetchall()}


def _usable(rows: Sequence[Row], asked: DispatchQuestion) -> list[Row]:
    """Stock of open depots that may be sent, less what has been asked for and not sent yet."""
    return [
        row | {"quantity": max(row["quantity"] - row["requested"], 0)}
        for row in rows
        if row["item"]
        and row["state"] == "open"
        and (asked.depots is None or row["depot"] in asked.depots)
        and f"{row['holder']}_{row['form']}" in asked.kinds
    ]
