"""Roads between seats: county seats to the prefecture's, townships to their county's and on."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay
from shapely import LineString, MultiLineString

from geo.demo.ground import Ground
from geo.demo.plane import FloatArray
from geo.demo.table import Table, geometries, invented

_SHORTCUT_M = 9_000.0


def road_table(ground: Ground) -> Table:
    """The rows of all roads; they meet at the seats, so that they make one network."""
    rng = ground.rng("roads")
    links = _links(ground)
    lines = [
        MultiLineString([ground.plane.degrees(_winding(rng, _at(ground, a), _at(ground, b)))])
        for _, a, b in links
    ]
    return Table(
        "roads",
        {
            "id": [f"RD{i:03d}" for i in range(1, len(links) + 1)],
            "name": [f"样例·{_name(ground, a)}至{_name(ground, b)}" for _, a, b in links],
            "class": [kind for kind, _, _ in links],
            "geom": geometries(lines),
            **invented(ground.source, len(links), error_m=10.0),
        },
    )


def _links(ground: Ground) -> list[tuple[str, str, str]]:
    """(class, township, township): the shortest tree over all seats, then near neighbours.

    What lies on the tree between the counties' seats is provincial, the rest of it county road.
    """
    codes = list(ground.townships)
    xy = np.array([_at(ground, code) for code in codes])
    seats = [codes.index(township) for township in ground.settings["seats"].values()]
    parent = _tree(xy, min(seats))
    trunk = {step for seat in seats for step in _way(parent, seat)}
    links = [("provincial" if i in trunk else "county", i, p) for i, p in parent.items()]
    tree = {frozenset(link) for link in parent.items()}
    links += [("township", i, j) for i, j in _neighbours(xy) if frozenset((i, j)) not in tree]
    return [(kind, codes[i], codes[j]) for kind, i, j in links]


def _tree(xy: FloatArray, root: int) -> dict[int, int]:
    """The next seat towards the root, for all seats but the root, in the shortest tree."""
    away = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    _, parent = breadth_first_order(minimum_spanning_tree(away), root, directed=False)
    return {i: int(p) for i, p in enumerate(parent) if p >= 0}


def _way(parent: dict[int, int], seat: int) -> list[int]:
    way = []
    while seat in parent:
        way.append(seat)
        seat = parent[seat]
    return way


def _neighbours(xy: FloatArray) -> list[tuple[int, int]]:
    """Pairs of seats that share an edge of the Delaunay triangles and lie near each other."""
    pairs = {
        (int(min(i, j)), int(max(i, j)))
        for corners in Delaunay(xy).simplices
        for i, j in combinations(corners, 2)
    }
    return sorted(p for p in pairs if np.linalg.norm(xy[p[0]] - xy[p[1]]) < _SHORTCUT_M)


def _at(ground: Ground, township: str) -> FloatArray:
    return ground.townships[township].site_m


def _name(ground: Ground, township: str) -> str:
    return ground.townships[township].name


def _winding(rng: np.random.Generator, start: FloatArray, end: FloatArray) -> LineString:
    """A line that halves its way five times, each middle pushed aside a little."""
    line = np.vstack([start, end])
    for _ in range(5):
        middle = (line[:-1] + line[1:]) / 2
        step = line[1:] - line[:-1]
        middle += np.column_stack([-step[:, 1], step[:, 0]]) * rng.normal(0, 0.08, (len(step), 1))
        between = np.empty((2 * len(line) - 1, 2))
        between[::2], between[1::2] = line, middle
        line = between
    return LineString(line)
