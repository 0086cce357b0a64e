"""Loss reports: stored with their figures, superseded, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from geo.database import Connection, Row
from relief.errors import Conflict, Fault, InvalidInput, NotFound
from relief.impact import Figures
from relief.vocabulary import Stage


@dataclass(frozen=True)
class NewReport:
    """One report of one area: its figures were true at `as_of`."""

    event: str
    admin_area: str
    stage: Stage
    as_of: datetime
    figures: Figures
    source: str
    supersedes: str | None = None
    note: str | None = None


async def store_report(conn: Connection, report: NewReport, token: int | None) -> str:
    """Stores a report inside the caller's transaction and returns its id.

    Raises NotFound or Conflict when the report that it supersedes is not there, is of another area
    or event, or was superseded already.
    """
    if report.supersedes is not None:
        await _supersede(conn, report)
    report_id = str(uuid4())
    cursor = await conn.execute(
        "INSERT INTO loss_reports (id, event, area, stage, supersedes, as_of, source, note, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING recorded_at",
        (
            report_id,
            report.event,
            report.admin_area,
            report.stage.value,
            report.supersedes,
            report.as_of,
            report.source,
            report.note,
            token,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    await _store_figures(conn, report_id, report, row["recorded_at"])
    return report_id


async def reports_of(conn: Connection, event: str) -> list[Row]:
    """All reports of the event with their `figures` as an object, the newest recorded first."""
    cursor = await conn.execute(_REPORTS + "WHERE r.event = %s GROUP BY r.id" + _ORDER, (event,))
    return await cursor.fetchall()


async def report_by_id(conn: Connection, event: str, report_id: str) -> Row:
    """The report with its `figures`; raises NotFound."""
    cursor = await conn.execute(
        _REPORTS + "WHERE r.event = %s AND r.id = %s GROUP BY r.id" + _ORDER, (event, report_id)
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no report '{report_id[:80]}' of this event.")
    return row


_REPORTS = (
    "SELECT r.id, r.event, r.area, r.stage, r.supersedes, r.as_of, r.recorded_at,"
    " r.superseded_at, r.source, r.note,"
    " jsonb_object_agg(f.indicator, f.value) AS figures"
    " FROM loss_reports AS r JOIN loss_figures AS f ON f.report = r.id "
)
_ORDER = " ORDER BY r.recorded_at DESC, r.id"


async def _store_figures(
    conn: Connection, report_id: str, report: NewReport, recorded_at: datetime
) -> None:
    await conn.execute(
        "INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank,"
        " recorded_at) SELECT %s, %s, %s, f.indicator, f.value, %s, %s, %s"
        " FROM unnest(%s::text[], %s::numeric[]) AS f (indicator, value)",
        (
            report_id,
            report.event,
            report.admin_area,
            report.as_of,
            report.stage.rank,
            recorded_at,
            list(report.figures),
            list(report.figures.values()),
        ),
    )


async def _supersede(conn: Connection, report: NewReport) -> None:
    """Takes the earlier report out of the reckoning; its row stays for ever."""
    cursor = await conn.execute(
        "SELECT event, area, superseded_at FROM loss_reports WHERE id = %s FOR UPDATE",
        (report.supersedes,),
    )
    earlier = await cursor.fetchone()
    if earlier is None or earlier["event"] != report.event:
        raise NotFound(f"There is no report '{report.supersedes}' of this event to supersede.")
    if earlier["area"] != report.admin_area:
        detail = f"That report is of {earlier['area']}, this one is of {report.admin_area}."
        raise InvalidInput("A report supersedes one of its own area.", [Fault("/area", detail)])
    if earlier["superseded_at"] is not None:
        raise Conflict("That report was superseded already; supersede the one that replaced it.")
    for statement in (
        "UPDATE loss_reports SET superseded_at = clock_timestamp() WHERE id = %s",
        "UPDATE loss_figures SET superseded_at = clock_timestamp() WHERE report = %s",
    ):
        await conn.execute(statement, (report.supersedes,))
