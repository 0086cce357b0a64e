"""Why not that one: what the plan would be worth with another candidate in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relief.chosen_sites import NEEDS_RADIUS, Sites
from relief.demand import Candidates, Demand, demand_cells, distances_m, weighty
from relief.p_median import exchange_changes
from relief.placed_people import placed_people
from relief.reach import FloatArray, IntArray
from relief.siting import Overlaps
from relief.siting_limits import CELLS, Objective

_SLICE = 4_000_000
_MOST_FLOWS = 30
_FLOW_TABLE = 300_000


class Alternative(NamedTuple):
    """A candidate that was not chosen, in the place of the site that it would best replace.

    `objective_value` is what the plan is then worth, on every demand; `unserved_weight` who is
    then served by no site.
    """

    candidate: int
    instead_of: int
    objective_value: float
    unserved_weight: float


def alternatives(
    demand: Demand,
    candidates: Candidates,
    found: Sites,
    objective: Objective,
    radius_m: float | None = None,
    fixed: int = 0,
    most: int = 50,
    overlaps: Overlaps | None = None,
) -> list[Alternative]:
    """The best `most` of the candidates that were not chosen, the least costly exchange first.

    The first `fixed` of `found.chosen` stay. A set cover's exchange leaves as many sites and
    reaches other people. An exchange that would put two sites on the same ground is none.
    """
    others = np.setdiff1d(np.arange(len(candidates.x_m)), found.chosen)
    points = weighty(demand)
    if len(found.chosen) <= fixed or not len(others) or not len(points.weight):
        return []
    swaps = _Swaps(candidates, found.chosen, fixed, objective, radius_m or 0.0)
    cells = demand_cells(points, CELLS)[0]
    promise = swaps.costs(cells, others).min(axis=0)
    keep = _MOST_FLOWS // 3 if objective == "capacitated_p_median" else most
    short = others[np.argsort(promise, kind="stable")[:keep]]
    if objective == "capacitated_p_median":
        listed = _placed(points, candidates, found, fixed, short, overlaps)
    else:
        listed = _measured(points, swaps, short, overlaps, found)
    return sorted(listed, key=lambda one: (_worth(one, objective), one.candidate))


def _worth(one: Alternative, objective: Objective) -> tuple[float, float]:
    value = -one.objective_value if objective == "max_cover" else one.objective_value
    if objective in {"set_cover", "capacitated_p_median"}:
        return one.unserved_weight, value
    return value, one.unserved_weight


class _Swaps:
    """What each exchange of a chosen site for another candidate costs."""

    def __init__(
        self, candidates: Candidates, chosen: IntArray, fixed: int, objective: str, radius_m: float
    ) -> None:
        self.candidates, self.chosen, self.fixed = candidates, chosen, fixed
        self.objective, self.radius_m = objective, radius_m

    def costs(self, points: Demand, others: IntArray) -> FloatArray:
        """The cost after each exchange, a row a site that may go, a column a candidate.

        Weighted metres, the farthest metres of the p-center, the weight out of reach of covers.
        """
        width = max(_SLICE // len(points.weight), 1)
        parts = np.array_split(others, 1 + len(others) // width)
        return np.hstack([self._slice(points, part) for part in parts])

    def _slice(self, points: Demand, others: IntArray) -> FloatArray:
        columns = np.concatenate([self.chosen, others])
        table = distances_m(points, self.candidates.of(columns))
        if self.objective == "p_center":
            return _farthest(table, len(self.chosen))[self.fixed :]
        if self.objective in NEEDS_RADIUS:
            table = (table > self.radius_m).astype(np.float64)
        table *= points.weight[:, None]
        now = float(table[:, : len(self.chosen)].min(axis=1).sum())
        change = exchange_changes(table, np.arange(len(self.chosen)))
        after: FloatArray = now + change[self.fixed :, len(self.chosen) :]
        return after


def _farthest(table: FloatArray, sites: int) -> FloatArray:
    """The farthest way after each exchange of one of the first `sites` columns for a later one."""
    opened = table[:, :sites].copy()
    owner = np.argmin(opened, axis=1)
    row = np.arange(len(table))
    first = opened[row, owner]
    opened[row, owner] = np.inf
    second = opened.min(axis=1)
    stays = np.full((sites, table.shape[1] - sites), 0.0)
    goes = stays.copy()
    for site in range(sites):
        own = owner == site
        ways = table[own, sites:]
        stays[site] = np.minimum(ways, first[own, None]).max(axis=0, initial=0.0)
        goes[site] = np.minimum(ways, second[own, None]).max(axis=0, initial=0.0)
    top = np.sort(stays, axis=0)[::-1]
    highest = np.argmax(stays, axis=0)
    rest = np.where(highest == np.arange(sites)[:, None], top[1] if sites > 1 else 0.0, top[0])
    return np.maximum(rest, goes)


def _measured(
    points: Demand, swaps: _Swaps, short: IntArray, overlaps: Overlaps | None, found: Sites
) -> list[Alternative]:
    costs = swaps.costs(points, short)
    _bar(costs, found.chosen[swaps.fixed :], short, overlaps)
    listed = []
    for column, candidate in enumerate(short.tolist()):
        row = int(np.argmin(costs[:, column]))
        cost = float(costs[row, column])
        if np.isfinite(cost):
            out = int(found.chosen[swaps.fixed + row])
            listed.append(_alternative(candidate, out, cost, points, swaps.objective, found))
    return listed


def _alternative(
    candidate: int, out: int, cost: float, points: Demand, objective: str, found: Sites
) -> Alternative:
    if objective == "max_cover":
        return Alternative(candidate, out, float(points.weight.sum()) - cost, cost)
    if objective == "set_cover":
        return Alternative(candidate, out, found.objective_value, cost)
    return Alternative(candidate, out, cost, 0.0)


def _bar(costs: FloatArray, sites: IntArray, short: IntArray, overlaps: Overlaps | None) -> None:
    """Makes exchanges infinite that leave a site which shares ground with the candidate."""
    if overlaps is None:
        return
    for column, candidate in enumerate(short.tolist()):
        on_it = np.isin(sites, overlaps(candidate))
        if on_it.sum() == 1:
            costs[~on_it, column] = np.inf
        elif on_it.any():
            costs[:, column] = np.inf


def _placed(
    points: Demand,
    candidates: Candidates,
    found: Sites,
    fixed: int,
    short: IntArray,
    overlaps: Overlaps | None,
) -> list[Alternative]:
    """Exchanges valued by flows: for each candidate the two nearest sites and the least used."""
    if len(points.weight) * len(found.chosen) > _FLOW_TABLE:
        return []
    sites = found.chosen[fixed:]
    listed = []
    for candidate in short.tolist():
        costs = np.zeros((len(sites), 1))
        _bar(costs, sites, np.array([candidate]), overlaps)
        open_to = [out for row, out in enumerate(sites.tolist()) if np.isfinite(costs[row, 0])]
        near = sorted(open_to, key=lambda out: _apart_m(candidates, out, candidate))[:2]
        tried = [
            _flow_with(points, candidates, found.chosen, out, candidate)
            for out in {*near, *open_to[-1:]}
        ]
        if tried:
            listed.append(min(tried, key=lambda one: (one.unserved_weight, one.objective_value)))
    return listed


def _apart_m(candidates: Candidates, one: int, other: int) -> float:
    east = candidates.x_m[one] - candidates.x_m[other]
    return float(np.hypot(east, candidates.y_m[one] - candidates.y_m[other]))


def _flow_with(
    points: Demand, candidates: Candidates, chosen: IntArray, out: int, into: int
) -> Alternative:
    ground = candidates.of(np.where(chosen == out, into, chosen))
    assert ground.capacity is not None
    flow = placed_people(distances_m(points, ground), points.weight, ground.capacity)
    return Alternative(into, out, flow.value, float(flow.left_over.sum()))
