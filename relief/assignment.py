"""Whole households to shelters: fewest left over, key groups first, then fewest person-metres.

How: people flow from households to shelters at least cost, which gives every place a price; the
few households that the flow splits are seated by distance plus price; chains of exchanges mend
what that costs. The same prices prove how far the plan can be from the best one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from relief.duality import checked_bound
from relief.errors import Fault, InvalidInput
from relief.leftovers import Leftover, leftovers
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
from relief.solution import Asked, solved
from relief.together import Split, solved_together
from relief.weighted import WeightedReach, weight_kinds

__all__ = [
    "OUTSIDE",
    "Assignment",
    "Households",
    "Leftover",
    "RoadWays",
    "Shelters",
    "Split",
    "assign",
]


@dataclass(frozen=True)
class Assignment:
    """A plan: `shelter_of_household` (-1 left over) and `distance_m` (NaN there), per household.

    `person_metres` is the walking of all placed people; no assignment that places as many people
    walks less than `lower_bound`; `gap` = person_metres / lower_bound - 1 (0 when both are 0,
    inf when only the bound is). `leftovers` has the reason of each household left over,
    `split` that of each group which is not under one roof.
    """

    shelter_of_household: IntArray
    distance_m: FloatArray
    person_metres: float
    lower_bound: float
    gap: float
    assigned_people: int
    unassigned_people: int
    leftovers: tuple[Leftover, ...]
    split: tuple[Split, ...] = ()


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
    asked = Asked(homes.persons, ranks(homes), places.capacity)
    shelter_of, split, bound = _seated(reach, homes, asked, progress, cancelled)
    step(0.95, progress, cancelled)
    seating = Seating(reach, homes.persons, places.capacity)
    inside = np.flatnonzero(shelter_of != OUTSIDE)
    seating.seat_all(inside, shelter_of[inside])
    plan = _plan(seating, reach, bound, split)
    step(1.0, progress, cancelled)
    return plan


def _checked_limit(max_distance_m: float | None) -> float:
    if max_distance_m is None:
        return np.inf
    if not max_distance_m >= 0:
        detail = f"max_distance_m = {max_distance_m} must be a number of metres, 0 or more."
        raise InvalidInput(detail, [Fault("max_distance_m", detail)])
    return float(max_distance_m)


def _seated(
    reach: Terrain, homes: Households, asked: Asked, progress: Progress, cancelled: Cancelled
) -> tuple[IntArray, tuple[Split, ...], float]:
    """The shelter of each household, the groups that are split, and the lower bound.

    Weights and groups narrow the choice of a plan, not what is proven: the bound is that of the
    people and metres as they are.
    """
    if homes.group is None and homes.weight is None:
        plain = solved(reach, asked, progress, cancelled)
        return plain.seating.shelter_of, (), plain.bound(plain.seating.placed())
    first, second = (partial(_share, progress, begin) for begin in (0.0, 0.5))
    shelter_of, split = _preferred(reach, homes, asked, first, cancelled)
    placed = int(asked.persons[shelter_of != OUTSIDE].sum())
    return shelter_of, split, solved(reach, asked, second, cancelled).bound(placed)


def _preferred(
    reach: Terrain, homes: Households, asked: Asked, progress: Progress, cancelled: Cancelled
) -> tuple[IntArray, tuple[Split, ...]]:
    if homes.group is not None:
        return solved_together(reach, asked, homes.group, homes.weight, progress, cancelled)
    weight = np.ones(len(asked.persons)) if homes.weight is None else homes.weight
    heavier = replace(asked, apart=weight_kinds(weight))
    found = solved(WeightedReach(reach, weight), heavier, progress, cancelled)
    return found.seating.shelter_of, ()


def _share(progress: Progress, begin: float, done: float) -> None:
    progress(begin + done / 2)


def _plan(seating: Seating, reach: Terrain, bound: float, split: tuple[Split, ...]) -> Assignment:
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
    return Assignment(shelter_of, distance_m, walked, bound, gap, placed, unplaced, reasons, split)
