"""The p-median: sites that keep the weighted way of everybody short, and the proof beside it.

Lagrangian relaxation (Cornuéjols, Fisher, Nemhauser 1977) gives the bound and good starts;
interchange of one open site for one closed (Teitz and Bart 1968, in the tables of Whitaker 1983)
gives the plan.
"""

from __future__ import annotations

import numpy as np

from relief.exact_median import Median, exact_median
from relief.progress import Cancelled, Progress, step
from relief.reach import BoolArray, FloatArray, IntArray

_STEPS = 250
_STARTS = 3
_EXACT_TABLE = 10_000
"""Up to so many distances branch and bound closes what gap is left, in about a second."""


def p_median(
    distance_m: FloatArray,
    weight: FloatArray,
    count: int,
    fixed: IntArray,
    progress: Progress,
    cancelled: Cancelled,
) -> Median:
    """The best `count` columns to open beside the fixed ones; distance_m has a row a demand."""
    weighted = distance_m * weight[:, None]
    forced = np.zeros(weighted.shape[1], bool)
    forced[fixed] = True
    sites, value = _interchanged(weighted, _greedy(weighted, count, forced), forced)
    multiplier = _second_nearest(weighted, sites)
    bound, size, stalled, proof = -np.inf, 1.0, 0, multiplier
    pool = [(value, sites)]
    for turn in range(_STEPS):
        reduced, opened, slack = _relaxed(weighted, multiplier, count, forced)
        better = reduced > bound
        proof = multiplier if better else proof
        bound, stalled = max(bound, reduced), 0 if better else stalled + 1
        tried = float(weighted[:, opened].min(axis=1).sum())
        pool = sorted([*pool, (tried, opened)], key=lambda found: found[0])[:_STARTS]
        value = min(value, tried)
        if stalled == 12:
            size, stalled = size / 2, 0
        norm = float(np.dot(slack, slack))
        if norm == 0 or Median(sites, value, bound, proof).proven:
            break
        multiplier = np.maximum(multiplier + size * (value - reduced) / norm * slack, 0.0)
        step(0.1 + 0.7 * turn / _STEPS, progress, cancelled)
    polished = [_interchanged(weighted, start, forced) for _, start in pool]
    sites, value = min(polished, key=lambda found: found[1])
    known = Median(sites, value, min(max(bound, 0.0), value), proof)
    if weighted.size > _EXACT_TABLE or known.proven:
        return known
    return exact_median(weighted, fixed, known)


def _greedy(weighted: FloatArray, count: int, forced: BoolArray) -> IntArray:
    """The fixed sites and, one after another, the site that shortens the ways most."""
    opened = list(np.flatnonzero(forced))
    nearest = weighted[:, opened].min(axis=1, initial=np.inf)
    for _ in range(count):
        total = np.minimum(weighted, nearest[:, None]).sum(axis=0)
        total[opened] = np.inf
        opened.append(np.argmin(total))
        nearest = np.minimum(nearest, weighted[:, opened[-1]])
    return np.array(opened, np.int64)


def _interchanged(
    weighted: FloatArray, start: IntArray, forced: BoolArray
) -> tuple[IntArray, float]:
    """The sites after the best exchange of one for another, as long as one helps."""
    sites = start.copy()
    value = float(weighted[:, sites].min(axis=1).sum())
    while True:
        change = exchange_changes(weighted, sites)
        change[forced[sites]] = np.inf
        change[:, sites] = np.inf
        out, into = np.divmod(int(np.argmin(change)), weighted.shape[1])
        if not change[out, into] < -1e-9 * max(value, 1.0):
            return sites, value
        sites[out] = into
        value = float(weighted[:, sites].min(axis=1).sum())


def exchange_changes(weighted: FloatArray, sites: IntArray) -> FloatArray:
    """What closing sites[r] and opening column j adds, for every r and j.

    Whoever is nearer to j moves there whichever site closes; whoever loses its site goes to j or
    to its second nearest.
    """
    opened = weighted[:, sites]
    owner = np.argmin(opened, axis=1)
    first = opened[np.arange(len(opened)), owner]
    opened[np.arange(len(opened)), owner] = np.inf
    second = opened.min(axis=1)
    order = np.argsort(owner, kind="stable")
    by_owner, first, second = weighted[order], first[order, None], second[order, None]
    gain = np.minimum(by_owner - first, 0.0).sum(axis=0)
    lost = np.clip(by_owner, first, second) - first
    change = np.tile(gain, (len(sites), 1))
    present, begin = np.unique(owner[order], return_index=True)
    change[present] += np.add.reduceat(lost, begin, axis=0)
    return change


def _second_nearest(weighted: FloatArray, sites: IntArray) -> FloatArray:
    """A start for the multipliers: between the nearest and the second nearest open site."""
    if len(sites) < 2:
        return weighted[:, sites[0]].copy()
    two = np.partition(weighted[:, sites], 1, axis=1)
    middle: FloatArray = two[:, :2].mean(axis=1)
    return middle


def _relaxed(
    weighted: FloatArray, multiplier: FloatArray, count: int, forced: BoolArray
) -> tuple[float, IntArray, FloatArray]:
    """The relaxation's value (a lower bound for any multiplier), its sites, and its subgradient.

    sum v + the sum over the open sites of sum min(0, w d - v): each demand may be served by no
    site or by several, at multiplier v.
    """
    reduced = np.minimum(weighted - multiplier[:, None], 0.0)
    worth = reduced.sum(axis=0)
    fixed = np.flatnonzero(forced)
    order = np.argsort(np.where(forced, np.inf, worth), kind="stable")
    opened = np.concatenate([fixed, order[:count]])
    value = float(multiplier.sum() + worth[opened].sum())
    slack = 1.0 - (reduced[:, opened] < 0).sum(axis=1)
    return value, opened, slack
