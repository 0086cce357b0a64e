"""Roads between seats and on to every village: one connected network, drawn at random.

The demo's TOML may say in `[roads]` how near (metres) two seats (`shortcut_m`) or two villages of
one township (`village_shortcut_m`) have to be for a road beside the shortest tree, and what share
of such streets is one-way (`oneway_share`). Trees alone carry the connection, and no road of a tree
is one-way, so that every place reaches every other however long the distances are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay
from shapely import LineString, MultiLineString

from geo.demo.ground import Ground
from geo.demo.plane import FloatArray
from geo.demo.table import Table, geometries, invented

_SHORTCUT_M = 9_000.0
_VILLAGE_SHORTCUT_M = 1_500.0
_ONEWAY_SHARE = 0.15
_SEAT_HALVINGS, _VILLAGE_HALVINGS = 5, 3


@dataclass(frozen=True)
class _Place:
    """A seat, a village or a neighbourhood, where roads meet."""

    name: str
    xy_m: FloatArray
    urban: bool = False


@dataclass(frozen=True)
class _Link:
    """A road of a class between two places; `spare` ones lie beside the tree."""

    kind: str
    start: _Place
    end: _Place
    halvings: int
    spare: bool = False


def road_table(ground: Ground) -> Table:
    """The rows of all roads; they meet at seats and villages, so that they make one network."""
    rng = ground.rng("roads")
    links = [*_between_seats(ground), *_to_villages(ground)]
    lines = [_winding(rng, link.start.xy_m, link.end.xy_m, link.halvings) for link in links]
    return Table(
        "roads",
        {
            "id": [f"RD{i:03d}" for i in range(1, len(links) + 1)],
            "name": [f"样例·{link.start.name}至{link.end.name}" for link in links],
            "class": [link.kind for link in links],
            "oneway": _oneway(ground, links),
            "geom": geometries(MultiLineString([ground.plane.degrees(line)]) for line in lines),
            **invented(ground.source, len(links), error_m=10.0),
        },
    )


def _oneway(ground: Ground, links: Sequence[_Link]) -> list[str]:
    """Some spare streets of towns are one-way, as they are drawn."""
    share = ground.settings.get("roads", {}).get("oneway_share", _ONEWAY_SHARE)
    drawn = ground.rng("one-way roads").random(len(links)) < share
    return [
        "forward" if one and link.spare and link.start.urban and link.end.urban else "both"
        for one, link in zip(drawn.tolist(), links, strict=True)
    ]


def _between_seats(ground: Ground) -> Iterator[_Link]:
    """The shortest tree over all seats, then near neighbours.

    What lies on the tree between the counties' seats is provincial, the rest of it county road.
    """
    codes = list(ground.townships)
    places = [_Place(t.name, t.site_m) for t in ground.townships.values()]
    xy = np.array([place.xy_m for place in places])
    seats = [codes.index(township) for township in ground.settings["seats"].values()]
    parent = _tree(xy, min(seats))
    trunk = {step for seat in seats for step in _way(parent, seat)}
    for i, p in parent.items():
        kind = "provincial" if i in trunk else "county"
        yield _Link(kind, places[i], places[p], _SEAT_HALVINGS)
    near_m = ground.settings.get("roads", {}).get("shortcut_m", _SHORTCUT_M)
    for i, j in _beside(xy, parent, near_m):
        yield _Link("township", places[i], places[j], _SEAT_HALVINGS, spare=True)


def _to_villages(ground: Ground) -> Iterator[_Link]:
    """In each township the shortest tree from its seat to its villages, then near neighbours."""
    near_m = ground.settings.get("roads", {}).get("village_shortcut_m", _VILLAGE_SHORTCUT_M)
    for code, township in ground.townships.items():
        places = [_Place(township.name, township.site_m)] + [
            _Place(v.name, v.xy_m, v.kind == "urban")
            for v in ground.villages
            if v.code.startswith(code)
        ]
        xy = np.array([place.xy_m for place in places])
        parent = _tree(xy, 0)
        for i, p in parent.items():
            yield _Link(_street(places[i]), places[i], places[p], _VILLAGE_HALVINGS)
        for i, j in _beside(xy, parent, near_m):
            yield _Link(_street(places[j]), places[i], places[j], _VILLAGE_HALVINGS, spare=True)


def _street(to: _Place) -> str:
    return "township" if to.urban else "village"


def _beside(xy: FloatArray, parent: dict[int, int], near_m: float) -> list[tuple[int, int]]:
    """Neighbours nearer than `near_m` that the tree does not join."""
    tree = {frozenset(link) for link in parent.items()}
    return [pair for pair in _neighbours(xy, near_m) if frozenset(pair) not in tree]


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


def _neighbours(xy: FloatArray, near_m: float) -> list[tuple[int, int]]:
    """Pairs of places that share an edge of the Delaunay triangles and lie near each other."""
    if len(xy) < 4:  # too few for triangles
        return []
    pairs = {
        (int(min(i, j)), int(max(i, j)))
        for corners in Delaunay(xy).simplices
        for i, j in combinations(corners, 2)
    }
    return sorted(p for p in pairs if np.linalg.norm(xy[p[0]] - xy[p[1]]) < near_m)


def _winding(
    rng: np.random.Generator, start: FloatArray, end: FloatArray, halvings: int
) -> LineString:
    """A line that halves its way so many times, each middle pushed aside a little."""
    line = np.vstack([start, end])
    for _ in range(halvings):
        middle = (line[:-1] + line[1:]) / 2
        step = line[1:] - line[:-1]
        middle += np.column_stack([-step[:, 1], step[:, 0]]) * rng.normal(0, 0.08, (len(step), 1))
        between = np.empty((2 * len(line) - 1, 2))
        between[::2], between[1::2] = line, middle
        line = between
    return LineString(line)
