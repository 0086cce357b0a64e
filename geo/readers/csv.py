"""Text tables in UTF-8 or GBK: commas, semicolons or tabs between cells, the header first."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from geo.readers.encoding import office_text
from geo.readers.source import (
    MOST_ROWS,
    Refusal,
    SourceTable,
    checked_headers,
    text_columns,
)
from relief.errors import InvalidInput, TooLarge

_SEPARATORS = ",;\t"


def read(content: bytes) -> SourceTable:
    """The table; rows with another number of cells than the header are refused, blank ones skipped.

    Raises InvalidInput for text in another encoding, for broken quotes and for a faulty header.
    """
    text = office_text(content)
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    return _even_table(text, separator) or _table(_records(text, separator))


def _even_table(text: str, separator: str) -> SourceTable | None:
    """The table of a text without quotes, blank lines and uneven rows, read in one go.

    None for any other, and where something is wrong: the careful way then says what.
    """
    header, _, body = text.partition("\n")
    names = header.rstrip("\r").split(separator)
    if '"' in text or "\r" in names[-1]:
        return None
    columns = [str(i) for i in range(len(names))]
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(body.encode()),
            pyarrow.csv.ReadOptions(column_names=columns),
            pyarrow.csv.ParseOptions(
                delimiter=separator, quote_char=False, ignore_empty_lines=False
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    texts = table.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
    filled = np.flatnonzero((texts != "").any(axis=1))
    texts = texts.set_axis(checked_headers(names), axis=1).drop(columns="", errors="ignore")
    return _counted(SourceTable(texts.iloc[filled].reset_index(drop=True), filled + 2))


def _table(records: list[list[str]]) -> SourceTable:
    headers = checked_headers(records[0] if records else [])
    width = len(headers)
    rows = [(n, r) for n, r in enumerate(records[1:], start=2) if any(r)]
    whole = [(n, r) for n, r in rows if len(r) == width]
    refusals = tuple(
        Refusal(n, "", f"The row has {len(r)} cells, the header {width}.")
        for n, r in rows
        if len(r) != width
    )
    if refusals and not whole:
        raise InvalidInput(f"No row has the {width} cells that the header has.")
    texts = text_columns(headers, [r for _, r in whole])
    return _counted(SourceTable(texts, np.array([n for n, _ in whole]), refusals=refusals))


def _counted(table: SourceTable) -> SourceTable:
    if not table.rows_read:
        raise InvalidInput("The file holds no rows below its header.")
    if table.rows_read > MOST_ROWS:
        raise TooLarge(f"The file has {table.rows_read:,} rows; {MOST_ROWS:,} are the most.")
    return table


def _records(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise InvalidInput(
            f"Line {reader.line_num} can't be read as CSV ({error}); is a quotation mark missing?"
        ) from None
