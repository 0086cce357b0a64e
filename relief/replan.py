"""A plan made anew after something changed, in which few of those who have a place must move.

Everybody stays who can; those without a place flow to shelters at least cost, and others make way
where that is worth the price set on each person moved. Then households are made whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.detours import Metres, Rows, margins, quick_rows
from relief.duality import checked_bound, lower_bound
from relief.errors import Fault, InvalidInput
from relief.exchanges import exchange
from relief.keeping import KeepingReach, Part
from relief.leftovers import Leftover, leftovers
from relief.making_way import Known, MakingWay, Widened
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
from relief.transport import Arcs
from relief.undecided import Points
from relief.whole_households import fill_free_places, seat_by_flow, seat_split

DEFAULT_MOVING_PRICE_M = 1_000.0
"""Nobody is moved again unless that saves so much walking for each person moved."""

_SAMPLE = 15_000
"""Of more households than three times this, as many tell beforehand what places are worth."""
_ENOUGH = 5e-5
"""A flow is good enough when it is this near to its bound, as a share of all walking."""


@dataclass(frozen=True)
class Replan:
    """The new plan: `shelter_of_household` (-1 left over) and `distance_m` (NaN there).

    `moved` are the households that had a place they could have kept and now have another or none,
    `moved_people` how many people that is. `cost_m` is person-metres plus the price of each person
    moved to another place; no plan that places as many people costs less than `cost_bound_m`.
    """

    shelter_of_household: IntArray
    distance_m: FloatArray
    person_metres: float
    assigned_people: int
    unassigned_people: int
    moved: IntArray
    moved_people: int
    cost_m: float
    cost_bound_m: float
    leftovers: tuple[Leftover, ...]


@dataclass(frozen=True)
class _Task:
    """Who is to be seated, from where, and in whose order."""

    reach: Terrain
    keeping: KeepingReach
    persons: IntArray
    capacity: IntArray
    rank: IntArray

    @property
    def former(self) -> IntArray:
        """The shelter that each household is in, OUTSIDE for none."""
        return self.keeping.former

    def seating(self) -> Seating:
        """Everybody where they are; shelters may hold too many."""
        seating = Seating(self.keeping, self.persons, self.capacity)
        kept = np.flatnonzero(self.former != OUTSIDE)
        seating.seat_all(kept, self.former[kept])
        return seating

    def walking_m(self) -> float:
        """Person-metres of those who are in a shelter."""
        kept = np.flatnonzero(self.former != OUTSIDE)
        return float(np.dot(self.reach.pairs(kept, self.former[kept]), self.persons[kept]))


def replan(
    households: Households,
    shelters: Shelters,
    former: IntArray,
    moving_price_m: float = DEFAULT_MOVING_PRICE_M,
    max_distance_m: float | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    roads: RoadWays | None = None,
) -> Replan:
    """The plan that follows one in which household i was in shelter `former`[i] (-1 in none).

    Fewest people are left over, those without a place before those with one, then key groups;
    then the cost is least. Households stay whole and no shelter holds more than its capacity.
    Raises InvalidInput as `assign` does, and for a former shelter or a price that can't be, and
    Stopped when cancelled. Groups and weights of households are not looked at.
    """
    task = _task(households, shelters, former, moving_price_m, max_distance_m, roads)
    step(0.0, progress, cancelled)
    seating = task.seating()
    bound_m = _settle(task, seating, progress, cancelled) if task.capacity.any() else 0.0
    step(0.95, progress, cancelled)
    plan = _answer(task, seating, bound_m)
    step(1.0, progress, cancelled)
    return plan


def _settle(task: _Task, seating: Seating, progress: Progress, cancelled: Cancelled) -> float:
    """Seats everybody who can be; returns the bound of what that costs."""
    rows = quick_rows(task.reach)
    known = _known(task, rows)
    step(0.2, progress, cancelled)
    way = MakingWay(seating, task.keeping, rows, task.rank, known)
    found = way.widened(
        _ENOUGH * task.walking_m(), lambda share: progress(0.2 + 0.6 * share), cancelled
    )
    step(0.8, progress, cancelled)
    _seat_whole(seating, found, task.rank)
    if known is None:
        known = Known(found.price_m, margins(rows, task.former, found.price_m))
    return _bound(task, seating.placed(), known, rows)


def _task(
    households: Households,
    shelters: Shelters,
    former: IntArray,
    moving_price_m: float,
    max_distance_m: float | None,
    roads: RoadWays | None,
) -> _Task:
    homes, places = checked_households(households), checked_shelters(shelters)
    limit_m = np.inf if max_distance_m is None else max_distance_m
    before = _checked(former, moving_price_m, limit_m, homes, places)
    reach: Terrain = StraightReach(homes, places, limit_m)
    if roads is not None:
        ways = checked_ways(roads, len(homes.persons), len(places.capacity))
        reach = RoadReach(homes, places, ways, limit_m)
    kept = np.flatnonzero(before != OUTSIDE)
    shut = ~np.isfinite(reach.pairs(kept, before[kept]))
    before[kept[shut]] = OUTSIDE
    rank = ranks(homes)
    rank += (before != OUTSIDE) * (int(rank.max(initial=0)) + 1)
    keeping = KeepingReach(reach, before, moving_price_m)
    return _Task(reach, keeping, homes.persons, places.capacity, rank)


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


def _known(task: _Task, rows: Rows) -> Known | None:
    """What places are worth by the flow of an even sample of the households; None of few."""
    every = len(task.persons) // _SAMPLE
    if every < 3:
        return None
    some = np.arange(0, len(task.persons), every)
    keeping = KeepingReach(Part(task.reach, some), task.former[some], task.keeping.moving_price_m)
    free = task.seating().free
    seating = Seating(keeping, task.persons[some], np.zeros_like(free))
    kept = np.flatnonzero(keeping.former != OUTSIDE)
    seating.seat_all(kept, keeping.former[kept])
    seating.free[:] = np.where(task.capacity > 0, np.rint(free / every), 0).astype(np.int64)
    sample = MakingWay(seating, keeping, _RowsOfPart(rows, some), task.rank[some])
    found = sample.widened(_ENOUGH * task.walking_m() / every, silent, never)
    return Known(found.price_m, margins(rows, task.former, found.price_m))


class _RowsOfPart:
    """The distances of some of the households."""

    def __init__(self, rows: Rows, chosen: IntArray) -> None:
        self.error_m = rows.error_m
        self._rows, self._chosen = rows, chosen

    def rows(self, household: IntArray) -> Metres:
        """Metres from each of these chosen to every shelter."""
        return self._rows.rows(self._chosen[household])


def _seat_whole(seating: Seating, found: Widened, rank: IntArray) -> None:
    some = Points(found.household, np.arange(len(found.household) + 1), found.ways)
    if len(found.household):
        seat_split(seating, seat_by_flow(seating, some, found.flow), rank, found.price_m)
    fill_free_places(seating, rank, found.price_m)
    if len(found.household):
        ways = Arcs(found.household[found.ways.group], found.ways.shelter, found.ways.distance_m)
        exchange(seating, ways, rank)
        fill_free_places(seating, rank, found.price_m)
    nothing_m = np.zeros(len(seating.free))
    for household in seating.outside()[seating.persons[seating.outside()] == 0]:
        seating.seat_cheapest(int(household), nothing_m)


def _bound(task: _Task, placed: int, known: Known, rows: Rows) -> float:
    """Person-metres and prices of moving that any plan for so many people costs at least."""
    price_m, least_m = known.price_m, np.full(len(task.persons), np.inf)
    kept = np.flatnonzero(task.former != OUTSIDE)
    there = task.former[kept]
    moving_m = known.margin_m[kept] + task.keeping.moving_price_m - 2 * rows.error_m
    least_m[kept] = task.reach.pairs(kept, there) + price_m[there] + np.minimum(moving_m, 0.0)
    without = np.flatnonzero(task.former == OUTSIDE)
    for part in np.array_split(without, 1 + without.size // 10_000):
        priced_m = rows.rows(part) + price_m
        least_m[part] = priced_m.min(axis=1, initial=np.inf) - rows.error_m
    return lower_bound(least_m, task.persons, price_m, task.capacity, placed)


def _answer(task: _Task, seating: Seating, bound_m: float) -> Replan:
    persons, shelter_of, former = seating.persons, seating.shelter_of, task.former
    inside = np.flatnonzero(shelter_of != OUTSIDE)
    distance_m = np.full(len(persons), np.nan)
    distance_m[inside] = task.reach.pairs(inside, shelter_of[inside])
    walked = float(np.dot(distance_m[inside], persons[inside]))
    placed = int(persons[inside].sum())
    moved = np.flatnonzero((former != OUTSIDE) & (shelter_of != former))
    paid = int(persons[moved[shelter_of[moved] != OUTSIDE]].sum())
    cost_m = walked + task.keeping.moving_price_m * paid
    return Replan(
        shelter_of,
        distance_m,
        walked,
        placed,
        int(persons.sum()) - placed,
        moved,
        int(persons[moved].sum()),
        cost_m,
        checked_bound(bound_m, cost_m),
        leftovers(seating, task.reach.for_anyone()),
    )
