"""Households in nested cells, so that far shelters are ruled out for many at once.

Along the Z-order curve (Morton 1966) the households of a cell of any size are neighbours, so a
level of cells is a list of runs and the children of a cell are a run of the next level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from relief.reach import FloatArray, Ground, IntArray, Terrain
from relief.transport import Arcs, spread

_BITS = 16
_COARSEST = 64
_COUNTED = 3_000
_HIGHEST = 1 << 62


@dataclass(frozen=True)
class Level:
    """Cells of one size: how far they are, people, those of the largest household, their priority
    class, and the first child of each in the next finer level (one entry more than cells)."""

    ground: Ground
    persons: IntArray
    largest: IntArray
    rank: IntArray
    child: IntArray

    def above(self, ground: Ground, child: IntArray) -> Level:
        """The next coarser level, whose cells hold these from child[i] to child[i + 1]."""
        first = child[:-1]
        persons = np.add.reduceat(self.persons, first)
        largest = np.maximum.reduceat(self.largest, first)
        return Level(ground, persons, largest, self.rank[first], child)


@dataclass(frozen=True)
class Cells:
    """The levels from coarse to fine; the last has a cell for every household.

    `household[i]` is the household of the i-th finest cell; `capacity` are the shelters' places.
    """

    household: IntArray
    levels: tuple[Level, ...]
    capacity: IntArray

    def with_few(self, free: IntArray) -> Cells:
        """The same cells where only so many places are free. A shelter then rules out others
        whomever it has room for, or next to none would be ruled out."""
        every = [replace(one, largest=np.zeros_like(one.largest)) for one in self.levels]
        return Cells(self.household, tuple(every), free)


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
    household = _in_order(code)
    people, classes = persons[household], rank[household]
    every = np.arange(len(household) + 1)
    starts = _runs(code[household], most)
    ground = reach.ground(household, starts[-1])
    levels = [Level(reach.points(household), people, people, classes, every)]
    levels.insert(0, levels[0].above(ground, starts[-1]))
    for fine, coarse in pairwise(starts[::-1]):
        child = np.searchsorted(fine, coarse)
        ground = ground.merged(child)
        levels.insert(0, levels[0].above(ground, child))
    return Cells(household, tuple(levels), capacity)


def near_arcs(cells: Cells, depth: int, price_m: FloatArray, slack_m: float) -> Arcs:
    """Ways of the cells at `depth` that some household inside might want, within slack.

    Exact over all shelters: a shelter is dropped for a cell only where it is more than slack
    above another for everybody inside, so no household inside could want it.
    """
    usable = np.flatnonzero(cells.capacity > 0)
    size = len(cells.levels[0].persons)
    group, shelter = np.repeat(np.arange(size), len(usable)), np.tile(usable, size)
    arcs = _kept(cells.levels[0], cells.capacity, group, shelter, price_m, slack_m)
    for coarse, fine in zip(cells.levels[:depth], cells.levels[1 : depth + 1], strict=True):
        arcs = _kept(fine, cells.capacity, *inherited(coarse, arcs), price_m, slack_m)
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
    level: Level,
    capacity: IntArray,
    group: IntArray,
    shelter: IntArray,
    price_m: FloatArray,
    slack_m: float,
) -> Arcs:
    distance_m, spread_m = level.ground.within(group, shelter)
    priced = distance_m + price_m[shelter]
    # Only a shelter that every household of the cell may use can rule out another.
    all_fit = level.largest[group] <= capacity[shelter]
    farthest = np.where(all_fit, priced + spread_m, np.inf)
    least = least_of(group, farthest, len(level.persons))[group]
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
    differs = code ^ np.append(_HIGHEST, code[:-1])
    for shift in range(0, 2 * _BITS + 1, 2):
        begins = differs >= 1 << shift
        count = np.count_nonzero(begins)
        if count <= most and (not runs or count <= len(runs[-1]) / 6):
            runs.append(np.append(np.flatnonzero(begins), len(code)))
        if runs and len(runs[-1]) <= _COARSEST:
            break
    return runs[::-1]


def _in_order(code: IntArray) -> IntArray:
    """The households by code, those of one code by number: code and number sorted as one number
    where there is room for both, which takes a third of the time."""
    bits = len(code).bit_length()
    if int(code.max()) >> (62 - bits):
        return np.argsort(code, kind="stable")
    return np.sort(code << bits | np.arange(len(code))) & ((1 << bits) - 1)


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
