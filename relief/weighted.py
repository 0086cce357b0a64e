"""Distances that count more for some households, so that they are placed nearer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.reach import CellGround, FloatArray, Ground, IntArray, Reach, Terrain

_KINDS = 8


@dataclass(frozen=True)
class WeightedPoints:
    """Single households whose metres count by their weight."""

    points: Ground
    weight: FloatArray

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """Weighted metres, and how far they spread."""
        away_m, spread_m = self.points.within(cell, shelter)
        return away_m * self.weight[cell], spread_m

    def typical_spread_m(self) -> float:
        """That of the points."""
        return self.points.typical_spread_m()


@dataclass(frozen=True)
class WeightedGround:
    """Cells whose metres count by the weights inside, from the least to the greatest."""

    ground: CellGround
    least: FloatArray
    most: FloatArray

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """Weighted metres, and how far they spread by distance and by weight."""
        away_m, spread_m = self.ground.within(cell, shelter)
        least, most = self.least[cell], self.most[cell]
        near = np.where(np.isfinite(spread_m), np.maximum(away_m - spread_m, 0), 0.0)
        half_m = (np.where(np.isfinite(away_m), (away_m + spread_m) * most, 0) - near * least) / 2
        middle = np.where(np.isfinite(spread_m), near * least + half_m, away_m * (least + most) / 2)
        return np.where(np.isfinite(away_m), middle, np.inf), half_m

    def typical_spread_m(self) -> float:
        """That of the ground, at the median weight."""
        return self.ground.typical_spread_m() * float(np.median(self.least))

    def merged(self, first: IntArray) -> WeightedGround:
        """Larger cells with the least and greatest weight of each."""
        least = np.minimum.reduceat(self.least, first[:-1])
        most = np.maximum.reduceat(self.most, first[:-1])
        return WeightedGround(self.ground.merged(first), least, most)


@dataclass(frozen=True)
class WeightedReach:
    """The ways of `reach`, each as long as its metres times the weight of who goes."""

    reach: Terrain
    weight: FloatArray

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Weighted metres from household[i] to shelter[i]."""
        return self.reach.pairs(household, shelter) * self.weight[household]

    def rows(self, household: IntArray) -> FloatArray:
        """Weighted metres to every shelter."""
        return self.reach.rows(household) * self.weight[household][:, None]

    def spots(self) -> tuple[FloatArray, FloatArray]:
        """Where the households are."""
        return self.reach.spots()

    def points(self, household: IntArray) -> WeightedPoints:
        """The households with their weights."""
        return WeightedPoints(self.reach.points(household), self.weight[household])

    def ground(self, household: IntArray, first: IntArray) -> WeightedGround:
        """Cells with the least and greatest weight of each."""
        weight, begin = self.weight[household], first[:-1]
        least, most = np.minimum.reduceat(weight, begin), np.maximum.reduceat(weight, begin)
        return WeightedGround(self.reach.ground(household, first), least, most)

    def for_anyone(self) -> Reach:
        """The ways without weights, for households of any size."""
        return self.reach.for_anyone()


def weight_kinds(weight: FloatArray) -> IntArray:
    """Households of about one weight, numbered: a few kinds, so that cells hold like ones."""
    cuts = np.unique(np.quantile(weight, np.linspace(0, 1, _KINDS + 1)[1:-1]))
    if len(np.unique(weight)) <= _KINDS:
        cuts = np.unique(weight)[1:]
    return np.searchsorted(cuts, weight, "right").astype(np.int64)
