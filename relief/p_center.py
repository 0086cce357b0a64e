"""The p-center: sites whose farthest demand is nearest, by bisection over covers."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array

from relief.covering import Cover, fewest_by_parts, filled, greedy_cover, solved
from relief.essential_cover import essential_cover
from relief.progress import Cancelled, Progress, step
from relief.reach import BoolArray, FloatArray, IntArray

_WORK = 20_000_000
_LEAST_NODES = 20
"""Branch-and-bound nodes a radius, times the table's size; a count and no time, so that a rerun
gives the same answer."""

_INFEASIBLE = 2  # a status of scipy.optimize.milp


def p_center(
    distance_m: FloatArray,
    count: int,
    fixed: IntArray,
    progress: Progress,
    cancelled: Cancelled,
) -> Cover:
    """The `count` sites beside the fixed ones whose farthest demand is nearest.

    Bisection over the distances that occur: a radius is possible where a set cover of that
    radius needs few enough sites. The bound is the first radius not proven impossible: where the
    search for a cover ends at its limit nothing is proven.
    """
    limit = count + len(fixed)
    opened = _farthest_first(distance_m, count, fixed)
    radii = np.unique(distance_m)
    high = int(np.searchsorted(radii, _radius(distance_m, opened)))
    low = int(np.searchsorted(radii, distance_m.min(axis=1).max()))
    proven, span = low, max(high - low, 1)
    while low < high:
        middle = (low + high) // 2
        sites, impossible = _cover_of(distance_m <= radii[middle], fixed, count)
        if sites is not None:
            opened = sites
            high = int(np.searchsorted(radii, _radius(distance_m, opened)))
        else:
            low = middle + 1
            proven = low if impossible else proven
        step(0.8 - 0.7 * max(high - low, 0) / span, progress, cancelled)
    return Cover(filled(opened, limit, distance_m.shape[1]), float(radii[min(proven, high)]))


def _cover_of(within: BoolArray, fixed: IntArray, count: int) -> tuple[IntArray | None, bool]:
    """(the fixed sites and at most `count` others that reach everybody, None if none is found;
    whether there is proven to be none)."""
    covers, column = essential_cover(within, fixed)
    size, none = len(column), np.zeros(0, np.int64)
    opened = greedy_cover(covers, np.ones(len(covers)), size, none)
    if len(opened) > count:
        if fewest_by_parts(covers) > count:
            return None, True
        rules = [
            LinearConstraint(csr_array(covers.astype(float)), lb=1.0),
            LinearConstraint(np.ones((1, size)), ub=count),
        ]
        nodes = max(_WORK // covers.size, _LEAST_NODES)
        found = solved(np.zeros(size), rules, np.ones(size, np.int64), Bounds(0.0, 1.0), nodes)
        if found.x is None:
            return None, found.status == _INFEASIBLE
        opened = np.flatnonzero(found.x > 0.5)
    return np.concatenate([fixed, column[opened]]), False


def _farthest_first(distance_m: FloatArray, count: int, fixed: IntArray) -> IntArray:
    """A start for the p-center: again and again the site nearest to the worst-off demand."""
    opened = fixed.tolist()
    nearest = distance_m[:, fixed].min(axis=1, initial=np.inf)
    for _ in range(count):
        opened.append(int(np.argmin(distance_m[np.argmax(nearest)])))
        nearest = np.minimum(nearest, distance_m[:, opened[-1]])
    return np.unique(np.array(opened, np.int64))


def _radius(distance_m: FloatArray, opened: IntArray) -> float:
    return float(distance_m[:, opened].min(axis=1).max())
