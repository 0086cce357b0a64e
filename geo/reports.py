"""Loss reports: stored with their figures, superseded, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from geo.casualties import Moment
from geo.database import Connection, Row, sql
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
    own: bool = True
    settles: tuple[str, ...] = ()
    no_change: bool = False


async def store_report(conn: Connection, report: NewReport, token: int | None) -> str:
    """Stores a report inside the caller's transaction and returns its id.

    Raises NotFound, InvalidInput or Conflict when a report that it supersedes or settles is not
    there, is of another area or event, or was superseded already.
    """
    await _require_standing(conn, report)
    await _require_settled(conn, report)
    report_id = str(uuid4())
    cursor = await conn.execute(
        "INSERT INTO loss_reports (id, event, area, stage, supersedes, as_of, source, note, token,"
        " own, settles, no_change) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " RETURNING recorded_at",
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
            report.own,
            list(report.settles),
            report.no_change,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    await _store_figures(conn, report_id, report, row["recorded_at"])
    await _supersede(conn, report, row["recorded_at"])
    return report_id


async def reports_of(
    conn: Connection, event: str, moment: Moment, most: int, after: str = ""
) -> list[Row]:
    """At most so many reports of the event after that one, the newest recorded first.

    Those true by and recorded by the moment, with their `figures` as an object; `superseded_at`
    only where that was known then.
    """
    parameters = {"event": event, "after": after, "most": most, **vars(moment)}
    cursor = await conn.execute(_REPORTS + _AT + _AFTER + _ORDER, parameters)
    rows = await cursor.fetchall()
    return [row | {"superseded_at": _by(row["superseded_at"], moment.known_at)} for row in rows]


async def report_by_id(conn: Connection, event: str, report_id: str) -> Row:
    """The report with its `figures`; raises NotFound."""
    cursor = await conn.execute(_REPORTS + "WHERE r.event = %s AND r.id = %s", (event, report_id))
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no report '{report_id[:80]}' of this event.")
    return row


_REPORTS = (
    "SELECT r.id, r.event, r.area, r.stage, r.supersedes, r.as_of, r.recorded_at,"
    " r.superseded_at, r.source, r.note, r.own, r.settles, r.no_change,"
    " f.figures FROM loss_reports AS r CROSS JOIN LATERAL ("
    "SELECT coalesce(jsonb_object_agg(indicator, value), '{}') AS figures FROM loss_figures"
    " WHERE report = r.id AND value IS NOT NULL) AS f "
)
_AT = (
    "WHERE r.event = %(event)s AND r.as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')"
    " AND r.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity') "
)
_AFTER = (
    "AND (%(after)s = '' OR (r.recorded_at, r.id) <"
    " (SELECT l.recorded_at, l.id FROM loss_reports AS l WHERE l.id = %(after)s)) "
)
_ORDER = "ORDER BY r.recorded_at DESC, r.id DESC LIMIT %(most)s"


def _by(at: datetime | None, known_at: datetime | None) -> datetime | None:
    return None if at and known_at and at > known_at else at


async def _store_figures(
    conn: Connection, report_id: str, report: NewReport, recorded_at: datetime
) -> None:
    await conn.execute(
        "INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank,"
        " recorded_at, own) SELECT %s, %s, %s, f.indicator, f.value, %s, %s, %s, %s"
        " FROM unnest(%s::text[], %s::numeric[]) AS f (indicator, value)",
        (
            report_id,
            report.event,
            report.admin_area,
            report.as_of,
            report.stage.rank,
            recorded_at,
            report.own,
            list(report.figures),
            list(report.figures.values()),
        ),
    )


async def unverified_children(conn: Connection, event: str, admin_area: str) -> list[Row]:
    """The counties of a city (`code`, `name`) whose last report is not verified yet, by code.

    A county that never reported is among them: silence verifies nothing.
    """
    cursor = await conn.execute(sql("unverified_children"), {"event": event, "area": admin_area})
    return await cursor.fetchall()


async def later_stage(conn: Connection, report: NewReport) -> Stage | None:
    """The highest stage on file for the area at or before the report's hour, if above its own."""
    cursor = await conn.execute(
        "SELECT stage FROM loss_reports WHERE event = %s AND area = %s AND as_of <= %s"
        " AND superseded_at IS NULL",
        (report.event, report.admin_area, report.as_of),
    )
    named = {stage.value: stage for stage in Stage}
    stages = [named[row["stage"]] for row in await cursor.fetchall()]
    highest = max(stages, key=lambda stage: stage.rank, default=report.stage)
    return highest if highest.rank > report.stage.rank else None


async def _require_settled(conn: Connection, report: NewReport) -> None:
    """The reports that a consultation decided between are of its event and area."""
    if not report.settles:
        return
    cursor = await conn.execute(
        "SELECT id FROM loss_reports WHERE id = ANY(%s) AND event = %s AND area = %s",
        (list(report.settles), report.event, report.admin_area),
    )
    known = {row["id"] for row in await cursor.fetchall()}
    faults = [
        Fault(f"/settles/{n}", f"There is no report '{settled}' of this area and event.")
        for n, settled in enumerate(report.settles)
        if settled not in known
    ]
    if faults:
        raise InvalidInput("A consultation settles reports that are on file.", faults)


async def _require_standing(conn: Connection, report: NewReport) -> None:
    """What the report supersedes is of its event and area, and nothing has superseded it yet."""
    if report.supersedes is None:
        return
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


async def _supersede(conn: Connection, report: NewReport, at: datetime) -> None:
    """Takes the earlier report out of the reckoning as the new one comes in; its row stays."""
    for statement in (
        "UPDATE loss_reports SET superseded_at = %s WHERE id = %s",
        "UPDATE loss_figures SET superseded_at = %s WHERE report = %s",
    ):
        await conn.execute(statement, (at, report.supersedes))
