"""What people found of reports from the field: every finding is kept, the last one counts."""

from __future__ import annotations

from uuid import UUID

from geo.database import Connection, Row
from geo.road_reports import require_nothing_closed
from relief.errors import Conflict, Fault, InvalidInput
from relief.urgency import Trust


async def check(
    conn: Connection,
    report: Row,
    state: str,
    duplicate_of: UUID | None,
    reason: str,
    token: int,
) -> None:
    """Records a finding inside the caller's transaction.

    Raises InvalidInput for a duplicate of nothing, and Conflict where the finding contradicts what
    was made of the report since.
    """
    await conn.execute("SELECT 1 FROM field_reports WHERE id = %s FOR UPDATE", (report["id"],))
    if state != "verified":
        await _require_unused(conn, report["id"])
        await require_nothing_closed(conn, report["id"])
    if state == "duplicate" or duplicate_of is not None:
        await _require_original(conn, report, duplicate_of if state == "duplicate" else None)
    await conn.execute(
        "UPDATE field_reports SET state = %s, duplicate_of = %s WHERE id = %s",
        (state, duplicate_of, report["id"]),
    )
    await conn.execute(
        "INSERT INTO field_report_checks (report, state, duplicate_of, reason, token)"
        " VALUES (%s, %s, %s, %s, %s)",
        (report["id"], state, duplicate_of, reason, token),
    )


async def checks_of(conn: Connection, report: str) -> list[Row]:
    """The findings of a report, the first one first, with the token that made them."""
    cursor = await conn.execute(
        "SELECT c.state, c.duplicate_of::text AS of, c.reason, c.at, t.label AS by"
        " FROM field_report_checks AS c LEFT JOIN tokens AS t ON t.id = c.token"
        " WHERE c.report = %s ORDER BY c.id",
        (report,),
    )
    return await cursor.fetchall()


async def trust_of(conn: Connection, reporters: list[int]) -> dict[int, Trust]:
    """What was found of the reports of each of these reporters so far, in every event."""
    cursor = await conn.execute(
        "SELECT coalesce(t.parent, t.id) AS reporter,"
        " count(*) FILTER (WHERE r.state = 'verified') AS verified,"
        " count(*) FILTER (WHERE r.state IN ('verified', 'rejected')) AS checked"
        " FROM field_reports AS r JOIN tokens AS t ON t.id = r.token"
        " WHERE coalesce(t.parent, t.id) = ANY(%s) GROUP BY 1",
        (reporters,),
    )
    rows = await cursor.fetchall()
    return {row["reporter"]: Trust(row["verified"], row["checked"]) for row in rows}


async def _require_unused(conn: Connection, report: str) -> None:
    cursor = await conn.execute(
        "SELECT loss_report, household FROM field_report_uses WHERE report = %s", (report,)
    )
    if row := await cursor.fetchone():
        raise Conflict(
            f"The report was taken over into {row['loss_report'] or row['household']}; "
            "correct that first."
        )


async def _require_original(conn: Connection, report: Row, of: UUID | None) -> None:
    """`of` is another report of this event that is itself no duplicate, and nothing leads here."""
    cursor = await conn.execute(
        "SELECT id::text AS id, duplicate_of::text AS duplicate_of FROM field_reports"
        " WHERE event = %s AND id = %s AND id <> %s FOR SHARE",
        (report["event"], of, report["id"]),
    )
    original = await cursor.fetchone()
    if original is None:
        fault = Fault(
            "/of", "A duplicate, and it alone, names the report of this event that it repeats."
        )
        raise InvalidInput("A duplicate repeats another report.", [fault])
    if original["duplicate_of"]:
        raise Conflict(f"That one repeats {original['duplicate_of']} itself; name the original.")
    cursor = await conn.execute(
        "SELECT id FROM field_reports WHERE duplicate_of = %s LIMIT 1", (report["id"],)
    )
    if row := await cursor.fetchone():
        raise Conflict(f"{row['id']} was found to repeat this one; point it elsewhere first.")
