"""Chosen sites measured on every single demand: who goes where, the value and the bound beside it.

Whatever search found them, what is reported is measured here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.demand import Candidates, Demand, distances_m
from relief.placed_people import placed_people
from relief.reach import FloatArray, IntArray

UNSERVED = -1
NEEDS_RADIUS = ("max_cover", "set_cover")
_ROUNDING = 1e-6
"""How far the solvers' tolerances may push a bound past the value that it bounds."""


@dataclass(frozen=True)
class Sites:
    """The choice. `chosen` are candidates in rank order: fixed ones, then those that help most.

    `served_weight` is the weight whose nearest site this is (for covers: within the radius);
    `site_of_demand` that candidate per demand, -1 where none serves it; `distance_m` its way.

    objective_value / bound, by objective: p_median weight-metres / no choice is below;
    p_center metres of the farthest demand / no choice is below; max_cover weight within the
    radius / no choice is above; set_cover number of sites / no cover has fewer;
    capacitated_p_median as p_median, over those who find a place: as many as can. There
    `served_weight` is placed there, and a demand that is split has its largest part's site and
    its mean way.
    """

    chosen: IntArray
    served_weight: FloatArray
    objective_value: float
    bound: float
    site_of_demand: IntArray
    distance_m: FloatArray

    @property
    def gap(self) -> float | None:
        """How far value and bound are apart, as a share of the bound; None for a share of 0."""
        apart = abs(self.objective_value - self.bound)
        if self.proven:
            return 0.0
        return apart / self.bound if self.bound else None

    @property
    def proven(self) -> bool:
        """Whether no choice is better: nothing is left between value and bound."""
        return abs(self.objective_value - self.bound) <= _ROUNDING * abs(self.objective_value)


def measured_sites(
    demand: Demand,
    candidates: Candidates,
    chosen: IntArray,
    fixed: int,
    bound: float,
    objective: str,
    radius_m: float,
) -> Sites:
    """The choice measured on every demand; the first `fixed` of `chosen` stand already."""
    table = distances_m(demand, candidates.of(chosen))
    if not len(chosen):
        nobody = np.full(len(table), UNSERVED)
        return Sites(chosen, np.zeros(0), 0.0, 0.0, nobody, np.full(len(table), np.nan))
    limit = radius_m if objective in NEEDS_RADIUS else np.inf
    order = ranked(np.where(table <= limit, table, np.inf), demand.weight, fixed)
    chosen, table = chosen[order], table[:, order]
    nearest = np.argmin(table, axis=1)
    way = table[np.arange(len(table)), nearest]
    served = way <= limit
    weight = np.where(served, demand.weight, 0.0)
    value = _value(objective, way, weight, len(chosen))
    by_site = np.bincount(nearest, weight, len(chosen)).astype(np.float64)
    site = np.where(served, chosen[nearest], UNSERVED)
    proof = honest_bound(bound, value, objective)
    return Sites(chosen, by_site, value, proof, site, np.where(served, way, np.nan))


def placed_sites(
    demand: Demand, candidates: Candidates, chosen: IntArray, fixed: int, bound: float
) -> Sites:
    """The same where each site has only so many places: people by the cheapest flow."""
    ground = candidates.of(chosen)
    assert ground.capacity is not None
    table = distances_m(demand, ground)
    flow = placed_people(table, demand.weight, ground.capacity)
    by_site = flow.people.sum(axis=0)
    order = [*range(fixed), *(fixed + np.argsort(-by_site[fixed:], kind="stable"))]
    chosen, people = chosen[order], flow.people[:, order]
    placed = people.sum(axis=1)
    site = np.where(placed > 0, chosen[np.argmax(people, axis=1)], UNSERVED)
    walked = (people * table[:, order]).sum(axis=1)
    way = np.divide(walked, placed, out=np.full(len(placed), np.nan), where=placed > 0)
    proof = honest_bound(bound, flow.value, "capacitated_p_median")
    return Sites(chosen, by_site[order], flow.value, proof, site, way)


def reached_weight(
    demand: Demand, candidates: Candidates, sites: IntArray, radius_m: float
) -> float:
    """The weight within the radius of at least one of the sites."""
    way = distances_m(demand, candidates.of(sites)).min(axis=1, initial=np.inf)
    return float(demand.weight[way <= radius_m].sum())


def honest_bound(bound: float, value: float, objective: str) -> float:
    """The bound, not past the value; raises ArithmeticError where more than rounding is past it."""
    past = value - bound if objective == "max_cover" else bound - value
    if past > _ROUNDING * max(abs(value), 1.0):
        raise ArithmeticError(f"The bound {bound} of {objective} contradicts the value {value}.")
    return max(bound, value) if objective == "max_cover" else min(bound, value)


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


def _value(objective: str, way: FloatArray, weight: FloatArray, sites: int) -> float:
    if objective == "p_median":
        return float(np.dot(way, weight))
    if objective == "p_center":
        return float(way[weight > 0].max(initial=0.0))
    return float(weight.sum()) if objective == "max_cover" else float(sites)
