"""The best sites out of those that remain, with a bound that proves how good they are.

Demand of many points is drawn together into cells to search for the medians; the value and the
bound reported are always taken over every single point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from relief.chosen_sites import Sites, measured_sites, placed_sites
from relief.covering import filled, max_cover, set_cover
from relief.demand import (
    Candidates,
    Demand,
    checked_candidates,
    checked_demand,
    demand_cells,
    distances_m,
    weighty,
)
from relief.exact_median import Median
from relief.p_center import p_center
from relief.p_median import p_median
from relief.placed_median import bettered, placed_median
from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import FloatArray, IntArray
from relief.siting_limits import CELLS, PLACED_CELLS, Objective, check_question, checked_fixed

__all__ = ["Candidates", "Demand", "Objective", "Overlaps", "Sites", "choose_sites"]

Overlaps: TypeAlias = Callable[[int], IntArray]
"""The candidates that share ground with one, so that only one of them can be a site."""

_SLICE = 4_000_000


def choose_sites(
    demand: Demand,
    candidates: Candidates,
    count: int,
    objective: Objective = "p_median",
    radius_m: float | None = None,
    fixed: IntArray | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    overlaps: Overlaps | None = None,
) -> Sites:
    """`count` new sites beside the `fixed` candidates (sites that stand already), in one plane.

    set_cover takes as many as it needs, whatever `count`; the covers need `radius_m`, the others
    ignore it. Demand that no candidate reaches doesn't stop a cover: it stays unserved. Of
    candidates that share ground one at most is chosen; the bound is that of the question in
    which both may be, which no choice undercuts either. Raises InvalidInput where nothing can be
    chosen from, a number makes no sense or the table of distances would burst memory.
    """
    people, ground = checked_demand(demand), checked_candidates(candidates)
    standing = checked_fixed(fixed, len(ground.x_m))
    check_question(count, objective, radius_m, people, ground)
    ask = _Question(
        people, ground, objective, count, standing, radius_m or 0.0, progress, cancelled
    )
    step(0.0, progress, cancelled)
    answer = _apart(ask, overlaps) if overlaps else _answer(ask)
    step(1.0, progress, cancelled)
    return answer


@dataclass(frozen=True)
class _Question:
    demand: Demand
    candidates: Candidates
    objective: Objective
    most: int
    fixed: IntArray
    radius_m: float
    progress: Progress
    cancelled: Cancelled

    @property
    def count(self) -> int:
        return min(self.most, len(self.candidates.x_m) - len(self.fixed))

    def table(self) -> FloatArray:
        return distances_m(self.demand, self.candidates)


def _answer(ask: _Question) -> Sites:
    opened, bound = _ANSWERS[ask.objective](ask)
    step(0.9, ask.progress, ask.cancelled)
    chosen = np.concatenate([ask.fixed, np.setdiff1d(opened, ask.fixed)])
    if ask.objective == "capacitated_p_median":
        return placed_sites(ask.demand, ask.candidates, chosen, len(ask.fixed), bound)
    return measured_sites(
        ask.demand, ask.candidates, chosen, len(ask.fixed), bound, ask.objective, ask.radius_m
    )


def _apart(ask: _Question, overlaps: Overlaps) -> Sites:
    """The answer without two sites on the same ground: of those the lower in rank is left out,
    with all else that overlaps the higher, and the question asked again."""
    left = np.ones(len(ask.candidates.x_m), bool)
    first: Sites | None = None
    while True:
        index = np.flatnonzero(left)
        some = replace(
            ask,
            candidates=ask.candidates.of(index),
            fixed=np.searchsorted(index, ask.fixed),
            progress=ask.progress if first is None else silent,
        )
        found = _of_all(_answer(some), index)
        first = first or found
        clashing = _clashing(found.chosen, overlaps)
        if not len(clashing):
            return replace(found, bound=_loosest(first, found, ask.objective))
        left[clashing] = False


def _of_all(found: Sites, index: IntArray) -> Sites:
    served = found.site_of_demand >= 0
    site = np.where(served, index[np.where(served, found.site_of_demand, 0)], -1)
    return replace(found, chosen=index[found.chosen], site_of_demand=site)


def _clashing(chosen: IntArray, overlaps: Overlaps) -> IntArray:
    """Whatever overlaps a chosen site that clashes with one of lower rank."""
    out: set[int] = set()
    for one in chosen.tolist():
        others = set(overlaps(one).tolist()) - {one}
        if one not in out and others & set(chosen.tolist()):
            out |= others
    return np.array(sorted(out), np.int64)


def _loosest(first: Sites, found: Sites, objective: Objective) -> float:
    """The bound that holds for every choice without overlaps."""
    if objective == "set_cover" and found.served_weight.sum() < first.served_weight.sum():
        return min(1.0, found.objective_value)  # another choice may reach others with fewer
    return first.bound


def _median(ask: _Question) -> tuple[IntArray, float]:
    points = weighty(ask.demand)
    if not len(points.weight):
        return _any(ask), 0.0
    cells, cell = demand_cells(points, _most_cells(ask))
    table = distances_m(cells, ask.candidates)
    found = p_median(table, cells.weight, ask.count, ask.fixed, ask.progress, ask.cancelled)
    if len(cells.weight) == len(points.weight):
        return found.sites, found.bound
    return found.sites, _bound_of_points(ask, points, cells, cell, found)


def _bound_of_points(
    ask: _Question, points: Demand, cells: Demand, cell: IntArray, found: Median
) -> float:
    """The Lagrangian bound over every point, at the multipliers of the cells."""
    worth_m = (found.multiplier / cells.weight)[cell] + _farther_m(ask, points, cells, cell, found)
    multiplier = np.maximum(points.weight * worth_m, 0.0)
    gain = np.zeros(len(ask.candidates.x_m))
    for part in np.array_split(np.arange(len(cell)), 1 + len(cell) * len(gain) // _SLICE):
        some = Demand(points.x_m[part], points.y_m[part], points.weight[part])
        ways = distances_m(some, ask.candidates) * some.weight[:, None]
        gain += np.minimum(ways - multiplier[part, None], 0.0).sum(axis=0)
    others = np.delete(gain, ask.fixed)
    opened = float(gain[ask.fixed].sum() + np.sort(others)[: ask.count].sum())
    return max(float(multiplier.sum()) + opened, 0.0)


def _farther_m(
    ask: _Question, points: Demand, cells: Demand, cell: IntArray, found: Median
) -> FloatArray:
    """How much farther than its cell each point has to go.

    A bound holds for any multipliers; those of a cell fit its points when shifted by so much.
    """
    opened = ask.candidates.of(found.sites)
    farther_m: FloatArray = distances_m(points, opened).min(axis=1)
    farther_m -= distances_m(cells, opened).min(axis=1)[cell]
    return farther_m


def _placed(ask: _Question) -> tuple[IntArray, float]:
    points, capacity = weighty(ask.demand), ask.candidates.capacity
    assert capacity is not None
    if not len(points.weight):
        return _any(ask), 0.0
    cells, cell = demand_cells(points, PLACED_CELLS)
    table = distances_m(cells, ask.candidates)
    found = placed_median(
        table, cells.weight, capacity, ask.count, ask.fixed, ask.progress, ask.cancelled
    )
    if len(cells.weight) == len(points.weight):
        return found.sites, found.bound
    price = found.multiplier[cell] + _farther_m(ask, points, cells, cell, found)
    table = distances_m(points, ask.candidates)
    start = replace(found, multiplier=price)
    better = bettered(table, points.weight, capacity, ask.fixed, start, ask.cancelled)
    return better.sites, better.bound


def _center(ask: _Question) -> tuple[IntArray, float]:
    here = ask.demand.weight > 0
    table = ask.table()[here]
    if not len(table):
        return _any(ask), 0.0
    found = p_center(table, ask.count, ask.fixed, ask.progress, ask.cancelled)
    return found.sites, found.bound


def _most_covered(ask: _Question) -> tuple[IntArray, float]:
    table = ask.table()
    found = max_cover(table, ask.demand.weight, ask.radius_m, ask.count, ask.fixed)
    return found.sites, found.bound


def _all_covered(ask: _Question) -> tuple[IntArray, float]:
    table = ask.table()[ask.demand.weight > 0]
    found = set_cover(table, ask.radius_m, ask.fixed)
    return found.sites, found.bound


_ANSWERS = {
    "p_median": _median,
    "p_center": _center,
    "max_cover": _most_covered,
    "set_cover": _all_covered,
    "capacitated_p_median": _placed,
}


def _most_cells(ask: _Question) -> int:
    return max(CELLS // (1 + len(ask.candidates.x_m) // 4_000), 100)


def _any(ask: _Question) -> IntArray:
    """Sites where nothing tells them apart: the fixed ones and the first of the others."""
    return filled(ask.fixed, len(ask.fixed) + ask.count, len(ask.candidates.x_m))
