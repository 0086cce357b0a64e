"""Assignments on file: the plan, its shelters, and the households inside the asker's area."""

from __future__ import annotations

from dataclasses import dataclass

from geo.database import Connection, Row
from relief.divisions import contains
from relief.errors import NotFound


@dataclass(frozen=True)
class Page:
    """Rows in the order of their ids; `last` is the id that the next page follows, None at the
    end."""

    rows: list[Row]
    last: str | None


_FINDINGS: Row = {
    "distance_percentiles": None,
    "unsafe_shelters": [],
    "shelters_out": [],
    "replanned": None,
    "split": [],
}
"""What plans tell besides their figures; those of earlier releases tell nothing of it."""


async def assignment_by_id(conn: Connection, assignment: str, admin_area: str) -> Row:
    """The plan's row for an asker of that area; raises NotFound when they don't meet."""
    cursor = await conn.execute(
        "SELECT id, event, job, parameters, assigned_people, unassigned_people, person_metres,"
        " lower_bound, gap, created_at, kept, data_version, findings"
        " FROM assignments WHERE id = %s",
        (assignment,),
    )
    row = await cursor.fetchone()
    if row is None or not _meet(row["parameters"]["admin_area"], admin_area):
        raise NotFound("There is no such assignment, or it isn't yours to see.")
    findings: Row = row.pop("findings")
    return row | _FINDINGS | findings


async def assignments_of(conn: Connection, event: str, admin_area: str) -> list[Row]:
    """The plans of an event that meet an area, the newest first."""
    cursor = await conn.execute(
        "SELECT id, event, job, parameters, assigned_people, unassigned_people, person_metres,"
        " lower_bound, gap, created_at, kept FROM assignments WHERE event = %s"
        " ORDER BY created_at DESC, id",
        (event,),
    )
    rows = await cursor.fetchall()
    return [row for row in rows if _meet(row["parameters"]["admin_area"], admin_area)]


async def shelters_of(conn: Connection, assignment: str) -> list[Row]:
    """Every shelter that could be used: how many places it has, had taken, keeps free and was
    given, and how far its people go."""
    cursor = await conn.execute(
        "SELECT p.shelter, s.name, p.capacity, p.occupancy, p.reserved, p.assigned_people,"
        " p.capacity - p.occupancy - p.assigned_people AS free,"
        " round((p.occupancy + p.assigned_people) / nullif(p.capacity, 0)::numeric, 4)::float"
        " AS utilisation, p.distance_percentiles"
        " FROM assignment_shelters AS p LEFT JOIN shelters AS s ON s.id = p.shelter"
        " WHERE p.assignment = %s ORDER BY p.shelter",
        (assignment,),
    )
    return await cursor.fetchall()


async def shortages_of(conn: Connection, assignment: str, admin_area: str) -> list[Row]:
    """The households of the area without a place by reason, those who share one shortage
    together, the most people first."""
    cursor = await conn.execute(
        "SELECT p.reason, CASE WHEN p.reason_numbers ? 'short' THEN p.reason_numbers END"
        " AS numbers, count(*) AS households, sum(p.persons)::bigint AS persons"
        " FROM assignment_households AS p JOIN households AS h ON h.id = p.household"
        " WHERE p.assignment = %s AND p.shelter IS NULL AND h.area LIKE %s"
        " GROUP BY 1, 2 ORDER BY persons DESC, p.reason",
        (assignment, f"{admin_area}%"),
    )
    return await cursor.fetchall()


async def left_over(conn: Connection, assignment: str, admin_area: str) -> list[Row]:
    """The households of the area without a place, each with its reason and numbers."""
    cursor = await conn.execute(
        "SELECT p.household, p.persons, p.reason, p.reason_numbers FROM assignment_households AS p"
        " JOIN households AS h ON h.id = p.household"
        " WHERE p.assignment = %s AND p.shelter IS NULL AND h.area LIKE %s ORDER BY p.household",
        (assignment, f"{admin_area}%"),
    )
    return await cursor.fetchall()


async def households_of(
    conn: Connection, assignment: str, admin_area: str, after: str, limit: int
) -> Page:
    """At most `limit` households of the area that follow the id `after`, left over or not."""
    cursor = await conn.execute(
        "SELECT p.household, p.shelter, p.persons, p.distance_m, p.reason"
        " FROM assignment_households AS p JOIN households AS h ON h.id = p.household"
        " WHERE p.assignment = %s AND p.household > %s AND h.area LIKE %s"
        " ORDER BY p.household LIMIT %s",
        (assignment, after, f"{admin_area}%", limit + 1),
    )
    rows = await cursor.fetchall()
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1]["household"] if more else None)


def _meet(one: str, other: str) -> bool:
    return contains(one, other) or contains(other, one)
