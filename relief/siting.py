"""The best sites out of those that remain, with a bound that proves how good they are.

Demand of many points is drawn together into cells to search for the p-median; the value and the
bound reported are always taken over every single point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from relief.covering import filled, max_cover, p_center, set_cover
from relief.demand import (
    Candidates,
    Demand,
    checked_candidates,
    checked_demand,
    demand_cells,
    distances_m,
    weighty,
)
from relief.errors import Fault, InvalidInput
from relief.exact_median import Median
from relief.p_median import p_median
from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import FloatArray, IntArray

Objective: TypeAlias = Literal["p_median", "p_center", "max_cover", "set_cover"]

UNSERVED = -1
_CELLS = 2_500
_TABLE = 60_000_000
_SLICE = 4_000_000
_NEEDS_RADIUS = ("max_cover", "set_cover")


@dataclass(frozen=True)
class Sites:
    """The choice. `chosen` are candidates in rank order: fixed ones, then those that help most.

    `served_weight` is the weight whose nearest site this is (for covers: within the radius);
    `site_of_demand` that candidate per demand, -1 where none serves it; `distance_m` its way.

    objective_value / bound, by objective: p_median weight-metres / no choice is below;
    p_center metres of the farthest demand / no choice is below; max_cover weight within the
    radius / no choice is above; set_cover number of sites / no cover has fewer.
    """

    chosen: IntArray
    served_weight: FloatArray
    objective_value: float
    bound: float
    site_of_demand: IntArray
    distance_m: FloatArray


def choose_sites(
    demand: Demand,
    candidates: Candidates,
    count: int,
    objective: Objective = "p_median",
    radius_m: float | None = None,
    fixed: IntArray | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Sites:
    """`count` new sites beside the `fixed` candidates (sites that stand already), in one plane.

    set_cover ignores `count`; the covers need `radius_m`, the others ignore it. Demand that no
    candidate reaches doesn't stop a cover: it stays unserved. Raises InvalidInput where nothing
    can be chosen from, a number makes no sense or the table of distances would burst memory.
    """
    people, ground = checked_demand(demand), checked_candidates(candidates)
    standing = _checked_fixed(fixed, len(ground.x_m))
    _check_question(count, objective, radius_m, people, ground)
    wanted = min(count, len(ground.x_m) - len(standing))
    step(0.0, progress, cancelled)
    ask = _Question(people, ground, wanted, standing, radius_m or 0.0, progress, cancelled)
    sites, bound = _ANSWERS[objective](ask)
    step(0.9, progress, cancelled)
    answer = _sites(ask, sites, bound, objective)
    step(1.0, progress, cancelled)
    return answer


@dataclass(frozen=True)
class _Question:
    demand: Demand
    candidates: Candidates
    count: int
    fixed: IntArray
    radius_m: float
    progress: Progress
    cancelled: Cancelled

    def table(self) -> FloatArray:
        return distances_m(self.demand, self.candidates)


def _median(ask: _Question) -> tuple[IntArray, float]:
    points = weighty(ask.demand)
    if not len(points.weight):
        return _any(ask), 0.0
    most = max(_CELLS // (1 + len(ask.candidates.x_m) // 4_000), 100)
    cells, cell = demand_cells(points, most)
    table = distances_m(cells, ask.candidates)
    found = p_median(table, cells.weight, ask.count, ask.fixed, ask.progress, ask.cancelled)
    if len(cells.weight) == len(points.weight):
        return found.sites, found.bound
    return found.sites, _bound_of_points(ask, points, cells, cell, found)


def _bound_of_points(
    ask: _Question, points: Demand, cells: Demand, cell: IntArray, found: Median
) -> float:
    """The Lagrangian bound over every point, at the multipliers of the cells.

    The bound holds for any multipliers; those of a cell fit its points when each is shifted by
    how much farther than its cell it has to go.
    """
    open_ground = Candidates(ask.candidates.x_m[found.sites], ask.candidates.y_m[found.sites])
    farther_m = distances_m(points, open_ground).min(axis=1)
    farther_m -= distances_m(cells, open_ground).min(axis=1)[cell]
    worth_m = (found.multiplier / cells.weight)[cell] + farther_m
    multiplier = np.maximum(points.weight * worth_m, 0.0)
    gain = np.zeros(len(ask.candidates.x_m))
    for part in np.array_split(np.arange(len(cell)), 1 + len(cell) * len(gain) // _SLICE):
        some = Demand(points.x_m[part], points.y_m[part], points.weight[part])
        ways = distances_m(some, ask.candidates) * some.weight[:, None]
        gain += np.minimum(ways - multiplier[part, None], 0.0).sum(axis=0)
    others = np.delete(gain, ask.fixed)
    opened = float(gain[ask.fixed].sum() + np.sort(others)[: ask.count].sum())
    return max(float(multiplier.sum()) + opened, 0.0)


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
}


def _sites(ask: _Question, opened: IntArray, bound: float, objective: Objective) -> Sites:
    """The choice measured on every demand point."""
    chosen = np.concatenate([ask.fixed, np.setdiff1d(opened, ask.fixed)])
    ground = Candidates(ask.candidates.x_m[chosen], ask.candidates.y_m[chosen])
    table = distances_m(ask.demand, ground)
    if not len(chosen):
        nobody = np.full(len(table), UNSERVED)
        return Sites(chosen, np.zeros(0), 0.0, 0.0, nobody, np.full(len(table), np.nan))
    limit = ask.radius_m if objective in _NEEDS_RADIUS else np.inf
    order = ranked(np.where(table <= limit, table, np.inf), ask.demand.weight, len(ask.fixed))
    chosen, table = chosen[order], table[:, order]
    nearest = np.argmin(table, axis=1)
    way = table[np.arange(len(table)), nearest]
    served = way <= limit
    weight = np.where(served, ask.demand.weight, 0.0)
    value = _value(objective, way, weight, len(chosen))
    bound = max(bound, value) if objective == "max_cover" else min(bound, value)
    by_site = np.bincount(nearest, weight, len(chosen)).astype(np.float64)
    site = np.where(served, chosen[nearest], UNSERVED)
    return Sites(chosen, by_site, value, bound, site, np.where(served, way, np.nan))


def _value(objective: Objective, way: FloatArray, weight: FloatArray, sites: int) -> float:
    if objective == "p_median":
        return float(np.dot(way, weight))
    if objective == "p_center":
        return float(way[weight > 0].max(initial=0.0))
    return float(weight.sum()) if objective == "max_cover" else float(sites)


def ranked(table: FloatArray, weight: FloatArray, fixed: int) -> IntArray:
    """Columns in the order in which they help most; the first `fixed` stay in front.

    A column helps by the weight it newly serves, then by the weighted way it saves.
    """
    order = list(range(fixed))
    nearest = table[:, order].min(axis=1, initial=np.inf)
    left = [column for column in range(table.shape[1]) if column >= fixed]
    while left:
        way = np.minimum(table[:, left], nearest[:, None])
        unserved = weight @ np.isinf(way)
        walked = weight @ np.where(np.isinf(way), 0.0, way)
        best = left[int(np.lexsort((np.array(left), walked, unserved))[0])]
        order.append(best)
        left.remove(best)
        nearest = np.minimum(nearest, table[:, best])
    return np.array(order, np.int64)


def _checked_fixed(fixed: IntArray | None, candidates: int) -> IntArray:
    standing = np.zeros(0, np.int64) if fixed is None else np.asarray(fixed, np.int64)
    if len(np.unique(standing)) < len(standing):
        _refuse("fixed", "A fixed site is named twice.")
    if len(standing) and not (standing.min() >= 0 and standing.max() < candidates):
        _refuse("fixed", f"fixed names a candidate outside 0..{candidates - 1}.")
    return standing


def _check_question(
    count: int, objective: Objective, radius_m: float | None, demand: Demand, ground: Candidates
) -> None:
    if objective not in get_args(Objective):
        _refuse("objective", f"{objective!r} is none of {', '.join(get_args(Objective))}.")
    if count < 1:
        _refuse("count", f"count = {count} must be 1 or more.")
    wanted = radius_m is not None or objective in _NEEDS_RADIUS
    if wanted and not (radius_m is not None and 0 <= radius_m < np.inf):
        _refuse("radius_m", f"{objective} needs radius_m, a number of metres, not {radius_m}.")
    points = _CELLS if objective == "p_median" else len(demand.x_m)
    if points * len(ground.x_m) > _TABLE * (10 if objective == "p_median" else 1):
        detail = f"{len(ground.x_m)} candidates for {points} places are too many; draw a smaller "
        _refuse("candidates", detail + "region or ask for larger ground.")


def _refuse(at: str, detail: str) -> None:
    raise InvalidInput(detail, [Fault(at, detail)])


def _any(ask: _Question) -> IntArray:
    """Sites where nothing tells them apart: the fixed ones and the first of the others."""
    return filled(ask.fixed, len(ask.fixed) + ask.count, len(ask.candidates.x_m))
