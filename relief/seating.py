"""Who sleeps where, kept in step with the free places, and exchanges between two shelters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.reach import BoolArray, FloatArray, IntArray, Reach

OUTSIDE = -1


@dataclass(frozen=True)
class Exchange:
    """One household from source to target, at most one (`back`, else -1) the other way.

    `people` is the net number moved, `added_m` the person-metres it adds.
    """

    source: int
    target: int
    out: int
    back: int
    people: int
    added_m: float


@dataclass(frozen=True)
class _Sizes:
    """Per household size: the person-metres its cheapest mover adds, and who that is."""

    persons: IntArray
    added_m: FloatArray
    who: IntArray


@dataclass(frozen=True)
class _Exchanges:
    """A table of exchanges: one row a size going out, one column a size coming back."""

    source: int
    target: int
    out: IntArray
    back: IntArray
    people: IntArray
    added_m: FloatArray

    def cheapest(self, allowed: BoolArray) -> Exchange | None:
        """The allowed exchange that adds least; None where all of them are closed."""
        if not allowed.any():
            return None
        added = np.where(allowed, self.added_m, np.inf)
        row, col = np.divmod(int(np.argmin(added)), len(self.back))
        if not np.isfinite(added[row, col]):
            return None
        ends = int(self.out[row]), int(self.back[col])
        people = int(self.people[row, col])
        return Exchange(self.source, self.target, *ends, people, float(added[row, col]))


class Seating:
    """Who sleeps where: `shelter_of` each household (-1 outside) and `free` places, kept in step.

    Mutable while it is worked on; every change goes through `seat` and `unseat`.
    """

    def __init__(self, reach: Reach, persons: IntArray, capacity: IntArray) -> None:
        self.reach = reach
        self.persons = persons
        self.free = capacity.copy()
        self.shelter_of: IntArray = np.full(len(persons), OUTSIDE, np.int64)

    def seat(self, household: int, shelter: int) -> None:
        """Puts an outside household into a shelter."""
        self.shelter_of[household] = shelter
        self.free[shelter] -= self.persons[household]

    def unseat(self, household: int) -> int:
        """Takes a household out; returns the shelter it left."""
        shelter = int(self.shelter_of[household])
        self.free[shelter] += self.persons[household]
        self.shelter_of[household] = OUTSIDE
        return shelter

    def seat_all(self, household: IntArray, shelter: IntArray) -> None:
        """Puts many households in at once; the caller answers for the room."""
        self.shelter_of[household] = shelter
        taken = np.bincount(shelter, self.persons[household], len(self.free))
        self.free -= taken.astype(np.int64)

    def unseat_all(self, household: IntArray) -> None:
        """Takes many households out at once."""
        left = np.bincount(self.shelter_of[household], self.persons[household], len(self.free))
        self.free += left.astype(np.int64)
        self.shelter_of[household] = OUTSIDE

    def placed(self) -> int:
        """People who have a place."""
        return int(self.persons[self.shelter_of != OUTSIDE].sum())

    def capacity(self) -> IntArray:
        """Free and taken places of each shelter."""
        inside = self.shelter_of != OUTSIDE
        taken = np.bincount(self.shelter_of[inside], self.persons[inside], len(self.free))
        return self.free + taken.astype(np.int64)

    def walked_m(self) -> float:
        """Person-metres of those who have a place."""
        inside = np.flatnonzero(self.shelter_of != OUTSIDE)
        away_m = self.reach.pairs(inside, self.shelter_of[inside])
        return float(np.dot(away_m, self.persons[inside]))

    def outside(self) -> IntArray:
        """Households with no shelter."""
        return np.flatnonzero(self.shelter_of == OUTSIDE)

    def seat_cheapest(self, household: int, price_m: FloatArray) -> bool:
        """Seats a household where distance plus price is least and all of it fits."""
        cost = self.reach.rows(np.array([household]))[0] + price_m
        cost[self.free < self.persons[household]] = np.inf
        shelter = int(np.argmin(cost)) if len(cost) else 0
        if not len(cost) or not np.isfinite(cost[shelter]):
            return False
        self.seat(household, shelter)
        return True

    def fullest_exchange(self, source: int, target: int) -> Exchange | None:
        """The exchange that moves most people net from source to target, then adds least."""
        ways = self._exchanges(source, target)
        people = np.where(np.isfinite(ways.added_m), ways.people, 0)
        return ways.cheapest((people >= 1) & (people == people.max(initial=1)))

    def _exchanges(self, source: int, target: int) -> _Exchanges:
        """All exchanges by household size that leave target within its places."""
        out = self._cheapest_by_size(source, target)
        ways = self._table(source, target, out, self._cheapest_by_size(target, source))
        ways.added_m[ways.people > self.free[target]] = np.inf
        return ways

    def _table(self, source: int, target: int, out: _Sizes, back: _Sizes) -> _Exchanges:
        people = out.persons[:, None] - np.append(back.persons, 0)
        added = out.added_m[:, None] + np.append(back.added_m, 0.0)
        return _Exchanges(source, target, out.who, np.append(back.who, OUTSIDE), people, added)

    def _cheapest_by_size(self, source: int, target: int) -> _Sizes:
        """For every household size in source: the one that adds least by going to target."""
        members = np.flatnonzero(self.shelter_of == source)
        added = self.persons[members] * (self._way(members, target) - self._way(members, source))
        order = np.lexsort((added, self.persons[members]))
        members, added = members[order], added[order]
        sizes, first = np.unique(self.persons[members], return_index=True)
        return _Sizes(sizes, added[first], members[first])

    def _way(self, members: IntArray, shelter: int) -> FloatArray:
        """Metres from the members to a shelter."""
        return self.reach.pairs(members, np.full(len(members), shelter))

    def carry_out(self, exchange: Exchange) -> None:
        """Makes the exchange."""
        self._move(exchange, exchange.source, exchange.target)

    def undo(self, exchange: Exchange) -> None:
        """Takes the exchange back."""
        self._move(exchange, exchange.target, exchange.source)

    def _move(self, exchange: Exchange, source: int, target: int) -> None:
        for household, to in ((exchange.out, target), (exchange.back, source)):
            if household != OUTSIDE and self.shelter_of[household] != OUTSIDE:
                self.unseat(household)
            if household != OUTSIDE and to != OUTSIDE:
                self.seat(household, to)
