"""Where in a TOML text a value stands, so that a fault can be told with its line."""

from __future__ import annotations

import re
from collections import Counter

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def line_of(text: str, pointer: str) -> int | None:
    """The line, from 1, of the value at the JSON pointer, or of the nearest table around it.

    It reads headers and keys at the start of lines, as plans are written; None when none fits.
    """
    lines = _lines(text)
    while pointer:
        if pointer in lines:
            return lines[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def _lines(text: str) -> dict[str, int]:
    """The first line of each table and key by JSON pointer."""
    found: dict[str, int] = {}
    met: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table(header[1], header[2], met)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{table}/{key[1]}", number)
    return found


def _table(bracket: str, name: str, met: Counter[str]) -> str:
    """The pointer of a header; the entries of an array of tables are counted in `met`."""
    path = ""
    *outer, last = (part.strip().strip("\"'") for part in name.split("."))
    for part in outer:
        path += f"/{part}"
        if met[path]:
            path += f"/{met[path] - 1}"
    path += f"/{last}"
    if bracket == "[[":
        met[path] += 1
        path += f"/{met[path] - 1}"
    return path
