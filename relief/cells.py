"""Households in nested cells, so that far shelters are ruled out for many at once.

Along the Z-order curve (Morton 1966) the households of a cell of any size are neighbours, so a
level of cells is a list of runs and the children of a cell are a run of the next level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relief.reach import FloatArray, Ground, IntArray, Terrain
from relief.transport import Arcs, spread

_BITS = 16
_STEP = 4
_COARSEST = 64
_COUNTED = 3_000


@dataclass(frozen=True)
class Level:
    """Cells of one size: how far they are, people, their priority class, and the first child of
    each in the next finer level (one entry more than cells)."""

    ground: Ground
    persons: IntArray
    rank: IntArray
    child: IntArray


@dataclass(frozen=True)
class Cells:
    """The levels from coarse to fine; the last has a cell for every household.

    `household[i]` is the household of the i-th finest cell; `capacity` are the shelters' places.
    """

    household: IntArray
    levels: tuple[Level, ...]
    capacity: IntArray


def cells_of(
    reach: Terrain,
    persons: IntArray,
    rank: IntArray,
    capacity: IntArray,
    most: int,
    apart: IntArray | None = None,
) -> Cells:
    """The households in nested cells, each of one class and of one kind where kinds are kept
    `apart`, at most `most` in the level above the households."""
    kind = rank if apart is None else rank * (apart.max(initial=0) + 1) + apart
    code = _along_curve(*reach.spots()) | kind << 2 * _BITS
    household = np.argsort(code, kind="stable")
    people, classes = persons[household], rank[household]
    every = np.arange(len(household) + 1)
    starts = [*_runs(code[household], most), every, every]
    levels = [
        Level(
            reach.ground(household, start),
            np.add.reduceat(people, start[:-1]),
            classes[start[:-1]],
            np.searchsorted(finer, start),
        )
        for start, finer in pairwise(starts)
    ]
    return Cells(household, tuple(levels), capacity)


def near_arcs(cells: Cells, depth: int, price_m: FloatArray, slack_m: float) -> Arcs:
    """Ways of the cells at `depth` that some household inside might want, within slack.

    Exact over all shelters: a shelter is dropped for a cell only where it is more than slack
    above another for everybody inside, so no household inside could want it.
    """
    usable = np.flatnonzero(cells.capacity > 0)
    size = len(cells.levels[0].persons)
    group, shelter = np.repeat(np.arange(size), len(usable)), np.tile(usable, size)
    arcs = _kept(cells.levels[0], group, shelter, price_m, slack_m)
    for coarse, fine in zip(cells.levels[:depth], cells.levels[1 : depth + 1], strict=True):
        arcs = _kept(fine, *inherited(coarse, arcs), price_m, slack_m)
    return arcs


def all_ways(cells: Cells) -> Arcs:
    """Every way open to a whole household, within the limit and into a large enough shelter."""
    unpriced, depth = np.zeros(len(cells.capacity)), len(cells.levels) - 1
    arcs = near_arcs(cells, depth, unpriced, np.inf)
    persons = cells.levels[-1].persons[arcs.group]
    fits = (persons <= cells.capacity[arcs.shelter]) & (persons > 0)
    return Arcs(arcs.group[fits], arcs.shelter[fits], arcs.distance_m[fits])


def ways_at_most(cells: Cells) -> int:
    """No more ways than this are within the limit; counted on coarse cells, without listing."""
    households = np.arange(len(cells.household) + 1)
    depth = sum(len(level.persons) <= _COUNTED for level in cells.levels) - 1
    for level in cells.levels[: depth - 1 : -1] if depth else cells.levels[::-1]:
        households = households[level.child]
    arcs = near_arcs(cells, depth, np.zeros(len(cells.capacity)), np.inf)
    return int(np.diff(households)[arcs.group].sum())


def inherited(coarse: Level, arcs: Arcs) -> tuple[IntArray, IntArray]:
    """The ways of the cells handed down to their children: (child, shelter), sorted by child."""
    begin = np.searchsorted(arcs.group, np.arange(len(coarse.persons) + 1))
    parent = np.repeat(np.arange(len(coarse.persons)), np.diff(coarse.child))
    count = np.diff(begin)[parent]
    return np.repeat(np.arange(len(parent)), count), arcs.shelter[spread(begin[parent], count)]


def _kept(
    level: Level, group: IntArray, shelter: IntArray, price_m: FloatArray, slack_m: float
) -> Arcs:
    distance_m, spread_m = level.ground.within(group, shelter)
    priced = distance_m + price_m[shelter]
    # Only a shelter that every household of the cell may use can rule out another.
    least = least_of(group, priced + spread_m, len(level.persons))[group]
    kept = (priced - spread_m <= least + slack_m) & np.isfinite(distance_m)
    return Arcs(group[kept], shelter[kept], distance_m[kept])


def least_of(group: IntArray, value: FloatArray, groups: int) -> FloatArray:
    """The least value of each group; inf for a group with none. `group` is sorted."""
    least = np.full(groups, np.inf)
    if len(group):
        first = np.flatnonzero(np.diff(group, prepend=-1))
        least[group[first]] = np.minimum.reduceat(value, first)
    return least


def _runs(code: IntArray, most: int) -> list[IntArray]:
    """First households of the cells, coarse to fine, closed by the number of households."""
    runs: list[IntArray] = []
    for shift in range(0, 2 * _BITS + 1, 2):
        first = np.flatnonzero(np.diff(code >> shift, prepend=-1))
        if len(first) <= most and (not runs or len(first) <= len(runs[-1]) / 6):
            runs.append(np.append(first, len(code)))
        if runs and len(runs[-1]) <= _COARSEST:
            break
    return runs[::-1]


def _along_curve(x_m: FloatArray, y_m: FloatArray) -> IntArray:
    """Z-order codes: the bits of both grid coordinates in turn."""
    low = np.array([x_m.min(), y_m.min()])
    side = max(float(np.ptp(x_m)), float(np.ptp(y_m)), 1.0) / (2**_BITS - 1)
    return _spread_bits((x_m - low[0]) / side) | (_spread_bits((y_m - low[1]) / side) << 1)


def _spread_bits(position: FloatArray) -> IntArray:
    """Sixteen bits with a zero between every two."""
    bits = position.astype(np.int64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << shift)) & mask
    return bits
