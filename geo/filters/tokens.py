"""The words of a filter in CQL2 text, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from geo.filters.expression import fault

MOST_CHARACTERS = 16_000

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[^\W\d][\w.:]*|:[\w.:]+)
    | "(?P<quoted>(?:[^"]|"")+)"
    | '(?P<text>(?:[^'\\]|''|\\.)*)'
    | (?P<sign><>|<=|>=|[=<>+\-*/%^(),])
    | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word: its kind (`number name quoted text sign end`), what it says, and where it stands."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def at(self) -> str:
        """Where it starts, counted from 1."""
        return f"character {self.start + 1}"

    def says(self, *words: str) -> bool:
        """Whether it is one of these signs or keywords."""
        return self.kind in ("sign", "name") and self.value.lower() in words


def tokens(text: str) -> Iterator[Token]:
    """The words of the text, an `end` last; raises MalformedRequest where one can't be read."""
    if len(text) > MOST_CHARACTERS:
        raise fault(f"character {MOST_CHARACTERS}", f"{MOST_CHARACTERS} characters are the most")
    position = 0
    while match := _TOKEN.match(text, position):
        kind = str(match.lastgroup)
        yield Token(kind, _said(kind, match[kind]), match.end() - _width(match, kind), match.end())
        if kind == "end":
            return
        position = match.end()
    rest = len(text) - len(text[position:].lstrip())
    raise fault(f"character {rest + 1}", f"'{text[rest : rest + 20]}' is not understood")


def _width(match: re.Match[str], kind: str) -> int:
    return len(match[kind]) + 2 * (kind in ("quoted", "text"))


def _said(kind: str, written: str) -> str:
    if kind == "quoted":
        return written.replace('""', '"')
    if kind == "text":
        return written.replace("''", "'").replace("\\'", "'")
    return written
