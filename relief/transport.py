"""The transport problem on listed arcs: the cheapest flow of people, and what a place is worth.

The flow is OR-Tools' SimpleMinCostFlow (cost-scaling push-relabel, exact in whole numbers).
Distances become whole millimetres; where many places and long ways would overflow 64 bits
inside the solver (it multiplies costs by the number of nodes), the unit grows to fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from relief.reach import BoolArray, FloatArray, IntArray

_COST_LIMIT = 2.0**60
_FINEST_UNITS_PER_M = 1000.0
_UNREACHED = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Arcs:
    """Ways that people may take: group[i] may go to shelter[i], distance_m[i] away.

    Sorted by group. A group is a household or a cell of households.
    """

    group: IntArray
    shelter: IntArray
    distance_m: FloatArray


@dataclass(frozen=True)
class PriceRange:
    """What a place at each shelter is worth at least and at most, in metres."""

    least_m: FloatArray
    most_m: FloatArray


@dataclass(frozen=True)
class Flow:
    """People on each arc and people of each group who are left over.

    `price_m` is what one place more at each shelter would save, in metres; inf where nobody
    listed could leave it. Being left over is as good as walking `out_m`, one value a group.
    """

    persons: IntArray
    left_over: IntArray
    price_m: FloatArray
    out_m: FloatArray

    @property
    def refused_m(self) -> float:
        """What being left over counts in the lowest class that there is."""
        return float(self.out_m.min(initial=np.inf))


def cheapest_flow(
    arcs: Arcs,
    supply: IntArray,
    capacity: IntArray,
    rank: IntArray | None = None,
    refused_m: float = 0.0,
    known: PriceRange | None = None,
) -> Flow:
    """The flow that leaves fewest people over, then the fewest of high `rank`, then walks least.

    `rank` (0, 1, 2, ...) is given per group where key groups go first. Leaving over costs more
    than the longest chain of moves could ever save, and the more the higher the class. Sets of
    people who can be placed together form a matroid, whose dearest set is also a largest one
    and the largest in each class from the highest on: so the order of aims is strict.

    Where the groups are a part of all, `refused_m` is what leaving over cost the others, and
    `known` holds what they would give for a place, and what they would take to leave theirs.
    """
    ranks = np.zeros(len(supply), np.int64) if rank is None else rank
    least_m = max(_farther_than_any_chain(arcs, capacity), refused_m)
    out_m = np.asarray(least_m * (ranks + 1.0), np.float64)
    return _cheapest(arcs, out_m, int(supply.sum()), supply, capacity, known)


def prices_when_left_over(
    arcs: Arcs,
    supply: IntArray,
    capacity: IntArray,
    left_over: int,
    known: PriceRange | None = None,
) -> FloatArray:
    """What places are worth when just so many people stay out, whoever; at least so many must.

    Being left over is then one more shelter, in no distance, with so many places.
    """
    nowhere_m = np.zeros(len(supply))
    return _cheapest(arcs, nowhere_m, left_over, supply, capacity, known).price_m


def _farther_than_any_chain(arcs: Arcs, capacity: IntArray) -> float:
    return (float(arcs.distance_m.max(initial=0.0)) + 1.0) * (len(capacity) + 1.0)


def _cheapest(
    arcs: Arcs,
    out_m: FloatArray,
    most_out: int,
    supply: IntArray,
    capacity: IntArray,
    known: PriceRange | None,
) -> Flow:
    """The cheapest flow in which up to `most_out` people stay out, each as if walking `out_m`:
    one more shelter, the last, that every group may go to."""
    ways, places = _with_outside(arcs, out_m, len(capacity)), np.append(capacity, most_out)
    escape_m = max(_farther_than_any_chain(arcs, capacity), float(out_m.max(initial=0.0)))
    unit = min(_FINEST_UNITS_PER_M, _COST_LIMIT / (escape_m * (len(supply) + len(places) + 1)))
    cost = np.rint(ways.distance_m * unit).astype(np.int64)
    persons = _solved(ways, cost, supply, places)
    nought, unbounded = np.zeros(len(capacity)), np.full(len(capacity), np.inf)
    ends = known or PriceRange(nought, unbounded)
    least = np.rint(np.append(ends.least_m, 0.0) * unit).astype(np.int64)
    most_m = np.append(ends.most_m, escape_m)
    most = np.rint(np.minimum(most_m * unit, _UNREACHED)).astype(np.int64)
    price = _prices(ways, cost, persons, places, least, most)
    price_m = np.where(price < _UNREACHED, price / unit, np.inf)[:-1]
    outside = ways.shelter == len(capacity)
    return Flow(persons[~outside], persons[outside], price_m, out_m)


def _with_outside(arcs: Arcs, out_m: FloatArray, outside: int) -> Arcs:
    every = np.arange(len(out_m))
    after = np.searchsorted(arcs.group, every, "right")
    return Arcs(
        np.insert(arcs.group, after, every),
        np.insert(arcs.shelter, after, outside),
        np.insert(arcs.distance_m, after, out_m),
    )


def _solved(arcs: Arcs, cost: IntArray, supply: IntArray, places: IntArray) -> IntArray:
    """People on each arc of the cheapest flow that takes everybody somewhere."""
    groups, sink = len(supply), len(supply) + len(places)
    solver = SimpleMinCostFlow()
    ways = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.group, groups + arcs.shelter, supply[arcs.group], cost
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(groups, sink), np.full(len(places), sink), places, np.zeros_like(places)
    )
    solver.set_nodes_supplies(np.arange(groups), supply)
    solver.set_node_supply(sink, -int(supply.sum()))
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return np.asarray(solver.flows(ways), dtype=np.int64)


def _prices(
    arcs: Arcs,
    cost: IntArray,
    persons: IntArray,
    places: IntArray,
    least: IntArray,
    most: IntArray,
) -> IntArray:
    """Optimal dual prices: the shortest way from each shelter to a free place.

    In the residual graph over shelters an arc s -> t costs what it takes to move the cheapest
    person from s to t. A free place is worth the `least`, which is never negative, else it would
    prove nothing; no price is above the `most`.
    """
    free = places > np.bincount(arcs.shelter, persons, len(places)).astype(np.int64)
    start = np.where(free, least, most)
    return np.maximum(_shortest(*_moves(arcs, cost, persons, len(places)), start), least)


def _moves(
    arcs: Arcs, cost: IntArray, persons: IntArray, shelters: int
) -> tuple[IntArray, IntArray, IntArray]:
    """The cheapest move between every two shelters that somebody could make."""
    best = np.full(shelters**2, _UNREACHED, np.int64)
    for first, second in _pairs_within(arcs.group, persons > 0):
        move = arcs.shelter[first] * shelters + arcs.shelter[second]
        np.minimum.at(best, move, cost[second] - cost[first])
    move = np.flatnonzero(best < _UNREACHED)
    tails, heads = np.divmod(move, shelters)
    between = tails != heads
    return tails[between], heads[between], best[move][between]


def _pairs_within(group: IntArray, used: BoolArray) -> list[tuple[IntArray, IntArray]]:
    """Every (used arc, any arc) of the same group, in slices of bounded memory."""
    start = np.searchsorted(group, group, "left")
    count = np.searchsorted(group, group, "right") - start
    firsts = np.flatnonzero(used)
    firsts = firsts[count[firsts] > 1]
    slices = np.array_split(firsts, 1 + int(count[firsts].sum()) // 4_000_000)
    return [(np.repeat(f, count[f]), spread(start[f], count[f])) for f in slices]


def spread(start: IntArray, count: IntArray) -> IntArray:
    """start[0], start[0]+1, ... (count[0] of them), then start[1], ... in one array."""
    before = np.cumsum(count) - count
    return np.repeat(start - before, count) + np.arange(int(count.sum()))


def _shortest(tails: IntArray, heads: IntArray, costs: IntArray, start: IntArray) -> IntArray:
    """Bellman-Ford: the least of start[t] + the way from each node to t; no negative cycles."""
    reached = start.copy()
    for _ in range(len(start) + 1):
        known = reached[heads] < _UNREACHED
        relaxed = reached.copy()
        np.minimum.at(relaxed, tails[known], (reached[heads] + costs)[known])
        if np.array_equal(relaxed, reached):
            break
        reached = relaxed
    return reached
