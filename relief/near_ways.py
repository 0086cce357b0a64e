"""The ways worth having for every household at given prices, exact over all shelters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relief.cells import Cells, least_of, near_arcs
from relief.reach import FloatArray, IntArray
from relief.transport import Arcs, spread

_SLICE = 500_000
"""Pairs of household and shelter looked at together; small enough for the processor's cache."""


def near_ways(cells: Cells, price_m: FloatArray, slack_m: float) -> Arcs:
    """The ways of every finest cell whose distance plus price is within slack of its least, into
    shelters large enough for the whole household."""
    fine, found = cells.levels[-1], []
    for child, group, shelter in _looked_at(cells, price_m, slack_m):
        distance_m = fine.ground.within(group, shelter)[0]
        fits = np.isfinite(distance_m) & (fine.persons[group] <= cells.capacity[shelter])
        priced = np.where(fits, distance_m + price_m[shelter], np.inf)
        least = least_of(group - child.start, priced, len(child))[group - child.start]
        kept = fits & (priced <= least + slack_m)
        found.append((group[kept], shelter[kept], distance_m[kept]))
    return Arcs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def least_priced(cells: Cells, price_m: FloatArray) -> FloatArray:
    """The least distance plus price over all shelters large enough, for every household of the
    cells in their order; inf where none is within reach."""
    ways, size = near_ways(cells, price_m, 0.0), len(cells.household)
    return least_of(ways.group, ways.distance_m + price_m[ways.shelter], size)


def rivals_m(cells: Cells, price_m: FloatArray, slack_m: float, shelter_of: IntArray) -> FloatArray:
    """The least distance plus price over all shelters large enough but the one that a household
    is in, for every household of the cells in their order; at least slack above the least over
    all shelters where it is not exact."""
    fine = cells.levels[-1]
    there, rival_m = shelter_of[cells.household], np.full(len(fine.persons), np.inf)
    for child, group, shelter in _looked_at(cells, price_m, slack_m):
        other = shelter != there[group]
        group, shelter = group[other], shelter[other]
        fits = fine.persons[group] <= cells.capacity[shelter]
        away_m = np.where(fits, fine.ground.within(group, shelter)[0], np.inf)
        priced = away_m + price_m[shelter]
        rival_m[child.start : child.stop] = least_of(group - child.start, priced, len(child))
    return rival_m


def _looked_at(
    cells: Cells, price_m: FloatArray, slack_m: float
) -> Iterator[tuple[range, IntArray, IntArray]]:
    """Runs of the finest cells, each with all ways (group, shelter) that may be within slack."""
    depth = len(cells.levels) - 2
    coarse, arcs = cells.levels[depth], near_arcs(cells, depth, price_m, slack_m)
    begin = np.searchsorted(arcs.group, np.arange(len(coarse.persons) + 1))
    for first, last in _slices(np.cumsum(np.diff(begin) * np.diff(coarse.child))):
        parent = np.repeat(np.arange(first, last), np.diff(coarse.child[first : last + 1]))
        count = np.diff(begin)[parent]
        child = range(int(coarse.child[first]), int(coarse.child[last]))
        group = np.repeat(np.arange(child.start, child.stop), count)
        yield child, group, arcs.shelter[spread(begin[parent], count)]


def _slices(work: IntArray) -> list[tuple[int, int]]:
    """Runs of cells with about so much work each."""
    cuts = np.searchsorted(work, np.arange(_SLICE, work[-1], _SLICE))
    ends = np.unique(np.append(cuts, len(work)))
    ends = ends[ends > 0]
    return list(zip(np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True))
