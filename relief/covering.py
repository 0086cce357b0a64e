"""Who is within reach of a site: maximal covering and set covering.

The programmes are solved by
scipy's HiGHS; where it stops at its limit the bound it has proven is what is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import block_array, csr_array, eye_array

from relief.essential_cover import essential_cover, merged_rows
from relief.reach import BoolArray, FloatArray, IntArray

_SECONDS = 300.0
_NODES = 1_000
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
    covers, merged = merged_rows(distance_m <= radius_m, weight)
    sites = covers.shape[1]
    cost = np.concatenate([np.zeros(sites), -merged])
    reach = block_array([[csr_array(-covers.astype(float)), eye_array(len(merged))]])
    budget = np.concatenate([np.ones(sites), np.zeros(len(merged))])[None, :]
    rules = [
        LinearConstraint(csr_array(reach), ub=0.0),
        LinearConstraint(budget, ub=count + len(fixed)),
    ]
    whole = np.concatenate([np.ones(sites, np.int64), np.zeros(len(merged), np.int64)])
    found = solved(cost, rules, whole, _opened(sites + len(merged), fixed), _NODES)
    opened = greedy_cover(covers, merged, count, fixed)
    if found.x is not None:
        better = np.flatnonzero(found.x[:sites] > 0.5)
        opened = max(opened, better, key=lambda chosen: _covered(covers, merged, chosen))
    best = min(float(merged.sum()), -_dual(found, -float(merged.sum())))
    return Cover(filled(opened, count + len(fixed), sites), best)


def set_cover(distance_m: FloatArray, radius_m: float, fixed: IntArray) -> Cover:
    """The fewest sites, fixed ones included, that reach every demand that any site reaches.

    The bound is the number of sites that no cover can undercut.
    """
    return _fewest(distance_m <= radius_m, fixed)


def _fewest(within: BoolArray, fixed: IntArray) -> Cover:
    """The fewest sites that reach all that can be reached."""
    covers, column = essential_cover(within, fixed)
    size, none = len(column), np.zeros(0, np.int64)
    opened = greedy_cover(covers, np.ones(len(covers)), size, none)
    rules = [LinearConstraint(csr_array(covers.astype(float)), lb=1.0)]
    least = fewest_by_parts(covers)
    if len(opened) > least:
        found = solved(np.ones(size), rules, np.ones(size, np.int64), _opened(size, none), _NODES)
        if found.x is not None and found.x.round().sum() < len(opened):
            opened = np.flatnonzero(found.x > 0.5)
        least = max(float(np.ceil(_dual(found, 0.0) - _ROUNDING)), least)
    return Cover(np.concatenate([fixed, column[opened]]), len(fixed) + least)


def fewest_by_parts(covers: BoolArray) -> float:
    """No cover has fewer sites than parts of sites are needed, rounded up."""
    size = covers.shape[1]
    rules = [LinearConstraint(csr_array(covers.astype(float)), lb=1.0)]
    found = solved(np.ones(size), rules, np.zeros(size, np.int64), Bounds(0.0, 1.0), _NODES)
    return 0.0 if found.x is None else float(np.ceil(found.fun - _ROUNDING))


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


def _covered(covers: BoolArray, weight: FloatArray, opened: IntArray) -> float:
    return float(weight[covers[:, opened].any(axis=1)].sum())


def _opened(size: int, fixed: IntArray) -> Bounds:
    least = np.zeros(size)
    least[fixed] = 1.0
    return Bounds(least, 1.0)


def solved(
    cost: FloatArray, rules: list[LinearConstraint], whole: IntArray, limits: Bounds, nodes: int
) -> OptimizeResult:
    """What HiGHS finds within so many nodes of its search."""
    return milp(
        cost,
        integrality=whole,
        bounds=limits,
        constraints=rules,
        options={"time_limit": _SECONDS, "node_limit": nodes, "mip_rel_gap": 0.0},
    )


def _dual(found: OptimizeResult, otherwise: float) -> float:
    """The bound that HiGHS has proven for the least cost."""
    return otherwise if found.mip_dual_bound is None else float(found.mip_dual_bound)
