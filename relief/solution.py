"""The search for a plan over any terrain, and the proof that follows from its prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import Cells, cells_of
from relief.duality import lower_bound
from relief.near_ways import least_priced
from relief.placing import place
from relief.progress import Cancelled, Progress, step
from relief.reach import FloatArray, IntArray, Terrain
from relief.refining import Found, is_small, refined
from relief.seating import Seating

_CELLS = (4_000, 100_000)
_HOUSEHOLDS_A_CELL = 6


@dataclass(frozen=True)
class Asked:
    """Who is to be placed: persons and class (0, 1, 2, ...) of each household, and the places.

    `apart` keeps households of different kinds in different cells; all are of one kind without.
    """

    persons: IntArray
    rank: IntArray
    capacity: IntArray
    apart: IntArray | None = None

    def cells(self, reach: Terrain) -> Cells:
        """The households in cells on their terrain."""
        most = int(np.clip(len(self.rank) // _HOUSEHOLDS_A_CELL, *_CELLS))
        return cells_of(reach, self.persons, self.rank, self.capacity, most, self.apart)


@dataclass(frozen=True)
class Solution:
    """Who sleeps where, and prices of which each proves something of the least walking."""

    seating: Seating
    cells: Cells | None
    prices_m: tuple[FloatArray, ...]
    found: Found | None = None

    def bound(self, placed: int) -> float:
        """No plan for so many people walks less, in the metres of the solution's terrain."""
        if self.cells is None:
            return 0.0
        bound_m = proven_m(self.cells, self.prices_m, placed)
        found = self.found if self.found and self.found.placed <= placed else None
        return max(bound_m, found.bound_m) if found else bound_m


def solved(reach: Terrain, asked: Asked, progress: Progress, cancelled: Cancelled) -> Solution:
    """The plan: fewest left over, then most of each class from the highest, then least walking."""
    seating = Seating(reach, asked.persons, asked.capacity)
    if not len(asked.persons) or not asked.capacity.any():
        return Solution(seating, None, ())
    for household in np.flatnonzero(asked.persons == 0):
        seating.seat_cheapest(int(household), np.zeros(len(asked.capacity)))
    cells = asked.cells(reach)
    step(0.1, progress, cancelled)
    prices_m = place(seating, cells, asked.rank, progress, cancelled)
    step(0.9, progress, cancelled)
    if not is_small(seating):
        return Solution(seating, cells, prices_m)
    proofs = [(proven_m(cells, (one,), seating.placed()), one) for one in prices_m]
    bound_m, price_m = max(proofs, key=lambda proof: proof[0])
    return Solution(seating, cells, prices_m, refined(seating, asked.rank, price_m, bound_m))


def proven_m(cells: Cells, prices_m: tuple[FloatArray, ...], placed: int) -> float:
    """The best lower bound that any of the prices proves for so many people."""
    persons, capacity = cells.levels[-1].persons, cells.capacity
    bounds = [
        lower_bound(least_priced(cells, price_m), persons, price_m, capacity, placed)
        for price_m in prices_m
    ]
    return max(bounds, default=0.0)
