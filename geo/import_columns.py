"""A column that files may state: what its texts mean, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from geo.import_words import Words


class Kind(Enum):
    """What the texts of a column mean."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    WORD = auto()  # one code of a list
    WORDS = auto()  # several
    FLAG = auto()
    INSTANT = auto()
    AREA = auto()


@dataclass(frozen=True)
class Column:
    """A column of the store: `headers` are the other names that files use for it.

    Numbers lie in `least`..`most`; `words` maps every accepted word to the code that is stored;
    `default` is what an empty cell stands for, as PostgreSQL writes it.
    """

    name: str
    kind: Kind
    headers: tuple[str, ...] = ()
    required: bool = False
    words: Words = field(default_factory=dict)
    default: str | None = None
    least: float = 0
    most: float = 2**31 - 1
