"""Who is looked after first: key groups dealt out by age at rates that are assumed, not counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.demo.plane import Flags, IntArray


@dataclass(frozen=True)
class Rule:
    """Of the persons of these ages (and, where set, rural or living alone) this share."""

    code: str
    share: float
    youngest: int = 0
    oldest: int = 200
    rural: bool = False
    alone: bool = False


RULES = (
    Rule("elderly", 1.0, youngest=65),
    Rule("subsistence_allowance", 0.030),
    Rule("destitute", 0.010, youngest=60, alone=True),
    Rule("homeless", 0.0001, youngest=18),
    Rule("left_behind_child", 0.060, oldest=15, rural=True),
    Rule("left_behind_elder", 0.250, youngest=65, rural=True, alone=True),
    Rule("orphan", 0.0007, oldest=17),
    Rule("disabled", 0.020, oldest=59),
    Rule("disabled", 0.150, youngest=60),
    Rule("rebuilding", 0.0005),
    Rule("preferential_care", 0.006, youngest=18),
    Rule("veteran_old_disabled", 0.004, youngest=75),
    Rule("military_family", 0.004, youngest=18),
)
"""Assumptions of the generator: orders of magnitude for a northern prefecture, without a source.
Only `elderly` is a definition (65 and over, as the census groups ages)."""


def key_groups(
    rng: np.random.Generator, age: IntArray, *, rural: Flags, alone: Flags
) -> list[list[str]]:
    """The codes of each person's key groups, in the order of RULES."""
    groups: list[list[str]] = [[] for _ in range(len(age))]
    for rule in RULES:
        belongs = (age >= rule.youngest) & (age <= rule.oldest)
        belongs &= rural | (not rule.rural)
        belongs &= alone | (not rule.alone)
        belongs &= rng.random(len(age)) < rule.share
        for i in np.flatnonzero(belongs).tolist():
            groups[i].append(rule.code)
    return groups


def households_of(groups: list[list[str]], home: IntArray, households: int) -> list[list[str]]:
    """The key groups of each household: those of all its persons, each once."""
    union: list[list[str]] = [[] for _ in range(households)]
    for codes, h in zip(groups, home.tolist(), strict=True):
        union[h] += [code for code in codes if code not in union[h]]
    return union
