"""Who is within reach of a site: maximal covering, set covering and the p-center.

Demands that the same sites reach are one row, which loses nothing. The programmes are solved by
scipy's HiGHS; where it stops at its limit the bound it has proven is what is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import block_array, csr_array, eye_array

from relief.progress import Cancelled, Progress, step
from relief.reach import BoolArray, FloatArray, IntArray

_SECONDS = 300.0
_NODES = 5_000
"""Branch-and-bound nodes at most; a count, so that a rerun gives the same answer. The seconds only
stop what would never end."""
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Cover:
    """The open sites (column indices) and the bound on what they are measured by."""

    sites: IntArray
    bound: float


def max_cover(
    distance_m: FloatArray, weight: FloatArray, radius_m: float, count: int, fixed: IntArray
) -> Cover:
    """The `count` sites beside the fixed ones that have most weight within the radius.

    The bound is the weight that no choice can exceed.
    """
    covers, merged = _merged(distance_m <= radius_m, weight)
    sites = covers.shape[1]
    cost = np.concatenate([np.zeros(sites), -merged])
    reach = block_array([[csr_array(-covers.astype(float)), eye_array(len(merged))]])
    budget = np.concatenate([np.ones(sites), np.zeros(len(merged))])[None, :]
    rules = [
        LinearConstraint(csr_array(reach), ub=0.0),
        LinearConstraint(budget, ub=count + len(fixed)),
    ]
    whole = np.concatenate([np.ones(sites, np.int64), np.zeros(len(merged), np.int64)])
    found = _solved(cost, rules, whole, _opened(sites + len(merged), fixed))
    opened = greedy_cover(covers, merged, count, fixed)
    if found.x is not None:
        solved = np.flatnonzero(found.x[:sites] > 0.5)
        opened = max(opened, solved, key=lambda chosen: _covered(covers, merged, chosen))
    best = min(float(merged.sum()), -_dual(found, -float(merged.sum())))
    return Cover(filled(opened, count + len(fixed), sites), best)


def set_cover(distance_m: FloatArray, radius_m: float, fixed: IntArray) -> Cover:
    """The fewest sites, fixed ones included, that reach every demand that any site reaches.

    The bound is the number of sites that no cover can undercut.
    """
    return _fewest(distance_m <= radius_m, fixed, len(fixed))


def _fewest(within: BoolArray, fixed: IntArray, enough: int) -> Cover:
    """The fewest sites that reach all that can be reached; any `enough` of them will do."""
    covers, weight = _merged(within, np.ones(len(within)))
    sites = covers.shape[1]
    opened = greedy_cover(covers, weight, sites, fixed)
    if len(opened) <= enough:
        return Cover(opened, float(len(fixed)))
    rules = [LinearConstraint(csr_array(covers.astype(float)), lb=1.0)]
    found = _solved(np.ones(sites), rules, np.ones(sites, np.int64), _opened(sites, fixed))
    if found.x is not None and found.x.round().sum() < len(opened):
        opened = np.flatnonzero(found.x > 0.5)
    bound = np.ceil(_dual(found, 0.0) - _ROUNDING)
    return Cover(opened, max(float(bound), float(len(fixed))))


def p_center(
    distance_m: FloatArray,
    count: int,
    fixed: IntArray,
    progress: Progress,
    cancelled: Cancelled,
) -> Cover:
    """The `count` sites beside the fixed ones whose farthest demand is nearest.

    Bisection over the distances that occur: a radius is possible where a set cover of that
    radius needs few enough sites. The bound is the first radius not proven impossible.
    """
    limit = count + len(fixed)
    opened = _farthest_first(distance_m, count, fixed)
    radii = np.unique(distance_m)
    high = int(np.searchsorted(radii, _radius(distance_m, opened)))
    low = int(np.searchsorted(radii, distance_m.min(axis=1).max()))
    proven, span = low, max(high - low, 1)
    while low < high:
        middle = (low + high) // 2
        cover = _fewest(distance_m <= radii[middle], fixed, limit)
        if len(cover.sites) <= limit:
            opened = cover.sites
            high = int(np.searchsorted(radii, _radius(distance_m, opened)))
        else:
            low = middle + 1
            proven = low if cover.bound > limit else proven
        step(0.8 - 0.7 * max(high - low, 0) / span, progress, cancelled)
    return Cover(filled(opened, limit, distance_m.shape[1]), float(radii[min(proven, high)]))


def greedy_cover(covers: BoolArray, weight: FloatArray, count: int, fixed: IntArray) -> IntArray:
    """The fixed sites and up to `count` more, each the one that newly covers most weight."""
    opened = fixed.tolist()
    left = np.where(covers[:, fixed].any(axis=1), 0.0, weight)
    for _ in range(count):
        gain = left @ covers
        if not gain.any():
            break
        opened.append(int(np.argmax(gain)))
        left[covers[:, opened[-1]]] = 0.0
    return np.array(opened, np.int64)


def filled(opened: IntArray, count: int, sites: int) -> IntArray:
    """The open sites and, where they are fewer than asked, the first of the others."""
    others = np.setdiff1d(np.arange(sites), opened)
    return np.concatenate([opened, others[: max(count - len(opened), 0)]])


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


def _merged(within: BoolArray, weight: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Demands that the same sites reach as one row; those that none reaches are dropped."""
    reached = within.any(axis=1)
    packed = np.packbits(within[reached], axis=1)
    first, row = np.unique(packed, axis=0, return_index=True, return_inverse=True)[1:]
    return within[reached][first], np.bincount(row, weight[reached], len(first)).astype(np.float64)


def _covered(covers: BoolArray, weight: FloatArray, opened: IntArray) -> float:
    return float(weight[covers[:, opened].any(axis=1)].sum())


def _opened(size: int, fixed: IntArray) -> Bounds:
    least = np.zeros(size)
    least[fixed] = 1.0
    return Bounds(least, 1.0)


def _solved(
    cost: FloatArray, rules: list[LinearConstraint], whole: IntArray, limits: Bounds
) -> OptimizeResult:
    return milp(
        cost,
        integrality=whole,
        bounds=limits,
        constraints=rules,
        options={"time_limit": _SECONDS, "node_limit": _NODES, "mip_rel_gap": 0.0},
    )


def _dual(found: OptimizeResult, otherwise: float) -> float:
    """The bound that HiGHS has proven for the least cost."""
    return otherwise if found.mip_dual_bound is None else float(found.mip_dual_bound)
