"""The ledgers of an event: read by planners, taken as files by operators, filled by departments."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from api.dependencies import Caller, Conn, Now, Planner
from api.files import disposition, file_answer, own_templates
from api.idempotency import json_answer
from api.moments import At
from geo import audit
from geo.casualties import Moment
from geo.database import Connection, Row
from geo.events import event_by_id
from geo.ledgers import LedgerScope, casualty_rows, household_rows
from geo.tokens import Role
from layers.briefing import briefing_of
from layers.daily import daily_paper, figures_a_day_before
from layers.exports import XLSX_TYPE
from layers.ledgers import LEDGERS, Ledger, Sight, ledger_paper
from layers.paper import Paper, template
from layers.paper_docx import DOCX_TYPE, docx_paper
from layers.paper_xlsx import write_xlsx
from relief.divisions import contains, normal_code
from relief.errors import Fault, InvalidInput, NotFound
from relief.ledger import items_seen_by

router = APIRouter(prefix="/api/events/{event_id}/ledgers", tags=["papers"])

Format = Literal["json", "xlsx", "docx"]
MOST_ROWS = {"json": 5000, "docx": 2000}
"""Persons in one answer; a workbook takes any number."""

_CHUNK = 1 << 18


@dataclass(frozen=True)
class Asked:
    """How a ledger is wanted: as what, with ID numbers whole or masked, and for which division."""

    form: Format
    unmask: bool
    reason: str | None
    area: str | None

    def require_right(self, who: Caller) -> None:
        """Raises Forbidden or InvalidInput unless the caller may have it so."""
        if self.form != "json" or self.unmask:
            who.require(Role.OPERATOR)
        if self.unmask and not self.reason:
            fault = Fault("/reason", "State why the whole ID numbers are needed; it is kept.")
            raise InvalidInput("ID numbers are unmasked for a reason only.", [fault])


def _asked(
    f: Format = "json",
    unmask: bool = Query(False, description="whole ID numbers; operators, with a reason"),
    reason: str | None = Query(None, max_length=500),
    area: str | None = Query(None, max_length=12, description="only this division"),
) -> Asked:
    return Asked(f, unmask, (reason or "").strip() or None, area)


@router.get("/daily")
async def get_daily(
    event_id: str, who: Planner, conn: Conn, now: Now, at: At, f: Format = "json"
) -> Response:
    """The daily report: figures, what changed in 24 hours, and which counties reported."""
    if f != "json":
        who.require(Role.OPERATOR)
    event = await event_by_id(conn, event_id)
    found = await briefing_of(conn, event, at, now)
    paper = daily_paper(found, await figures_a_day_before(conn, found))
    if f == "json":
        return json_answer({**paper.facts, **{k: list(v) for k, v in paper.tables.items()}})
    async with conn.transaction():
        await audit.record(conn, who.id, "ledger.read", event_id, {"ledger": "daily", "form": f})
    return await _as_file(paper, "daily", f)


@router.get("/{name}")
async def get_ledger(
    event_id: str,
    name: str,
    who: Planner,
    conn: Conn,
    now: Now,
    at: At,
    asked: Annotated[Asked, Depends(_asked)],
) -> Response:
    """A ledger of persons inside the caller's area; every look at it is recorded."""
    asked.require_right(who)
    event = await event_by_id(conn, event_id)
    ledger = _ledger(name, event)
    scope = LedgerScope(event_id, _within(who, event, asked.area), at, ledger.groups)
    sight = Sight(items_seen_by(who.token.grant.department), asked.unmask)
    async with conn.transaction(), aclosing(_batches(conn, ledger, scope)) as batches:
        rows = _Counted(_in_thread(batches), MOST_ROWS.get(asked.form))
        paper = ledger_paper(ledger, event, _known_at(at, now), rows, sight)
        answer = await _answer(paper, name, asked.form)
        detail = {"ledger": name, "form": asked.form, "area": scope.within, "persons": rows.count}
        action = "ledger.unmask" if asked.unmask else "ledger.read"
        reason = {"reason": asked.reason} if asked.unmask else {}
        await audit.record(conn, who.id, action, event_id, detail | reason)
    return answer


def _ledger(name: str, event: Row) -> Ledger:
    if name not in LEDGERS:
        raise NotFound(f"There is no ledger '{name[:40]}'; there are {', '.join(LEDGERS)}, daily.")
    ledger = LEDGERS[name]
    if ledger.hazard not in (None, event["hazard"]):
        raise NotFound(f"“{event['name']}” is no {ledger.hazard}; it has no such ledger.")
    return ledger


def _within(who: Caller, event: Row, area: str | None) -> str:
    """The division whose persons are asked for: inside the event's and inside the caller's."""
    own = who.admin_area if contains(event["area"], who.admin_area) else str(event["area"])
    within = own if area is None else normal_code(area)
    who.require_area(within)
    if not contains(event["area"], within):
        fault = Fault("/area", f"It lies outside the event's area {event['area']}.")
        raise InvalidInput("The event did not reach there.", [fault])
    return within


def _known_at(at: Moment, now: datetime) -> datetime:
    return min(at.known_at or now, now)


def _batches(
    conn: Connection, ledger: Ledger, scope: LedgerScope
) -> AsyncGenerator[list[Row], None]:
    read = household_rows if ledger.by_household else casualty_rows
    return read(conn, scope)


def _in_thread(batches: AsyncGenerator[list[Row], None]) -> Iterator[Row]:
    """The rows for a thread that writes them: this loop fetches while that thread waits."""
    loop = asyncio.get_running_loop()

    async def more() -> list[Row]:
        return await anext(batches, [])

    def rows() -> Iterator[Row]:
        while batch := asyncio.run_coroutine_threadsafe(more(), loop).result():
            yield from batch

    return rows()


class _Counted:
    """Rows that know how many they were; raises InvalidInput beyond `most` (None: no limit)."""

    def __init__(self, rows: Iterator[Row], most: int | None) -> None:
        self.count = 0
        self._rows = rows
        self._most = most

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            if self._most is not None and self.count > self._most:
                raise InvalidInput(
                    f"More than {self._most} persons; ask for f=xlsx, or for one division (area=)."
                )
            yield row


async def _answer(paper: Paper, name: str, form: Format) -> Response:
    if form != "json":
        return await _as_file(paper, name, form)
    rows = await asyncio.to_thread(lambda: [dict(row) for row in paper.tables["rows"]])
    return json_answer({**paper.facts, "rows": rows})


async def _as_file(paper: Paper, name: str, form: Literal["xlsx", "docx"]) -> Response:
    sheet = template(f"{name}.{form}", own_templates())
    marks = (str(paper.facts["mark"]), str(paper.facts["title"]))
    file_name = "-".join(mark for mark in marks if mark) + f".{form}"
    if form == "docx":
        content = await asyncio.to_thread(docx_paper, sheet, paper)
        return file_answer(content, DOCX_TYPE, file_name)
    return await _workbook(lambda file: write_xlsx(file, sheet, paper), file_name)


async def _workbook(write: Callable[[Any], None], name: str) -> Response:
    """A workbook by way of the disk, so that a long one fills no memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it was sent
    try:
        await asyncio.to_thread(write, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK):
                yield chunk

    headers = {"content-disposition": disposition(name), "cache-control": "private, no-store"}
    return StreamingResponse(chunks(), media_type=XLSX_TYPE, headers=headers)
