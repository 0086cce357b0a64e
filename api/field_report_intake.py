"""From what a sender states to the report that is stored: its place, its clock and what is odd."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from api.field_report_body import FieldReportRequest
from geo.database import Connection, Row
from geo.events import require_admin_area
from geo.field_report_places import Place, in_division, place_of_division, placed
from geo.field_reports import NewFieldReport
from relief.divisions import normal_code
from relief.field_reports import CLOCK_SKEW, Flag, clock_flags
from relief.impact import implausible


async def new_report(
    conn: Connection, event: Row, body: FieldReportRequest, now: datetime, via: str = "page"
) -> NewFieldReport:
    """The report to store, with what is odd about it; raises InvalidInput for what can't be."""
    figures = body.checked()
    place = await _place(conn, event, body)
    flags = [*place.flags, *clock_flags(body.observed_at, now, event["occurred_at"], body.sent_at)]
    if body.text and body.cleaned_text != body.text.strip().replace("\r\n", "\n"):
        flags.append(Flag.TEXT_CLEANED)
    if place.population is not None and implausible(figures, place.population):
        flags.append(Flag.IMPLAUSIBLE)
    return NewFieldReport(
        id=body.id,
        event=event["id"],
        kind=body.kind.value,
        observed_at=body.observed_at,
        place=place,
        digest=body.digest,
        accuracy_m=body.location.accuracy_m if body.location else None,
        text=body.cleaned_text,
        figures=figures,
        details=body.details.model_dump(mode="json", exclude_defaults=True),
        stated=_stated(body, now),
        flags=tuple(flag.value for flag in flags),
        via=via,
    )


async def _place(conn: Connection, event: Row, body: FieldReportRequest) -> Place:
    area = None if body.area is None else normal_code(body.area)
    if area is not None:
        await require_admin_area(conn, area, "/area")
    if body.place is None:
        assert area is not None
        return await place_of_division(conn, area)
    return await in_division(conn, placed(body.place), event["area"], area)


def _stated(body: FieldReportRequest, now: datetime) -> dict[str, Any]:
    """What the sender said that the report's own columns don't: place, division, clock, photos."""
    stated: dict[str, Any] = {}
    if body.place:
        stated["location"] = body.place.as_stated()
    if body.area:
        stated["area"] = body.area
    if body.photos:
        stated["photos"] = [p if isinstance(p, str) else p.id for p in body.photos]
    if body.sent_at and abs(ahead := body.sent_at - now) > CLOCK_SKEW:
        stated["clock_ahead_s"] = round(ahead / timedelta(seconds=1))
    return stated
