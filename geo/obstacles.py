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
from geo.database import Connection, Row, sql
from relief.siting_rules import required_m

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
    conn: Connection,
    box: Box,
    plane: Plane,
    distance_m: Mapping[str, float],
    trace_error_m: float | None = None,
) -> Obstacles:
    """The obstacles of the layers in `distance_m` within REACH_M of a box (degrees).

    The metres to keep are those of the feature's kind, else of its layer (the keys of
    relief.siting_rules.avoid_key), plus its position error: for faults whose source states none
    `trace_error_m`, where the survey's standard is known.
    """
    west, south, east, north = widened(box, REACH_M)
    cursor = await conn.execute(
        sql("siting_obstacles"),
        {
            "layers": sorted({key.partition("/")[0] for key in distance_m}),
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        },
    )
    found = [(_obstacle(row, trace_error_m), row["wkb"]) for row in await cursor.fetchall()]
    kept = [(one, wkb, _required_m(distance_m, one)) for one, wkb in found]
    kept = [(one, wkb, metres) for one, wkb, metres in kept if metres is not None]
    geometry = shapely.from_wkb([bytes(wkb) for _, wkb, _ in kept])
    required = np.array([metres for *_, metres in kept], float)
    return Obstacles(tuple(one for one, *_ in kept), plane.projected(geometry), required)


def _obstacle(row: Row, trace_error_m: float | None) -> Obstacle:
    error_m = row["position_error_m"]
    if error_m is None and row["layer"] == "faults":
        error_m = trace_error_m
    return Obstacle(row["layer"], row["id"], row["kind"], row["grade"], error_m)


def _required_m(distance_m: Mapping[str, float], one: Obstacle) -> float | None:
    metres = required_m(distance_m, one.layer, one.kind, one.grade)
    return None if metres is None else metres + (one.position_error_m or 0.0)


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
