"""Prices of places for very many households, from flows over cells that get finer and finer.

Each level keeps the ways that its parents used, so leaving ways out never makes it infeasible,
and adds those that the parents' prices make worth a look.
"""

from __future__ import annotations

import numpy as np

from relief.cells import Cells, Level, inherited, least_of, near_arcs
from relief.progress import Cancelled, Progress, step
from relief.reach import FloatArray, IntArray
from relief.transport import Arcs, Flow, cheapest_flow

_LOOK_AROUND = 0.2
"""How far, in radii of the parents' cells, a way may be from its cell's best to be looked at."""
_TURNS = 6
_SETTLED = 1e-4
"""A level is left when its own bound is this near to its flow, or after so many turns."""


def finest_flow(cells: Cells, progress: Progress, cancelled: Cancelled) -> tuple[Flow, Arcs]:
    """The flow over the cells just above the households, and the ways it uses."""
    size = len(cells.capacity)
    price_m, depths = np.zeros(size), len(cells.levels) - 1
    arcs = near_arcs(cells, 0, price_m, np.inf)
    flow, used = _flow(arcs, cells.levels[0], cells.capacity)
    for depth in range(1, depths):
        coarse, level = cells.levels[depth - 1 : depth + 1]
        spread_m = coarse.ground.typical_spread_m()
        arcs = _joined(_none(), level, size, *inherited(coarse, used))
        for turn in range(_TURNS):
            step(0.1 + 0.4 * (depth - 1 + turn / _TURNS) / depths, progress, cancelled)
            near = near_arcs(cells, depth, flow.price_m, 0.0)
            if turn and _settled(near, flow, used, level, cells.capacity):
                break
            look = _worth_a_look(near, level, flow.price_m, spread_m)
            arcs = _joined(look, level, size, arcs.group, arcs.shelter)
            flow, used = _flow(arcs, level, cells.capacity, flow.refused_m)
    return flow, used


def _flow(
    arcs: Arcs, level: Level, capacity: IntArray, refused_m: float = 0.0
) -> tuple[Flow, Arcs]:
    flow = cheapest_flow(arcs, level.persons, capacity, level.rank, refused_m)
    taken = flow.persons > 0
    return flow, Arcs(arcs.group[taken], arcs.shelter[taken], arcs.distance_m[taken])


def _settled(near: Arcs, flow: Flow, used: Arcs, level: Level, capacity: IntArray) -> bool:
    """True where ways that were not listed could shorten the cells' flow by next to nothing."""
    priced_m = least_of(
        near.group, near.distance_m + flow.price_m[near.shelter], len(level.persons)
    )
    least = np.dot(level.persons, np.minimum(priced_m, flow.out_m))
    price_m = np.where(capacity > 0, flow.price_m, 0.0)  # no place is worth nothing, not inf
    bound = least - np.dot(capacity, price_m) - np.dot(flow.left_over, flow.out_m)
    walked = np.dot(flow.persons[flow.persons > 0], used.distance_m)
    return bool(walked - bound <= _SETTLED * walked)


def _none() -> Arcs:
    nobody = np.zeros(0, np.int64)
    return Arcs(nobody, nobody, np.zeros(0))


def _worth_a_look(arcs: Arcs, level: Level, price_m: FloatArray, coarse_m: float) -> Arcs:
    """The arcs that the error of the coarser cells' prices may have made look too dear."""
    priced = arcs.distance_m + price_m[arcs.shelter]
    least = least_of(arcs.group, priced, len(level.persons))
    kept = priced <= least[arcs.group] + _LOOK_AROUND * coarse_m
    return Arcs(arcs.group[kept], arcs.shelter[kept], arcs.distance_m[kept])


def _joined(arcs: Arcs, level: Level, shelters: int, group: IntArray, shelter: IntArray) -> Arcs:
    """The arcs and the inherited ways, each once, as far as somebody may go them."""
    key = np.concatenate([arcs.group * shelters + arcs.shelter, group * shelters + shelter])
    group, shelter = np.divmod(np.unique(key), shelters)
    distance_m = level.ground.within(group, shelter)[0]
    may = np.isfinite(distance_m)
    return Arcs(group[may], shelter[may], distance_m[may])
