"""What a plan that follows another is made from: where everybody stands before anybody moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relief.cells import Cells, cells_of
from relief.errors import Fault, InvalidInput
from relief.keeping import KeepingReach
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

_CELLS = 100_000


@dataclass(frozen=True)
class Task:
    """Who is to be seated, in whose order, and from where: `former` is the shelter that each
    household is in, OUTSIDE for none, and `stay_m` how far that is, inf for none."""

    reach: Terrain
    persons: IntArray
    capacity: IntArray
    rank: IntArray
    former: IntArray
    stay_m: FloatArray
    moving_price_m: float

    @property
    def keeping(self) -> KeepingReach:
        """The ways with the price of moving."""
        return KeepingReach(self.reach, self.former, self.moving_price_m)

    @cached_property
    def cells(self) -> Cells:
        """The households in cells, whoever they are."""
        like = np.zeros(len(self.persons), np.int64)
        return cells_of(self.reach, self.persons, like, self.capacity, _CELLS)

    def seating(self) -> Seating:
        """Everybody where they are; shelters may hold too many."""
        seating = Seating(self.keeping, self.persons, self.capacity)
        kept = np.flatnonzero(self.former != OUTSIDE)
        seating.seat_all(kept, self.former[kept])
        return seating

    def walking_m(self) -> float:
        """Person-metres of those who are in a shelter."""
        return float(np.dot(np.where(self.former != OUTSIDE, self.stay_m, 0.0), self.persons))


def task_of(
    households: Households,
    shelters: Shelters,
    former: IntArray,
    moving_price_m: float,
    max_distance_m: float | None,
    roads: RoadWays | None,
) -> Task:
    """The task; raises InvalidInput as `assign` does, and for a former shelter or a price that
    can't be. Whoever has a place comes before all who have none."""
    homes, places = checked_households(households), checked_shelters(shelters)
    limit_m = np.inf if max_distance_m is None else max_distance_m
    before = _checked(former, moving_price_m, limit_m, homes, places)
    reach: Terrain = StraightReach(homes, places, limit_m)
    if roads is not None:
        ways = checked_ways(roads, len(homes.persons), len(places.capacity))
        reach = RoadReach(homes, places, ways, limit_m)
    kept = np.flatnonzero(before != OUTSIDE)
    stay_m = np.full(len(before), np.inf)
    stay_m[kept] = reach.pairs(kept, before[kept])
    before[~np.isfinite(stay_m)] = OUTSIDE
    rank = ranks(homes)
    rank += (before != OUTSIDE) * (int(rank.max(initial=0)) + 1)
    return Task(reach, homes.persons, places.capacity, rank, before, stay_m, moving_price_m)


def _checked(
    former: IntArray, moving_price_m: float, limit_m: float, homes: Households, places: Shelters
) -> IntArray:
    column = np.atleast_1d(np.asarray(former))
    faults = []
    if column.shape != homes.persons.shape or (column.size and column.dtype.kind not in "iu"):
        faults.append(Fault("former", f"It needs {len(homes.persons)} whole numbers."))
    elif ((column < OUTSIDE) | (column >= len(places.capacity))).any():
        faults.append(Fault("former", f"Shelters are 0 to {len(places.capacity) - 1}, or -1."))
    if not 0 <= moving_price_m < np.inf:
        faults.append(Fault("moving_price_m", f"{moving_price_m} is no price of 0 metres or more."))
    if not limit_m >= 0:
        faults.append(Fault("max_distance_m", f"{limit_m} must be a number of metres, 0 or more."))
    if faults:
        raise InvalidInput("; ".join(f"{one.at}: {one.detail}" for one in faults), faults)
    return column.astype(np.int64)
