"""A lower bound that knows households to be whole: what few places hold is packed exactly.

A household that takes part is worth v_h to whoever takes it in. Any plan walks
sum v_h - sum over shelters of (v_h - p_h d_hs), so at least the least worth of as many people less
the most that each shelter can gain: the best packing of a small one (a knapsack), and for any
price w >= 0 of a place c w + sum max(v - p d - p w, 0) in a large one. The worths rise where
nobody takes a household in, and fall where several do (subgradient steps, Held and Karp 1971).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.reach import BoolArray, FloatArray, IntArray

_SMALL = 60
"""A shelter with so many places, or fewer, is packed exactly."""
_TURNS = 250
_PATIENCE = 15
_FIRST_STEP = 0.3
_LAST_STEP = 1e-4
_MOMENTUM = 0.7
_FADING = 0.98


@dataclass(frozen=True)
class Instance:
    """Households (each with persons and a way), shelters (each with places), person-metres
    `walk_m` between them (inf: may not go), what a place is worth, and how many are placed."""

    persons: IntArray
    capacity: IntArray
    walk_m: FloatArray
    price_m: FloatArray
    placed: int

    def least_m(self) -> FloatArray:
        """What each household pays at least, in person-metres."""
        least_m: FloatArray = (self.walk_m + np.outer(self.persons, self.price_m)).min(axis=1)
        return least_m


@dataclass(frozen=True)
class Packed:
    """The best bound found, and how often and how lately each way was taken for it."""

    bound_m: float
    taken: FloatArray


def packed(instance: Instance, walked_m: float) -> Packed:
    """The bound, where a plan walks `walked_m`; 0 where no shelter is small."""
    small, taken = instance.capacity <= _SMALL, np.zeros(instance.walk_m.shape)
    if not small.any():
        return Packed(0.0, taken)
    worth_m, best_m, step, in_vain = instance.least_m(), 0.0, _FIRST_STEP, 0
    way = np.zeros(len(worth_m))
    for _ in range(_TURNS):
        asked_m, asked = _least_worth(worth_m, instance)
        gained_m, took = _gained(worth_m, instance, small)
        bound_m, taken = asked_m - gained_m, _FADING * taken + took
        in_vain = 0 if bound_m > best_m + 1e-4 * (walked_m - best_m) else in_vain + 1
        best_m = max(best_m, bound_m)
        if in_vain >= _PATIENCE:
            step, in_vain = step / 2, 0
        way = asked - took.sum(axis=1) + _MOMENTUM * way
        length = float(way @ way)
        if step < _LAST_STEP or length < 1e-9 or bound_m >= walked_m:
            break
        worth_m = worth_m + step * (walked_m - bound_m) / length * way
    return Packed(best_m, taken)


def _least_worth(worth_m: FloatArray, instance: Instance) -> tuple[float, FloatArray]:
    """What as many people as are placed are worth at least, and which part of each household."""
    persons = instance.persons
    order = np.argsort(worth_m / persons, kind="stable")
    before = np.cumsum(persons[order]) - persons[order]
    share = np.zeros(len(persons))
    share[order] = np.clip((instance.placed - before) / persons[order], 0.0, 1.0)
    share[worth_m < 0] = 1.0  # so many are placed, or more
    return float(worth_m @ share), share


def _gained(worth_m: FloatArray, instance: Instance, small: BoolArray) -> tuple[float, BoolArray]:
    """The most that all shelters can gain, and whom each takes in for it."""
    took = np.zeros(instance.walk_m.shape, bool)
    gain_m = worth_m[:, None] - instance.walk_m
    price_m = instance.price_m[~small]
    spare_m = gain_m[:, ~small] - np.outer(instance.persons, price_m)
    took[:, ~small] = spare_m > 0
    gained_m = float(np.maximum(spare_m, 0.0).sum() + price_m @ instance.capacity[~small])
    best_m, took[:, small] = _best_packings(
        gain_m[:, small], instance.persons, instance.capacity[small]
    )
    return gained_m + best_m, took


def _best_packings(
    gain_m: FloatArray, persons: IntArray, capacity: IntArray
) -> tuple[float, BoolArray]:
    """The knapsack of each column: of households of one size the best come first, so that only
    how many of each size is to be chosen, for every number of places."""
    most, shelters = int(capacity.max()), np.arange(len(capacity))
    value_m = np.zeros((most + 1, len(capacity)))
    chosen = []
    for size in np.unique(persons[persons <= most]).tolist():
        who = np.flatnonzero(persons == size)
        first = _first(gain_m[who], min(most // size, len(who)))
        upto_m = np.cumsum(np.take_along_axis(gain_m[who], first, 0), axis=0)
        better_m, count = value_m.copy(), np.zeros(value_m.shape, np.int64)
        for number, sum_m in enumerate(upto_m, 1):
            with_them_m = value_m[: most + 1 - number * size] + sum_m
            more = with_them_m > better_m[number * size :]
            np.copyto(better_m[number * size :], with_them_m, where=more)
            count[number * size :][more] = number
        value_m = better_m
        chosen.append((size, who[first], count))
    left, took = capacity.copy(), np.zeros(gain_m.shape, bool)
    for size, who, count in reversed(chosen):
        number = count[left, shelters]
        rank, column = np.nonzero(np.arange(len(who))[:, None] < number)
        took[who[rank, column], column] = True
        left = left - number * size
    return float(value_m[capacity, shelters].sum()), took


def _first(gain_m: FloatArray, most: int) -> IntArray:
    """The rows of the greatest gains of each column, the greatest first."""
    first = np.argpartition(-gain_m, most - 1, axis=0)[:most]
    order = np.argsort(-np.take_along_axis(gain_m, first, 0), axis=0, kind="stable")
    found: IntArray = np.take_along_axis(first, order, 0)
    return found
