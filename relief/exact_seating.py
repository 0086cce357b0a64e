"""The best plan of all for a handful of households: a mixed-integer programme, aim after aim."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from relief.reach import FloatArray, IntArray
from relief.seating import Seating
from relief.transport import Arcs

_NODES = 5_000
"""Branch-and-bound nodes an aim may take; a count, so that a rerun gives the same plan."""


def seat_exactly(seating: Seating, households: IntArray, arcs: Arcs, rank: IntArray) -> bool:
    """Seats the best plan of all; false, and nobody seated, where it could not be proven."""
    used = _exact_seats(seating, households, arcs, rank)
    seating.seat_all(households[arcs.group[used]], arcs.shelter[used])
    return len(used) > 0


def _exact_seats(seating: Seating, households: IntArray, arcs: Arcs, rank: IntArray) -> IntArray:
    """Arcs that the best plan uses: most people, then most of each class from the highest, then
    fewest person-metres. Empty where an aim was not proven within the node limit."""
    if not len(arcs.group):
        return np.zeros(0, np.int64)
    people = seating.persons[households[arcs.group]].astype(np.float64)
    classes = np.unique(rank)[::-1] if len(np.unique(rank)) > 1 else np.zeros(0, np.int64)
    of_class = [np.where(rank[arcs.group] == one, people, 0.0) for one in classes]
    rules = [_one_roof(arcs, len(households)), _capacity(arcs, people, seating.free)]
    for aim in [people, *of_class]:
        chosen = _best(-aim, rules)
        if chosen is None:
            return np.zeros(0, np.int64)
        rules.append(LinearConstraint(aim[None, :], lb=np.dot(aim, chosen) - 0.5))
    chosen = _best(people * arcs.distance_m, rules)
    return np.flatnonzero(chosen) if chosen is not None else np.zeros(0, np.int64)


def _one_roof(arcs: Arcs, households: int) -> LinearConstraint:
    """sum_s x[h, s] <= 1 for every household h."""
    return LinearConstraint(_sums(arcs.group, np.ones(len(arcs.group)), households), ub=1)


def _capacity(arcs: Arcs, people: FloatArray, free: IntArray) -> LinearConstraint:
    """sum_h p[h] x[h, s] <= c[s] for every shelter s."""
    return LinearConstraint(_sums(arcs.shelter, people, len(free)), ub=free)


def _sums(row: IntArray, value: FloatArray, rows: int) -> csr_array:
    return csr_array((value, (row, np.arange(len(row)))), shape=(rows, len(row)))


def _best(cost: FloatArray, rules: list[LinearConstraint]) -> IntArray | None:
    """The 0/1 choice of least cost; None where optimality is not proven."""
    found = milp(
        cost,
        integrality=np.ones(len(cost), np.int64),
        bounds=Bounds(0, 1),
        constraints=rules,
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    if found.status != 0:
        return None
    return np.rint(found.x).astype(np.int64)
