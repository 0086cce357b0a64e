"""Roads between seats: county seats to the prefecture's, townships to their county's and on."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from geo.demo.ground import Ground
from geo.demo.plane import FloatArray
from geo.demo.table import Table, geometries, repeated

_SHORTCUT_M = 14_000.0


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
            "position_error_m": repeated(10.0, len(links)),
            "synthetic": repeated(True, len(links)),
            "source": repeated(ground.source, len(links)),
        },
    )


def _links(ground: Ground) -> list[tuple[str, str, str]]:
    """(class, township, township): a star of stars, and short cuts between near neighbours."""
    seats = ground.settings["seats"]
    centre = seats[min(seats)]
    links = [("national", centre, t) for t in seats.values() if t != centre]
    links += [("county", seats[t[:6]], t) for t in ground.townships if t not in seats.values()]
    joined = {frozenset(pair) for _, *pair in links}
    for a, b in _neighbours(ground):
        if frozenset((a, b)) not in joined:
            links.append(("township", a, b))
    return links


def _neighbours(ground: Ground) -> list[tuple[str, str]]:
    codes = list(ground.townships)
    xy = np.array([_at(ground, c) for c in codes])
    edges = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(xy), only_edges=True))
    code_at = {tuple(place): code for place, code in zip(xy.tolist(), codes, strict=True)}
    short = [e for e in edges if e.length < _SHORTCUT_M]
    return sorted((code_at[e.coords[0]], code_at[e.coords[1]]) for e in short)


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
