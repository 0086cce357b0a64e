"""The p-median with only so many places at each site, and the proof beside it.

Lagrangian relaxation of "everybody is placed" (a knapsack a site, after Pirkul 1987) gives the
bound and the starts; flows give each choice its true value, and the exchanges that the prices
favour better it. People of one place may be split between sites.
"""

from __future__ import annotations

import numpy as np

from relief.exact_median import Median, exact_placed_median
from relief.placed_people import placed_people
from relief.progress import Cancelled, Progress, step
from relief.reach import FloatArray, IntArray

_STEPS = 150
_STARTS = 4
_TRIES = 40
_FLOWS = 160
_ARCS = 3_600_000
"""Exchanges are tried by the prices' promise: so many in vain end it, and so many flows in all,
or arcs of flows."""

_EXACT_TABLE = 5_000
_WORK = 150_000_000
"""Distances that are looked at to raise a bound over all places."""


def placed_median(
    distance_m: FloatArray,
    weight: FloatArray,
    capacity: FloatArray,
    count: int,
    fixed: IntArray,
    progress: Progress,
    cancelled: Cancelled,
) -> Median:
    """The `count` columns to open beside the fixed ones: fewest people without a place first,
    then the least way of those who have one; distance_m has a row a demand."""
    search = _Search(distance_m, weight, capacity, count, fixed)
    bound, size, stalled = -np.inf, 1.0, 0
    price = proof = _second_nearest(distance_m)
    found = {search.with_room(search.largest())}
    value = min(map(search.value, found))
    for turn in range(_STEPS):
        reduced, opened, slack = search.relaxed(price)
        stalled = 0 if reduced > bound else stalled + 1
        bound, proof = max((bound, proof), (reduced, price), key=lambda one: one[0])
        if (plan := search.with_room(opened)) not in found and len(found) < search.flows // 4:
            found.add(plan)
            value = min(value, search.value(plan))
        if stalled == 8:
            size, stalled = size / 2, 0
        norm = float(np.dot(slack, slack))
        if norm == 0 or value - bound <= 1e-9 * value:
            break
        price = price + size * max(value - reduced, 0.0) / norm * slack
        step(0.1 + 0.5 * turn / _STEPS, progress, cancelled)
    starts = sorted(found, key=search.value)[:_STARTS]
    sites = min((search.exchanged(start, proof, cancelled) for start in starts), key=search.value)
    step(0.8, progress, cancelled)
    value = search.value(sites)
    known = Median(np.array(sites, np.int64), value, max(bound, 0.0), proof)
    if distance_m.size > _EXACT_TABLE or known.proven:
        return known
    return exact_placed_median(distance_m, weight, capacity, search.short, fixed, known)


