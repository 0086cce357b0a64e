"""Seats and outlines of townships: known seats stay, the rest are placed; outlines are Voronoi."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.demo.plane import DEGREE_GRID, FloatArray, Workplane
from geo.demo.winding import Winding
from geo.divisions import as_multipolygon

Faces = NDArray[np.object_]
_LEAST_SPACING_M = 400.0
_CANDIDATES = 40
_STEP_M = 150.0


def sites(
    rng: np.random.Generator, county_m: BaseGeometry, seats_m: list[Point | None]
) -> FloatArray:
    """One site per township inside the county, in metres (n, 2); its outline grows around it.

    A known seat is its own site. Where it lies outside of the county's outline, or on another
    township's seat, the site is the nearest free ground; an unknown one keeps its distance to all
    others (Mitchell's best candidate).
    """
    chosen: dict[int, Point] = {}
    for i, seat in enumerate(seats_m):
        if seat is not None:
            chosen[i] = _near(rng, county_m, seat, list(chosen.values()))
    core = county_m.buffer(-0.12 * (county_m.area / len(seats_m)) ** 0.5)
    for i in range(len(seats_m)):
        if i not in chosen:
            chosen[i] = _apart(rng, county_m if core.is_empty else core, list(chosen.values()))
    return np.array([(chosen[i].x, chosen[i].y) for i in range(len(seats_m))])


def _near(
    rng: np.random.Generator, county_m: BaseGeometry, seat: Point, others: list[Point]
) -> Point:
    if county_m.contains(seat) and all(seat.distance(o) > _LEAST_SPACING_M for o in others):
        return seat
    inner = county_m.buffer(-_LEAST_SPACING_M / 2)
    free = inner.difference(shapely.union_all([o.buffer(2 * _LEAST_SPACING_M) for o in others]))
    near = [Point(xy) for xy in random_points(rng, free, 400)]
    return min(near, key=seat.distance)


def _apart(rng: np.random.Generator, inside: BaseGeometry, others: list[Point]) -> Point:
    candidates = [Point(xy) for xy in random_points(rng, inside, _CANDIDATES)]
    if not others:
        return candidates[0]
    return max(candidates, key=lambda c: min(c.distance(o) for o in others))


def random_points(rng: np.random.Generator, inside: BaseGeometry, count: int) -> FloatArray:
    """`count` points (n, 2) evenly spread at random over a polygon."""
    shapely.prepare(inside)
    west, south, east, north = inside.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        xy = rng.uniform((west, south), (east, north), (4 * count, 2))
        found = np.vstack([found, xy[shapely.contains_xy(inside, xy[:, 0], xy[:, 1])]])
    return found[:count]


def township_outlines(
    plane: Workplane,
    winding: Winding,
    counties: dict[str, MultiPolygon],
    sites_m: dict[str, FloatArray],
) -> dict[str, list[MultiPolygon]]:
    """Per county the outlines of its townships in degrees, in the order of its sites.

    All borders and Voronoi edges are noded together on one grid and made into faces, each of which
    goes to the nearest site of its county: so neighbours share their edges to the last digit, also
    across a county's border, and there is neither gap nor overlap. Edges and nearness are those of
    the straightened plane, so that on the ground the edges wind.
    """
    cells = {code: _Cells(plane, winding, xy) for code, xy in sites_m.items()}
    edges = [cells[code].edges_within(county) for code, county in counties.items()]
    borders = [polygon.boundary for polygon in counties.values()]
    noded = shapely.union_all([*borders, *edges], grid_size=DEGREE_GRID)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    inner = shapely.point_on_surface(faces)
    return {
        code: cells[code].outlines(faces[shapely.contains(county, inner)])
        for code, county in counties.items()
    }


class _Cells:
    """The Voronoi cells of one county's sites, drawn in the straightened plane."""

    def __init__(self, plane: Workplane, winding: Winding, sites_m: FloatArray) -> None:
        self._plane = plane
        self._winding = winding
        self._sites = winding.straightened(sites_m)

    def edges_within(self, county: MultiPolygon) -> BaseGeometry:
        """The edges between cells, in degrees, as far as they lie in the county."""
        if len(self._sites) == 1:
            return MultiPolygon().boundary
        around = self._plane.metres(county).envelope.buffer(10_000)
        straight = shapely.voronoi_polygons(
            MultiPoint(self._sites), extend_to=around, only_edges=True
        )
        edges = shapely.transform(shapely.segmentize(straight, _STEP_M), self._winding.distorted)
        return self._plane.degrees(edges).intersection(county)

    def outlines(self, faces: Faces) -> list[MultiPolygon]:
        """The faces dissolved by the site that each is nearest to."""
        inner_m = [self._plane.metres(face.representative_point()) for face in faces]
        middle = self._winding.straightened(shapely.get_coordinates(inner_m))
        away = np.linalg.norm(middle[:, None] - self._sites[None], axis=2)
        nearest = np.argmin(away, axis=1)
        return [
            as_multipolygon(shapely.normalize(shapely.coverage_union_all(faces[nearest == i])))
            for i in range(len(self._sites))
        ]
