"""Households that stay together - a large family, a village - placed as one where that can be.

A group counts as one household whose way to a shelter is its people's mean, open only where all
of them may go. Groups that no shelter takes whole are split, and so are those left over once all
are placed; each is named with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from relief.progress import Cancelled, Progress
from relief.reach import CellGround, FloatArray, IntArray, Reach, Terrain
from relief.seating import OUTSIDE
from relief.solution import Asked, Solution, solved
from relief.transport import spread
from relief.weighted import WeightedReach, weight_kinds

ALONE = -1
NO_COMMON_SHELTER = "no_shelter_within_reach_of_all"
TOO_LARGE_TOGETHER = "larger_than_any_shelter_within_reach"
NO_ROOM_TOGETHER = "no_room_left_for_all"


@dataclass(frozen=True)
class Split:
    """A group that could not stay together: its number, the `reason` and the numbers behind it.

    no_shelter_within_reach_of_all: persons. larger_than_any_shelter_within_reach: persons, largest
    (places of one shelter that all may go to). no_room_left_for_all: persons, largest_free (places
    that such a shelter had left when all groups were placed).
    """

    group: int
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Units:
    """Households that go together: those of unit i are member[first[i]:first[i + 1]]."""

    member: IntArray
    first: IntArray

    def sums(self, values: IntArray | FloatArray) -> FloatArray:
        """The sum of a household's values over each unit."""
        return np.add.reduceat(values[self.member].astype(np.float64), self.first[:-1])

    def of(self, unit: IntArray) -> IntArray:
        """The households of these units, unit by unit."""
        return self.member[spread(self.first[unit], np.diff(self.first)[unit])]


@dataclass(frozen=True)
class UnitPoints:
    """Single units, as far as their people have to go on average."""

    reach: UnitReach
    unit: IntArray

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """The exact mean metres, and no spread."""
        away_m = self.reach.metres(self.unit[cell], shelter)
        return away_m, np.zeros(away_m.shape)

    def typical_spread_m(self) -> float:
        """None."""
        return 0.0


@dataclass(frozen=True)
class UnitReach:
    """The ways of units: their people's mean metres, inf where one of them may not go."""

    reach: Terrain
    anyone: Reach
    units: Units
    persons: IntArray
    share: FloatArray
    capacity: IntArray

    def metres(self, unit: IntArray, shelter: IntArray) -> FloatArray:
        """Mean metres from unit[i] to shelter[i] whatever its size."""
        count = np.diff(self.units.first)[unit]
        each = spread(self.units.first[unit], count)
        away_m = self.anyone.pairs(self.units.member[each], np.repeat(shelter, count))
        parts = np.full(away_m.shape, np.inf)
        np.multiply(away_m, self.share[each], out=parts, where=np.isfinite(away_m))
        mean_m: FloatArray = (
            np.add.reduceat(parts, np.cumsum(count) - count) if len(unit) else parts
        )
        return mean_m

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Mean metres from unit household[i] to shelter[i], inf where it may not go."""
        unit, place = np.broadcast_arrays(household, shelter)
        away_m = self.metres(unit.ravel(), place.ravel()).reshape(unit.shape)
        fits = (self.persons[unit] <= self.capacity[place]) & (self.capacity[place] > 0)
        return np.where(fits, away_m, np.inf)

    def rows(self, household: IntArray) -> FloatArray:
        """Mean metres to every shelter, shape (units asked, shelters)."""
        return self.pairs(household[:, None], np.arange(len(self.capacity))[None, :])

    def spots(self) -> tuple[FloatArray, FloatArray]:
        """The middle of each unit."""
        count = np.diff(self.units.first)
        east, north = self.reach.spots()
        return self.units.sums(east) / count, self.units.sums(north) / count

    def points(self, household: IntArray) -> UnitPoints:
        """The units themselves."""
        return UnitPoints(self, household)

    def ground(self, household: IntArray, first: IntArray) -> CellGround:
        """Cells of all the units' households."""
        upto = np.append(0, np.cumsum(np.diff(self.units.first)[household]))
        return self.reach.ground(self.units.of(household), upto[first])

    def for_anyone(self) -> Reach:
        """The same ways for units of any size."""
        nobody = np.zeros_like(self.persons)
        return replace(self, persons=nobody)


