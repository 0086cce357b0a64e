"""A file as rows of text, whatever its format: what every reader returns and refuses."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relief.errors import InvalidInput

Geometries = NDArray[np.object_]

MOST_UNPACKED_BYTES = 1200 * 2**20
MOST_ROWS = 2_000_000
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken: its number as a person counts it, the column, and why."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class SourceTable:
    """`texts` holds a column of text for each header, "" where a cell is empty.

    Beside it run `row_numbers`, as a spreadsheet counts (the header is row 1) or, for GeoJSON, the
    number of the feature from 1, and `geometries` where the format has any. `crs` is the system
    that the file itself declares; `refusals` are the rows that could not be read. `cut_in` is the
    encoding where the format cuts headers after ten bytes of it.
    """

    texts: pd.DataFrame
    row_numbers: NDArray[np.int64]
    geometries: Geometries | None = None
    crs: str | None = None
    refusals: tuple[Refusal, ...] = field(default=())
    cut_in: str | None = None

    @property
    def rows_read(self) -> int:
        """How many rows the file holds, those that could not be read included."""
        return len(self.texts) + len(self.refusals)


def utf8_text(content: bytes) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; raises InvalidInput."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"The text is not UTF-8 (line {line}). Save it again as UTF-8: in Excel choose "
            "'CSV UTF-8', in WPS and Notepad the encoding UTF-8."
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InvalidInput(f"Line {line} holds a NUL character: this is no text file.")
    return text


def workbook_archive(content: bytes) -> zipfile.ZipFile:
    """The archive that an .xlsx file is; raises InvalidInput for a damaged or a hostile one."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        if sum(sizes.values()) > MOST_UNPACKED_BYTES or len(sizes) > 1000:
            raise InvalidInput("The workbook unpacks to more than 1.2 GB or 1000 parts: split it.")
        heads = [archive.open(name).read(1024) for name in sizes]
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError):
        raise InvalidInput("The workbook is truncated or damaged: send the whole file.") from None
    if "xl/workbook.xml" not in sizes:
        raise InvalidInput("The file is an archive but no .xlsx workbook.")
    if any(b"<!DOCTYPE" in head for head in heads):
        raise InvalidInput("The workbook defines document types, which no office program writes.")
    return archive


def text_columns(headers: list[str], rows: list[Any]) -> pd.DataFrame:
    """The table of `rows`, each with as many texts as there are headers."""
    if not rows:
        raise InvalidInput("The file holds no rows below its header.")
    cells = zip(*rows, strict=True)
    return pd.DataFrame(
        {h: pd.array(c, dtype="str") for h, c in zip(headers, cells, strict=True) if h}
    )


def checked_headers(headers: list[str]) -> list[str]:
    """The headers, trimmed; raises InvalidInput when one comes twice or there are none."""
    trimmed = [header.strip() for header in headers]
    named = [header for header in trimmed if header]
    twice = {header for header in named if named.count(header) > 1}
    if twice:
        raise InvalidInput(f"The header names {'、'.join(sorted(twice))} more than once.")
    if not named or len(trimmed) > MOST_COLUMNS:
        raise InvalidInput(f"The header must name 1 to {MOST_COLUMNS} columns.")
    return trimmed
