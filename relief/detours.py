"""How much farther somebody goes who makes way, at least, for every two shelters."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from relief.reach import FloatArray, IntArray, Reach, StraightReach

Metres: TypeAlias = npt.NDArray[np.floating]

_PAIRS = 100_000
"""Pairs of household and shelter looked at together; small enough for the processor's cache."""


class Rows(Protocol):
    """Distances good to `error_m`, to every shelter at once."""

    error_m: float

    def rows(self, household: IntArray) -> Metres:
        """Metres to every shelter, one row a household; inf where it may not go."""
        ...


def quick_rows(reach: Reach) -> Rows:
    """The same distances, in single precision where that is several times as fast."""
    return _Planar(reach) if isinstance(reach, StraightReach) else _Exact(reach)


class Detours:
    """Row s, column t of `added_m`: what the move from s to t adds for whoever in s it adds least
    for, at least; inf where nobody is in s or t takes nobody."""

    def __init__(self, ways: Rows, shelter_of: IntArray, shelters: int) -> None:
        self._ways = ways
        self.added_m: FloatArray = np.full((shelters, shelters), np.inf)
        for shelter, members in enumerate(_members(shelter_of, shelters)):
            self.renew(shelter, members)

    def renew(self, shelter: int, members: IntArray) -> None:
        """Looks at a shelter's row again, now that only these are in it."""
        least = np.full(len(self.added_m), np.inf)
        for part in np.array_split(members, 1 + members.size * least.size // _PAIRS):
            metres = self._ways.rows(part)
            metres -= metres[:, [shelter]]
            least = np.minimum(least, metres.min(axis=0, initial=np.inf))
        least[shelter] = np.inf
        self.added_m[shelter] = least - 2 * self._ways.error_m


class _Exact:
    """The distances as they are."""

    error_m = 0.0

    def __init__(self, reach: Reach) -> None:
        self.rows = reach.rows


class _Planar:
    """Straight lines measured from the middle of the shelters."""

    def __init__(self, reach: StraightReach) -> None:
        homes, places = reach.households, reach.shelters
        middle = [float(np.mean(axis)) if len(axis) else 0.0 for axis in (places.x_m, places.y_m)]
        self._home_x, self._place_x = _single(middle[0], homes.x_m, places.x_m)
        self._home_y, self._place_y = _single(middle[1], homes.y_m, places.y_m)
        ends = (self._home_x, self._place_x, self._home_y, self._place_y)
        farthest = max(float(np.abs(axis).max(initial=0.0)) for axis in ends)
        self.error_m = farthest * 2.0**-20 + 1e-3
        self._persons, self._capacity = homes.persons, places.capacity
        self._closed = np.flatnonzero(places.capacity == 0)
        self._any_fits = homes.persons.max(initial=0) <= places.capacity.min(initial=2**40)
        self._limit_m = reach.max_distance_m

    def rows(self, household: IntArray) -> Metres:
        """Metres to every shelter, one row a household."""
        away_m = self._home_x[household, None] - self._place_x
        north = self._home_y[household, None] - self._place_y
        away_m *= away_m
        north *= north
        away_m += north
        np.sqrt(away_m, out=away_m)
        if np.isfinite(self._limit_m):
            away_m[away_m > self._limit_m + self.error_m] = np.inf
        if not self._any_fits:
            away_m[self._persons[household, None] > self._capacity] = np.inf
        away_m[:, self._closed] = np.inf
        return away_m


def _single(middle: float, *columns: FloatArray) -> list[npt.NDArray[np.float32]]:
    return [(column - middle).astype(np.float32) for column in columns]


def _members(shelter_of: IntArray, shelters: int) -> list[IntArray]:
    """The households in each shelter."""
    order = np.argsort(shelter_of.astype(np.int16 if shelters < 2**15 else np.int64), kind="stable")
    begin = np.searchsorted(shelter_of, np.arange(shelters + 1), sorter=order)
    return np.split(order, begin)[1:-1]
