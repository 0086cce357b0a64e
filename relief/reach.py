"""Households and shelters in the plane, and the distance between them.

`Reach` is the one place that knows how far a household has to go. Whatever answers `pairs` and
`rows` (a road matrix, for example) can stand in for the straight line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from relief.errors import Fault, InvalidInput

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

FARTHEST_M = 1e8
"""Planar coordinates beyond this are no place on Earth: they are degrees, or nonsense."""

HEAVIEST = 100
"""Weights range from one over this to this; beyond it a metre of others would count for nothing."""


@dataclass(frozen=True)
class Households:
    """Whole households: planar metres and persons, one entry each.

    `priority` puts key groups first: of two classes the higher number is kept in, 0 is ordinary.
    Households of one `group` number (0, 1, ...; -1 is none) go to one shelter where one takes them
    all. With `weight` 2 every metre counts twice when shelters are chosen, never in the figures.
    """

    x_m: FloatArray
    y_m: FloatArray
    persons: IntArray
    priority: IntArray | None = None
    group: IntArray | None = None
    weight: FloatArray | None = None


@dataclass(frozen=True)
class Shelters:
    """Shelters: planar metres and free places (`capacity`, persons), one entry each."""

    x_m: FloatArray
    y_m: FloatArray
    capacity: IntArray


class Ground(Protocol):
    """How far the cells of one size are from the shelters."""

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """Metres from cell[i] to shelter[i], inf where nobody of the cell may go; and by how much
        anybody inside may be nearer or farther, inf where some but not all of them may go."""
        ...

    def typical_spread_m(self) -> float:
        """Metres by which households of an ordinary cell differ from their cell."""
        ...


class CellGround(Ground, Protocol):
    """The ground of cells that can be drawn together."""

    def merged(self, first: IntArray) -> CellGround:
        """Larger cells: cell i holds the cells first[i] to first[i + 1] of these."""
        ...


class Reach(Protocol):
    """What the optimiser asks about distances; inf where a household may not go."""

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from household[i] to shelter[i]."""
        ...

    def rows(self, household: IntArray) -> FloatArray:
        """Metres from each of these households to every shelter, one row a household."""
        ...


class Terrain(Reach, Protocol):
    """A reach whose households lie near each other in cells."""

    def spots(self) -> tuple[FloatArray, FloatArray]:
        """East and north of each household, in metres: where the cells are cut."""
        ...

    def points(self, household: IntArray) -> Ground:
        """The ground of single households. Whether one fits into a shelter is not asked here."""
        ...

    def ground(self, household: IntArray, first: IntArray) -> CellGround:
        """The ground of cells; cell i holds household[first[i]:first[i + 1]]."""
        ...

    def for_anyone(self) -> Reach:
        """The same ways without the rule that a household must fit in whole."""
        ...


@dataclass(frozen=True)
class StraightGround:
    """Cells in the plane: centres, and the farthest household from each."""

    x_m: FloatArray
    y_m: FloatArray
    radius_m: FloatArray
    shelters: Shelters
    max_distance_m: float

    def within(self, cell: IntArray, shelter: IntArray) -> tuple[FloatArray, FloatArray]:
        """Metres to the centres, give and take the radius."""
        east = self.x_m[cell] - self.shelters.x_m[shelter]
        north = self.y_m[cell] - self.shelters.y_m[shelter]
        away_m: FloatArray = np.sqrt(east * east + north * north)
        spread_m = self.radius_m[cell]
        if np.isinf(self.max_distance_m):
            return away_m, spread_m
        some_may = away_m - spread_m <= self.max_distance_m
        not_all_may = some_may & (away_m + spread_m > self.max_distance_m)
        return np.where(some_may, away_m, np.inf), np.where(not_all_may, np.inf, spread_m)

    def typical_spread_m(self) -> float:
        """The median radius."""
        return float(np.median(self.radius_m))

    def merged(self, first: IntArray) -> StraightGround:
        """Discs around the middle of the discs in each larger cell."""
        begin, count = first[:-1], np.diff(first)
        x_m = np.add.reduceat(self.x_m, begin) / count
        y_m = np.add.reduceat(self.y_m, begin) / count
        east, north = self.x_m - np.repeat(x_m, count), self.y_m - np.repeat(y_m, count)
        away_m = np.sqrt(east * east + north * north)
        radius_m = np.maximum.reduceat(away_m + self.radius_m, begin)
        return replace(self, x_m=x_m, y_m=y_m, radius_m=radius_m)


