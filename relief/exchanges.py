"""Exchanges between shelters, in chains and rings, while they bring more people in, keep more of a
key group in, or save walking.

An exchange moves one household from a shelter to another and at most one back, `net` people in
all. Exchanges of the same net make a graph over the shelters. What rings, and chains that end in
free places, can gain in it is a cheapest circulation that passes every shelter once at most.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from relief.exchange_board import NOBODY, Board, Exchanges
from relief.reach import BoolArray, FloatArray, IntArray
from relief.seating import Seating
from relief.transport import Arcs

_COST_LIMIT = 2.0**58
_FINEST_UNITS_PER_M = 1000.0
_LEAST_SAVING_M = 0.01
_ROUNDS = 12
_SETTLED = 3e-5
"""A round that saves no larger share of the walking is the last."""
_TRIES = 8
"""How often chains that need one household twice are sought anew without that exchange."""


def exchange(seating: Seating, ways: Arcs, rank: IntArray, walking_m: float) -> None:
    """Makes exchanges along these ways (groups are households) until they gain little of all
    `walking_m`.

    Whoever is outside comes in where as many others or none go out, never more: most people stay
    first, then most of each class from the highest, then the walking falls.
    """
    board = Board(seating, ways, rank)
    for _ in range(_ROUNDS):
        nets = np.union1d(0, board.sizes).tolist()
        gained = sum(_gained(board, net) for net in nets)
        if gained <= _SETTLED * walking_m:
            return


def _gained(board: Board, net: int) -> float:
    """Carries out the best chains and rings of this net; returns what they gain, in metres."""
    found = board.exchanges(net)
    for _ in range(_TRIES):
        worth_m = _worth_m(board, found)
        taken = _circulation(found, worth_m, board.may_end(net))
        good, clash = _sorted_out(found, worth_m, taken, board.nodes)
        if len(good) or not len(clash):
            board.carry_out(found.only(good))
            return -float(worth_m[good].sum())
        found = found.only(np.delete(np.arange(len(found.tail)), clash))
    return 0.0


def _worth_m(board: Board, found: Exchanges) -> FloatArray:
    """What each exchange adds; leaving the outside gains more than any chain could walk, and the
    more the higher the class."""
    farthest = float(np.abs(found.added_m).max(initial=0.0)) + 1
    classes = np.arange(board.nodes) - board.shelters + 1
    refused_m = farthest * (board.nodes + 1) * np.maximum(classes, 0)
    worth: FloatArray = found.added_m + refused_m[found.head] - refused_m[found.tail]
    return worth


def _sorted_out(
    found: Exchanges, worth_m: FloatArray, taken: IntArray, nodes: int
) -> tuple[IntArray, IntArray]:
    """Of the taken exchanges those in chains that gain and can be made, and those that need a
    household which the exchange before them in the chain needs too."""
    tail, head = found.tail[taken], found.head[taken]
    links = coo_array((np.ones(len(taken)), (tail, head)), (nodes, nodes))
    chain = connected_components(links, directed=False)[1][tail]
    returning = np.full(nodes, NOBODY)
    returning[head] = found.back[taken]
    clash = returning[tail] == found.out[taken]
    whole = np.bincount(chain, clash, nodes)[chain] == 0
    gains = np.bincount(chain, worth_m[taken], nodes)[chain] < -_LEAST_SAVING_M
    return taken[whole & gains], taken[clash]


def _circulation(found: Exchanges, worth_m: FloatArray, may_end: BoolArray) -> IntArray:
    """The exchanges of the cheapest circulation that enters and leaves every node once at most.

    A chain may begin anywhere, and ends where there are places: begin and end meet in a pool.
    """
    nodes = len(may_end)
    arrive, within, leave = np.arange(3 * nodes).reshape(3, nodes)
    pool, ends = np.full(nodes, 3 * nodes), np.flatnonzero(may_end)
    ceiling = (float(np.abs(worth_m).max(initial=0.0)) + 1) * (3 * nodes + 2)
    cost = np.rint(worth_m * min(_FINEST_UNITS_PER_M, _COST_LIMIT / ceiling)).astype(np.int64)
    tail = np.concatenate([leave[found.tail], arrive, within, pool, within[ends]])
    head = np.concatenate([arrive[found.head], within, leave, within, pool[ends]])
    solver = SimpleMinCostFlow()
    ways = solver.add_arcs_with_capacity_and_unit_cost(
        tail, head, np.ones_like(tail), np.pad(cost, (0, len(tail) - len(cost)))
    )
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return np.flatnonzero(np.asarray(solver.flows(ways))[: len(cost)])
