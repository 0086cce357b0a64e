"""Whole households to shelters: fewest left over, key groups first, then fewest person-metres.

How: people flow from households to shelters at least cost, which gives every place a price; the
few households that the flow splits are seated by distance plus price; chains of exchanges mend
what that costs. The same prices prove how far the plan can be from the best one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import Cells, cells_of
from relief.duality import checked_bound, lower_bound
from relief.errors import Fault, InvalidInput
from relief.leftovers import Leftover, leftovers
from relief.near_ways import least_priced
from relief.placing import place
from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import (
    FloatArray,
    Households,
    IntArray,
    Shelters,
    StraightReach,
    Terrain,
    checked_households,
    checked_shelters,
    ranks,
)
from relief.road_reach import RoadReach, RoadWays, checked_ways
from relief.seating import OUTSIDE, Seating

__all__ = ["OUTSIDE", "Assignment", "Households", "Leftover", "RoadWays", "Shelters", "assign"]

_CELLS = (4_000, 60_000)
_HOUSEHOLDS_A_CELL = 6


@dataclass(frozen=True)
class Assignment:
    """A plan: `shelter_of_household` (-1 left over) and `distance_m` (NaN there), per household.

    `person_metres` is the walking of all placed people; no assignment that places as many people
    walks less than `lower_bound`; `gap` = person_metres / lower_bound - 1 (0 when both are 0,
    inf when only the bound is). `leftovers` has the reason of each household left over.
    """

    shelter_of_household: IntArray
    distance_m: FloatArray
    person_metres: float
    lower_bound: float
    gap: float
    assigned_people: int
    unassigned_people: int
    leftovers: tuple[Leftover, ...]


def assign(
    households: Households,
    shelters: Shelters,
    max_distance_m: float | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    roads: RoadWays | None = None,
) -> Assignment:
    """The plan for these households; coordinates in metres of one plane (a CGCS2000 zone).

    With `roads` all distances, the bound and `max_distance_m` are by road; the coordinates then
    only tell which households lie near each other.
    A household stays whole and no shelter holds more than its capacity. Raises InvalidInput for
    columns that are uneven, negative or not finite, and Stopped when cancelled.
    """
    homes, places = checked_households(households), checked_shelters(shelters)
    limit_m = _checked_limit(max_distance_m)
    reach: Terrain = StraightReach(homes, places, limit_m)
    if roads is not None:
        ways = checked_ways(roads, len(homes.persons), len(places.capacity))
        reach = RoadReach(homes, places, ways, limit_m)
    step(0.0, progress, cancelled)
    seating = Seating(reach, homes.persons, places.capacity)
    bound = _place(seating, reach, ranks(homes), progress, cancelled)
    step(0.95, progress, cancelled)
    plan = _plan(seating, reach, bound)
    step(1.0, progress, cancelled)
    return plan


def _checked_limit(max_distance_m: float | None) -> float:
    if max_distance_m is None:
        return np.inf
    if not max_distance_m >= 0:
        detail = f"max_distance_m = {max_distance_m} must be a number of metres, 0 or more."
        raise InvalidInput(detail, [Fault("max_distance_m", detail)])
    return float(max_distance_m)


def _place(
    seating: Seating, reach: Terrain, rank: IntArray, progress: Progress, cancelled: Cancelled
) -> float:
    """Seats everybody who can be; returns the lower bound for as many people."""
    persons, capacity = seating.persons, seating.free.copy()
    if not len(persons) or not capacity.any():
        return 0.0
    for household in np.flatnonzero(persons == 0):
        seating.seat_cheapest(int(household), np.zeros(len(capacity)))
    most = int(np.clip(len(rank) // _HOUSEHOLDS_A_CELL, *_CELLS))
    cells = cells_of(reach, persons, rank, capacity, most)
    step(0.1, progress, cancelled)
    tried = place(seating, cells, rank, progress, cancelled)
    step(0.8, progress, cancelled)
    return max(_bound(cells, price_m, seating.placed()) for price_m in tried)


def _bound(cells: Cells, price_m: FloatArray, placed: int) -> float:
    priced_m = least_priced(cells, price_m)
    return lower_bound(priced_m, cells.levels[-1].persons, price_m, cells.capacity, placed)


def _plan(seating: Seating, reach: Terrain, bound: float) -> Assignment:
    persons, shelter_of = seating.persons, seating.shelter_of
    inside = np.flatnonzero(shelter_of != OUTSIDE)
    distance_m = np.full(len(persons), np.nan)
    distance_m[inside] = reach.pairs(inside, shelter_of[inside])
    walked = float(np.dot(distance_m[inside], persons[inside]))
    placed = int(persons[inside].sum())
    bound = checked_bound(bound, walked)
    gap = 0.0 if walked == bound else walked / bound - 1 if bound > 0 else np.inf
    reasons = leftovers(seating, reach.for_anyone())
    unplaced = int(persons.sum()) - placed
    return Assignment(shelter_of, distance_m, walked, bound, gap, placed, unplaced, reasons)
