"""What to keep away from: hazard points, graded risk zones, flood areas, and the real faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.demo.ground import Ground, Township
from geo.demo.outlines import random_points
from geo.demo.plane import FloatArray, one_scattered
from geo.demo.sources import GEM_CREDIT, Fault, faults
from geo.demo.table import Columns, Table, geometries, invented, repeated
from geo.divisions import as_multipolygon

_POINTS = {  # how many, the Chinese word, and who is usually threatened
    "landslide": (64, "滑坡", 40),
    "collapse": (42, "崩塌", 25),
    "debris_flow": (22, "泥石流", 120),
    "subsidence": (18, "采空塌陷", 60),
    "ground_fissure": (6, "地裂缝", 30),
    "chemical": (12, "危化品企业", 400),
    "fire_source": (36, "加油加气站", 150),
}
_GEOLOGICAL = ("landslide", "collapse", "debris_flow", "subsidence", "ground_fissure")
_GRADES = {"very_high": "极高", "high": "高", "medium": "中", "low": "低"}
_GRADE_SHARES = (0.15, 0.25, 0.35, 0.25)
_ZONES = {"geological": (34, "地质灾害"), "flash_flood": (6, "山洪"), "fire": (6, "森林火险")}
_VALLEYS, _STEP_M = 8, 400.0
_FLOODS = ((20, "二十年一遇", 0.45), (100, "百年一遇", 1.0))


@dataclass(frozen=True)
class Hazards:
    """What siting must know of: points in metres and fault lines in metres."""

    points_m: FloatArray
    kinds: list[str]
    faults_m: list[BaseGeometry]
    tables: tuple[Table, ...]


def hazards_of(ground: Ground) -> Hazards:
    """All hazards of the prefecture, and the catalogue's faults within `faults_km` of it."""
    kinds, townships, xy = _spots(ground)
    near = faults_near(ground)
    tables = (
        _point_table(ground, kinds, townships, xy),
        _zone_table(ground, [Point(p) for p, k in zip(xy, kinds, strict=True) if k in _GEOLOGICAL]),
        _flood_table(ground),
        _fault_table(near),
    )
    return Hazards(xy, kinds, [ground.plane.metres(f.line) for f in near], tables)


def faults_near(ground: Ground) -> list[Fault]:
    """Faults of the catalogue within the prefecture's `faults_km`, measured in its plane."""
    outline = ground.plane.metres(shapely.union_all(list(ground.counties.values())))
    reach_m = 1000 * ground.settings["faults_km"]
    return [f for f in faults() if ground.plane.metres(f.line).distance(outline) <= reach_m]


def _spots(ground: Ground) -> tuple[list[str], list[Township], FloatArray]:
    """Kind, township and place of every hazard point: slopes near villages, plants near towns."""
    rng = ground.rng("hazard points")
    kinds = [kind for kind, (count, _, _) in _POINTS.items() for _ in range(count)]
    rural = [v for v in ground.villages if v.kind == "rural"]
    towns = [t for t in ground.townships.values() if t.kind in ("street", "town")]
    townships, places = [], []
    for kind in kinds:
        if kind in _GEOLOGICAL:
            village = rural[rng.integers(len(rural))]
            township, centre, sigma_m = ground.townships[village.code[:9]], village.xy_m, 450.0
        else:
            township = towns[rng.integers(len(towns))]
            centre, sigma_m = township.site_m, 900.0
        townships.append(township)
        places.append(one_scattered(rng, centre, sigma_m, township.inner_m))
    return kinds, townships, np.array(places)


def _point_table(
    ground: Ground, kinds: list[str], townships: list[Township], xy: FloatArray
) -> Table:
    rng = ground.rng("hazard grades")
    count = len(kinds)
    usual = np.array([_POINTS[k][2] for k in kinds])
    return Table(
        "hazard_points",
        {
            "id": [f"HP{i:04d}" for i in range(1, count + 1)],
            "name": [
                f"样例·{t.name}{_POINTS[k][1]}{i}号"
                for i, (k, t) in enumerate(zip(kinds, townships, strict=True), 1)
            ],
            "area": [t.code for t in townships],
            "kind": kinds,
            "grade": rng.choice(list(_GRADES), count, p=_GRADE_SHARES).tolist(),
            "threatened_people": (usual * rng.lognormal(0, 0.7, count)).astype(int).tolist(),
            "state": np.where(rng.random(count) < 0.05, "closed", "open").tolist(),
            "geom": geometries(ground.plane.points(xy)),
            **invented(ground.source, count, error_m=15.0),
        },
    )


