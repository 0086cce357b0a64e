"""From the lines of roads to nodes and edges: split where lines share a vertex, loose ends joined.

A vertex that two lines share, or where a line ends, is a node. Lines that cross without a common
vertex stay apart: that is how a bridge is drawn. An end that stops a little short of another road
is taken to meet it, and reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod

from geo.crs_zones import Geometries, Metres, plane_of
from relief.reach import BoolArray, FloatArray, IntArray

STRAIGHT_DEG = 0.01
"""A line is straight in degrees; between vertices a kilometre apart it is so in metres too."""
_GRID = 1e7  # vertices nearer than a centimetre are one
_ROW = 4_000_000_000  # more than the latitudes of the grid
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class JoinedEnd:
    """The end of a road that now meets another: which road, where, and how far it was from it."""

    road: int
    lon: float
    lat: float
    gap_m: float


@dataclass(frozen=True)
class Topology:
    """Nodes (lon, lat) and edges: the road each is a part of, its nodes, its line and length."""

    nodes: FloatArray
    road: IntArray
    start: IntArray
    end: IntArray
    lines: Geometries
    length_m: FloatArray
    joined: tuple[JoinedEnd, ...]


@dataclass(frozen=True)
class _Lines:
    """Vertices (lon, lat) one after another, the line of each, and the road of each line."""

    vertices: FloatArray
    line: IntArray
    road: IntArray

    @property
    def is_end(self) -> BoolArray:
        """Whether a vertex is the first or last of its line."""
        first = np.ones(len(self.line) + 1, bool)
        first[1:-1] = self.line[1:] != self.line[:-1]
        return first[:-1] | first[1:]

    def node_key(self) -> IntArray:
        """A number for each vertex, equal where they are the same place."""
        grid: IntArray = np.rint(self.vertices * _GRID).astype(np.int64)
        return grid[:, 0] * _ROW + grid[:, 1]


def topology(roads: Geometries, tolerance_m: float) -> Topology:
    """The network of roads (MultiLineStrings in degrees), with ends nearer than `tolerance_m` to
    another road joined to it."""
    lines = _lines(roads)
    if not len(lines.line):
        return _nothing()
    lines, joined = _with_ends_joined(lines, tolerance_m)
    return _edges(_without_repeats(lines), joined)


def _nothing() -> Topology:
    none = np.zeros(0, np.int64)
    lines: Geometries = np.zeros(0, object)
    return Topology(np.zeros((0, 2)), none, none, none, lines, np.zeros(0), ())


def _lines(roads: Geometries) -> _Lines:
    parts, road = shapely.get_parts(roads, return_index=True)
    long = shapely.length(parts) > 0
    parts, road = shapely.segmentize(parts[long], STRAIGHT_DEG), road[long]
    vertices, line = shapely.get_coordinates(parts, return_index=True)
    return _without_repeats(_Lines(vertices, line, road))


def _without_repeats(lines: _Lines) -> _Lines:
    """The same without vertices that repeat the one before, and lines that have no length."""
    key, line = lines.node_key(), lines.line
    again = np.zeros(len(key), bool)
    again[1:] = (key[1:] == key[:-1]) & (line[1:] == line[:-1])
    kept = ~again & (np.bincount(line[~again], minlength=len(lines.road)) > 1)[line]
    used, renumbered = np.unique(line[kept], return_inverse=True)
    return _Lines(lines.vertices[kept], renumbered, lines.road[used])


def _with_ends_joined(lines: _Lines, tolerance_m: float) -> tuple[_Lines, tuple[JoinedEnd, ...]]:
    plane = plane_of(float(lines.vertices[:, 0].mean()))
    metres = np.column_stack(plane.metres(*lines.vertices.T))
    loose = _loose_ends(lines)
    vertices, added, joined = lines.vertices.copy(), [], []
    held: set[int] = set()  # vertices that others were joined to stay where they are
    for vertex, line, at_m, gap_m in _near_lines(lines, metres, loose, tolerance_m):
        if vertex in held:
            continue
        first, last = np.searchsorted(lines.line, [line, line + 1])
        run_m = _run_m(metres[first:last])
        nearest = int(first + np.argmin(np.abs(run_m - at_m)))
        if np.hypot(*(metres[vertex] - metres[nearest])) <= tolerance_m:
            vertices[vertex] = vertices[nearest]
            held.add(nearest)
        else:
            added.append((int(first + np.searchsorted(run_m, at_m)), at_m, vertex))
        lon, lat = vertices[vertex].tolist()
        joined.append(JoinedEnd(int(lines.road[lines.line[vertex]]), lon, lat, gap_m))
    return _with_vertices(lines, vertices, sorted(added)), tuple(joined)


def _loose_ends(lines: _Lines) -> IntArray:
    """Vertices that end a line and belong to no other."""
    _, inverse, count = np.unique(lines.node_key(), return_inverse=True, return_counts=True)
    return np.flatnonzero(lines.is_end & (count[inverse] == 1))


def _near_lines(
    lines: _Lines, metres: Metres, loose: IntArray, tolerance_m: float
) -> Iterator[tuple[int, int, float, float]]:
    """For each loose end near another line: the end, the nearest such line, where along it the
    end would meet it, and how far that is."""
    shapes = np.asarray(shapely.linestrings(metres, indices=lines.line), object)
    points = np.asarray(shapely.points(metres[loose]), object)
    asked, found = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=tolerance_m)
    elsewhere = lines.line[loose[asked]] != found
    asked, found = asked[elsewhere], found[elsewhere]
    gap_m = shapely.distance(points[asked], shapes[found])
    order = np.lexsort([gap_m, asked])
    _, first = np.unique(asked[order], return_index=True)
    for pair in order[first].tolist():
        end, line = asked[pair], found[pair]
        at_m = shapely.line_locate_point(shapes[line], points[end])
        yield int(loose[end]), int(line), float(at_m), float(gap_m[pair])


def _run_m(metres: Metres) -> FloatArray:
    """How far along its line each vertex lies."""
    steps: FloatArray = np.hypot(*np.diff(metres, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _with_vertices(
    lines: _Lines, vertices: FloatArray, added: list[tuple[int, float, int]]
) -> _Lines:
    """The lines with copies of vertices put in: before which vertex, in order, which vertex."""
    if not added:
        return _Lines(vertices, lines.line, lines.road)
    before = np.array([put[0] for put in added])
    copied = np.array([put[2] for put in added])
    return _Lines(
        np.insert(vertices, before, vertices[copied], axis=0),
        np.insert(lines.line, before, lines.line[before]),
        lines.road,
    )


def _edges(lines: _Lines, joined: tuple[JoinedEnd, ...]) -> Topology:
    key = lines.node_key()
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    stop = np.flatnonzero(lines.is_end | (count[inverse] > 1))
    _, first, node = np.unique(key[stop], return_index=True, return_inverse=True)
    whole = lines.line[stop[1:]] == lines.line[stop[:-1]]
    begin, end = stop[:-1][whole], stop[1:][whole]
    vertices, edge = _runs(begin, end)
    return Topology(
        lines.vertices[stop[first]],
        lines.road[lines.line[begin]],
        node[:-1][whole],
        node[1:][whole],
        np.asarray(shapely.linestrings(lines.vertices[vertices], indices=edge), object),
        _length_m(lines.vertices[vertices], edge),
        joined,
    )


def _runs(begin: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
    """All vertices from each `begin` to its `end`, both included, and the number of their run."""
    size = end - begin + 1
    run = np.repeat(np.arange(len(size)), size)
    offset = np.arange(len(run)) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(begin, size) + offset, run


def _length_m(vertices: FloatArray, line: IntArray) -> FloatArray:
    """The length of each line on the ellipsoid."""
    here, there = vertices[:-1], vertices[1:]
    _, _, step_m = _GEOD.inv(*here.T, *there.T)
    within = line[1:] == line[:-1]
    return np.bincount(line[1:][within], np.asarray(step_m, float)[within]).astype(float)
