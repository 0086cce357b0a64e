"""From a flow of people to whole households under one roof, never over capacity.

The flow splits few households. Those are seated one by one where distance plus price is least;
then scattered free places are gathered by exchanges until nobody more can be placed.
"""

from __future__ import annotations

import numpy as np

from relief.reach import FloatArray, IntArray
from relief.seating import OUTSIDE, Exchange, Seating
from relief.transport import Arcs, Flow
from relief.undecided import Points

_TARGETS_TRIED = 12
_FAILURES = 200
"""So many households in vain, one after another, end the search for scattered places."""


def seat_by_flow(seating: Seating, points: Points, flow: Flow) -> IntArray:
    """Seats the households of the points in turn, as many as the flow takes each way; returns
    those that it splits."""
    after = np.searchsorted(points.ways.group, np.arange(len(points.first) - 1), "right")
    shelter = np.insert(points.ways.shelter, after, OUTSIDE)
    upto = np.cumsum(np.insert(flow.persons, after, flow.left_over))
    persons = seating.persons[points.household]
    last = np.cumsum(persons)
    way = np.searchsorted(upto, last - persons, "right")
    whole = upto[way] >= last
    inside = whole & (shelter[way] != OUTSIDE)
    seating.seat_all(points.household[inside], shelter[way[inside]])
    return points.household[~whole]


def seat_split(seating: Seating, households: IntArray, rank: IntArray, price_m: FloatArray) -> None:
    """Seats the households that the flow split, key groups and large ones first."""
    order = np.lexsort((households, -seating.persons[households], -rank[households]))
    for household in households[order]:
        seating.seat_cheapest(int(household), price_m)


def seat_near(seating: Seating, ways: Arcs, rank: IntArray, price_m: FloatArray) -> None:
    """Seats households left outside along their ways (groups are households) where all of one
    fits, key groups first, then where distance plus price is least.

    Where places are scarce somebody near a free place takes it; nobody is sent far for it.
    """
    who, shelter = ways.group, ways.shelter
    able = (seating.shelter_of[who] == OUTSIDE) & (seating.persons[who] <= seating.free[shelter])
    who, shelter = who[able], shelter[able]
    order = np.lexsort((ways.distance_m[able] + price_m[shelter], -rank[who]))
    for household, place in zip(who[order].tolist(), shelter[order].tolist(), strict=True):
        fits = seating.persons[household] <= seating.free[place]
        if fits and seating.shelter_of[household] == OUTSIDE:
            seating.seat(household, place)


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
