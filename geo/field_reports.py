"""Reports from the field: stored once by the id that their sender made, read by who may."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from geo.database import Connection, Row, sql
from geo.field_report_places import Place
from relief.errors import KeyReused, NotFound
from relief.impact import Figures


@dataclass(frozen=True)
class NewFieldReport:
    """A report as it came in; `digest` tells it from another with the same id."""

    id: UUID
    event: str
    kind: str
    observed_at: datetime
    place: Place
    digest: bytes
    accuracy_m: float | None = None
    text: str | None = None
    figures: Figures = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    stated: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    via: str = "page"


@dataclass(frozen=True)
class Wanted:
    """Which reports of an event are wanted; None leaves a condition out.

    `area_like` is the LIKE pattern of divisions, `own` the token whose reports alone are seen.
    """

    event: str
    area_like: str | None = None
    own: int | None = None
    states: list[str] | None = None
    kinds: list[str] | None = None
    since: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    id: UUID | None = None
    after: UUID | None = None


async def store_field_report(conn: Connection, report: NewFieldReport, token: int | None) -> bool:
    """Stores the report inside the caller's transaction; False when it is on file already.

    Raises KeyReused when another report has its id.
    """
    cursor = await conn.execute(
        "INSERT INTO field_reports (id, event, kind, area, observed_at, geom, accuracy_m, text,"
        " figures, details, stated, flags, via, body_sha256, token)"
        " VALUES (%s, %s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4490),"
        " %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        (
            report.id,
            report.event,
            report.kind,
            report.place.admin_area,
            report.observed_at,
            report.place.lon,
            report.place.lat,
            report.accuracy_m,
            report.text,
            Jsonb(dict(report.figures)),
            Jsonb(report.details),
            Jsonb(report.stated),
            list(report.flags),
            report.via,
            report.digest,
            token,
        ),
    )
    if cursor.rowcount == 1:
        return True
    await is_on_file(conn, report.event, report.id, report.digest)
    return False


async def is_on_file(conn: Connection, event: str, report: UUID, digest: bytes) -> bool:
    """Whether the report was received before; raises KeyReused where another has its id."""
    cursor = await conn.execute(
        "SELECT event, body_sha256 FROM field_reports WHERE id = %s", (report,)
    )
    row = await cursor.fetchone()
    if row and (row["event"], row["body_sha256"]) != (event, digest):
        raise KeyReused(
            f"Another report with the id {report} is on file. What was sent can't be changed: "
            "send a new report with a new id."
        )
    return row is not None


async def field_reports(conn: Connection, wanted: Wanted, most: int) -> list[Row]:
    """At most so many of the reports wanted, the newest received first."""
    cursor = await conn.execute(sql("field_reports"), {**asdict(wanted), "rows": most})
    return await cursor.fetchall()


async def field_report(conn: Connection, wanted: Wanted) -> Row:
    """The report `wanted.id`; raises NotFound where the caller may see no such report."""
    rows = await field_reports(conn, wanted, 1)
    if not rows:
        raise NotFound(f"There is no report '{wanted.id}' of this event that you may see.")
    return rows[0]


async def flag(conn: Connection, report: UUID, flags: list[str]) -> None:
    """Adds what a checker should ask about."""
    await conn.execute(
        "UPDATE field_reports SET flags = flags || (SELECT array_agg(f) FROM unnest(%s::text[])"
        " AS f WHERE f <> ALL (flags)) WHERE id = %s AND NOT flags @> %s::text[]",
        (flags, report, flags),
    )
