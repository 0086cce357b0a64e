"""Open ground: school yards, squares, parks and fields, some too near to a fault or a hazard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.demo.ground import Ground, Township
from geo.demo.hazards import Hazards
from geo.demo.outlines import random_points
from geo.demo.plane import FloatArray
from geo.demo.table import Table, geometries, invented
from geo.divisions import as_multipolygon

_SIDES_M = {  # shortest and longest sides
    "school_yard": (60, 150),
    "square": (60, 130),
    "park": (170, 360),
    "field": (120, 420),
}
_WORDS = {"school_yard": "学校操场", "square": "广场", "park": "公园", "field": "空地"}
_SCHOOL_SHARE = {"urban": 0.75, "rural": 0.35}
_FIELDS = 8
_FAULT_STEP_M = 1000.0
_FAULT_OFFSETS_M = (60.0, 140.0, 240.0, 420.0, 800.0)
_BY_HAZARDS = 36


@dataclass(frozen=True)
class Plot:
    """One piece of open ground, its outline in metres."""

    name: str
    kind: str
    township: Township
    outline_m: Polygon


def open_ground(ground: Ground, hazards: Hazards) -> list[Plot]:
    """Plots that overlap no other and lie wholly inside of one township."""
    drawn = [*_in_places(ground), *_by_faults(ground, hazards), *_by_hazards(ground, hazards)]
    whole = [p for p in drawn if p.township.inner_m.contains(p.outline_m)]
    tree = shapely.STRtree([p.outline_m for p in whole])
    later, earlier = tree.query([p.outline_m for p in whole], predicate="intersects")
    overlapping = set(later[earlier < later].tolist())
    return [p for i, p in enumerate(whole) if i not in overlapping]


def open_ground_table(ground: Ground, plots: list[Plot]) -> Table:
    """The rows of all plots; `ground_area_m2` is measured in the plane."""
    outlines = [as_multipolygon(ground.plane.degrees(p.outline_m)) for p in plots]
    return Table(
        "open_ground",
        {
            "id": [f"OG{i:04d}" for i in range(1, len(plots) + 1)],
            "name": [p.name for p in plots],
            "area": [p.township.code for p in plots],
            "kind": [p.kind for p in plots],
            "ground_area_m2": [round(p.outline_m.area) for p in plots],
            "geom": geometries(outlines),
            **invented(ground.source, len(plots), error_m=5.0),
        },
    )


def _in_places(ground: Ground) -> Iterator[Plot]:
    """Squares and parks by the seats, yards by the villages, fields all over."""
    rng = ground.rng("open ground")
    for township in ground.townships.values():
        yield _plot(rng, township, "square", township.site_m, township.name)
        parks = {"street": 2, "town": 2}.get(township.kind, 1)
        for i in range(1, parks + 1):
            spot = township.site_m + rng.normal(0, 500, 2)
            yield _plot(rng, township, "park", spot, f"{township.name}{i}号")
    for village in ground.villages:
        township = ground.townships[village.code[:9]]
        if rng.random() < _SCHOOL_SHARE[village.kind]:
            spot = village.xy_m + rng.normal(0, 150, 2)
            yield _plot(rng, township, "school_yard", spot, village.name)
    for township in ground.townships.values():
        for i, spot in enumerate(_fields(rng, ground, township), 1):
            yield _plot(rng, township, "field", spot, f"{township.name}{i}号")


def _fields(rng: np.random.Generator, ground: Ground, township: Township) -> FloatArray:
    """Where fields lie (n, 2): anywhere, or by the villages where most of the land is empty."""
    near_m = ground.settings.get("fields_near_m")
    own = np.array([v.xy_m for v in ground.villages if v.code[:9] == township.code])
    if near_m is None or not len(own):
        return random_points(rng, township.outline_m, _FIELDS)
    places: FloatArray = own[rng.integers(len(own), size=_FIELDS)]
    return places + rng.normal(0, near_m, (_FIELDS, 2))


def _by_faults(ground: Ground, hazards: Hazards) -> Iterator[Plot]:
    """Fields on both sides of every fault inside the prefecture, from some metres away on."""
    rng = ground.rng("open ground by faults")
    for township in ground.townships.values():
        for fault in hazards.faults_m:
            within = LineString(shapely.get_coordinates(fault.intersection(township.outline_m)))
            for i, along_m in enumerate(np.arange(300, within.length, _FAULT_STEP_M), 1):
                here = shapely.line_interpolate_point(within, along_m)
                ahead = shapely.line_interpolate_point(within, along_m + 1)
                normal = np.array([here.y - ahead.y, ahead.x - here.x])
                side = 1 if i % 2 else -1
                offset_m = _FAULT_OFFSETS_M[i % len(_FAULT_OFFSETS_M)]
                spot = np.array([here.x, here.y]) + side * offset_m * normal
                yield _plot(rng, township, "field", spot, f"{township.name}断层旁{i}号")


def _by_hazards(ground: Ground, hazards: Hazards) -> Iterator[Plot]:
    """Fields within some hundred metres of hazard points."""
    rng = ground.rng("open ground by hazards")
    for i in rng.permutation(len(hazards.points_m))[:_BY_HAZARDS].tolist():
        spot = hazards.points_m[i] + rng.normal(0, 110, 2)
        for township in ground.townships.values():
            if shapely.contains_xy(township.outline_m, *spot):
                yield _plot(rng, township, "field", spot, f"{township.name}坡下{i + 1}号")


def _plot(
    rng: np.random.Generator, township: Township, kind: str, spot: FloatArray, name: str
) -> Plot:
    half = rng.uniform(*_SIDES_M[kind], 2) / 2
    angle = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    return Plot(f"样例·{name}{_WORDS[kind]}", kind, township, Polygon(corners @ turn + spot))
