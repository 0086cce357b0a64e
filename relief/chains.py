"""Chains of moves: one household makes way by moving to the next shelter, where another does."""

from __future__ import annotations

import numpy as np

from relief.reach import FloatArray, IntArray


def lowered(price_m: FloatArray, move_m: FloatArray, least_m: float) -> tuple[FloatArray, IntArray]:
    """(the prices of places, no higher than the chain of moves to a place at its price costs, the
    next shelter of that chain, or -1): Bellman-Ford over the least moves from row to column, as
    long as something falls by `least_m`."""
    low_m, following = price_m.copy(), np.full(len(price_m), -1)
    every = np.arange(len(price_m))
    for _ in every:
        chain_m = move_m + low_m
        target = chain_m.argmin(axis=1)
        cost_m = np.maximum(chain_m[every, target], 0.0)
        lower = cost_m < low_m - least_m
        if not lower.any():
            break
        low_m[lower], following[lower] = cost_m[lower], target[lower]
    return low_m, following


def along_chains(coming: FloatArray | IntArray, following: IntArray) -> FloatArray:
    """People who are to move from s (row) to t, for so many people coming to each shelter."""
    wanted = np.zeros((len(following), len(following)))
    for start in np.flatnonzero(coming):
        at, passed = int(start), set[int]()
        while following[at] >= 0 and at not in passed:
            passed.add(at)
            wanted[at, following[at]] += coming[start]
            at = int(following[at])
    return wanted
