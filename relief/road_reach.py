"""Ways by road: from a household to its node of the network, and from the node to each shelter.

Households of one node choose alike, and nodes near each other nearly alike: a cell of nodes knows
for every shelter the nearest and the farthest of its households.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from relief.errors import Fault, InvalidInput
from relief.reach import FloatArray, Households, IntArray, Shelters, checked_column

MetresArray: TypeAlias = npt.NDArray[np.float32]

OFF_ROAD = -1
_SLICE = 4_000_000


@dataclass(frozen=True)
class RoadWays:
    """Where each household meets the network, and how far every shelter is from there.

    `node` is the row of `metres` (OFF_ROAD: no road is near), `access_m` the way to that node;
    `metres` has one row a node and one column a shelter, inf where no way leads.
    """

    node: IntArray
    access_m: FloatArray
    metres: MetresArray


@dataclass(frozen=True)
class RoadGround:
    """Cells of nodes: the least and the most metres from a household inside to each shelter."""

    least_m: MetresArray
    most_m: MetresArray

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """Metres half-way between nearest and farthest, and half of what is between them."""
        least = self.least_m[cell, shelter].astype(np.float64)
        most = self.most_m[cell, shelter].astype(np.float64)
        all_may, some_may = np.isfinite(most), np.isfinite(least)
        half_m = (np.where(all_may, most, 0.0) - np.where(all_may, least, 0.0)) / 2
        return least + half_m, np.where(some_may & ~all_may, np.inf, half_m)

    def typical_spread_m(self) -> float:
        """The median over cells and shelters that everybody of the cell can reach."""
        some = slice(None, None, 1 + self.most_m.size // _SLICE)
        most = self.most_m[some]
        between = most[np.isfinite(most)] - self.least_m[some][np.isfinite(most)]
        return float(np.median(between)) / 2 if between.size else 0.0

    def merged(self, first: IntArray) -> RoadGround:
        """Nearest and farthest of the cells in each larger one."""
        return RoadGround(
            np.minimum.reduceat(self.least_m, first[:-1]),
            np.maximum.reduceat(self.most_m, first[:-1]),
        )


@dataclass(frozen=True)
class RoadPoints:
    """Single households by road."""

    reach: RoadReach
    household: IntArray

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """The exact metres, and no spread."""
        metres = self.reach.metres(self.household[cell], shelter)
        return metres, np.zeros(metres.shape)

    def typical_spread_m(self) -> float:
        """None."""
        return 0.0


@dataclass(frozen=True)
class RoadReach:
    """Ways by road, closed to shelters too far away or too small for the whole household."""

    households: Households
    shelters: Shelters
    ways: RoadWays
    max_distance_m: float = np.inf

    def metres(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from household[i] to shelter[i] whatever its size, inf where no way leads."""
        node = self.ways.node[household]
        away_m: FloatArray = self.ways.metres[node, shelter] + self.ways.access_m[household]
        return np.where((node != OFF_ROAD) & (away_m <= self.max_distance_m), away_m, np.inf)

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from household[i] to shelter[i], inf where it may not go."""
        capacity = self.shelters.capacity[shelter]
        open_to = (self.households.persons[household] <= capacity) & (capacity > 0)
        return np.where(open_to, self.metres(household, shelter), np.inf)

    def rows(self, household: IntArray) -> FloatArray:
        """Metres to every shelter, shape (households asked, shelters)."""
        every = np.arange(len(self.shelters.capacity))
        return self.pairs(household[:, None], every[None, :])

    def spots(self) -> tuple[FloatArray, FloatArray]:
        """The middle of the households of each node, so that they stay in one cell."""
        node = self.ways.node + 1
        count = np.maximum(np.bincount(node), 1)
        east, north = self.households.x_m, self.households.y_m
        return (
            (np.bincount(node, east) / count)[node],
            (np.bincount(node, north) / count)[node],
        )

    def points(self, household: IntArray) -> RoadPoints:
        """The households themselves."""
        return RoadPoints(self, household)

    def ground(self, household: IntArray, first: IntArray) -> RoadGround:
        """Nearest and farthest of each cell."""
        shelters = len(self.shelters.capacity)
        least, most = (np.empty((len(first) - 1, shelters), np.float32) for _ in range(2))
        member, start = self._ends(household, first)
        for begin, end in _slices(start, max(1, _SLICE // max(1, shelters))):
            of = member[start[begin] : start[end]]
            rows = self.metres(of[:, None], np.arange(shelters)[None, :])
            least[begin:end] = np.minimum.reduceat(rows, start[begin:end] - start[begin])
            most[begin:end] = np.maximum.reduceat(rows, start[begin:end] - start[begin])
        least[least < np.inf] = np.nextafter(least[least < np.inf], np.float32(-1))
        return RoadGround(least, np.nextafter(most, np.float32(np.inf)))

    def _ends(self, household: IntArray, first: IntArray) -> tuple[IntArray, IntArray]:
        """Of each cell and node the households nearest to and farthest from the node, cell by
        cell, and where each cell begins: nobody else is nearest or farthest to a shelter."""
        cell = np.repeat(np.arange(len(first) - 1), np.diff(first))
        node = self.ways.node[household]
        order = np.lexsort((self.ways.access_m[household], node, cell))
        new = (np.diff(cell[order], prepend=-1) != 0) | (np.diff(node[order], prepend=-2) != 0)
        ends = order[new | np.append(new[1:], True)]
        return household[ends], np.searchsorted(cell[ends], np.arange(len(first)))

    def for_anyone(self) -> RoadReach:
        """The same ways for households of any size."""
        nobody = np.zeros_like(self.households.persons)
        return replace(self, households=replace(self.households, persons=nobody))


def _slices(start: IntArray, most: int) -> list[tuple[int, int]]:
    """Runs of cells of about so many members each."""
    cuts = np.searchsorted(start, np.arange(0, start[-1], most), "right") - 1
    cuts = np.unique(np.append(cuts, len(start) - 1)).tolist()
    return list(pairwise(cuts))


def checked_ways(ways: RoadWays, households: int, shelters: int) -> RoadWays:
    """The same ways as clean arrays; raises InvalidInput for what is uneven, negative or no way."""
    metres = np.asarray(ways.metres, np.float32)
    if metres.ndim != 2 or metres.shape[1] != shelters:
        detail = f"roads.metres has the shape {metres.shape}; one column a shelter is needed."
        raise InvalidInput(detail, [Fault("roads.metres", detail)])
    if np.isnan(metres).any() or (metres < 0).any():
        detail = "roads.metres holds what is no distance; give inf where no way leads."
        raise InvalidInput(detail, [Fault("roads.metres", detail)])
    node = checked_column("roads.node", ways.node, households)
    access_m = checked_column("roads.access_m", ways.access_m, households)
    wrong = (node != np.floor(node)) | (node < OFF_ROAD) | (node >= len(metres)) | (access_m < 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        detail = f"roads, household {row}: node {node[row]:g}, {access_m[row]:g} m away, is none."
        raise InvalidInput(detail, [Fault(f"roads/{row}", detail)])
    return RoadWays(node.astype(np.int64), access_m, metres)
