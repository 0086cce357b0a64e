"""Who lives beyond the service radius of every shelter, and where one more would help most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from relief.demand import Candidates, Demand
from relief.reach import BoolArray, FloatArray


@dataclass(frozen=True)
class Source:
    """A starting value with the place where it is written and how well that was checked."""

    value: float
    text: str
    standing: str


NEW_RADIUS_M = Source(1000.0, "GB 51143, short-term fixed shelters: service radius 1 km", "memory")
LEAST_GROUND_M2 = Source(2000.0, "GB 51143, short-term fixed shelters: at least 0.2 ha", "partly")


class Gain(NamedTuple):
    """A candidate (by index) and the people that it reaches and none before it does."""

    candidate: int
    people: int


@dataclass(frozen=True)
class Additions:
    """Candidates one after another, each the one that newly reaches most people.

    No choice of as many candidates newly reaches more than `at_most` people.
    """

    gains: tuple[Gain, ...]
    at_most: int


def within_radius(demand: Demand, shelters: Candidates, radius_m: FloatArray) -> BoolArray:
    """Whether each demand lies in the service radius of some shelter, the edge included."""
    reached = np.zeros(len(demand.weight), bool)
    if len(radius_m) and len(reached):
        tree = cKDTree(np.column_stack([demand.x_m, demand.y_m]))
        places = np.column_stack([shelters.x_m, shelters.y_m])
        for near in tree.query_ball_point(places, radius_m):
            reached[near] = True
    return reached


def most_helpful(demand: Demand, ground: Candidates, radius_m: float, count: int) -> Additions:
    """Up to `count` candidates, chosen greedily; `demand` holds those whom nobody reaches yet.

    The first is the best there is. The greedy choice reaches at least 1 - 1/e of what any does;
    `at_most` is what is reached plus the `count` largest gains left, the least over all steps
    (reached people are a submodular function of the sites: Nemhauser, Wolsey and Fisher 1978).
    """
    reaches = _reaches(demand, ground, radius_m)
    left = demand.weight.astype(np.float64).copy()
    at_most, got = float(left.sum()), 0.0
    gains: list[Gain] = []
    for step in range(count + 1):
        gain = reaches @ left
        at_most = min(at_most, got + float(np.sort(gain)[::-1][:count].sum()))
        if step == count or not gain.any():
            break
        best = int(np.argmax(gain))
        gains.append(Gain(best, round(float(gain[best]))))
        got += float(gain[best])
        left[reaches.indices[reaches.indptr[best] : reaches.indptr[best + 1]]] = 0.0
    return Additions(tuple(gains), round(at_most))


def _reaches(demand: Demand, ground: Candidates, radius_m: float) -> csr_array:
    """A row a candidate, a column a demand: 1 where it lies within the radius."""
    near = [np.empty(0, np.int64) for _ in ground.x_m]
    if len(demand.weight) and len(near):
        tree = cKDTree(np.column_stack([demand.x_m, demand.y_m]))
        found = tree.query_ball_point(np.column_stack([ground.x_m, ground.y_m]), radius_m)
        near = [np.asarray(one, np.int64) for one in found]
    ends = np.cumsum([0, *map(len, near)])
    column = np.concatenate([*near, np.empty(0, np.int64)])
    return csr_array((np.ones(len(column)), column, ends), shape=(len(near), len(demand.weight)))
