"""Text tables: UTF-8, separated by commas, semicolons or tabs, the header in the first row."""

from __future__ import annotations

import csv
import io

import numpy as np

from geo.readers.source import (
    MOST_ROWS,
    Refusal,
    SourceTable,
    checked_headers,
    text_columns,
    utf8_text,
)
from relief.errors import InvalidInput, TooLarge

_SEPARATORS = ",;\t"


def read(content: bytes) -> SourceTable:
    """The table; rows with another number of cells than the header are refused, blank ones skipped.

    Raises InvalidInput for text that is not UTF-8, for broken quotes and for a faulty header.
    """
    text = utf8_text(content)
    records = _records(text, max(_SEPARATORS, key=text.partition("\n")[0].count))
    headers = checked_headers(records[0] if records else [])
    width = len(headers)
    filled = [(n, r) for n, r in enumerate(records[1:], start=2) if any(r)]
    if len(filled) > MOST_ROWS:
        raise TooLarge(f"The file has {len(filled):,} rows; {MOST_ROWS:,} are the most.")
    whole = [(n, r) for n, r in filled if len(r) == width]
    refusals = tuple(
        Refusal(n, "", f"The row has {len(r)} cells, the header {width}.")
        for n, r in filled
        if len(r) != width
    )
    if not whole and refusals:
        raise InvalidInput(f"No row has the {width} cells that the header has.")
    texts = text_columns(headers, [r for _, r in whole])
    return SourceTable(texts, np.array([n for n, _ in whole]), refusals=refusals)


def _records(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise InvalidInput(
            f"Line {reader.line_num} can't be read as CSV ({error}); is a quotation mark missing?"
        ) from None
