"""Seats very many households: everybody to the best place at the prices, then the loads evened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import Cells, inherited, least_of, straight_m
from relief.reach import BoolArray, FloatArray, IntArray, Shelters
from relief.repair import evened, movers_of
from relief.seating import OUTSIDE, Seating
from relief.transport import Arcs, Flow
from relief.two_best import two_best

_SLACK = 0.1
_ROUNDS = 3


@dataclass(frozen=True)
class _Choice:
    """A node per household (-1: none; the number of shelters: staying out) and what it costs."""

    node: IntArray
    priced_m: FloatArray


def seat_by_price(
    seating: Seating, cells: Cells, shelters: Shelters, flow: Flow, used: Arcs, limit_m: float
) -> IntArray:
    """Seats the households of the cells at the flow's prices, over capacity nowhere; returns
    the households that have yet to be seated one by one.

    Everybody goes to the best node. Whose cell went elsewhere may move there, the others to
    their second best: so the loads can be evened at least as well as the cells' flow does it.
    Staying out is one more node, at its price, with as many places as people must stay out.
    """
    persons = cells.levels[-1].persons
    outside = len(seating.free)
    capacity = np.append(seating.free, flow.left_over.sum())
    price_m = np.append(flow.price_m, flow.staying_out_m if flow.left_over.any() else 0.0)
    slack_m = _SLACK * float(np.median(cells.levels[-2].radius_m))
    best, second = _best_choices(cells, shelters, flow, slack_m, limit_m)
    by_cell = _choice_of_cells(cells, shelters, flow, used, limit_m)
    back = (by_cell.node >= 0) & (by_cell.node != best.node)
    other = _Choice(
        np.where(back, by_cell.node, second.node),
        np.where(back, by_cell.priced_m, second.priced_m),
    )
    now = best
    for _ in range(_ROUNDS):
        now, other = _evened(now, other, persons, capacity, price_m)
        home = now.node == best.node
        other = _Choice(
            np.where(home, second.node, best.node),
            np.where(home, second.priced_m, best.priced_m),
        )
    node, dearer_m = now.node, np.abs(_dearer_m(now, other))
    stay = _fitting(node, persons, dearer_m, capacity)
    seating.seat_all(cells.household[stay], node[stay])
    unseated: IntArray = cells.household[~stay & (node != outside)]
    return unseated


def _evened(
    now: _Choice, other: _Choice, persons: IntArray, capacity: IntArray, price_m: FloatArray
) -> tuple[_Choice, _Choice]:
    """The choices after the cheapest moves of households from where they are to the other."""
    movers = movers_of(now.node, other.node, _dearer_m(now, other), persons)
    go = movers.household[
        evened(movers, _load(now.node, persons, len(capacity)), capacity, price_m)
    ]
    moved = np.zeros(len(persons), bool)
    moved[go] = True
    return (
        _Choice(
            np.where(moved, other.node, now.node), np.where(moved, other.priced_m, now.priced_m)
        ),
        _Choice(
            np.where(moved, now.node, other.node), np.where(moved, now.priced_m, other.priced_m)
        ),
    )


def _dearer_m(now: _Choice, other: _Choice) -> FloatArray:
    """How much dearer the other choice is; 0 where there is none."""
    return np.subtract(
        other.priced_m,
        now.priced_m,
        out=np.zeros(len(now.node)),
        where=(other.node >= 0) & (now.node >= 0),
    )


def _best_choices(
    cells: Cells, shelters: Shelters, flow: Flow, slack_m: float, limit_m: float
) -> tuple[_Choice, _Choice]:
    """The best and the second best node of every household at the flow's prices."""
    two = two_best(cells, shelters, flow.price_m, slack_m, limit_m)
    out_m, outside = flow.staying_out_m, len(shelters.capacity)
    first = _or_outside(_Choice(two.best, two.priced_m), out_m, outside)
    if not np.isfinite(out_m):
        return first, _Choice(two.second, two.second_priced_m)
    then = _or_outside(_Choice(two.second, two.second_priced_m), out_m, outside)
    left = first.node == outside
    node = np.where(left, two.best, then.node)
    return first, _Choice(node, np.where(left, two.priced_m, then.priced_m))


def _or_outside(choice: _Choice, out_m: float, outside: int) -> _Choice:
    stays = out_m < choice.priced_m
    return _Choice(np.where(stays, outside, choice.node), np.minimum(choice.priced_m, out_m))


def _choice_of_cells(
    cells: Cells, shelters: Shelters, flow: Flow, used: Arcs, limit_m: float
) -> _Choice:
    """For every household the cheapest of the nodes that the flow of its cell used."""
    coarse, fine = cells.levels[-2:]
    group, shelter = inherited(coarse, used)
    away_m = straight_m(fine, shelters, group, shelter)
    fits = (away_m <= limit_m) & (fine.persons[group] <= shelters.capacity[shelter])
    priced = np.where(fits, away_m + flow.price_m[shelter], np.inf)
    least = least_of(group, priced, len(fine.x_m))
    node = np.full(len(fine.x_m), OUTSIDE)
    hit = fits & (priced == least[group])
    node[group[hit]] = shelter[hit]
    out_m = np.where(flow.left_over > 0, flow.staying_out_m, np.inf)
    out_m = np.repeat(out_m, np.diff(coarse.child))
    return _Choice(np.where(out_m < least, len(shelters.capacity), node), np.minimum(least, out_m))


def _load(node: IntArray, persons: IntArray, nodes: int) -> IntArray:
    placed = node >= 0
    return np.bincount(node[placed], persons[placed], nodes).astype(np.int64)


def _fitting(
    node: IntArray, persons: IntArray, dearer_m: FloatArray, capacity: IntArray
) -> BoolArray:
    """Who finds room in its shelter; where it is overfull, those that mind moving most do."""
    outside = len(capacity) - 1
    fits: BoolArray = (node >= 0) & (node != outside)
    over = np.append(_load(node, persons, len(capacity))[:-1] > capacity[:-1], False)
    crowd = np.flatnonzero(fits & over[node])
    crowd = crowd[np.lexsort((-dearer_m[crowd], node[crowd]))]
    taken = np.cumsum(persons[crowd])
    first = np.flatnonzero(np.diff(node[crowd], prepend=-1))
    count = np.diff(np.append(first, len(crowd)))
    before = np.repeat(taken[first] - persons[crowd][first], count)
    fits[crowd] = taken - before <= capacity[node[crowd]]
    return fits
