"""Why a household has no place, in codes and numbers that a sentence can be made of."""

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
    """

    household: int
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def leftovers(seating: Seating, distances: Reach) -> tuple[Leftover, ...]:
    """One entry per household outside, in their order.

    `distances` is closed only by distance and by shelters without places, not by size.
    """
    outside = seating.outside()
    groups: list[_Group] = []
    slices = np.array_split(outside, 1 + outside.size * seating.free.size // _SLICE)
    return tuple(one for part in slices for one in _explained(seating, distances, part, groups))


@dataclass(frozen=True)
class _Group:
    """Shelters that the people inside them can't leave for others, and their shortage."""

    inside: BoolArray
    numbers: Mapping[str, float]


def _explained(
    seating: Seating, distances: Reach, households: IntArray, groups: list[_Group]
) -> list[Leftover]:
    reached = np.isfinite(distances.rows(households))
    capacity = seating.free + _seated(seating)
    largest = np.where(reached, capacity, 0).max(axis=1, initial=0)
    found = []
    for row, household in enumerate(households):
        people = int(seating.persons[household])
        if not reached[row].any():
            found.append(Leftover(int(household), NONE_WITHIN_REACH, {"persons": people}))
        elif people > largest[row]:
            found.append(_too_large(int(household), people, int(largest[row])))
        else:
            group = _group_of(seating, distances, reached[row], groups)
            free = int(seating.free[reached[row]].max())
            if group.numbers["short"] > 0:
                found.append(Leftover(int(household), FULL, group.numbers))
            else:
                found.append(_too_large(int(household), people, free))
    return found


def _too_large(household: int, people: int, free: int) -> Leftover:
    return Leftover(household, TOO_LARGE, {"persons": people, "largest_free": free})


def _seated(seating: Seating) -> IntArray:
    inside = seating.shelter_of != OUTSIDE
    people = np.bincount(seating.shelter_of[inside], seating.persons[inside], len(seating.free))
    return people.astype(np.int64)


def _group_of(
    seating: Seating, distances: Reach, reached: BoolArray, groups: list[_Group]
) -> _Group:
    """The known group that holds all these shelters, or the one that grows from them."""
    for group in groups:
        if group.inside[reached].all():
            return group
    inside = _closure(seating, distances, reached)
    groups.append(_Group(inside, _shortage(seating, distances, inside)))
    return groups[-1]


def _closure(seating: Seating, distances: Reach, reached: BoolArray) -> BoolArray:
    """These shelters and all that somebody inside could move on to, again and again."""
    inside = reached.copy()
    asked = np.zeros_like(inside)
    while (inside & ~asked).any():
        here = np.flatnonzero(inside & ~asked)
        asked |= inside
        members = np.flatnonzero(np.isin(seating.shelter_of, here))
        for part in np.array_split(members, 1 + members.size * inside.size // _SLICE):
            if inside.all():
                break
            inside |= np.isfinite(distances.rows(part)).any(axis=0)
    return inside


def _shortage(seating: Seating, distances: Reach, inside: BoolArray) -> dict[str, float]:
    """The minimum cut: people who reach only these shelters, their places, and what is short."""
    seated = _seated(seating)[inside]
    places = int(seating.free[inside].sum() + seated.sum())
    outside = seating.outside()
    waiting = 0
    for part in np.array_split(outside, 1 + outside.size * inside.size // _SLICE):
        reached = np.isfinite(distances.rows(part))
        only = reached.any(axis=1) & ~(reached & ~inside).any(axis=1)
        waiting += int(seating.persons[part[only]].sum())
    people = int(seated.sum()) + waiting
    shelters = int(inside.sum())
    return {"people": people, "shelters": shelters, "places": places, "short": people - places}
