"""What sites keep away from, in the metres of one plane, and which candidates come too near."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs_zones import Geometries, Plane
from geo.database import Connection, sql
from relief.siting_rules import AVOID_RULES

REACH_M = 50_000.0
"""How far around the candidates obstacles are read; `nearest` knows nothing beyond."""

FARTHEST_SETBACK_M = 20_000.0

UNSURVEYED_M = 4_000.0
"""How far a trace of unstated error may be off: 1 mm on a map of 1:4,000,000."""

Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class Obstacle:
    """One feature; `position_error_m` is None where its source states none."""

    layer: str
    id: str
    kind: str | None
    grade: str | None
    position_error_m: float | None


@dataclass(frozen=True)
class Obstacles:
    """Features that the rules speak of, their geometry in a plane, and the metres to keep."""

    items: tuple[Obstacle, ...]
    geometry: Geometries
    required_m: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Conflict:
    """A candidate (by index) nearer to an obstacle than required, edge to edge."""

    candidate: int
    obstacle: Obstacle
    distance_m: float
    required_m: float


@dataclass(frozen=True)
class Nearby:
    """The nearest obstacle of one layer."""

    obstacle: Obstacle
    distance_m: float


async def obstacles_around(
    conn: Connection, box: Box, plane: Plane, distance_m: Mapping[str, float]
) -> Obstacles:
    """The obstacles of the layers in `distance_m` within REACH_M of a box (degrees).

    The metres to keep are the layer's distance plus the position error of the feature.
    """
    west, south, east, north = widened(box, REACH_M)
    cursor = await conn.execute(
        sql("siting_obstacles"),
        {"layers": list(distance_m), "west": west, "south": south, "east": east, "north": north},
    )
    rows = [row for row in await cursor.fetchall() if _spoken_of(row["layer"], row["grade"])]
    items = tuple(
        Obstacle(r["layer"], r["id"], r["kind"], r["grade"], r["position_error_m"]) for r in rows
    )
    required = [distance_m[one.layer] + (one.position_error_m or 0.0) for one in items]
    geometry = shapely.from_wkb([bytes(row["wkb"]) for row in rows])
    return Obstacles(items, plane.projected(geometry), np.array(required, float))


def conflicts(candidates: Geometries, obstacles: Obstacles) -> list[Conflict]:
    """Every pair that is too near, by candidate and then by distance; both in one plane.

    The tree finds the boxes that come near, GEOS measures; a candidate that touches conflicts
    whatever the distance asked for.
    """
    tree = shapely.STRtree(candidates)
    one, candidate = tree.query(obstacles.geometry, "dwithin", distance=obstacles.required_m)
    metres = shapely.distance(obstacles.geometry[one], candidates[candidate])
    required = obstacles.required_m[one]
    near = np.flatnonzero((metres < required) | (metres == 0.0))
    near = near[np.lexsort((metres[near], candidate[near]))]
    return [
        Conflict(
            int(candidate[i]), obstacles.items[one[i]], float(metres[i]), float(required[i])
        )
        for i in near
    ]  # fmt: skip


def nearest_by_layer(
    candidate: shapely.Geometry, obstacles: Obstacles, layers: Sequence[str]
) -> list[Nearby]:
    """Per layer the nearest obstacle, in the order of the layers; none where none is near."""
    metres = shapely.distance(obstacles.geometry, candidate)
    of_layer = np.array([one.layer for one in obstacles.items], object)
    found = []
    for layer in layers:
        own = np.flatnonzero(of_layer == layer)
        if len(own):
            best = own[np.argmin(metres[own])]
            found.append(Nearby(obstacles.items[best], float(metres[best])))
    return found


def survey_required(candidate: shapely.Geometry, obstacles: Obstacles) -> bool:
    """Whether an obstacle whose source states no error might in truth lie too near."""
    unstated = [i for i, one in enumerate(obstacles.items) if one.position_error_m is None]
    metres = shapely.distance(obstacles.geometry[unstated], candidate)
    return bool((metres < obstacles.required_m[unstated] + UNSURVEYED_M).any())


def widened(box: Box, metres: float) -> Box:
    """The box (degrees) with at least so many metres more on each side."""
    west, south, east, north = box
    up = metres / 110_000
    aside = up / max(math.cos(math.radians(max(abs(south), abs(north)) + up)), 0.01)
    return west - aside, south - up, east + aside, north + up


def _spoken_of(layer: str, grade: str | None) -> bool:
    grades = AVOID_RULES[layer].grades
    return not grades or grade in grades
