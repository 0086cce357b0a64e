"""Papers as workbooks, written row by row: memory stays flat however long a table is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from io import BytesIO
from math import ceil
from typing import IO, Any
from unicodedata import east_asian_width

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from layers.exports import neutral
from layers.paper import Paper, Record, filled, has_places, table_named

_LINE_POINTS = 15.5
_USUAL_WIDTH = 8.4


def write_xlsx(file: IO[bytes], template: bytes, paper: Paper) -> None:
    """Fills the template's sheets with the paper and writes the workbook to `file`."""
    source = load_workbook(BytesIO(template))
    book = Workbook(write_only=True)
    for sheet in source.worksheets:
        _write_sheet(book, sheet, paper)
    book.save(file)


def _write_sheet(book: Any, source: Any, paper: Paper) -> None:
    target = book.create_sheet(source.title)
    _copy_layout(source, target, paper.facts)
    moved: dict[int, int] = {}
    written = 0
    for row in source.iter_rows():
        texts = [cell.value for cell in row]
        table = table_named(texts)
        records: Iterable[Record | None] = paper.tables.get(table, ()) if table else [None]
        if table is None and _empty(texts, paper.facts):
            continue
        cells, number = _styled(target, row), row[0].row
        widths = _widths(source, row)
        height = source.row_dimensions[number].height
        for record in records:
            written += 1
            moved.setdefault(number, written)
            for cell, text in zip(cells, texts, strict=True):
                cell.value = _cell(text, paper.facts, record)
            lines = 1 if height else _lines(cells, widths)
            if height or lines > 1:
                target.row_dimensions[written].height = height or lines * _LINE_POINTS
            target.append(cells)
            target.row_dimensions.pop(written, None)
    _merge(source, target, moved)
    if source.print_title_rows:
        first, last = (int(row) for row in source.print_title_rows.replace("$", "").split(":"))
        target.print_title_rows = f"{moved.get(first, 1)}:{moved.get(last, 1)}"


def _widths(sheet: Any, row: Sequence[Any]) -> list[float]:
    """How many letters each cell takes across; a merged one as many as all that it covers."""
    known = _column_widths(sheet)
    columns = [known.get(cell.column, _USUAL_WIDTH) for cell in row]
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row[0].row <= merged.max_row:
            first, last = merged.min_col - 1, merged.max_col
            columns[first] = sum(columns[first:last])
    return columns


def _lines(cells: Sequence[Any], widths: Sequence[float]) -> int:
    """Lines that the longest text of a row needs; not every program finds its height itself."""
    needed = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell.value, str) and 2 * len(cell.value) > width:
            across = sum(2 if east_asian_width(c) in "WF" else 1 for c in cell.value)
            needed = max(needed, ceil(across / max(width - 1, 1)))
    return needed


def _empty(texts: Sequence[object], facts: Record) -> bool:
    """Whether a row holds places and nothing fills them."""
    stated = [text for text in texts if text is not None]
    places = [text for text in stated if isinstance(text, str) and has_places(text)]
    return bool(places) and len(places) == len(stated) and not any(filled(t, facts) for t in places)


def _cell(text: Any, facts: Record, record: Record | None) -> Any:
    """A formula of the template stays one; what is filled in never becomes one."""
    return neutral(filled(text, facts, record)) if has_places(text) else text


def _styled(sheet: Any, row: Sequence[Any]) -> list[Any]:
    """One cell for each of the template's, written again and again: a style is set up once."""
    cells = []
    for source in row:
        cell = WriteOnlyCell(sheet)
        cell.font, cell.border, cell.fill = (
            copy(source.font),
            copy(source.border),
            copy(source.fill),
        )
        cell.alignment, cell.number_format = copy(source.alignment), source.number_format
        cells.append(cell)
    return cells


def _copy_layout(source: Any, target: Any, facts: Record) -> None:
    for number, width in _column_widths(source).items():
        target.column_dimensions[get_column_letter(number)].width = width
    target.page_setup = copy(source.page_setup)
    target.page_margins = copy(source.page_margins)
    target.sheet_properties = copy(source.sheet_properties)
    for name in ("oddHeader", "oddFooter"):
        for place in ("left", "center", "right"):
            part, copied = (
                getattr(getattr(source, name), place),
                getattr(getattr(target, name), place),
            )
            copied.text = str(filled(part.text, facts) or "") if part.text else None
            copied.size, copied.color = part.size, part.color


def _column_widths(sheet: Any) -> dict[int, float]:
    """Widths by column; office programs write neighbours of one width as one range."""
    return {
        number: column.width
        for column in sheet.column_dimensions.values()
        for number in range(column.min, min(column.max, sheet.max_column) + 1)
    }


def _merge(source: Any, target: Any, moved: dict[int, int]) -> None:
    """The template's merged cells where its rows came to stand; those of left-out rows go too."""
    for merged in source.merged_cells.ranges:
        if merged.min_row in moved and merged.max_row in moved:
            top, bottom = moved[merged.min_row], moved[merged.max_row]
            bounds = {"min_col": merged.min_col, "max_col": merged.max_col}
            target.merged_cells.add(CellRange(min_row=top, max_row=bottom, **bounds).coord)
