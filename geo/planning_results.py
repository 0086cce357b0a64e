"""Results of planning on file, as lists and as rows for files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psycopg.sql import SQL, Identifier

from geo.database import Connection, Row, sql
from relief.divisions import contains


@dataclass(frozen=True)
class HouseholdScope:
    """Whose places of an assignment are asked for: households of a division; left over only?"""

    assignment: str
    admin_area: str
    left_over: bool = False


async def sitings_of(conn: Connection, event: str, admin_area: str) -> list[Row]:
    """The event's sitings for divisions inside an area, or around it, the newest first."""
    cursor = await conn.execute(sql("sitings"), {"event": event})
    rows = await cursor.fetchall()
    return [
        row
        for row in rows
        if contains(admin_area, row["area"]) or contains(row["area"], admin_area)
    ]


async def ground_names(conn: Connection, ids: list[str]) -> dict[str, str]:
    """Names of open ground by id; grounds that a planner drew have none."""
    cursor = await conn.execute("SELECT id, name FROM open_ground WHERE id = ANY (%s)", (ids,))
    return {row["id"]: row["name"] for row in await cursor.fetchall()}


async def placed_households(conn: Connection, scope: HouseholdScope, most: int) -> list[Row]:
    """At most `most` households of the scope with their shelter, by id; personal data."""
    cursor = await conn.execute(
        sql("assignment_file"),
        {
            "assignment": scope.assignment,
            "prefix": f"{scope.admin_area}%",
            "left_over": scope.left_over,
            "most": most,
        },
    )
    return await cursor.fetchall()


async def points_of(
    conn: Connection, register: Literal["shelters", "depots"], ids: list[str]
) -> dict[str, bytes]:
    """Points (WKB) of shelters or depots by id; what is no longer on file is left out."""
    statement = SQL("SELECT id, ST_AsBinary(geom) AS wkb FROM {} WHERE id = ANY (%s)")
    cursor = await conn.execute(statement.format(Identifier(register)), (sorted(set(ids)),))
    return {row["id"]: bytes(row["wkb"]) for row in await cursor.fetchall()}
