"""Papers as documents that an office signs."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from layers.paper import Paper, Record, filled, has_places, table_named

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PARAGRAPH, _ROW, _TEXT = qn("w:p"), qn("w:tr"), qn("w:t")


def docx_paper(template: bytes, paper: Paper) -> bytes:
    """The template filled in, headers and footers of every section included."""
    document = Document(BytesIO(template))
    for section in document.sections:
        for part in (section.header, section.footer):
            _fill(part._element, paper)
    _fill(document.element.body, paper)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _fill(element: Any, paper: Paper) -> None:
    """Finds every place before any is filled: what is filled in is never read as a place."""
    rows = {row: _table(row) for row in element.iter(_ROW)}
    repeated = {row: table for row, table in rows.items() if table}
    inside = {paragraph for row in repeated for paragraph in row.iter(_PARAGRAPH)}
    for paragraph in [each for each in element.iter(_PARAGRAPH) if each not in inside]:
        _fill_paragraph(paragraph, paper.facts, None)
    for row, table in repeated.items():
        _repeat(row, paper.tables.get(table, ()), paper.facts)


def _table(row: Any) -> str | None:
    return table_named(_text(paragraph) for paragraph in row.iter(_PARAGRAPH))


def _repeat(row: Any, records: Iterable[Record], facts: Record) -> None:
    """Puts one copy of the row for each record in its place."""
    for record in records:
        copied = deepcopy(row)
        for paragraph in copied.iter(_PARAGRAPH):
            _fill_paragraph(paragraph, facts, record)
        row.addprevious(copied)
    row.getparent().remove(row)


def _fill_paragraph(paragraph: Any, facts: Record, record: Record | None) -> None:
    """A place may be spread over several runs; the first keeps its looks for all of it."""
    text = _text(paragraph)
    if not has_places(text):
        return
    value = filled(text, facts, record)
    _put(paragraph.iter(_TEXT), "" if value is None else str(value))
    in_body = paragraph.getparent().tag == qn("w:body")
    if in_body and value in (None, ""):
        paragraph.getparent().remove(paragraph)


def _put(texts: Iterable[Any], value: str) -> None:
    first, *rest = texts
    first.text = value
    first.set(qn("xml:space"), "preserve")
    for each in rest:
        each.text = ""


def _text(paragraph: Any) -> str:
    return "".join(each.text or "" for each in paragraph.iter(_TEXT))
