"""What places are worth in a plan that follows another, and who would move at such prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.detours import Metres, Rows
from relief.keeping import KeepingReach, Part
from relief.making_way import MakingWay
from relief.near_ways import rivals_m
from relief.progress import never, silent
from relief.reach import FloatArray, IntArray
from relief.replan_task import Task
from relief.seating import OUTSIDE, Seating

GOOD_ENOUGH = 5e-5
"""A flow is good enough when it is this near to its bound, as a share of all walking."""
NEAR_M = 100.0
"""Whoever would move if it saved so many metres more is near to moving."""
_MOST_NEAR = 20_000
"""So many at most, or twice as many as have no place, are looked at as near to moving."""
_SAMPLE = 15_000
"""Of more households than three times this, as many tell beforehand what places are worth."""


@dataclass(frozen=True)
class Known:
    """What places are worth: `price_m`. At these prices moving costs each household that has a
    place `margin_m` (price of moving apart), exactly or more than NEAR_M with that price; and
    everybody pays `least_m` at least, staying or moving."""

    price_m: FloatArray
    margin_m: FloatArray
    least_m: FloatArray

    def near_moving(self, seating: Seating, moving_price_m: float) -> IntArray:
        """Those of the seating who are nearest to moving at this price of it."""
        able = np.flatnonzero((seating.shelter_of != OUTSIDE) & (seating.persons > 0))
        near = able[self.margin_m[able] < NEAR_M - moving_price_m]
        most = max(_MOST_NEAR, 2 * len(seating.outside()))
        if len(near) > most:
            near = near[np.argpartition(self.margin_m[near], most)[:most]]
        return near


def known(task: Task, price_m: FloatArray) -> Known:
    """What these prices mean to everybody, over all shelters."""
    slack_m = max(0.0, NEAR_M - task.moving_price_m)
    rival_m = np.empty(len(task.persons))
    rival_m[task.cells.household] = rivals_m(task.cells, price_m, slack_m, task.former)
    kept = task.former != OUTSIDE
    stay_m = np.where(kept, task.stay_m + price_m[task.former], np.inf)
    least_m = np.minimum(stay_m, rival_m + kept * task.moving_price_m)
    margin_m = np.subtract(rival_m, stay_m, out=np.full_like(stay_m, np.inf), where=kept)
    return Known(price_m, margin_m, least_m)


def known_by_sample(task: Task, rows: Rows) -> Known | None:
    """What places are worth by the flow of an even sample of the households; None of few."""
    every = len(task.persons) // _SAMPLE
    if every < 3:
        return None
    some = np.arange(0, len(task.persons), every)
    keeping = KeepingReach(Part(task.reach, some), task.former[some], task.moving_price_m)
    free = task.seating().free
    seating = Seating(keeping, task.persons[some], np.zeros_like(free))
    kept = np.flatnonzero(keeping.former != OUTSIDE)
    seating.seat_all(kept, keeping.former[kept])
    seating.free[:] = np.where(task.capacity > 0, np.rint(free / every), 0).astype(np.int64)
    sample = MakingWay(seating, keeping, _RowsOfPart(rows, some), task.rank[some])
    found = sample.widened(GOOD_ENOUGH * task.walking_m() / every, silent, never)
    return known(task, found.price_m)


class _RowsOfPart:
    """The distances of some of the households."""

    def __init__(self, rows: Rows, chosen: IntArray) -> None:
        self.error_m = rows.error_m
        self._rows, self._chosen = rows, chosen

    def rows(self, household: IntArray) -> Metres:
        """Metres from each of these chosen to every shelter."""
        return self._rows.rows(self._chosen[household])
