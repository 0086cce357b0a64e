"""Whether two entries of a casualty register may be one person: a score with its grounds.

Departments hear of the same person under a nickname, a misheard name or a wrong age (4.1.5). The
score only orders what people look at; it never merges anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from pypinyin import lazy_pinyin

LIKELY = 0.5
"""Pairs from this score on are worth a look."""

_WEIGHTS = {"name": 0.45, "age": 0.2, "place": 0.2, "sex": 0.15}
_MOST_YEARS_APART = 3
_DIFFERENT_ID = 0.2
"""What is left of a score where two stated ID numbers differ: one may be mistyped."""


@dataclass(frozen=True)
class Entry:
    """One entry of a register; what is not known is None. `admin_area` is where it happened."""

    id: str
    admin_area: str
    status: str
    source: str
    name: str | None = None
    sex: str | None = None
    age: int | None = None
    id_number: str | None = None


@dataclass(frozen=True)
class Match:
    """Two entries that may be one person; `score` from 0 to 1, `grounds` what speaks for it."""

    first: str
    second: str
    score: float
    grounds: tuple[str, ...]


def matches(entries: Sequence[Entry], least: float = LIKELY) -> list[Match]:
    """The pairs that score `least` or more, the likeliest first.

    Entries without a name and an ID number match nothing: too little is known of them.
    """
    told = [entry for entry in entries if entry.name or entry.id_number]
    found = [match(one, other) for one, other in combinations(told, 2)]
    likely = [pair for pair in found if pair.score >= least]
    return sorted(likely, key=lambda pair: (-pair.score, pair.first, pair.second))


def match(one: Entry, other: Entry) -> Match:
    """How likely the two are one person, by ID number, name, age, place and sex."""
    first, second = sorted((one.id, other.id))
    if one.id_number and one.id_number == other.id_number:
        return Match(first, second, 1.0, ("id_number",))
    parts = {
        "name": _alike_names(one.name, other.name),
        "age": _alike_ages(one.age, other.age),
        "place": _alike_places(one.admin_area, other.admin_area),
        "sex": _alike_sexes(one.sex, other.sex),
    }
    score = sum(_WEIGHTS[ground] * part for ground, part in parts.items())
    if one.id_number and other.id_number:
        score *= _DIFFERENT_ID
    return Match(first, second, round(score, 3), tuple(g for g, part in parts.items() if part))


def _alike_names(one: str | None, other: str | None) -> float:
    """1 for the same characters, 0.8 for the same sound, 0.5 where one is part of the other."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    if lazy_pinyin(one) == lazy_pinyin(other):
        return 0.8
    return 0.5 if min(len(one), len(other)) > 1 and (one in other or other in one) else 0.0


def _alike_ages(one: int | None, other: int | None) -> float:
    if one is None or other is None:
        return 0.0
    return max(0.0, 1 - abs(one - other) / (_MOST_YEARS_APART + 1))


def _alike_places(one: str, other: str) -> float:
    """1 in one village or township, 0.5 in one county; a coarser code lies in a finer one's."""
    digits = min(len(one), len(other), 9)
    if one[:digits] == other[:digits]:
        return 1.0 if digits == 9 else 0.5
    return 0.5 if one[:6] == other[:6] else 0.0


def _alike_sexes(one: str | None, other: str | None) -> float:
    return 1.0 if one and one == other else 0.0
