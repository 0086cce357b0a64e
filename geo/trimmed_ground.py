"""Ground cut back from what it must keep away from: the parts that remain, as candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import shapely

from geo.candidates import MOST_GROUND, Candidates
from geo.crs_zones import Geometries, Plane
from geo.obstacles import Conflict, Obstacles
from relief.errors import TooLarge

_QUARTER = 16
_FARTHER_M = 0.05
_SLIVER_M2 = 1.0
"""A circle is drawn with so many sides a quarter and a little too wide, so that what remains keeps
the whole distance and touches nothing; scraps below a square metre are no ground."""


@dataclass(frozen=True)
class Cut:
    """What a piece of ground was cut back from: the ground's id and outline (degrees)."""

    ground: str
    geometry: shapely.Geometry
    conflict: Conflict


@dataclass(frozen=True)
class Trimmed:
    """The candidates after cutting, in degrees and in the plane, and what cut them.

    Ground of which nothing remains is among the candidates as it was.
    """

    candidates: Candidates
    ground: Geometries
    cuts: tuple[Cut, ...]


def trimmed(
    candidates: Candidates,
    ground: Geometries,
    obstacles: Obstacles,
    conflicts: Sequence[Conflict],
    plane: Plane,
) -> Trimmed:
    """The candidates without what lies too near in these conflicts; raises TooLarge where they
    fall into more than MOST_GROUND pieces."""
    index = {one: i for i, one in enumerate(obstacles.items)}
    pieces: dict[int, list[shapely.Geometry]] = {}
    cuts = []
    for number, near in groupby(conflicts, key=lambda c: c.candidate):
        these = list(near)
        zones = [_zone(obstacles, index[c.obstacle], ground[number]) for c in these]
        if parts := _parts(shapely.difference(ground[number], shapely.union_all(zones))):
            pieces[number] = parts
            outline = candidates.geometry[number]
            cuts += [Cut(candidates.ids[number], outline, c) for c in these]
    if len(candidates) + sum(map(len, pieces.values())) > MOST_GROUND:
        raise TooLarge(f"The ground falls into more than {MOST_GROUND} pieces; ask for less.")
    return Trimmed(*_reassembled(candidates, ground, pieces, plane), tuple(cuts))


def _zone(obstacles: Obstacles, index: int, ground: shapely.Geometry) -> shapely.Geometry:
    """What is too near to one obstacle, as far as it can reach this ground."""
    wide_m = obstacles.required_m[index] / math.cos(math.pi / 4 / _QUARTER) + _FARTHER_M
    box = shapely.box(*shapely.buffer(shapely.envelope(ground), 2 * wide_m).bounds)
    near: shapely.Geometry = shapely.intersection(obstacles.geometry[index], box)
    zone: shapely.Geometry = shapely.buffer(near, wide_m, quad_segs=_QUARTER)
    return zone


def _parts(left: shapely.Geometry) -> list[shapely.Geometry]:
    """The polygons that remain, the largest first."""
    parts = [
        part
        for part in shapely.get_parts(left)
        if part.geom_type == "Polygon" and part.area >= _SLIVER_M2
    ]
    return sorted(parts, key=lambda part: -part.area)


def _reassembled(
    candidates: Candidates,
    ground: Geometries,
    pieces: dict[int, list[shapely.Geometry]],
    plane: Plane,
) -> tuple[Candidates, Geometries]:
    ids: list[str] = []
    part_of: list[str | None] = []
    slopes: list[float] = []
    outlines: list[shapely.Geometry] = []
    shapes: list[shapely.Geometry] = []
    for number, one in enumerate(candidates.ids):
        parts = pieces.get(number)
        shapes += parts or [ground[number]]
        outlines += list(plane.degrees(_array(parts))) if parts else [candidates.geometry[number]]
        ids += _names(one, parts)
        part_of += [one] * len(parts) if parts else [None]
        slopes += [candidates.slopes[number]] * (len(parts) if parts else 1)
    found = Candidates(tuple(ids), _array(outlines), np.array(slopes, float), tuple(part_of))
    return found, _array(shapes)


def _names(ground: str, parts: list[shapely.Geometry] | None) -> list[str]:
    """A part that is alone keeps the name of its ground."""
    if parts is None or len(parts) == 1:
        return [ground]
    return [f"{ground}#{number}" for number in range(1, len(parts) + 1)]


def _array(geometries: list[shapely.Geometry]) -> Geometries:
    array = np.empty(len(geometries), object)
    array[:] = geometries
    return array