def bettered(
    distance_m: FloatArray,
    weight: FloatArray,
    capacity: FloatArray,
    fixed: IntArray,
    known: Median,
    cancelled: Cancelled,
) -> Median:
    """A plan that was found on cells, carried on over every place, as far as its size allows.

    A bound holds for any prices; a few steps towards the plan's value raise it.
    """
    search = _Search(distance_m, weight, capacity, len(known.sites) - len(fixed), fixed)
    plan = tuple(sorted(known.sites.tolist()))
    bound, best, size, stalled = 0.0, known.multiplier, 0.5, 0
    price, value = best, search.value(plan)
    for _ in range(1 + min(_STEPS, _WORK // distance_m.size)):
        reduced, _, slack = search.relaxed(price)
        stalled = 0 if reduced > bound else stalled + 1
        bound, best = max((bound, best), (reduced, price), key=lambda one: one[0])
        if stalled == 5:
            size, stalled, price = size / 2, 0, best
        norm = float(np.dot(slack, slack))
        if norm == 0:
            break
        price = price + size * max(value - reduced, 0.0) / norm * slack
    plan = search.exchanged(plan, best, cancelled)
    return Median(np.array(plan, np.int64), search.value(plan), bound, best)


Plan = tuple[int, ...]


class _Search:
    """One table of distances and what was learnt about it."""

    def __init__(
        self,
        distance_m: FloatArray,
        weight: FloatArray,
        capacity: FloatArray,
        count: int,
        fixed: IntArray,
    ) -> None:
        self.distance_m, self.weight, self.capacity = distance_m, weight, capacity
        self.count, self.fixed = count, [int(one) for one in fixed]
        self.free = np.setdiff1d(np.arange(len(capacity)), fixed)
        self.known: dict[Plan, float] = {}
        self.flows = min(_FLOWS, _ARCS // (len(weight) * (count + len(fixed))) + _STARTS)
        most = capacity[self.largest()].sum()
        self.short = float(max(weight.sum() - most, 0.0))

    def largest(self) -> list[int]:
        """The fixed sites and the largest of the others."""
        order = self.free[np.argsort(-self.capacity[self.free], kind="stable")]
        return [*self.fixed, *map(int, order[: self.count])]

    def value(self, plan: Plan) -> float:
        """Person-metres of the plan, the people without a place left out."""
        if plan not in self.known:
            opened = list(plan)
            table = self.distance_m[:, opened]
            self.known[plan] = placed_people(table, self.weight, self.capacity[opened]).value
        return self.known[plan]

    def with_room(self, opened: list[int]) -> Plan:
        """The plan, its smallest sites exchanged for larger ones until all fit who can."""
        plan = list(opened)
        need = self.weight.sum() - self.short
        larger = [one for one in self.largest() if one not in plan]
        while self.capacity[plan].sum() < need and larger:
            smallest = min(set(plan) - set(self.fixed), key=lambda one: self.capacity[one])
            plan.remove(smallest)
            plan.append(larger.pop(0))
        return tuple(sorted(plan))

    def fits(self, plan: Plan) -> bool:
        """Whether as many find a place as in any plan."""
        return bool(self.capacity[list(plan)].sum() >= self.weight.sum() - self.short)

    def exchanged(self, start: Plan, price: FloatArray, cancelled: Cancelled) -> Plan:
        """The plan after exchanges of one site for another, as long as those favoured help."""
        plan, worth, _ = start, *self._worths(price)
        while True:
            for better in self._neighbours(plan, worth)[:_TRIES]:
                step(0.0, lambda _share: None, cancelled)
                if self.value(better) < self.value(plan) * (1 - 1e-9):
                    plan = better
                    break
                if len(self.known) > self.flows:
                    return plan
            else:
                return plan

    def _neighbours(self, plan: Plan, worth: FloatArray) -> list[Plan]:
        """Plans with one site exchanged that have room, the most promising first."""
        out = [one for one in plan if one not in self.fixed]
        into = [int(one) for one in self.free if one not in plan]
        pairs = sorted((worth[j] - worth[r], r, j) for r in out for j in into)
        near = []
        for _, r, j in pairs:
            other = tuple(sorted({*plan, j} - {r}))
            if self.fits(other):
                near.append(other)
            if len(near) == _TRIES:
                break
        return near

    def relaxed(self, price: FloatArray) -> tuple[float, list[int], FloatArray]:
        """(a lower bound for any prices, the sites that are worth most, the subgradient)."""
        worth, nobody = self._worths(price)
        order = self.free[np.argsort(worth[self.free], kind="stable")]
        opened = [*self.fixed, *map(int, order[: self.count])]
        bound = float(np.dot(price, self.weight) + worth[opened].sum() + nobody)
        placed = sum(self._taken(self.distance_m[:, j] - price, self.capacity[j]) for j in opened)
        slack = self.weight - placed - self._taken(-price, self.short)
        return bound, opened, np.asarray(slack, float)

    def _worths(self, price: FloatArray) -> tuple[FloatArray, float]:
        """What opening each site takes off at these prices, and being nowhere (0 or less)."""
        reduced = np.minimum(self.distance_m - price[:, None], 0.0)
        worth = self.weight @ reduced
        taken = self.weight @ (reduced < 0)
        for j in np.flatnonzero(taken > self.capacity):
            worth[j] = reduced[:, j] @ self._taken(reduced[:, j], self.capacity[j])
        return worth, float(np.dot(-price, self._taken(-price, self.short)))

    def _taken(self, reduced: FloatArray, room: float) -> FloatArray:
        """People of each place that a site with so much room takes: whom it gains most by."""
        taken = np.zeros(len(reduced))
        gain = np.flatnonzero(reduced < 0)
        gain = gain[np.argsort(reduced[gain], kind="stable")]
        before = np.cumsum(self.weight[gain]) - self.weight[gain]
        taken[gain] = np.clip(room - before, 0.0, self.weight[gain])
        return taken


def _second_nearest(distance_m: FloatArray) -> FloatArray:
    """A start for the prices: the way to the second nearest site."""
    if distance_m.shape[1] < 2:
        return distance_m[:, 0].copy()
    second: FloatArray = np.partition(distance_m, 1, axis=1)[:, 1]
    return second
