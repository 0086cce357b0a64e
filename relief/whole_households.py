"""From a flow of people to whole households under one roof, never over capacity.

The flow splits few households. Those are seated one by one where distance plus price is least;
then scattered free places are gathered by exchanges until nobody more can be placed, and pairs
of households change places where both together walk less.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from relief.reach import FloatArray, IntArray
from relief.seating import OUTSIDE, Exchange, Seating
from relief.transport import Arcs, Flow

_TARGETS_TRIED = 12
_SWEEPS = 20
_LEAST_SAVING_M = 1e-6


def seat_by_flow(seating: Seating, households: IntArray, arcs: Arcs, flow: Flow) -> None:
    """Seats every household that the flow keeps whole; `households` names the flow's groups."""
    whole = flow.persons == seating.persons[households[arcs.group]]
    seating.seat_all(households[arcs.group[whole]], arcs.shelter[whole])


def seat_split(seating: Seating, households: IntArray, rank: IntArray, price_m: FloatArray) -> None:
    """Seats the households that the flow split, key groups and large ones first."""
    order = np.lexsort((households, -seating.persons[households], -rank[households]))
    for household in households[order]:
        seating.seat_cheapest(int(household), price_m)


def fill_free_places(seating: Seating, rank: IntArray, price_m: FloatArray) -> None:
    """Seats whoever is outside while a free place takes them, gathering places where needed."""
    outside = seating.outside()
    order = np.lexsort((outside, -seating.persons[outside], -rank[outside]))
    for household in outside[order]:
        people = int(seating.persons[household])
        if seating.free.max(initial=0) >= people and seating.seat_cheapest(int(household), price_m):
            continue
        if seating.free.sum() >= people:
            _gather_for(seating, int(household), price_m)


def _gather_for(seating: Seating, household: int, price_m: FloatArray) -> bool:
    """Empties places for a household in one of its cheapest shelters; undone where it fails."""
    cost = seating.reach.rows(np.array([household]))[0] + price_m
    for target in np.argsort(cost, kind="stable")[:_TARGETS_TRIED]:
        if not np.isfinite(cost[target]):
            return False
        if _gathered(seating, int(target), int(seating.persons[household])):
            seating.seat(household, int(target))
            return True
    return False


def _gathered(seating: Seating, target: int, people: int) -> bool:
    """True where `target` has `people` free places after exchanges with places free elsewhere."""
    made: list[Exchange] = []
    for donor in np.argsort(-seating.free, kind="stable"):
        while seating.free[target] < people and donor != target and seating.free[donor] > 0:
            exchange = seating.fullest_exchange(target, int(donor))
            if exchange is None:
                break
            seating.carry_out(exchange)
            made.append(exchange)
    if seating.free[target] >= people:
        return True
    for exchange in reversed(made):
        seating.undo(exchange)
    return False


def put_key_groups_first(seating: Seating, rank: IntArray) -> None:
    """Lets a key household that is outside take the place of a lower one, if nobody is lost.

    The one that gives way must be no larger, so that as many people stay placed.
    """
    outside = seating.outside()
    outside = outside[rank[outside] > 0]
    for household in outside[np.lexsort((outside, -rank[outside]))]:
        people = seating.persons[household]
        placed = np.flatnonzero((seating.shelter_of != OUTSIDE) & (rank < rank[household]))
        shelter = seating.shelter_of[placed]
        room = seating.free[shelter] + seating.persons[placed]
        fits = (room >= people) & (seating.persons[placed] <= people)
        placed, shelter = placed[fits], shelter[fits]
        way = seating.reach.pairs(np.full(len(placed), household), shelter)
        if len(placed) and np.isfinite(way.min()):
            nearest = int(np.argmin(way))
            seating.unseat(int(placed[nearest]))
            seating.seat(int(household), int(shelter[nearest]))


def exchange_pairs(seating: Seating, rank: IntArray) -> None:
    """Exchanges households between any two shelters, and with those outside, while one saves
    person-metres; no class gains or loses places by it."""
    for _ in range(_SWEEPS):
        saved = [_replaced(seating, rank)]
        used = np.flatnonzero(np.bincount(seating.shelter_of[seating.shelter_of >= 0]))
        for source, target in permutations(used.tolist(), 2):
            saved.append(_saves(seating, seating.cheapest_exchange(source, target)))
        if not any(saved):
            return


def _replaced(seating: Seating, rank: IntArray) -> bool:
    """True where some household outside took the place of one farther away."""
    found = False
    for one in np.unique(rank[seating.outside()]):
        for shelter in range(len(seating.free)):
            while _saves(seating, seating.cheapest_replacement(shelter, rank == one)):
                found = True
    return found


def _saves(seating: Seating, exchange: Exchange | None) -> bool:
    if exchange is None or exchange.added_m > -_LEAST_SAVING_M:
        return False
    seating.carry_out(exchange)
    return True
