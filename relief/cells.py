"""Households in nested square cells, so that far shelters are ruled out for many at once.

Along the Z-order curve (Morton 1966) the households of a cell of any size are neighbours, so a
level of cells is a list of runs and the children of a cell are a run of the next level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relief.reach import FloatArray, IntArray, Shelters
from relief.transport import Arcs, spread

_BITS = 16
_STEP = 4
_COARSEST = 64
_COUNTED = 3_000


@dataclass(frozen=True)
class Level:
    """Cells of one size: centres, the farthest household from each, people, their priority class,
    and the first child of each in the next finer level (one entry more than cells)."""

    x_m: FloatArray
    y_m: FloatArray
    radius_m: FloatArray
    persons: IntArray
    rank: IntArray
    child: IntArray


@dataclass(frozen=True)
class Cells:
    """The levels from coarse to fine; the last has a cell of radius 0 for every household.

    `household[i]` is the household of the i-th finest cell.
    """

    household: IntArray
    levels: tuple[Level, ...]


def cells_of(
    x_m: FloatArray, y_m: FloatArray, persons: IntArray, rank: IntArray, most: int
) -> Cells:
    """The households in nested cells, each of one class, at most `most` in the level above the
    households."""
    code = _along_curve(x_m, y_m) | rank << 2 * _BITS
    household = np.argsort(code, kind="stable")
    x, y = x_m[household], y_m[household]
    people, classes = persons[household], rank[household]
    every = np.arange(len(household) + 1)
    starts = [*_runs(code[household], most), every]
    levels = [_level(x, y, people, classes, start, finer) for start, finer in pairwise(starts)]
    levels.append(Level(x, y, np.zeros(len(household)), people, classes, every))
    return Cells(household, tuple(levels))


def near_arcs(
    cells: Cells,
    depth: int,
    shelters: Shelters,
    price_m: FloatArray,
    slack_m: float,
    limit_m: float = np.inf,
) -> Arcs:
    """Ways of the cells at `depth` that some household inside might want, within slack.

    Exact over all shelters: a shelter is dropped for a cell of radius r only where it is more
    than 2 r + slack above the least of the centre, so no household inside could want it.
    """
    usable = np.flatnonzero(shelters.capacity > 0)
    size = len(cells.levels[0].x_m)
    group, shelter = np.repeat(np.arange(size), len(usable)), np.tile(usable, size)
    arcs = _kept(cells.levels[0], shelters, group, shelter, price_m, slack_m, limit_m)
    for coarse, fine in zip(cells.levels[:depth], cells.levels[1 : depth + 1], strict=True):
        group, shelter = inherited(coarse, arcs)
        arcs = _kept(fine, shelters, group, shelter, price_m, slack_m, limit_m)
    return arcs


def all_ways(cells: Cells, shelters: Shelters, limit_m: float) -> Arcs:
    """Every way open to a whole household, within the limit and into a large enough shelter."""
    unpriced, depth = np.zeros(len(shelters.capacity)), len(cells.levels) - 1
    arcs = near_arcs(cells, depth, shelters, unpriced, np.inf, limit_m)
    persons = cells.levels[-1].persons[arcs.group]
    fits = (persons <= shelters.capacity[arcs.shelter]) & (persons > 0)
    return Arcs(arcs.group[fits], arcs.shelter[fits], arcs.distance_m[fits])


def ways_at_most(cells: Cells, shelters: Shelters, limit_m: float) -> int:
    """No more ways than this are within the limit; counted on coarse cells, without listing."""
    households = np.arange(len(cells.household) + 1)
    depth = sum(len(level.x_m) <= _COUNTED for level in cells.levels) - 1
    for level in cells.levels[: depth - 1 : -1] if depth else cells.levels[::-1]:
        households = households[level.child]
    unpriced = np.zeros(len(shelters.capacity))
    arcs = near_arcs(cells, depth, shelters, unpriced, np.inf, limit_m)
    return int(np.diff(households)[arcs.group].sum())


def inherited(coarse: Level, arcs: Arcs) -> tuple[IntArray, IntArray]:
    """The ways of the cells handed down to their children: (child, shelter), sorted by child."""
    begin = np.searchsorted(arcs.group, np.arange(len(coarse.x_m) + 1))
    parent = np.repeat(np.arange(len(coarse.x_m)), np.diff(coarse.child))
    count = np.diff(begin)[parent]
    return np.repeat(np.arange(len(parent)), count), arcs.shelter[spread(begin[parent], count)]


def _kept(
    level: Level,
    shelters: Shelters,
    group: IntArray,
    shelter: IntArray,
    price_m: FloatArray,
    slack_m: float,
    limit_m: float,
) -> Arcs:
    distance_m = straight_m(level, shelters, group, shelter)
    radius_m = level.radius_m[group]
    priced = distance_m + price_m[shelter]
    # Only a shelter that every household of the cell may use can rule out another.
    sure = np.where(distance_m + radius_m <= limit_m, priced, np.inf)
    least = least_of(group, sure, len(level.x_m))[group]
    kept = (priced <= least + 2 * radius_m + slack_m) & (distance_m - radius_m <= limit_m)
    return Arcs(group[kept], shelter[kept], distance_m[kept])


def straight_m(level: Level, shelters: Shelters, group: IntArray, shelter: IntArray) -> FloatArray:
    """Metres from the cells' centres to the shelters, pair by pair."""
    east = level.x_m[group] - shelters.x_m[shelter]
    north = level.y_m[group] - shelters.y_m[shelter]
    away: FloatArray = np.sqrt(east * east + north * north)
    return away


def least_of(group: IntArray, value: FloatArray, groups: int) -> FloatArray:
    """The least value of each group; inf for a group with none. `group` is sorted."""
    least = np.full(groups, np.inf)
    if len(group):
        first = np.flatnonzero(np.diff(group, prepend=-1))
        least[group[first]] = np.minimum.reduceat(value, first)
    return least


def _level(
    x: FloatArray,
    y: FloatArray,
    people: IntArray,
    classes: IntArray,
    start: IntArray,
    finer: IntArray,
) -> Level:
    first, count = start[:-1], np.diff(start)
    middle_x = np.add.reduceat(x, first) / count
    middle_y = np.add.reduceat(y, first) / count
    away = np.hypot(x - np.repeat(middle_x, count), y - np.repeat(middle_y, count))
    radius = np.maximum.reduceat(away, first)
    persons = np.add.reduceat(people, first)
    return Level(middle_x, middle_y, radius, persons, classes[first], np.searchsorted(finer, start))


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
