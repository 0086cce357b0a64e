"""Bands of figures: each level takes them from its own bound up to where the next one starts."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from relief.errors import Fault
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relief.edition import Condition

    _Placed = tuple[str, Condition]


def band_faults(conditions: Iterable[_Placed]) -> list[Fault]:
    """The faults of (pointer, condition) pairs: gaps, overlaps and levels out of order."""
    series: dict[str, list[_Placed]] = defaultdict(list)
    for at, condition in conditions:
        series[condition.series].append((at, condition))
    return [fault for bands in series.values() for fault in _faults_of(bands)]


def _faults_of(bands: Sequence[_Placed]) -> list[Fault]:
    ordered = sorted(bands, key=lambda placed: placed[1].level.rank)
    at, top = ordered[0]
    faults = []
    if top.below is not None:
        detail = f"A gap: no level takes {top.below} and more; leave `below` out."
        faults.append(Fault(f"{at}/below", detail))
    for higher, lower in pairwise(ordered):
        faults += _faults_between(higher[1], lower[1], lower[0])
    return faults


def _faults_between(higher: Condition, lower: Condition, at: str) -> list[Fault]:
    if higher.level is lower.level:
        return [Fault(at, f"Level {lower.level} states {lower.series} twice; keep one.")]
    if lower.level.rank - higher.level.rank > 1:
        skipped = list(Level)[higher.level.rank + 1]
        return [Fault(at, f"A gap: level {skipped} says nothing of {lower.series}.")]
    if lower.at_least >= higher.at_least:
        return [Fault(f"{at}/at_least", f"A lower figure would outrank it at {higher.level}.")]
    if lower.below is not None and lower.below != higher.at_least:
        word = "A gap" if lower.below < higher.at_least else "An overlap"
        detail = f"{word}: level {higher.level} starts at {higher.at_least}, not {lower.below}."
        return [Fault(f"{at}/below", detail)]
    return []
