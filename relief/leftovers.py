"""Why a household has no place, in codes and numbers that a sentence can be made of.

A household that every shelter within reach is too full for belongs to a shortage: the shelters it
reaches, those that the people in them could move on to, and so on. Nobody inside can leave for
another, so so many people have only so many places: the minimum cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from relief.reach import BoolArray, IntArray, Reach
from relief.seating import OUTSIDE, Seating

NONE_WITHIN_REACH = "no_shelter_within_max_distance"
TOO_LARGE = "larger_than_any_free_place"
FULL = "all_reachable_shelters_full"
_SLICE = 4_000_000


@dataclass(frozen=True)
class Leftover:
    """A household without a place: its index, its `reason` and the numbers behind it.

    no_shelter_within_max_distance: persons; no shelter with places is within reach.
    larger_than_any_free_place: persons, largest_free (places in one shelter within reach).
    all_reachable_shelters_full: people, shelters, places, short; so many people reach only so
    many shelters with so many places (the minimum cut), so nobody could have done better.
    `shortage` numbers the cuts from 0: households of one number share one; -1 is none.
    """

    household: int
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    shortage: int = -1


def leftovers(seating: Seating, distances: Reach) -> tuple[Leftover, ...]:
    """One entry per household outside, in their order.

    `distances` is closed only by distance and by shelters without places, not by size.
    """
    outside = seating.outside()
    if not len(outside):
        return ()
    reached, pattern = _patterns(distances, outside, len(seating.free))
    inside = _closures(seating, distances, reached)
    cuts, cut = np.unique(inside, axis=0, return_inverse=True)
    people = np.bincount(pattern, seating.persons[outside], len(reached)).astype(np.int64)
    numbers = [_shortage(seating, one, reached, people) for one in cuts]
    capacity = seating.free + _seated(seating)
    largest, free = (
        np.where(reached, places, 0).max(axis=1, initial=0) for places in (capacity, seating.free)
    )
    found = []
    for household, kind in zip(outside.tolist(), pattern.tolist(), strict=True):
        persons, number = int(seating.persons[household]), int(cut[kind])
        if not reached[kind].any():
            found.append(Leftover(household, NONE_WITHIN_REACH, {"persons": persons}))
        elif persons > largest[kind] or numbers[number]["short"] <= 0:
            left = largest[kind] if persons > largest[kind] else free[kind]
            sizes = {"persons": persons, "largest_free": int(left)}
            found.append(Leftover(household, TOO_LARGE, sizes))
        else:
            found.append(Leftover(household, FULL, numbers[number], number))
    return tuple(found)


def _patterns(distances: Reach, households: IntArray, shelters: int) -> tuple[BoolArray, IntArray]:
    """The different sets of shelters that they reach, one row each, and the row of each."""
    packed = [
        np.packbits(np.isfinite(distances.rows(part)), axis=1)
        for part in np.array_split(households, 1 + households.size * shelters // _SLICE)
    ]
    rows, pattern = np.unique(np.concatenate(packed), axis=0, return_inverse=True)
    return np.unpackbits(rows, axis=1, count=shelters).astype(bool), pattern


def _closures(seating: Seating, distances: Reach, reached: BoolArray) -> BoolArray:
    """Each set of shelters with all that somebody inside could move on to, again and again."""
    inside, onward = reached.copy(), np.eye(len(seating.free), dtype=bool)
    asked = np.zeros(len(seating.free), bool)
    order = np.argsort(seating.shelter_of, kind="stable")
    start = np.searchsorted(seating.shelter_of[order], np.arange(len(seating.free) + 1))
    while True:
        narrow = inside[~inside.all(axis=1)]
        new = np.flatnonzero(narrow.any(axis=0) & ~asked)
        for shelter in new:
            members = order[start[shelter] : start[shelter + 1]]
            onward[shelter] |= _reached_by_any(distances, members, len(seating.free))
        asked[new] = True
        wider = (inside.astype(np.float32) @ onward.astype(np.float32)) > 0
        if (wider == inside).all():
            return inside
        inside = wider


def _reached_by_any(distances: Reach, members: IntArray, shelters: int) -> BoolArray:
    reached = np.zeros(shelters, bool)
    for part in np.array_split(members, 1 + members.size * shelters // _SLICE):
        if not reached.all() and len(part):
            reached |= np.isfinite(distances.rows(part)).any(axis=0)
    return reached


def _seated(seating: Seating) -> IntArray:
    inside = seating.shelter_of != OUTSIDE
    people = np.bincount(seating.shelter_of[inside], seating.persons[inside], len(seating.free))
    return people.astype(np.int64)


def _shortage(
    seating: Seating, inside: BoolArray, reached: BoolArray, people: IntArray
) -> dict[str, float]:
    """The minimum cut: people who reach only these shelters, their places, and what is short."""
    seated = int(_seated(seating)[inside].sum())
    places = int(seating.free[inside].sum()) + seated
    only = reached.any(axis=1) & ~reached[:, ~inside].any(axis=1)
    everybody = seated + int(people[only].sum())
    shelters = int((inside & (seating.free + _seated(seating) > 0)).sum())
    return {
        "people": everybody,
        "shelters": shelters,
        "places": places,
        "short": everybody - places,
    }
