"""The households that prices over cells leave in doubt: few, so that their flow can be exact.

Most households have one shelter that is best by far, and the flow over cells sent their cell
there: they are settled. The others, near the borders between shelters or in cells that the flow
split, keep the ways within slack of their best and those of their cell. As everybody could follow
the cell, whoever is settled takes no place that the others need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import Cells, inherited, least_of
from relief.near_ways import near_ways
from relief.reach import BoolArray, FloatArray, IntArray
from relief.transport import Arcs, Flow, spread


@dataclass(frozen=True)
class Points:
    """Households with one choice: `household` in their order, those of point i from first[i] to
    first[i + 1], and the ways of the points."""

    household: IntArray
    first: IntArray
    ways: Arcs


def settled_and_open(cells: Cells, flow: Flow, used: Arcs, slack_m: float) -> tuple[Arcs, Arcs]:
    """The ways of the households that are settled, one each, and those of the open ones; whoever
    has none is left over. Groups are finest cells; `used` are the ways of the cells' flow."""
    coarse, fine = cells.levels[-2:]
    size, children = len(fine.persons), np.diff(coarse.child)
    near = near_ways(cells, flow.price_m, slack_m)
    least_m = least_of(near.group, near.distance_m + flow.price_m[near.shelter], size)
    of_cell = _of_cells(cells, used)
    ways = _united(near, of_cell, len(cells.capacity))
    single = np.bincount(used.group, minlength=len(children)) + (flow.left_over > 0) == 1
    kept = np.bincount(of_cell.group, minlength=size) == 1
    all_out = np.repeat(flow.left_over == coarse.persons, children)
    outside = all_out & (least_m >= np.repeat(flow.out_m, children) + slack_m)
    kept &= least_m < np.repeat(flow.out_m, children) - slack_m
    settled = (np.bincount(ways.group, minlength=size) == 1) & kept & np.repeat(single, children)
    some = fine.persons > 0
    return _of(ways, settled & some), _of(ways, ~settled & ~outside & some)


def kinds(cells: Cells, ways: Arcs, grain_m: float, unsure: BoolArray) -> Points:
    """The households that have these ways, those of a kind together: prices send all of a kind
    the same way.

    They are of one class, have the same ways, and as much farther to each than to the first, up
    to the grain. For the `unsure`, who may have to stay outside, the whole distance counts too.
    """
    begin = np.flatnonzero(np.diff(ways.group, prepend=-1))
    who, count = ways.group[begin], np.diff(np.append(begin, len(ways.group)))
    shortest_m = np.where(unsure[who], 0.0, np.minimum.reduceat(ways.distance_m, begin))
    farther = np.rint((ways.distance_m - np.repeat(shortest_m, count)) / grain_m)
    way = _numbered(_numbered(farther) * (ways.shelter.max() + 1) + ways.shelter)
    kind = _numbered(cells.levels[-1].rank[who] * (count.max() + 1) + count)
    for turn in range(int(count.max())):
        more = np.flatnonzero(count > turn)
        finer = _numbered(kind[more] * len(way) + way[begin[more] + turn])
        kind[more] = kind.max() + 1 + finer
    order = np.argsort(kind, kind="stable")
    first = np.flatnonzero(np.diff(kind[order], prepend=-1))
    begin, count = begin[order][first], count[order][first]
    listed = spread(begin, count)
    kept = Arcs(
        np.repeat(np.arange(len(first)), count), ways.shelter[listed], ways.distance_m[listed]
    )
    return Points(cells.household[who[order]], np.append(first, len(who)), kept)


def _numbered(values: FloatArray | IntArray) -> IntArray:
    """Each value's number among all that there are, 0 for the least."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _of_cells(cells: Cells, used: Arcs) -> Arcs:
    """The ways that the cells' flow used, for each household that can take them."""
    coarse, fine = cells.levels[-2:]
    group, shelter = inherited(coarse, used)
    away_m = fine.ground.within(group, shelter)[0]
    fits = np.isfinite(away_m) & (fine.persons[group] <= cells.capacity[shelter])
    return Arcs(group[fits], shelter[fits], away_m[fits])


def _united(one: Arcs, other: Arcs, shelters: int) -> Arcs:
    """The ways of both, each once."""
    key = np.concatenate([ways.group * shelters + ways.shelter for ways in (one, other)])
    key, first = np.unique(key, return_index=True)
    distance_m = np.append(one.distance_m, other.distance_m)[first]
    return Arcs(*np.divmod(key, shelters), distance_m)


def _of(ways: Arcs, wanted: BoolArray) -> Arcs:
    kept = wanted[ways.group]
    return Arcs(ways.group[kept], ways.shelter[kept], ways.distance_m[kept])
