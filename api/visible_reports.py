"""Which reports from the field a caller may see: its own, or as planner those of its area."""

from __future__ import annotations

from uuid import UUID

from api.dependencies import Caller
from geo.database import Connection, Row
from geo.field_reports import Wanted, field_report
from geo.tokens import Role


def visible(event_id: str, report_id: UUID, who: Caller) -> Wanted:
    """The report, if the caller may see it."""
    if who.role < Role.PLANNER:
        return Wanted(event_id, own=who.id, id=report_id)
    return Wanted(event_id, area_like=f"{who.admin_area}%", id=report_id)


async def visible_report(conn: Connection, who: Caller, event_id: str, report_id: UUID) -> Row:
    """The report's row; raises NotFound where the caller may see no such report."""
    return await field_report(conn, visible(event_id, report_id, who))
