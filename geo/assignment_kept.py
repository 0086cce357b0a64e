"""An earlier plan that is kept: who is where by it, and what places that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from psycopg.rows import tuple_row

from geo.assignment_request import AssignmentRequest
from geo.database import Connection, Row
from geo.households import PlacedHouseholds
from geo.shelters import Counts, OpenShelters
from relief.assignment import OUTSIDE
from relief.errors import Fault, InvalidInput

CLOSED, GONE, NOT_ASKED, UNSAFE = "closed", "not_on_file", "not_asked", "unsafe"
"""Why a shelter of the kept plan takes nobody in the new one."""


@dataclass(frozen=True)
class KeptPlan:
    """The plan: the shelter of each household (None: left over), and per shelter how many people
    were in it before and how many the plan sent; `others` are persons, per shelter, of households
    that keep their places though nobody asks about them now."""

    id: str
    shelter_of: Mapping[str, str | None]
    occupancy: Mapping[str, int]
    assigned: Mapping[str, int]
    others: Mapping[str, int]

    def former(self, homes: PlacedHouseholds, places: OpenShelters) -> Counts:
        """The number of each household's shelter, OUTSIDE where it has none any more."""
        number = {shelter: i for i, shelter in enumerate(places.ids)}
        seats = (self.shelter_of.get(household) for household in homes.ids)
        return np.array([number.get(one or "", OUTSIDE) for one in seats], np.int64)

    def places(
        self, homes: PlacedHouseholds, places: OpenShelters, *, arrived: bool
    ) -> OpenShelters:
        """The shelters, where nobody who is in one by the plan counts as taking a place of
        others. A full one takes nobody who was not sent there.

        With `arrived` people who came into a shelter since the plan are those that it sent, as
        far as it sent any; without, they are others.
        """
        former = self.former(homes, places)
        inside = former != OUTSIDE
        own = np.bincount(former[inside], homes.persons[inside], len(places.ids)).astype(np.int64)
        before = np.array([self.occupancy.get(one, 0) for one in places.ids], np.int64)
        came = np.maximum(places.occupancy - before, 0) if arrived else np.zeros_like(own)
        occupancy = places.occupancy - np.minimum(came, own)
        others = np.array([self.others.get(one, 0) for one in places.ids], np.int64)
        held = np.maximum(others - np.maximum(came - own, 0), 0)
        reserved = places.reserved + held
        closed = np.maximum(places.capacity - occupancy - own, 0)
        reserved = np.where(places.full, np.maximum(reserved, closed), reserved)
        return replace(places, occupancy=occupancy, reserved=reserved)


async def require_keepable(conn: Connection, asked: AssignmentRequest) -> Row | None:
    """The plan's row; raises InvalidInput at /keep for a plan of another event or area."""
    if asked.keep is None:
        return None
    cursor = await conn.execute(
        "SELECT event, parameters FROM assignments WHERE id = %s", (asked.keep,)
    )
    row = await cursor.fetchone()
    detail = None
    if row is None or row["event"] != asked.event:
        detail = f"'{asked.keep}' is no plan of this event."
    elif row["parameters"]["admin_area"] != asked.admin_area:
        area = row["parameters"]["admin_area"]
        detail = f"That plan is for {area}, this question for {asked.admin_area}; keep one of it."
    if detail:
        raise InvalidInput(detail, [Fault("/keep", detail)])
    return row


async def kept_plan(
    conn: Connection, asked: AssignmentRequest, homes: PlacedHouseholds
) -> KeptPlan | None:
    """The plan that is kept, None where none is; raises InvalidInput as `require_keepable`."""
    row = await require_keepable(conn, asked)
    if row is None or asked.keep is None:
        return None
    shelters = await (
        await conn.execute(
            "SELECT shelter, occupancy, assigned_people FROM assignment_shelters"
            " WHERE assignment = %s",
            (asked.keep,),
        )
    ).fetchall()
    async with conn.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            "SELECT p.household, p.shelter, p.persons, h.id IS NOT NULL"
            " FROM assignment_households AS p LEFT JOIN households AS h ON h.id = p.household"
            " WHERE p.assignment = %s",
            (asked.keep,),
        )
        rows = await cursor.fetchall()
    before = AssignmentRequest.of(row["parameters"])
    return KeptPlan(
        asked.keep,
        {household: shelter for household, shelter, _, _ in rows},
        {one["shelter"]: one["occupancy"] for one in shelters},
        {one["shelter"]: one["assigned_people"] for one in shelters},
        {} if before.households == asked.households else _others(homes, rows),
    )


def _others(homes: PlacedHouseholds, rows: list[tuple[Any, ...]]) -> dict[str, int]:
    """People in each shelter who are not asked about and stay where they are: asked with another
    filter, a household that is missing may need its place still."""
    found, here = dict[str, int](), set(homes.ids)
    for household, shelter, persons, on_file in rows:
        if shelter and on_file and household not in here:
            found[shelter] = found.get(shelter, 0) + persons
    return found


async def shelters_out(
    conn: Connection, kept: KeptPlan, places: OpenShelters, unsafe: set[str]
) -> list[dict[str, Any]]:
    """The shelters that the kept plan sent people to and that are out now, each with the reason."""
    sent = [one for one, people in kept.assigned.items() if people]
    lost = sorted(set(sent) - set(places.ids))
    cursor = await conn.execute("SELECT id, name, state FROM shelters WHERE id = ANY (%s)", (lost,))
    rows = {row["id"]: row for row in await cursor.fetchall()}
    return [
        {
            "shelter": one,
            "name": rows[one]["name"] if one in rows else None,
            "people": kept.assigned[one],
            "reason": _why_out(rows.get(one), one in unsafe),
        }
        for one in lost
    ]


def _why_out(row: Row | None, unsafe: bool) -> str:
    if row is None:
        return GONE
    if unsafe:
        return UNSAFE
    return CLOSED if row["state"] == "closed" else NOT_ASKED
