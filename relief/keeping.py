"""Ways that cost more for those who have a place already, so that few of them are moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.reach import FloatArray, IntArray, Reach
from relief.seating import OUTSIDE


@dataclass(frozen=True)
class KeepingReach:
    """The ways of `reach`, each `moving_price_m` longer unless it leads to the shelter that the
    household is in (`former`, OUTSIDE for those who are in none and go anywhere at no price)."""

    reach: Reach
    former: IntArray
    moving_price_m: float

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from household[i] to shelter[i] with the price, inf where it may not go."""
        former = self.former[household]
        moves = (former != OUTSIDE) & (former != shelter)
        metres: FloatArray = self.reach.pairs(household, shelter) + self.moving_price_m * moves
        return metres

    def rows(self, household: IntArray) -> FloatArray:
        """The same to every shelter, one row a household."""
        metres, kept = self.reach.rows(household), self.former[household] != OUTSIDE
        own = (np.flatnonzero(kept), self.former[household][kept])
        stay_m = metres[own]
        metres[kept] += self.moving_price_m
        metres[own] = stay_m
        return metres


@dataclass(frozen=True)
class Part:
    """The ways of some of the households: `chosen` are their numbers in `reach`."""

    reach: Reach
    chosen: IntArray

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from the household[i]-th chosen to shelter[i]."""
        return self.reach.pairs(self.chosen[household], shelter)

    def rows(self, household: IntArray) -> FloatArray:
        """Metres from each of these chosen to every shelter."""
        return self.reach.rows(self.chosen[household])
