"""Tables as files that an office opens: CSV with a byte-order mark, and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | None
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: Cell) -> Cell:
    """The cell; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as CSV in UTF-8 with the byte-order mark that Excel needs for Chinese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_table(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a workbook of one sheet, its header bold and held in view."""
    return xlsx_book([(title, header, rows)])


def xlsx_book(tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """The tables (title, header, rows) as a workbook, a sheet each."""
    file = io.BytesIO()
    _save(file, tables)
    return file.getvalue()


def save_xlsx(
    path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Writes a workbook of one sheet, row by row."""
    with path.open("wb") as file:
        _save(file, [(title, header, rows)])


def _save(
    file: BinaryIO, tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]
) -> None:
    book = Workbook(write_only=True)
    for title, header, rows in tables:
        _add_sheet(book, title, header, rows)
    book.save(file)


def _add_sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    heads = [WriteOnlyCell(sheet, name) for name in header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_printable(neutral(cell)) for cell in row])


def _sheet_title(title: str) -> str:
    """The title as a workbook takes it: 31 characters, none of those that formulas use."""
    return ILLEGAL_CHARACTERS_RE.sub("", title).translate(_NOT_IN_TITLES)[:31].strip("'") or "-"


def _printable(cell: Cell) -> Cell:
    """The cell without the control characters that XML can't hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell
