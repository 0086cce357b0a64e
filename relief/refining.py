"""Small plans made better, and the proof with them, by branch and bound over the ways in question.

Ways that the packings of the bound use are few and hold a plan near the best. Then whatever way
would cost more than the plan is above its bound is out for good: where few enough are left, branch
and bound over them finds the best plan there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from relief.packing_bound import Instance, packed
from relief.reach import BoolArray, FloatArray, IntArray
from relief.seating import OUTSIDE, Seating

_PAIRS = 200_000
_WAYS = 3_000
"""Branch and bound is tried over so many ways at most, which takes seconds."""
_NODES = 20
_SECONDS = 20.0
"""Only where a machine is hopelessly slow; nodes end the search before."""
_NEAR = 3e-4
"""A plan so near to its bound, as a share, is good enough."""
_RECENT = 0.01


@dataclass(frozen=True)
class Found:
    """The bound, proven for as many people as the seating holds and for more."""

    bound_m: float
    placed: int


def is_small(seating: Seating) -> bool:
    """Whether there are few enough households and shelters for `refined`."""
    return len(seating.persons) * len(seating.free) <= _PAIRS


def refined(seating: Seating, rank: IntArray, price_m: FloatArray, bound_m: float) -> Found:
    """The bound of a small seating, which becomes a better plan where one is found.

    `price_m` are prices of places that prove `bound_m`. Where people are left over whose classes
    differ only the bound is made better.
    """
    placed = seating.placed()
    if not placed or seating.walked_m() <= bound_m * (1 + _NEAR):
        return Found(bound_m, placed)
    return _Refining(seating, rank, price_m).found(bound_m)


class _Refining:
    """A seating of the households that have persons and a way, and its instance."""

    def __init__(self, seating: Seating, rank: IntArray, price_m: FloatArray) -> None:
        household, capacity = np.flatnonzero(seating.persons > 0), seating.capacity()
        usable = np.flatnonzero(capacity > 0)
        metres = seating.reach.rows(household)[:, usable]
        some = np.isfinite(metres).any(axis=1)
        self._seating, self._household, self._usable = seating, household[some], usable
        self._persons = seating.persons[self._household]
        self._instance = Instance(
            self._persons,
            capacity[usable],
            metres[some] * self._persons[:, None],
            price_m[usable],
            seating.placed(),
        )
        out = seating.shelter_of[self._household] == OUTSIDE
        self._everybody = not out.any()
        self._may_reseat = self._everybody or not np.ptp(rank[self._household])

    def found(self, bound_m: float) -> Found:
        """The best bound, after the seating has become the best plan found."""
        proof = packed(self._instance, self._seating.walked_m())
        placed, bound_m = self._instance.placed, max(bound_m, proof.bound_m)
        if self._may_reseat:
            self._reseat(proof.taken > _RECENT)
        if self._may_reseat and self._seating.placed() == placed:
            bound_m = max(bound_m, self._proven_m())
        return Found(bound_m, placed)

    def _proven_m(self) -> float:
        """What the best plan of all walks at least, over the ways that one better than the
        seating may use; 0 where they are too many."""
        instance, walked_m = self._instance, self._seating.walked_m()
        least_m = instance.least_m()
        priced_m = instance.walk_m + np.outer(self._persons, instance.price_m)
        each_m, order = least_m / self._persons, np.argsort(least_m / self._persons)
        upto = np.cumsum(self._persons[order])
        last = min(int(np.searchsorted(upto, instance.placed)), len(order) - 1)
        out_m = np.inf if self._everybody else float(each_m[order[last]])
        counted = np.clip(instance.placed - (upto - self._persons[order]), 0, self._persons[order])
        flow_m = each_m[order] @ counted - instance.price_m @ instance.capacity
        refused_m = np.minimum(least_m, out_m * self._persons)
        return self._reseat(priced_m - refused_m[:, None] <= walked_m - flow_m)

    def _reseat(self, open_to: BoolArray) -> float:
        """Takes the best plan over these ways and the seating's own where it is better; returns
        what any plan over them walks at least, 0 where that is not known."""
        seating, walk_m = self._seating, self._instance.walk_m
        inside = np.flatnonzero(seating.shelter_of[self._household] != OUTSIDE)
        column = np.searchsorted(self._usable, seating.shelter_of[self._household[inside]])
        open_to[inside, column] = True
        row, place = np.nonzero(open_to & np.isfinite(walk_m))
        if len(row) > _WAYS:
            return 0.0
        walked_m = seating.walked_m()
        chosen, least_m = self._best(row, place)
        if chosen is not None and walk_m[row[chosen], place[chosen]].sum() < walked_m:
            seating.unseat_all(self._household[inside])
            seating.seat_all(self._household[row[chosen]], self._usable[place[chosen]])
        return min(least_m, walked_m)

    def _best(self, row: IntArray, place: IntArray) -> tuple[IntArray | None, float]:
        """The ways that the best plan found takes, None where none was found, and what any plan
        over these ways walks at least."""
        instance, every = self._instance, np.arange(len(row))
        people = self._persons[row].astype(np.float64)
        roofs = csr_array((np.ones(len(row)), (row, every)), shape=(len(self._persons), len(row)))
        rooms = csr_array((people, (place, every)), shape=(len(instance.capacity), len(row)))
        rules = [
            LinearConstraint(roofs, lb=1 if self._everybody else 0, ub=1),
            LinearConstraint(rooms, ub=instance.capacity),
        ]
        if not self._everybody:
            rules.append(LinearConstraint(people[None, :], lb=instance.placed))
        found = milp(
            instance.walk_m[row, place],
            integrality=np.ones(len(row), np.int64),
            bounds=Bounds(0, 1),
            constraints=rules,
            options={"node_limit": _NODES, "time_limit": _SECONDS, "mip_rel_gap": 1e-6},
        )
        least_m = 0.0 if found.mip_dual_bound is None else float(found.mip_dual_bound)
        return (every[found.x > 0.5], least_m) if found.x is not None else (None, least_m)
