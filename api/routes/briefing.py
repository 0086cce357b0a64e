"""The briefing of an event: a page that opens without a network, a workbook, a document."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import Conn, Now, Viewer
from api.files import file_answer, own_templates
from api.moments import At, visible
from geo.events import event_by_id
from layers.briefing import Briefing, briefing_of
from layers.briefing_content import briefing_paper
from layers.briefing_page import briefing_page
from layers.briefing_words import Language, mark_of
from layers.exports import XLSX_TYPE
from layers.paper import template
from layers.paper_docx import DOCX_TYPE, docx_paper
from layers.paper_xlsx import write_xlsx

router = APIRouter(prefix="/api/events/{event_id}", tags=["papers"])

Format = Literal["html", "xlsx", "docx"]
_TYPES = {"html": "text/html; charset=utf-8", "xlsx": XLSX_TYPE, "docx": DOCX_TYPE}


@router.get("/briefing")
async def get_briefing(
    event_id: str, who: Viewer, conn: Conn, now: Now, at: At, f: Format = "html",
    lang: Language = Query("zh", description="zh (Chinese) or en"),
) -> Response:  # fmt: skip
    """The situation at a moment: figures, level and clause, who is silent, and the map."""
    event = await event_by_id(conn, event_id)
    moment = await visible(conn, who, event, at)
    found = await briefing_of(conn, event, moment, now)
    content = await asyncio.to_thread(_written, found, lang, f)
    name = "-".join(part for part in (mark_of(event, lang), event["name"], "briefing") if part)
    return file_answer(content, _TYPES[f], f"{name}.{f}", inline=f == "html")


def _written(found: Briefing, language: Language, form: Format) -> bytes:
    if form == "html":
        return briefing_page(found, language).encode()
    suffix = "" if language == "zh" else ".en"
    form_sheet = template(f"briefing{suffix}.{form}", own_templates())
    paper = briefing_paper(found, language)
    if form == "docx":
        return docx_paper(form_sheet, paper)
    file = BytesIO()
    write_xlsx(file, form_sheet, paper)
    return file.getvalue()