@dataclass(frozen=True)
class _Party:
    """What is asked for all households, from which the units are made."""

    reach: Terrain
    asked: Asked
    weight: FloatArray | None

    def solved(
        self, units: Units, free: IntArray, progress: Progress, cancelled: Cancelled
    ) -> Solution:
        """The plan of these units on these places."""
        asked = self.asked
        persons = units.sums(asked.persons)
        count = np.repeat(np.diff(units.first), np.diff(units.first))
        everybody = np.repeat(persons, np.diff(units.first))
        own = asked.persons[units.member].astype(np.float64)
        share = np.where(everybody > 0, own / np.maximum(everybody, 1), 1 / count)
        reach: Terrain = UnitReach(
            self.reach, self.reach.for_anyone(), units, persons.astype(np.int64), share, free
        )
        apart = None
        if self.weight is not None:
            heavy = units.sums(self.weight * np.maximum(asked.persons, 1))
            weight = heavy / units.sums(np.maximum(asked.persons, 1))
            reach, apart = WeightedReach(reach, weight), weight_kinds(weight)
        rank = np.maximum.reduceat(asked.rank[units.member], units.first[:-1])
        smaller = Asked(persons.astype(np.int64), rank, free, apart)
        return solved(reach, smaller, progress, cancelled)


def solved_together(
    reach: Terrain,
    asked: Asked,
    group: IntArray,
    weight: FloatArray | None,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[IntArray, tuple[Split, ...]]:
    """The shelter of each household, and the groups that are split.

    Households of one `group` number go together; ALONE is no group.
    """
    party = _Party(reach, asked, weight)
    units, number = units_of(group)
    together = party.solved(units, asked.capacity, lambda done: progress(0.7 * done), cancelled)
    shelter_of = np.full(len(group), OUTSIDE, np.int64)
    shelter_of[units.member] = np.repeat(together.seating.shelter_of, np.diff(units.first))
    free = together.seating.free.copy()
    split = _why_split(party, units, number, together)
    left = np.flatnonzero(shelter_of == OUTSIDE)
    if len(split) and free.any():
        single = Units(left, np.arange(len(left) + 1))
        rest = party.solved(single, free, lambda done: progress(0.7 + 0.3 * done), cancelled)
        shelter_of[left] = rest.seating.shelter_of
    inside = [one for one in split if (shelter_of[group == one.group] != OUTSIDE).any()]
    return shelter_of, tuple(inside)


def units_of(group: IntArray) -> tuple[Units, IntArray]:
    """The units, one a group and one for each household that is alone, and their group numbers."""
    alone = group == ALONE
    key = np.where(alone, group.max(initial=0) + 1 + np.arange(len(group)), group)
    member = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[member], prepend=-1))
    return Units(member, np.append(first, len(group))), group[member[first]]


def _why_split(party: _Party, units: Units, number: IntArray, together: Solution) -> list[Split]:
    """The groups that are left over together, each with what keeps it from staying so."""
    seating, found = together.seating, []
    waiting = np.flatnonzero((seating.shelter_of == OUTSIDE) & (np.diff(units.first) > 1))
    for unit in waiting:
        away_m = party.reach.for_anyone().rows(units.of(np.array([unit])))
        common = np.isfinite(away_m).all(axis=0)
        persons = int(seating.persons[unit])
        largest = int(party.asked.capacity[common].max(initial=0))
        if not largest:
            why, numbers = NO_COMMON_SHELTER, {"persons": persons}
        elif largest < persons:
            why, numbers = TOO_LARGE_TOGETHER, {"persons": persons, "largest": largest}
        else:
            left = int(seating.free[common].max())
            why, numbers = NO_ROOM_TOGETHER, {"persons": persons, "largest_free": left}
        found.append(Split(int(number[unit]), why, numbers))
    return found
