"""The best two shelters of every household at given prices, exact over all shelters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from relief.cells import Cells, Level, inherited, least_of, near_arcs, straight_m
from relief.reach import FloatArray, IntArray, Shelters
from relief.transport import Arcs

_SLICE = 500_000
"""Pairs of household and shelter looked at together; small enough for the processor's cache."""


@dataclass(frozen=True)
class TwoBest:
    """Per finest cell the shelter of least distance plus price (-1: none), that sum (inf: none),
    and the same of the second best, which is complete where it is within slack of the best."""

    best: IntArray
    priced_m: FloatArray
    second: IntArray
    second_priced_m: FloatArray


def two_best(
    cells: Cells,
    shelters: Shelters,
    price_m: FloatArray,
    slack_m: float,
    limit_m: float = np.inf,
) -> TwoBest:
    """The best two shelters of every household, over all shelters, in slices of cells."""
    depth = len(cells.levels) - 2
    coarse, fine = cells.levels[depth:]
    arcs = near_arcs(cells, depth, shelters, price_m, slack_m, limit_m)
    begin = np.searchsorted(arcs.group, np.arange(len(coarse.x_m) + 1))
    work = np.cumsum(np.diff(begin) * np.diff(coarse.child))
    size = len(fine.x_m)
    found = TwoBest(
        np.full(size, -1), np.full(size, np.inf), np.full(size, -1), np.full(size, np.inf)
    )
    ends = np.unique(
        np.append(np.searchsorted(work, np.arange(_SLICE, work[-1], _SLICE)), len(work))
    )
    for first, last in zip(np.append(0, ends[:-1]), ends, strict=True):
        some = _cut(coarse, fine, int(first), int(last))
        part = slice(begin[first], begin[last])
        ways = Arcs(arcs.group[part] - first, arcs.shelter[part], arcs.distance_m[part])
        _fill_two_best(found, int(coarse.child[first]), some, ways, shelters, price_m, limit_m)
    return found


def least_priced(
    cells: Cells, shelters: Shelters, price_m: FloatArray, limit_m: float
) -> FloatArray:
    """The least distance plus price over all shelters with places, large enough or not, for
    every household of the cells in their order; inf where none is near."""
    finest = cells.levels[-1]
    nobody = replace(finest, persons=np.zeros_like(finest.persons))
    splitting = Cells(cells.household, (*cells.levels[:-1], nobody))
    return two_best(splitting, shelters, price_m, 0.0, limit_m).priced_m


def _cut(coarse: Level, fine: Level, first: int, last: int) -> tuple[Level, Level]:
    """The cells first..last of a level with their children, both counted from 0."""
    children = slice(coarse.child[first], coarse.child[last])
    child = coarse.child[first : last + 1] - coarse.child[first]
    upper = Level(coarse.x_m[first:last], *(np.zeros(0),) * 2, np.zeros(0, np.int64), child)
    lower = Level(
        fine.x_m[children],
        fine.y_m[children],
        fine.radius_m[children],
        fine.persons[children],
        child,
    )
    return upper, lower


def _fill_two_best(
    found: TwoBest,
    offset: int,
    some: tuple[Level, Level],
    ways: Arcs,
    shelters: Shelters,
    price_m: FloatArray,
    limit_m: float,
) -> None:
    upper, lower = some
    group, shelter = inherited(upper, ways)
    distance_m = straight_m(lower, shelters, group, shelter)
    fits = (distance_m <= limit_m) & (lower.persons[group] <= shelters.capacity[shelter])
    priced = np.where(fits, distance_m + price_m[shelter], np.inf)
    for best, least in ((found.best, found.priced_m), (found.second, found.second_priced_m)):
        value = least_of(group, priced, len(lower.x_m))
        hit = np.flatnonzero((priced == value[group]) & np.isfinite(priced))
        hit = hit[np.diff(group[hit], prepend=-1) > 0]
        best[offset + group[hit]] = shelter[hit]
        least[offset + group[hit]] = priced[hit]
        priced[hit] = np.inf
