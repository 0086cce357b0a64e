"""How far people go: half of them, nine in ten, the farthest."""

from __future__ import annotations

import numpy as np

from relief.reach import FloatArray, IntArray

SHARES = {"p50": 0.5, "p90": 0.9, "max": 1.0}
"""The share of the people who go no farther, by the name of the percentile."""


def distance_percentiles(distance_m: FloatArray, persons: IntArray) -> dict[str, float] | None:
    """The least metres within which each share of the people goes (nearest rank, each person
    counted once); None of nobody."""
    order = np.argsort(distance_m, kind="stable")
    upto = np.cumsum(persons[order])
    if not len(upto) or not upto[-1]:
        return None
    return {
        name: float(distance_m[order][np.searchsorted(upto, np.ceil(share * upto[-1]))])
        for name, share in SHARES.items()
    }
