"""From what a sender states to the report that is stored, with its place and what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request

from api.dependencies import Caller
from api.field_report_body import FieldReportRequest, SentPhoto
from api.photo_intake import photo_folder, take_in, told_camera
from geo import audit
from geo.database import Connection, Row
from geo.events import event_open_to_reports, require_admin_area
from geo.field_report_places import Place, in_division, place_of_division, placed
from geo.field_reports import NewFieldReport, is_on_file, store_field_report
from geo.photos import SentFile
from geo.pictures import InvalidPhoto
from relief.divisions import normal_code
from relief.errors import Conflict, UnknownMediaType
from relief.field_reports import CLOCK_SKEW, Flag, clock_flags
from relief.impact import implausible


async def receive(
    conn: Connection,
    who: Caller,
    event_id: str,
    body: FieldReportRequest,
    now: datetime,
    via: str = "page",
) -> bool:
    """Stores the report with its audit in one transaction; False when it was received before.

    Raises KeyReused, EventClosed, Forbidden or InvalidInput; then nothing is stored.
    """
    async with conn.transaction():
        if await is_on_file(conn, event_id, body.id, body.digest):
            return False
        event = await event_open_to_reports(conn, event_id)
        who.part_of(event["area"])
        report = await new_report(conn, event, body, now, via)
        if not await store_field_report(conn, report, who.id):
            return False
        detail = {"event": event_id, "kind": report.kind, "via": via}
        await audit.record(conn, who.id, "field_report.post", str(report.id), detail)
    return True


async def add_photos(
    request: Request, who: Caller, report: Row, photos: Sequence[SentPhoto]
) -> list[dict[str, str]]:
    """Takes the photos in; which were refused and why. The report stands without them."""
    folder, refused = photo_folder(request), []
    for photo in photos:
        told = photo.told
        sent = SentFile.of(photo.content, photo.name, told.get("id"), told_camera(told))
        folder.require_room(2 * sent.size)
        try:
            await take_in(request.app.state.pool, folder, report, photo.content, sent, who.id)
        except (UnknownMediaType, InvalidPhoto, Conflict) as error:
            refused.append({"name": photo.name, "code": error.code, "detail": error.detail})
    return refused


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
    if body.place is None:
        assert area is not None
        await require_admin_area(conn, area, "/area")
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
