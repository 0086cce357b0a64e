"""Prices of places for very many households, from flows over cells that get finer and finer.

Each level keeps the ways that its parents used, so leaving ways out never makes it infeasible,
and adds those that the parents' prices make worth a look.
"""

from __future__ import annotations

import numpy as np

from relief.cells import Cells, Level, inherited, least_of, near_arcs, straight_m
from relief.progress import Cancelled, Progress, step
from relief.reach import FloatArray, IntArray, Shelters
from relief.transport import Arcs, Flow, cheapest_flow

_LOOK_AROUND = 0.2
"""How far, in radii of the parents' cells, a way may be from its cell's best to be looked at."""
_TURNS = 6
_SETTLED = 1e-4
"""A level is left when its own bound is this near to its flow, or after so many turns."""


def finest_flow(
    cells: Cells, shelters: Shelters, limit_m: float, progress: Progress, cancelled: Cancelled
) -> tuple[Flow, Arcs]:
    """The flow over the cells just above the households, and the ways it uses."""
    price_m, depths = np.zeros(len(shelters.capacity)), len(cells.levels) - 1
    arcs = near_arcs(cells, 0, shelters, price_m, np.inf, limit_m)
    flow, used = _flow(arcs, cells.levels[0], shelters)
    for depth in range(1, depths):
        coarse, level = cells.levels[depth - 1 : depth + 1]
        arcs = _joined(_none(), level, shelters, *inherited(coarse, used))
        for turn in range(_TURNS):
            step(0.1 + 0.4 * (depth - 1 + turn / _TURNS) / depths, progress, cancelled)
            near = near_arcs(cells, depth, shelters, flow.price_m, 0.0, limit_m)
            if turn and _settled(near, flow, used, level, shelters):
                break
            look = _worth_a_look(near, level, flow.price_m, float(np.median(coarse.radius_m)))
            arcs = _joined(look, level, shelters, arcs.group, arcs.shelter)
            flow, used = _flow(arcs, level, shelters, flow.refused_m)
    return flow, used


def _flow(
    arcs: Arcs, level: Level, shelters: Shelters, refused_m: float = 0.0
) -> tuple[Flow, Arcs]:
    flow = cheapest_flow(arcs, level.persons, shelters.capacity, level.rank, refused_m)
    taken = flow.persons > 0
    return flow, Arcs(arcs.group[taken], arcs.shelter[taken], arcs.distance_m[taken])


def _settled(near: Arcs, flow: Flow, used: Arcs, level: Level, shelters: Shelters) -> bool:
    """True where ways that were not listed could shorten the cells' flow by next to nothing."""
    priced_m = least_of(near.group, near.distance_m + flow.price_m[near.shelter], len(level.x_m))
    least = np.dot(level.persons, np.minimum(priced_m, flow.out_m))
    bound = least - np.dot(shelters.capacity, flow.price_m) - np.dot(flow.left_over, flow.out_m)
    walked = np.dot(flow.persons[flow.persons > 0], used.distance_m)
    return bool(walked - bound <= _SETTLED * walked)


def _none() -> Arcs:
    nobody = np.zeros(0, np.int64)
    return Arcs(nobody, nobody, np.zeros(0))


def _worth_a_look(arcs: Arcs, level: Level, price_m: FloatArray, coarse_m: float) -> Arcs:
    """The arcs that the error of the coarser cells' prices may have made look too dear."""
    priced = arcs.distance_m + price_m[arcs.shelter]
    least = least_of(arcs.group, priced, len(level.x_m))
    kept = priced <= least[arcs.group] + _LOOK_AROUND * coarse_m
    return Arcs(arcs.group[kept], arcs.shelter[kept], arcs.distance_m[kept])


def _joined(
    arcs: Arcs, level: Level, shelters: Shelters, group: IntArray, shelter: IntArray
) -> Arcs:
    """The arcs and the inherited ways, each once."""
    size = len(shelters.capacity)
    key = np.concatenate([arcs.group * size + arcs.shelter, group * size + shelter])
    group, shelter = np.divmod(np.unique(key), size)
    return Arcs(group, shelter, straight_m(level, shelters, group, shelter))
