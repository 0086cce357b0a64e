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
class Flow:
    """People on each arc and people of each group who are left over; prices in metres a place.

    `staying_out_m` is the price at which being left over is as good as a place; inf where nobody
    is left over.
    """

    persons: IntArray
    left_over: IntArray
    price_m: FloatArray
    staying_out_m: float = np.inf


def cheapest_flow(
    arcs: Arcs, supply: IntArray, capacity: IntArray, rank: IntArray | None = None
) -> Flow:
    """The flow that leaves fewest people over, then the fewest of high `rank`, then walks least.

    `rank` (0, 1, 2, ...) is given per group where key groups go first. Leaving over costs more
    than the longest chain of moves could ever save, so the order of aims is strict.
    """
    ranks = np.zeros(len(supply), np.int64) if rank is None else rank
    farthest = float(arcs.distance_m.max(initial=0.0)) + 1.0
    refusal = farthest * (len(capacity) + 1) * (ranks + 1)
    nodes = len(supply) + len(capacity) + 1
    ceiling = float(refusal.max(initial=1.0)) * nodes
    unit = min(_FINEST_UNITS_PER_M, _COST_LIMIT / ceiling)
    cost = np.rint(arcs.distance_m * unit).astype(np.int64)
    persons, left_over = _solved(
        arcs, cost, np.rint(refusal * unit).astype(np.int64), supply, capacity
    )
    if ranks.any() and left_over.any():  # rank moves people against the cost: price without it
        classless = cheapest_flow(arcs, supply, capacity)
        return Flow(persons, left_over, classless.price_m, classless.staying_out_m)
    price = _prices(arcs, cost, persons, left_over, capacity) / unit
    return Flow(persons, left_over, price[:-1], float(price[-1]) if left_over.any() else np.inf)


def _solved(
    arcs: Arcs, cost: IntArray, refusal: IntArray, supply: IntArray, capacity: IntArray
) -> tuple[IntArray, IntArray]:
    groups, shelters = len(supply), len(capacity)
    sink = groups + shelters
    solver = SimpleMinCostFlow()
    ways = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.group, groups + arcs.shelter, supply[arcs.group], cost
    )
    room = np.arange(shelters)
    solver.add_arcs_with_capacity_and_unit_cost(
        groups + room, np.full(shelters, sink), capacity, np.zeros(shelters, np.int64)
    )
    every = np.arange(groups)
    refused = solver.add_arcs_with_capacity_and_unit_cost(
        every, np.full(groups, sink), supply, refusal
    )
    solver.set_nodes_supplies(every, supply)
    solver.set_node_supply(sink, -int(supply.sum()))
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return _whole(solver.flows(ways)), _whole(solver.flows(refused))


def _whole(values: object) -> IntArray:
    return np.asarray(values, dtype=np.int64)


def _prices(
    arcs: Arcs, cost: IntArray, persons: IntArray, left_over: IntArray, capacity: IntArray
) -> FloatArray:
    """Optimal dual prices of the shelters and of being left over, 0 where places stay free.

    In the residual graph over shelters an arc s -> t costs what it takes to move the cheapest
    person from s to t. The price of s is the shortest way to a free place: what one place more
    at s would save. Shelters from which none can be reached are those that people are left over
    for; they are priced against being left over (the last node), lifted until none is negative.
    """
    free = capacity - np.bincount(arcs.shelter, persons, len(capacity)).astype(np.int64) > 0
    tails, heads, costs = _moves(arcs, cost, persons, left_over, len(capacity))
    to_free = np.where(np.append(free, False), 0, _UNREACHED)
    to_free = _shortest(tails, heads, costs, to_free)
    short = to_free >= _UNREACHED
    if not short[:-1].any() and not left_over.any():
        return to_free.astype(np.float64)
    to_left = _shortest(tails, heads, costs, np.where(short, 0, _UNREACHED))
    tied = to_left < _UNREACHED
    lift = np.max(np.where(short, 0, to_free)[tied] - to_left[tied])
    price = np.where(short, to_left + max(int(lift), 0), to_free)
    return np.maximum(price, 0).astype(np.float64)


def _moves(
    arcs: Arcs, cost: IntArray, persons: IntArray, left_over: IntArray, shelters: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Cheapest move between every two nodes that somebody could make; node `shelters` is left
    over, at cost 0, listed as one more arc of every group when anybody is left over."""
    group, node, price, used = arcs.group, arcs.shelter, cost, persons > 0
    if left_over.any():
        every = np.arange(len(left_over))
        order = np.argsort(np.concatenate([group, every]), kind="stable")
        group = np.concatenate([group, every])[order]
        node = np.concatenate([node, np.full(len(every), shelters)])[order]
        price = np.concatenate([price, np.zeros(len(every), np.int64)])[order]
        used = np.concatenate([used, left_over > 0])[order]
    best = np.full((shelters + 1) ** 2, _UNREACHED, np.int64)
    for first, second in _pairs_within(group, used):
        move = node[first] * (shelters + 1) + node[second]
        np.minimum.at(best, move, price[second] - price[first])
    move = np.flatnonzero(best < _UNREACHED)
    tails, heads = np.divmod(move, shelters + 1)
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