@dataclass(frozen=True)
class StraightReach:
    """Straight lines in the plane, closed to shelters too far away or too small for the whole."""

    households: Households
    shelters: Shelters
    max_distance_m: float = np.inf

    def pairs(self, household: IntArray, shelter: IntArray) -> FloatArray:
        """Metres from household[i] to shelter[i], inf where it may not go."""
        east = self.households.x_m[household] - self.shelters.x_m[shelter]
        north = self.households.y_m[household] - self.shelters.y_m[shelter]
        distance_m: FloatArray = np.sqrt(east * east + north * north)
        fits = self.households.persons[household] <= self.shelters.capacity[shelter]
        open_to = fits & (distance_m <= self.max_distance_m) & (self.shelters.capacity[shelter] > 0)
        return np.where(open_to, distance_m, np.inf)

    def rows(self, household: IntArray) -> FloatArray:
        """Metres to every shelter, shape (households asked, shelters)."""
        every = np.arange(len(self.shelters.x_m))
        return self.pairs(household[:, None], every[None, :])

    def spots(self) -> tuple[FloatArray, FloatArray]:
        """Where the households are."""
        return self.households.x_m, self.households.y_m

    def points(self, household: IntArray) -> StraightGround:
        """The households, no larger than a point."""
        x_m, y_m = self.households.x_m[household], self.households.y_m[household]
        return StraightGround(x_m, y_m, np.zeros(len(x_m)), self.shelters, self.max_distance_m)

    def ground(self, household: IntArray, first: IntArray) -> StraightGround:
        """Discs around the middle of the households of each cell."""
        return self.points(household).merged(first)

    def for_anyone(self) -> StraightReach:
        """The same ways for households of any size."""
        nobody = np.zeros_like(self.households.persons)
        return replace(self, households=replace(self.households, persons=nobody))


def checked_households(given: Households) -> Households:
    """The same households as clean arrays; refuses uneven, negative or non-finite columns."""
    size = len(np.atleast_1d(given.x_m))
    ranked = np.zeros(size, np.int64) if given.priority is None else given.priority
    return Households(
        checked_metres("households.x_m", given.x_m, size),
        checked_metres("households.y_m", given.y_m, size),
        _counts("households.persons", given.persons, size),
        _counts("households.priority", ranked, size),
        None if given.group is None else _group_numbers(given.group, size),
        None if given.weight is None else _weights(given.weight, size),
    )


def _group_numbers(given: IntArray, size: int) -> IntArray:
    column = checked_column("households.group", given, size)
    wrong = (column != np.floor(column)) | (column < -1) | (column > 2**31)
    _refuse("households.group", column, wrong, "is no number of a group")
    return column.astype(np.int64)


def _weights(given: FloatArray, size: int) -> FloatArray:
    column = checked_column("households.weight", given, size)
    wrong = (column < 1 / HEAVIEST) | (column > HEAVIEST)
    _refuse("households.weight", column, wrong, f"is not from {1 / HEAVIEST} to {HEAVIEST}")
    return column


def checked_shelters(given: Shelters) -> Shelters:
    """The same shelters as clean arrays; refuses uneven, negative or non-finite columns."""
    size = len(np.atleast_1d(given.x_m))
    return Shelters(
        checked_metres("shelters.x_m", given.x_m, size),
        checked_metres("shelters.y_m", given.y_m, size),
        _counts("shelters.capacity", given.capacity, size),
    )


def ranks(households: Households) -> IntArray:
    """Priority classes counted 0, 1, 2, ... from the lowest, one entry a household."""
    given = np.zeros_like(households.persons)
    if households.priority is not None:
        given = households.priority
    return np.searchsorted(np.unique(given), given).astype(np.int64)


def checked_column(name: str, values: npt.ArrayLike, size: int) -> FloatArray:
    """A column of `size` finite numbers; InvalidInput names the first row that is none."""
    column = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if column.shape != (size,):
        detail = f"{name} has {column.size} values where {size} are needed."
        raise InvalidInput(detail, [Fault(name, detail)])
    _refuse(name, column, ~np.isfinite(column), "is not a finite number")
    return column


def checked_metres(name: str, values: npt.ArrayLike, size: int) -> FloatArray:
    """A column of planar metres; refuses what lies beyond any place on Earth."""
    column = checked_column(name, values, size)
    _refuse(name, column, np.abs(column) > FARTHEST_M, "is beyond any place on Earth, in metres")
    return column


def _counts(name: str, values: npt.ArrayLike, size: int) -> IntArray:
    column = checked_column(name, values, size)
    _refuse(name, column, column < 0, "is negative")
    _refuse(name, column, column != np.floor(column), "is not a whole number")
    _refuse(name, column, column > 2**31, "is more than all people there are")
    return column.astype(np.int64)


def _refuse(name: str, column: FloatArray, wrong: BoolArray, why: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        detail = f"{name}[{row}] = {column[row]} {why}; correct it or leave the row out."
        raise InvalidInput(detail, [Fault(f"{name}/{row}", detail)])
