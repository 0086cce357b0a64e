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
_FAILURES = 200
"""So many households in vain, one after another, end the search for scattered places."""
_SWEEPS = 20
_EXCHANGED = 200_000
_LEAST_SAVING_M = 1e-6


def seat_by_flow(seating: Seating, households: IntArray, arcs: Arcs, flow: Flow) -> IntArray:
    """Seats every household that the flow keeps whole; returns those that it splits.

    `households` names the flow's groups.
    """
    whole = flow.persons == seating.persons[households[arcs.group]]
    seating.seat_all(households[arcs.group[whole]], arcs.shelter[whole])
    split: IntArray = households[seating.shelter_of[households] == OUTSIDE]
    return split


def seat_split(seating: Seating, households: IntArray, rank: IntArray, price_m: FloatArray) -> None:
    """Seats the households that the flow split, key groups and large ones first."""
    order = np.lexsort((households, -seating.persons[households], -rank[households]))
    for household in households[order]:
        seating.seat_cheapest(int(household), price_m)


def fill_free_places(seating: Seating, rank: IntArray, price_m: FloatArray) -> None:
    """Seats whoever is outside while a free place takes them, gathering places where needed."""
    outside = seating.outside()
    outside = outside[seating.persons[outside] > 0]
    order = np.lexsort((outside, -seating.persons[outside], -rank[outside]))
    failed, most = 0, dict[int, int]()
    for household in outside[order]:
        people = int(seating.persons[household])
        if seating.free.max(initial=0) >= people and seating.seat_cheapest(int(household), price_m):
            continue
        if seating.free.sum() >= people and failed < _FAILURES:
            gathered = _gather_for(seating, int(household), price_m, most)
            failed = 0 if gathered else failed + 1


def _gather_for(
    seating: Seating, household: int, price_m: FloatArray, most: dict[int, int]
) -> bool:
    """Empties places for a household in one of its cheapest shelters.

    `most` remembers how many places a shelter could gather at best, until somebody is seated.
    """
    people = int(seating.persons[household])
    cost = seating.reach.rows(np.array([household]))[0] + price_m
    for target in np.argsort(cost, kind="stable")[:_TARGETS_TRIED].tolist():
        if not np.isfinite(cost[target]):
            return False
        if most.get(target, people) < people:
            continue
        most[target] = _gathered(seating, target, people)
        if most[target] >= people:
            seating.seat(household, target)
            most.clear()
            return True
    return False


def _gathered(seating: Seating, target: int, people: int) -> int:
    """The free places of `target` after exchanges with places free elsewhere; where they are
    fewer than `people` the exchanges are taken back."""
    made: list[Exchange] = []
    for donor in np.argsort(-seating.free, kind="stable").tolist():
        while seating.free[target] < people and donor != target and seating.free[donor] > 0:
            exchange = seating.fullest_exchange(target, donor)
            if exchange is None:
                break
            seating.carry_out(exchange)
            made.append(exchange)
    places = int(seating.free[target])
    if places < people:
        for exchange in reversed(made):
            seating.undo(exchange)
    return places


def put_key_groups_first(seating: Seating, rank: IntArray, price_m: FloatArray) -> None:
    """Lets a key household that is outside take the place of a lower one, if nobody is lost.

    The one that gives way is no larger, so that as many people stay placed.
    """
    outside = seating.outside()
    outside = outside[(rank[outside] > 0) & (seating.persons[outside] > 0)]
    order = outside[np.lexsort((outside, -rank[outside]))]
    members = seating.members() if len(order) else []
    for household in order:
        cost = seating.reach.rows(np.array([household]))[0] + price_m
        for shelter in np.argsort(cost, kind="stable")[: int(np.isfinite(cost).sum())]:
            if _gave_way(seating, int(household), int(shelter), rank, members):
                break


def _gave_way(
    seating: Seating, household: int, shelter: int, rank: IntArray, members: list[IntArray]
) -> bool:
    """True where a household of lower class gave its place; of these the farthest away."""
    people, inside = seating.persons[household], members[shelter]
    fits = (rank[inside] < rank[household]) & (seating.persons[inside] <= people)
    fits &= seating.persons[inside] + seating.free[shelter] >= people
    if not fits.any():
        return False
    able = np.flatnonzero(fits)
    way = seating.reach.pairs(inside[able], np.full(len(able), shelter))
    slot = able[int(np.argmax(way * seating.persons[inside[able]]))]
    seating.unseat(int(inside[slot]))
    seating.seat(household, shelter)
    members[shelter][slot] = household
    return True


def exchange_pairs(seating: Seating, rank: IntArray) -> None:
    """Exchanges households between near shelters, and with those outside, while one saves
    person-metres; no class gains or loses places by it. Only where it is quick: for very many
    households the few that a flow splits weigh next to nothing."""
    shelters = np.flatnonzero(np.bincount(seating.shelter_of[seating.shelter_of >= 0]))
    if len(seating.persons) * len(shelters) > _EXCHANGED:
        return
    for _ in range(_SWEEPS):
        saved = [_replaced(seating, rank)]
        for source, target in permutations(shelters.tolist(), 2):
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
