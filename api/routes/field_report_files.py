"""Reports from the field by file: a table kept by hand, or what a phone's outbox put on a stick."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.dependencies import Caller, Now, caller
from api.field_report_body import validated
from api.field_report_intake import add_photos, receive
from api.idempotency import json_answer
from api.outbox_file import CarriedReport, carried_reports
from api.strict_json import parsed
from geo.crs import coordinate_system
from geo.database import Connection, Pool
from geo.events import event_open_to_reports
from geo.field_report_files import FileReport, reports_of_file
from geo.field_reports import Wanted, field_report
from geo.readers.source import Refusal
from geo.tokens import Role
from relief.errors import InvalidInput, KeyReused, MalformedRequest, ReliefError, TooLarge

router = APIRouter(prefix="/api/events/{event_id}/field-reports", tags=["field reports"])

MOST_REPORTS = 2_000
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("/file", openapi_extra=_FILE)
async def post_file(
    event_id: str,
    request: Request,
    now: Now,
    crs: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Stores each report of the file that is in order; the others are listed with the reason.

    CSV, XLSX, GeoJSON, or the JSON that a phone's outbox exports, with its photos. One bad row
    keeps no other out, and the same file again changes nothing.
    """
    pool: Pool = request.app.state.pool
    coordinate_system(crs)
    async with pool.connection() as conn:
        who = await caller(request, conn)
        who.require(Role.FIELD)
        who.part_of((await event_open_to_reports(conn, event_id))["area"])
    name, content = await _sent(request)
    rows = await asyncio.to_thread(_reports, name, content, event_id, crs)
    if len(rows) > MOST_REPORTS:
        raise TooLarge(f"The file holds {len(rows):,} reports; {MOST_REPORTS:,} are taken at once.")
    async with pool.connection() as conn:
        answer = await _stored(conn, who, event_id, rows, now)
    refused = {row["row"] for row in answer["refused_rows"]}
    carried = [r for r in rows if isinstance(r, CarriedReport) and r.row not in refused]
    if photos := await _photos_refused(request, who, event_id, carried):
        answer["refused_photos"] = photos
    return json_answer(answer)


async def _photos_refused(
    request: Request, who: Caller, event_id: str, reports: list[CarriedReport]
) -> list[dict[str, Any]]:
    """Takes in the photos of reports that are on file; which were refused and why."""
    pool: Pool = request.app.state.pool
    refused: list[dict[str, Any]] = []
    for report in reports:
        async with pool.connection() as conn:
            row = await field_report(conn, Wanted(event_id, id=UUID(report.body["id"])))
        told = await add_photos(request, who, row, report.photos)
        refused += [{"row": report.row, **photo} for photo in told]
    return refused


async def _stored(
    conn: Connection, who: Caller, event_id: str, rows: list[FileReport], now: datetime
) -> dict[str, Any]:
    """What became of the rows."""
    refused: list[Refusal] = []
    outcomes = {True: 0, False: 0}
    for row in rows:
        if row.refusals:
            refused += row.refusals
            continue
        try:
            body = validated(row.body)
            outcomes[await receive(conn, who, event_id, body, now, via="file")] += 1
        except (RequestValidationError, InvalidInput, KeyReused) as error:
            refused += _reasons(row.row, error)
    refused_rows = [vars(refusal) for refusal in refused]
    return {
        "read": len(rows),
        "added": outcomes[True],
        "known": outcomes[False],
        "refused": len({refusal.row for refusal in refused}),
        "refused_rows": refused_rows,
    }


def _reasons(row: int, error: RequestValidationError | ReliefError) -> Iterator[Refusal]:
    if isinstance(error, RequestValidationError):
        for fault in error.errors():
            yield Refusal(row, ".".join(map(str, fault["loc"][1:])), fault["msg"])
    elif error.faults:
        for named in error.faults:
            yield Refusal(row, named.at.strip("/").replace("/", "."), named.detail)
    else:
        yield Refusal(row, "id", error.detail)


def _reports(name: str, content: bytes, event: str, crs: str | None) -> list[FileReport]:
    """The reports in the file, whichever of its formats it is in."""
    is_json = name.lower().endswith(".json")
    if is_json and (carried := carried_reports(parsed(content), event)) is not None:
        return carried
    return reports_of_file(name, content, event, crs)


async def _sent(request: Request) -> tuple[str, bytes]:
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise MalformedRequest("Send the file as multipart/form-data in the field 'file'.")
        name = re.split(r"[/\\]", file.filename or "")[-1][-120:]
        return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "_", name), await file.read()
