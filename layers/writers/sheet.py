"""XLSX: a sheet of the rows, written one by one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from layers.exports import Cell, save_xlsx
from layers.layer import Kind
from layers.writers.shape import FileShape

_NUMBERS: dict[Kind, Callable[[str], Cell]] = {"integer": int, "number": float}


def write(rows: Path, file: Path, shape: FileShape) -> None:
    """Turns a CSV with a header, whose last two columns are a point, into a workbook.

    Raises TooLarge.
    """
    with rows.open(encoding="utf-8", newline="") as text:
        shape.require(sum(1 for _ in csv.reader(text)) - 1)
    with rows.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = next(reader)
        save_xlsx(file, shape.title, header, _typed(reader, shape))


def _typed(rows: Iterator[list[str]], shape: FileShape) -> Iterator[Sequence[Cell]]:
    kinds = [_NUMBERS.get(column.kind, str) for column in shape.columns] + [float, float]
    for row in rows:
        yield [None if text == "" else kind(text) for kind, text in zip(kinds, row, strict=True)]
