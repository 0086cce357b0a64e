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

_LOOK_AROUND = 0.3
"""How far, in radii of the parents' cells, a way may be from its cell's best to be looked at."""


def finest_flow(
    cells: Cells, shelters: Shelters, limit_m: float, progress: Progress, cancelled: Cancelled
) -> tuple[Flow, Arcs]:
    """The flow over the cells just above the households, and the ways it uses."""
    price_m = np.zeros(len(shelters.capacity))
    used: Arcs | None = None
    coarse = cells.levels[0]
    for depth, level in enumerate(cells.levels[:-1]):
        step(0.1 + 0.4 * depth / len(cells.levels), progress, cancelled)
        arcs = near_arcs(cells, depth, shelters, price_m, np.inf if used is None else 0.0, limit_m)
        if used is not None:
            arcs = _worth_a_look(arcs, level, price_m, float(np.median(coarse.radius_m)))
            arcs = _joined(arcs, level, shelters, *inherited(coarse, used))
        flow = cheapest_flow(arcs, level.persons, shelters.capacity)
        taken = flow.persons > 0
        used = Arcs(arcs.group[taken], arcs.shelter[taken], arcs.distance_m[taken])
        coarse, price_m = level, flow.price_m
    assert used is not None
    return flow, used


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
