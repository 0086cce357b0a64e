"""Evens out the loads when every household has gone to the shelter it likes best at the prices.

One more flow, over the shelters alone: households that mind least move from their best to their
second best, in bundles of like cost, until no shelter is overfull.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from relief.reach import FloatArray, IntArray

_UNITS_PER_M = 1000.0


@dataclass(frozen=True)
class Movers:
    """Households that could move: from their best node to the second, `dearer_m` apart.

    Sorted by (source, target, dearer_m).
    """

    household: IntArray
    source: IntArray
    target: IntArray
    dearer_m: FloatArray
    persons: IntArray


def movers_of(best: IntArray, second: IntArray, dearer_m: FloatArray, persons: IntArray) -> Movers:
    """Those that have a second best, in order."""
    who = np.flatnonzero((best >= 0) & (second >= 0) & (persons > 0))
    pair = best[who] * (int(second.max(initial=0)) + 1) + second[who]
    order = np.lexsort((dearer_m[who], pair))
    who = who[order]
    return Movers(who, best[who], second[who], dearer_m[who], persons[who])


def evened(movers: Movers, load: IntArray, capacity: IntArray, price_m: FloatArray) -> IntArray:
    """Which movers go (positions), so that loads fit as far as moves can make them.

    Movers are bundled: 1, 2, 4, 8, ... households of rising cost to each pair of nodes, at their
    mean cost, which keeps the costs convex and the graph small. Of a bundle that the flow splits
    the cheapest go; what is short of a whole household stays over and is left to the caller.
    """
    pair = movers.source * len(capacity) + movers.target
    begin = np.flatnonzero(np.diff(pair, prepend=-1))
    place = np.arange(len(pair)) - np.repeat(begin, np.diff(np.append(begin, len(pair))))
    double = np.floor(np.log2(place + 1)).astype(np.int64)
    first = np.flatnonzero((np.diff(pair, prepend=-1) != 0) | (np.diff(double, prepend=-1) != 0))
    if not len(first):
        return np.zeros(0, np.int64)
    people = np.add.reduceat(movers.persons, first)
    cost = np.add.reduceat(movers.dearer_m * movers.persons, first) / people
    moved = _moved(
        movers.source[first], movers.target[first], people, cost, load, capacity, price_m
    )
    taken = np.add.reduceat(moved, np.searchsorted(first, begin))
    before = np.cumsum(movers.persons)
    count = np.diff(np.append(begin, len(pair)))
    within = before - np.repeat(before[begin] - movers.persons[begin], count)
    return np.flatnonzero(within <= np.repeat(taken, count))


def _moved(
    source: IntArray,
    target: IntArray,
    people: IntArray,
    cost_m: FloatArray,
    load: IntArray,
    capacity: IntArray,
    price_m: FloatArray,
) -> IntArray:
    """People that each bundle moves in the cheapest flow that overfills nothing it needn't.

    A place used is worth its price, so that dear places fill before free ones.
    """
    nodes = len(capacity)
    every, sink = np.arange(nodes), nodes
    unit_cost = np.rint(cost_m * _UNITS_PER_M).astype(np.int64)
    worth = np.rint((price_m.max() - price_m) * _UNITS_PER_M).astype(np.int64)
    stuck = (int(unit_cost.max()) + int(worth.max()) + 1) * (nodes + 1)
    excess = np.maximum(load - capacity, 0)
    solver = SimpleMinCostFlow()
    ways = solver.add_arcs_with_capacity_and_unit_cost(source, target, people, unit_cost)
    solver.add_arcs_with_capacity_and_unit_cost(every, np.full(nodes, sink), capacity, worth)
    solver.add_arcs_with_capacity_and_unit_cost(
        every, np.full(nodes, sink), excess, np.full(nodes, stuck)
    )
    solver.set_nodes_supplies(np.append(every, sink), np.append(load, -load.sum()))
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return np.asarray(solver.flows(ways), dtype=np.int64)
