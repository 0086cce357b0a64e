"""Papers: facts and tables on one side, templates that an office edits on the other.

A template is an ordinary workbook or document. `{{title}}` stands for a fact; a row with
`{{counties.name}}` in it is repeated for each row of the table `counties`. Headings, widths, fonts
and the order of columns are the template's. A row or paragraph of empty facts alone is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from layers.exports import Cell
from relief.errors import SetupRefused

Record = Mapping[str, Cell]

_PLACE = re.compile(r"\{\{\s*(?:([a-z0-9_]+)\.)?([a-z0-9_]+)\s*\}\}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Paper:
    """What fills a template; each table is gone through once, so it may come from a stream."""

    facts: Record
    tables: Mapping[str, Iterable[Record]]


def template(name: str, own: Path | None = None) -> bytes:
    """The template of that file name: the office's in the folder `own` where it has one."""
    if own is not None and (own / name).is_file():
        return (own / name).read_bytes()
    return files("layers").joinpath("templates", name).read_bytes()


def has_places(text: object) -> bool:
    """Whether a cell or paragraph has anything to fill in."""
    return isinstance(text, str) and _PLACE.search(text) is not None


def table_named(texts: Iterable[object]) -> str | None:
    """The table that a row of a template is repeated for; None for a row that stands once."""
    found = (place[1] for text in texts if isinstance(text, str) for place in _PLACE.finditer(text))
    return next((table for table in found if table), None)


def filled(text: str, facts: Record, record: Record | None = None) -> Cell:
    """The text with its places filled in; a place that stands alone keeps its value's type.

    Raises SetupRefused for a place that nothing is known for.
    """
    alone = _PLACE.fullmatch(text)
    if alone:
        value = _value(alone, facts, record)
        return _CONTROLS.sub("", value) if isinstance(value, str) else value
    return _CONTROLS.sub("", _PLACE.sub(lambda place: _text(_value(place, facts, record)), text))


def _text(value: Cell) -> str:
    return "" if value is None else str(value)


def _value(place: re.Match[str], facts: Record, record: Record | None) -> Cell:
    known = facts if place[1] is None else (record or {})
    if place[2] not in known:
        names = ", ".join(sorted(known))
        raise SetupRefused(f"A template asks for {place[0]}, which is unknown; known are {names}.")
    return known[place[2]]