def _zone_table(ground: Ground, slopes: list[Point]) -> Table:
    """Geological zones grow around slopes that have hazard points, the others anywhere."""
    rng = ground.rng("risk zones")
    inside = shapely.union_all([t.outline_m for t in ground.townships.values()])
    kinds = [kind for kind, (count, _) in _ZONES.items() for _ in range(count)]
    centres = [slopes[i] for i in rng.permutation(len(slopes))[: kinds.count("geological")]]
    centres += [Point(xy) for xy in random_points(rng, inside, len(kinds) - len(centres))]
    grades = rng.choice(list(_GRADES), len(kinds), p=_GRADE_SHARES).tolist()
    names = [
        f"样例·{_ZONES[k][1]}{_GRADES[g]}风险区{i}"
        for i, (k, g) in enumerate(zip(kinds, grades, strict=True), 1)
    ]
    shapes = [ground.plane.degrees(_blob(rng, c).intersection(inside)) for c in centres]
    ids = [f"RZ{i:03d}" for i in range(1, len(kinds) + 1)]
    columns: Columns = {"id": ids, "name": names, "kind": kinds, "grade": grades}
    return Table("risk_zones", columns | _polygon_columns(ground, shapes, error_m=50.0))


def _blob(rng: np.random.Generator, centre: Point) -> BaseGeometry:
    """A lobed patch of some hundred metres around a point."""
    middle = np.array([centre.x, centre.y])
    spots = middle + rng.normal(0, 220, (7, 2))
    spots[0] = middle
    circles = [Point(xy).buffer(r) for xy, r in zip(spots, rng.uniform(140, 380, 7), strict=True)]
    return shapely.union_all(circles).buffer(120).buffer(-120).simplify(12)


def _flood_table(ground: Ground) -> Table:
    """Two nested areas along each valley: flooded once in 20 and once in 100 years."""
    rng = ground.rng("flood areas")
    inside = shapely.union_all([t.outline_m for t in ground.townships.values()])
    starts = random_points(rng, inside.buffer(-3000), _VALLEYS)
    ids, names, periods, shapes = [], [], [], []
    for valley, start in enumerate(starts, 1):
        river, width_m = _river(rng, start), float(rng.uniform(140, 320))
        for years, word, part in _FLOODS:
            wet = shapely.union_all(_reaches(river, width_m * part)).intersection(inside)
            ids.append(f"FA{valley:02d}-{years}")
            names.append(f"样例·河谷{valley}（{word}）")
            periods.append(years)
            shapes.append(ground.plane.degrees(wet.simplify(8)))
    columns: Columns = {"id": ids, "name": names, "return_period_years": periods}
    return Table("flood_areas", columns | _polygon_columns(ground, shapes, error_m=30.0))


def _river(rng: np.random.Generator, start: FloatArray) -> LineString:
    """A winding line that runs east on the whole, as the prefecture's rivers do."""
    steps = int(rng.integers(25, 55))
    heading = np.zeros(steps)
    for i in range(1, steps):
        heading[i] = 0.85 * heading[i - 1] + rng.normal(0, 0.4)
    heading += rng.normal(0, 0.35)
    moves = _STEP_M * np.column_stack([np.cos(heading), np.sin(heading)])
    return LineString(np.vstack([start, start + np.cumsum(moves, axis=0)]))


def _reaches(river: LineString, width_m: float) -> list[BaseGeometry]:
    """The river's stretches, each buffered, twice as wide at the mouth as at the source."""
    corners = shapely.get_coordinates(river)
    width = np.linspace(0.5, 1.0, len(corners)) * width_m
    ends = zip(corners[:-1], corners[1:], width[1:].tolist(), strict=True)
    return [LineString([a, b]).buffer(w) for a, b, w in ends]


def _polygon_columns(ground: Ground, shapes: list[BaseGeometry], *, error_m: float) -> Columns:
    return {
        "geom": geometries([as_multipolygon(s) for s in shapes]),
        **invented(ground.source, len(shapes), error_m=error_m),
    }


def _fault_table(near: list[Fault]) -> Table:
    """The catalogue states no position error, so the store holds none: a survey is required."""
    return Table(
        "faults",
        {
            "id": [f.id for f in near],
            "name": [f.name for f in near],
            "slip_type": [f.slip_type for f in near],
            "catalogue": [f.catalogue for f in near],
            "geom": geometries([f.line for f in near]),
            "synthetic": repeated(False, len(near)),
            "source": repeated(GEM_CREDIT, len(near)),
        },
    )
