"""Workbooks (.xlsx): the first sheet, its header in the first row that is not blank."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
from defusedxml.common import DefusedXmlException

from geo.readers.source import (
    MOST_COLUMNS,
    MOST_ROWS,
    Refusal,
    SourceTable,
    checked_headers,
    text_columns,
    workbook_archive,
)
from relief.errors import InvalidInput, TooLarge

_MOST_DIGITS = 1e15  # beyond it a spreadsheet keeps no more exact whole numbers
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError),
)

Cells = tuple[Any, ...]


def read(content: bytes) -> SourceTable:
    """The first sheet as text: formulas by their last result, whole numbers without `.0`.

    Raises InvalidInput for a workbook that is truncated, damaged, inflating or empty.
    """
    workbook_archive(content)
    try:
        rows = list(_filled_rows(content))
    except _BROKEN:
        raise InvalidInput("The workbook is truncated or damaged: send the whole file.") from None
    if not rows:
        raise InvalidInput("The first sheet of the workbook is empty.")
    (_, first), *rest = rows
    headers = checked_headers([_text(cell) for cell in _trimmed(first)])
    whole, refusals = [], []
    for number, cells in rest:
        if (fault := _row_fault(number, cells, headers)) is not None:
            refusals.append(fault)
        else:
            padded = cells + (None,) * (len(headers) - len(cells))
            whole.append((number, [_text(cell) for cell in padded[: len(headers)]]))
    texts = text_columns(headers, [r for _, r in whole])
    return SourceTable(texts, np.array([n for n, _ in whole]), refusals=tuple(refusals))


def _filled_rows(content: bytes) -> Iterator[tuple[int, Cells]]:
    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    if not book.worksheets:
        return
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what a sheet says about its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MOST_ROWS or len(cells) > 100 * MOST_COLUMNS:
            raise TooLarge(f"The sheet has more than {MOST_ROWS:,} rows or too many columns.")
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


def _trimmed(cells: Cells) -> Cells:
    """The cells without the empty ones at their end."""
    last = max(i for i, cell in enumerate(cells) if cell is not None)
    return cells[: last + 1]


def _row_fault(number: int, cells: Cells, headers: list[str]) -> Refusal | None:
    if any(cell is not None for cell in cells[len(headers) :]):
        return Refusal(number, "", "The row has cells beyond the last header.")
    for header, cell in zip(headers, cells, strict=False):
        if isinstance(cell, int | float) and abs(cell) >= _MOST_DIGITS:
            reason = "The number has over 15 digits, of which a spreadsheet loses the last: "
            return Refusal(number, header, f"{reason}format the column as text and type it again.")
    return None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, datetime | date | time) else str(cell)
