"""The ways worth having for every household at given prices, exact over all shelters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from relief.cells import Cells, least_of, near_arcs
from relief.reach import FloatArray, IntArray
from relief.transport import Arcs, spread

_SLICE = 500_000
"""Pairs of household and shelter looked at together; small enough for the processor's cache."""


def near_ways(cells: Cells, price_m: FloatArray, slack_m: float) -> Arcs:
    """The ways of every finest cell whose distance plus price is within slack of its least, into
    shelters large enough for the whole household."""
    depth = len(cells.levels) - 2
    coarse, fine = cells.levels[depth:]
    arcs = near_arcs(cells, depth, price_m, slack_m)
    begin = np.searchsorted(arcs.group, np.arange(len(coarse.persons) + 1))
    work = np.cumsum(np.diff(begin) * np.diff(coarse.child))
    found = []
    for first, last in _slices(work):
        parent = np.repeat(np.arange(first, last), np.diff(coarse.child[first : last + 1]))
        count = np.diff(begin)[parent]
        child = np.arange(coarse.child[first], coarse.child[last])
        group, shelter = np.repeat(child, count), arcs.shelter[spread(begin[parent], count)]
        distance_m = fine.ground.within(group, shelter)[0]
        fits = np.isfinite(distance_m) & (fine.persons[group] <= cells.capacity[shelter])
        priced = np.where(fits, distance_m + price_m[shelter], np.inf)
        least = least_of(group - child[0], priced, len(child))[group - child[0]]
        kept = fits & (priced <= least + slack_m)
        found.append((group[kept], shelter[kept], distance_m[kept]))
    return Arcs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def least_priced(cells: Cells, price_m: FloatArray) -> FloatArray:
    """The least distance plus price over all shelters with places, large enough or not, for
    every household of the cells in their order; inf where none is near."""
    finest = cells.levels[-1]
    nobody = replace(finest, persons=np.zeros_like(finest.persons))
    splitting = replace(cells, levels=(*cells.levels[:-1], nobody))
    ways = near_ways(splitting, price_m, 0.0)
    return least_of(ways.group, ways.distance_m + price_m[ways.shelter], len(finest.persons))


def _slices(work: IntArray) -> list[tuple[int, int]]:
    """Runs of cells with about so much work each."""
    cuts = np.searchsorted(work, np.arange(_SLICE, work[-1], _SLICE))
    ends = np.unique(np.append(cuts, len(work)))
    ends = ends[ends > 0]
    return list(zip(np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True))
