"""How good a plan can be at best: the proof that comes with every assignment.

For any prices w >= 0 of a place and any split of P people over shelters within capacity c,
person-metres = sum x(d + w) - sum x w >= sum x min_s(d + w) - sum c w, since no shelter s holds
more than c people; and the P people with the least min_s(d + w) bound the first term from below,
whoever was placed. So the bound holds over all pairs, splitting allowed, for every P.
"""

from __future__ import annotations

import numpy as np

from relief.reach import FloatArray, IntArray

_ROUNDING = 1e-6


def lower_bound(
    priced_m: FloatArray, persons: IntArray, price_m: FloatArray, capacity: IntArray, placed: int
) -> float:
    """Person-metres that any plan for `placed` people walks at least; `priced_m` = min_s(d + w)."""
    if (price_m < 0).any():
        raise ArithmeticError("A place with a negative price proves nothing.")
    order = np.argsort(priced_m, kind="stable") if placed < persons.sum() else slice(None)
    before = np.cumsum(persons[order]) - persons[order]
    counted = np.clip(placed - before, 0, persons[order])
    walked = float(np.dot(np.where(counted > 0, priced_m[order], 0.0), counted))
    return max(0.0, walked - float(np.dot(price_m, capacity)))


def checked_bound(bound: float, walked: float) -> float:
    """The bound, no more than what is walked; one that is more by more than rounding is false.

    Raises ArithmeticError then: a wrong proof must never look like a perfect plan.
    """
    if bound > walked * (1 + _ROUNDING) + _ROUNDING:
        raise ArithmeticError(f"A lower bound of {bound} is above the {walked} m that are walked.")
    return min(bound, walked)
