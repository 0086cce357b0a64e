"""Closed stretches of roads as shares of the graph's edges, whatever the edges are today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.crs_zones import Geometries, Plane
from relief.road_network import Cuts, no_cuts

_AWAY_M = 0.5  # a stretch lies on its road but for rounding
_LEAST_M = 2 * _AWAY_M + 0.5  # what a neighbour shares with a stretch by touching it is less


@dataclass(frozen=True)
class Closure:
    """One closure: its id, its stretches (degrees) and the road that each lies on.

    `both` closes them both ways, else only as they are drawn.
    """

    id: str
    both: bool
    roads: Sequence[str]
    stretches: Geometries


def cuts_of(
    closures: Sequence[Closure], plane: Plane, roads: Sequence[str], lines_m: Geometries
) -> tuple[Cuts, frozenset[str]]:
    """What the closures cut of the edges, given by their road and line in the plane's metres.

    The ids are those of closures that cut nothing any more: their road is gone.
    """
    edges_of = defaultdict(list)
    for edge, road in enumerate(roads):
        edges_of[road].append(edge)
    found, useless = [], set()
    for closure in closures:
        stretches_m = plane.projected(closure.stretches)
        cut = [
            (edge, *_shares(lines_m[edge], stretch, closure.both))
            for road, stretch in zip(closure.roads, stretches_m, strict=True)
            for edge in _edges_along(edges_of[road], lines_m, stretch)
        ]
        found += cut
        if not cut:
            useless.add(closure.id)
    return _cuts(found), frozenset(useless)


_Cut = tuple[int, float, float, bool, bool]


def _cuts(found: list[_Cut]) -> Cuts:
    if not found:
        return no_cuts()
    edge, begin, end, ahead, back = zip(*found, strict=True)
    return Cuts(
        np.array(edge, np.int64),
        np.array(begin, float),
        np.array(end, float),
        np.array(ahead, bool),
        np.array(back, bool),
    )


def _edges_along(edges: Sequence[int], lines_m: Geometries, stretch: BaseGeometry) -> Iterator[int]:
    """Those of the edges that share some metres with the stretch."""
    near = stretch.buffer(_AWAY_M)
    for edge in edges:
        whole: BaseGeometry = lines_m[edge]
        if shapely.intersection(whole, near).length >= min(_LEAST_M, 0.9 * whole.length):
            yield edge


def _shares(edge: LineString, stretch: LineString, both: bool) -> tuple[float, float, bool, bool]:
    """Where on the edge the stretch begins and ends, and whether it closes it ahead and back."""
    shared = edge.intersection(stretch.buffer(_AWAY_M))
    at = [edge.project(Point(c), normalized=True) for c in shapely.get_coordinates(shared)]
    begin, end = min(at), max(at)
    first, last = (stretch.project(edge.interpolate(at, normalized=True)) for at in (begin, end))
    return begin, end, both or first <= last, both or first > last
