"""Faults, hazard points, and open ground that they rule out."""

import math

import numpy as np
import shapely

from geo.demo.ground import Ground
from geo.demo.hazards import hazards_of
from geo.demo.open_ground import open_ground
from geo.demo.sources import faults


def test_folds_are_no_faults() -> None:
    assert {f.slip_type for f in faults()} == {"Sinistral", "Dextral", "Normal", "Reverse"}
    assert len(faults()) == 23


def test_open_ground_lies_on_both_sides_of_the_fault_and_some_of_it_too_near(
    ground: Ground,
) -> None:
    hazards = hazards_of(ground)
    plots = open_ground(ground, hazards)
    outline = ground.plane.metres(shapely.union_all(list(ground.counties.values())))
    (crossing,) = [f for f in hazards.faults_m if f.intersects(outline)]
    start, end = (crossing.interpolate(x, normalized=True) for x in (0, 1))
    bearing = math.atan2(end.y - start.y, end.x - start.x)
    away = np.array([p.outline_m.distance(crossing) for p in plots])
    near = [p.outline_m.centroid for p, m in zip(plots, away, strict=True) if m < 200]
    sides = {
        math.copysign(1, (p.y - start.y) * math.cos(bearing) - (p.x - start.x) * math.sin(bearing))
        for p in near
    }
    assert len(near) >= 10
    assert sides == {-1, 1}
    assert (away > 500).sum() > 400
    points = shapely.points(hazards.points_m)
    assert sum(shapely.dwithin(p.outline_m, points, 100).any() for p in plots) >= 10


def test_no_two_pieces_of_open_ground_overlap(ground: Ground) -> None:
    plots = open_ground(ground, hazards_of(ground))
    tree = shapely.STRtree([p.outline_m for p in plots])
    a, b = tree.query([p.outline_m for p in plots], predicate="intersects")
    assert (a == b).all()
