"""The p-median of a small table, proven by branch and bound; also where places are limited."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, diags_array, eye_array, hstack, kron

from relief.reach import FloatArray, IntArray

_NODES = 2_000
"""Branch-and-bound nodes at most; a count, so that a rerun gives the same answer."""


@dataclass(frozen=True)
class Median:
    """The open sites (column indices), their weighted distance, and what none can undercut.

    `multiplier` is what being served is worth to each demand in the bound, weight-metres.
    """

    sites: IntArray
    value: float
    bound: float
    multiplier: FloatArray

    @property
    def proven(self) -> bool:
        """True where nothing is left between the value and the bound."""
        return self.value - self.bound <= 1e-9 * self.value


def exact_median(weighted: FloatArray, fixed: IntArray, known: Median) -> Median:
    """The best sites, as many as in the known plan; `weighted` has a row a demand.

    min sum (w d) x: every demand has one site, and only open sites serve. Where the limit of
    nodes ends the search, the better of both plans and the better of both bounds.
    """
    places, sites = weighted.shape
    least = np.concatenate([np.zeros(weighted.size), np.isin(np.arange(sites), fixed)])
    found = milp(
        np.concatenate([weighted.ravel(), np.zeros(sites)]),
        integrality=np.repeat([0, 1], [weighted.size, sites]),
        bounds=Bounds(least, 1.0),
        constraints=_rules(places, sites, len(known.sites)),
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    bound = known.bound if found.mip_dual_bound is None else max(known.bound, found.mip_dual_bound)
    if found.x is None:
        return replace(known, bound=min(bound, known.value))
    opened = np.flatnonzero(found.x[weighted.size :] > 0.5)
    value = float(weighted[:, opened].min(axis=1).sum())
    if value >= known.value:
        return replace(known, bound=min(bound, known.value))
    return Median(opened, value, min(bound, value), known.multiplier)


def exact_placed_median(
    distance_m: FloatArray,
    weight: FloatArray,
    capacity: FloatArray,
    short: float,
    fixed: IntArray,
    known: Median,
) -> Median:
    """The best sites where each has only so many places and `short` people find none.

    min sum d x: x people of a demand go to a site, at most its capacity where it is open.
    """
    places, sites = distance_m.shape
    flows = places * sites
    least = np.concatenate([np.zeros(flows + places), np.isin(np.arange(sites), fixed)])
    most = np.concatenate([np.repeat(weight, sites), weight, np.ones(sites)])
    found = milp(
        np.concatenate([distance_m.ravel(), np.zeros(places + sites)]),
        integrality=np.repeat([0, 1], [flows + places, sites]),
        bounds=Bounds(least, most),
        constraints=_placed_rules(weight, capacity, short, len(known.sites)),
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    dual = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    bound = max(known.bound, dual)
    if found.x is None or found.fun >= known.value:
        return replace(known, bound=min(bound, known.value))
    opened = np.flatnonzero(found.x[flows + places :] > 0.5)
    return Median(opened, float(found.fun), min(bound, float(found.fun)), known.multiplier)


def _placed_rules(
    weight: FloatArray, capacity: FloatArray, short: float, count: int
) -> list[LinearConstraint]:
    """Over x[i, j] row by row, z[i] people left over, y[j]: sum_j x + z = weight, sum z = short,
    x[i, j] <= weight[i] y[j], sum_i x <= capacity[j] y[j], sum y = count."""
    places, sites = len(weight), len(capacity)
    flows, nobody = places * sites, csr_array((places, sites))
    placed = hstack([kron(eye_array(places), np.ones((1, sites))), eye_array(places), nobody])
    own = hstack(
        [eye_array(flows), csr_array((flows, places)), kron(-weight[:, None], eye_array(sites))]
    )
    room = hstack(
        [
            kron(np.ones((1, places)), eye_array(sites)),
            csr_array((sites, places)),
            diags_array(-capacity),
        ]
    )
    left = np.concatenate([np.zeros(flows), np.ones(places), np.zeros(sites)])[None, :]
    budget = np.concatenate([np.zeros(flows + places), np.ones(sites)])[None, :]
    return [
        LinearConstraint(csr_array(placed), lb=weight, ub=weight),
        LinearConstraint(csr_array(own), ub=0.0),
        LinearConstraint(csr_array(room), ub=0.0),
        LinearConstraint(left, lb=short, ub=short),
        LinearConstraint(budget, lb=count, ub=count),
    ]


def _rules(places: int, sites: int, count: int) -> list[LinearConstraint]:
    """Over x[i, j] row by row, then y[j]: sum_j x = 1, x[i, j] <= y[j], sum y = count."""
    one = kron(eye_array(places), np.ones((1, sites)))
    served = hstack([one, csr_array((places, sites))])
    opened = hstack([eye_array(places * sites), kron(-np.ones((places, 1)), eye_array(sites))])
    budget = np.concatenate([np.zeros(places * sites), np.ones(sites)])[None, :]
    return [
        LinearConstraint(csr_array(served), lb=1.0, ub=1.0),
        LinearConstraint(csr_array(opened), ub=0.0),
        LinearConstraint(budget, lb=count, ub=count),
    ]
