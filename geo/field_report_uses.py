"""What verified reports from the field were taken over into: once each, linked to the source."""

from __future__ import annotations

from uuid import UUID

import psycopg

from geo.database import Connection, Row
from relief.errors import Conflict, Fault, InvalidInput
from relief.vocabulary import DamageGrade


async def unused(conn: Connection, event: str, within: str) -> list[Row]:
    """Verified reports of a division whose figures no loss report holds yet, the oldest first."""
    cursor = await conn.execute(
        "SELECT r.id::text AS id, r.kind, r.area, r.observed_at, r.figures"
        " FROM field_reports AS r WHERE r.event = %s AND r.state = 'verified'"
        " AND r.area LIKE %s AND r.figures <> '{}' AND NOT EXISTS (SELECT FROM field_report_uses"
        " AS u WHERE u.report = r.id AND u.account = 'loss_report') ORDER BY r.received_at",
        (event, f"{within}%"),
    )
    return await cursor.fetchall()


async def require_usable(conn: Connection, event: str, within: str, reports: list[UUID]) -> None:
    """Holds the reports until the transaction ends; InvalidInput for one that can't count."""
    cursor = await conn.execute(
        "SELECT id, state, coalesce(area, '') AS area FROM field_reports"
        " WHERE event = %s AND id = ANY(%s) ORDER BY id FOR UPDATE",
        (event, reports),
    )
    found = {row["id"]: row for row in await cursor.fetchall()}
    faults = [
        Fault(f"/reports/{n}", detail)
        for n, report in enumerate(reports)
        if (detail := _why_not(found.get(report), within))
    ]
    if faults:
        raise InvalidInput("Only verified reports of the division are taken over.", faults)


async def take_over_into_report(
    conn: Connection, reports: list[UUID], loss_report: str, token: int
) -> None:
    """Links the reports to the loss report that holds their figures; raises Conflict if one was."""
    for report in reports:
        await _use(conn, report, "loss_report", loss_report, token)


async def take_over_into_household(
    conn: Connection, report: Row, household: str, grade: DamageGrade, rooms: int, token: int
) -> None:
    """Records the damage of a household's home as the report found it, and links the two.

    Raises Conflict when the report was taken over before, or the home's damage is on file from
    elsewhere with a worse grade.
    """
    try:
        async with conn.transaction():
            await _use(conn, UUID(report["id"]), "household", household, token)
    except psycopg.errors.ForeignKeyViolation:
        fault = Fault("/household", "There is no such household on file.")
        raise InvalidInput("The household is not known.", [fault]) from None
    worse = [g.value for g in DamageGrade if g.rank < grade.rank]
    cursor = await conn.execute(
        "INSERT INTO house_damage AS d (event, household, grade, rooms, source)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (event, household) DO UPDATE"
        " SET grade = excluded.grade, rooms = excluded.rooms, source = excluded.source,"
        " recorded_at = now() WHERE NOT d.grade = ANY(%s)",
        (report["event"], household, grade.value, rooms, f"field report {report['id']}", worse),
    )
    if cursor.rowcount == 0:
        raise Conflict("A worse damage of that home is on file; correct it there if it is wrong.")


async def uses_of(conn: Connection, report: str) -> list[Row]:
    """What a report was taken over into."""
    cursor = await conn.execute(
        "SELECT account, loss_report, household, at FROM field_report_uses"
        " WHERE report = %s ORDER BY at",
        (report,),
    )
    return await cursor.fetchall()


async def _use(conn: Connection, report: UUID, account: str, into: str, token: int) -> None:
    ledger, household = (into, None) if account == "loss_report" else (None, into)
    cursor = await conn.execute(
        "INSERT INTO field_report_uses (report, account, loss_report, household, token)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (report, account, ledger, household, token),
    )
    if cursor.rowcount == 0:
        raise Conflict(f"The report {report} counts in a {account.replace('_', ' ')} already.")


def _why_not(report: Row | None, within: str) -> str | None:
    if report is None:
        return "There is no such report of this event."
    if report["state"] != "verified":
        return f"It is {report['state']}, not verified."
    if not report["area"].startswith(within):
        return f"It lies in {report['area'] or 'no known division'}, not in {within}."
    return None
