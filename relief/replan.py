"""A plan made anew after something changed, in which few of those who have a place must move.

Everybody stays who can; those without a place flow to shelters at least cost, and others make way
where that is worth the price set on each person moved. Then households are made whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.detours import quick_rows
from relief.duality import checked_bound, lower_bound
from relief.exchanges import exchange
from relief.known_prices import GOOD_ENOUGH, known, known_by_sample
from relief.leftovers import Leftover, leftovers
from relief.making_way import MakingWay, Widened
from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import FloatArray, Households, IntArray, Shelters
from relief.refining import is_small, refined
from relief.replan_task import Task, task_of
from relief.road_reach import RoadWays
from relief.seating import OUTSIDE, Seating
from relief.transport import Arcs
from relief.undecided import Points
from relief.whole_households import fill_free_places, seat_by_flow, seat_split

DEFAULT_MOVING_PRICE_M = 1_000.0
"""Nobody is moved again unless that saves so much walking for each person moved."""


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
    task = task_of(households, shelters, former, moving_price_m, max_distance_m, roads)
    step(0.0, progress, cancelled)
    seating = task.seating()
    bound_m = 0.0
    if len(task.persons) and task.capacity.any():
        bound_m = _settle(task, seating, progress, cancelled)
    step(0.95, progress, cancelled)
    plan = _answer(task, seating, bound_m)
    step(1.0, progress, cancelled)
    return plan


def _settle(task: Task, seating: Seating, progress: Progress, cancelled: Cancelled) -> float:
    """Seats everybody who can be; returns the bound of what that costs."""
    rows, walking_m = quick_rows(task.reach), task.walking_m()
    before = known_by_sample(task, rows)
    step(0.2, progress, cancelled)
    way = MakingWay(seating, task.keeping, rows, task.rank)
    if before is None:
        found = way.widened(
            GOOD_ENOUGH * walking_m, lambda share: progress(0.2 + 0.6 * share), cancelled
        )
    else:
        near = before.near_moving(seating, task.moving_price_m)
        found = way.at_once(near, before.price_m)
    step(0.8, progress, cancelled)
    _seat_whole(seating, found, task.rank, walking_m)
    proof = before or known(task, found.price_m)
    persons, capacity = task.persons, task.capacity
    bound_m = lower_bound(proof.least_m, persons, proof.price_m, capacity, seating.placed())
    if is_small(seating):
        return refined(seating, task.rank, proof.price_m, bound_m).bound_m
    return bound_m


def _seat_whole(seating: Seating, found: Widened, rank: IntArray, walking_m: float) -> None:
    some = Points(found.household, np.arange(len(found.household) + 1), found.ways)
    if len(found.household):
        seat_split(seating, seat_by_flow(seating, some, found.flow), rank, found.price_m)
    fill_free_places(seating, rank, found.price_m)
    if len(found.household):
        ways = Arcs(found.household[found.ways.group], found.ways.shelter, found.ways.distance_m)
        exchange(seating, ways, rank, walking_m)
        fill_free_places(seating, rank, found.price_m)
    nothing_m = np.zeros(len(seating.free))
    for household in seating.outside()[seating.persons[seating.outside()] == 0]:
        seating.seat_cheapest(int(household), nothing_m)


def _answer(task: Task, seating: Seating, bound_m: float) -> Replan:
    persons, shelter_of, former = seating.persons, seating.shelter_of, task.former
    inside = np.flatnonzero(shelter_of != OUTSIDE)
    distance_m = np.where((shelter_of == former) & (former != OUTSIDE), task.stay_m, np.nan)
    placed_anew = inside[shelter_of[inside] != former[inside]]
    distance_m[placed_anew] = task.reach.pairs(placed_anew, shelter_of[placed_anew])
    walked = float(np.dot(distance_m[inside], persons[inside]))
    placed = int(persons[inside].sum())
    moved = np.flatnonzero((former != OUTSIDE) & (shelter_of != former))
    paid = int(persons[moved[shelter_of[moved] != OUTSIDE]].sum())
    cost_m = walked + task.moving_price_m * paid
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
