"""Demand and candidate sites in the plane, and demand drawn together into cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from relief.errors import Fault, InvalidInput
from relief.reach import FloatArray, IntArray, checked_column, checked_metres


@dataclass(frozen=True)
class Demand:
    """Who is to be served: planar metres and a weight (people, >= 0), one entry a place."""

    x_m: FloatArray
    y_m: FloatArray
    weight: FloatArray


@dataclass(frozen=True)
class Candidates:
    """Where a site may stand: planar metres and, where they count, places (whole people)."""

    x_m: FloatArray
    y_m: FloatArray
    capacity: FloatArray | None = None

    def of(self, index: IntArray) -> Candidates:
        """Some of the candidates."""
        some = None if self.capacity is None else self.capacity[index]
        return Candidates(self.x_m[index], self.y_m[index], some)


def distances_m(demand: Demand, candidates: Candidates) -> FloatArray:
    """Straight metres, a row a demand and a column a candidate."""
    east = demand.x_m[:, None] - candidates.x_m[None, :]
    north = demand.y_m[:, None] - candidates.y_m[None, :]
    way: FloatArray = np.hypot(east, north)
    return way


def weighty(demand: Demand) -> Demand:
    """The demand without its points of no weight."""
    here = demand.weight > 0
    return Demand(demand.x_m[here], demand.y_m[here], demand.weight[here])


def demand_cells(demand: Demand, most: int) -> tuple[Demand, IntArray]:
    """The demand in at most 2 x `most` cells at their weighted means, and the cell of a point."""
    x_m, y_m, weight = demand.x_m, demand.y_m, demand.weight
    if len(weight) <= most:
        return demand, np.arange(len(weight))
    cell = _leaves(np.column_stack([x_m, y_m]), most)
    total = np.bincount(cell, weight).astype(np.float64)
    middle_x = np.bincount(cell, weight * x_m) / total
    middle_y = np.bincount(cell, weight * y_m) / total
    return Demand(middle_x, middle_y, total), cell


def _leaves(points: FloatArray, most: int) -> IntArray:
    """A number per point: its leaf in a k-d tree, small where people live close together."""
    leaf = np.zeros(len(points), np.int64)
    waiting: list[Any] = [cKDTree(points, leafsize=-(-2 * len(points) // most)).tree]
    number = 0
    while waiting:
        node = waiting.pop()
        if node.lesser is None:
            leaf[node.indices] = number
            number += 1
        else:
            waiting += [node.lesser, node.greater]
    return leaf


def checked_demand(given: Demand) -> Demand:
    """The same demand as clean arrays; refuses uneven, negative or non-finite columns."""
    size = len(np.atleast_1d(given.x_m))
    weight = checked_column("demand.weight", given.weight, size)
    if (weight < 0).any():
        detail = f"demand.weight[{int(np.argmax(weight < 0))}] is negative; it must be 0 or more."
        raise InvalidInput(detail, [Fault("demand.weight", detail)])
    return Demand(
        checked_metres("demand.x_m", given.x_m, size),
        checked_metres("demand.y_m", given.y_m, size),
        weight,
    )


def checked_candidates(given: Candidates) -> Candidates:
    """The same candidates as clean arrays; refuses none at all, and what is not finite."""
    size = len(np.atleast_1d(given.x_m))
    if size == 0:
        detail = "No candidate is left to choose from; loosen the distances or add ground."
        raise InvalidInput(detail, [Fault("candidates", detail)])
    return Candidates(
        checked_metres("candidates.x_m", given.x_m, size),
        checked_metres("candidates.y_m", given.y_m, size),
        None if given.capacity is None else _checked_capacity(given.capacity, size),
    )


def _checked_capacity(given: FloatArray, size: int) -> FloatArray:
    capacity = checked_column("candidates.capacity", given, size)
    if (capacity < 0).any():
        detail = f"candidates.capacity[{int(np.argmax(capacity < 0))}] is negative."
        raise InvalidInput(detail, [Fault("candidates.capacity", detail)])
    return np.floor(capacity)
