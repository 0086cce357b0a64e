"""Metres of a place, held against geodesics of pyproj that know nothing of zones."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from geo.crs_zones import Plane, plane_of, zone_epsg
from relief.errors import InvalidInput

GEOD = Geod(ellps="GRS80")


@pytest.mark.parametrize(
    ("lon", "epsg"), [(102.0, 4543), (108.0, 4545), (113.58, 4547), (82.98, 4537), (135, 4554)]
)
def test_the_zone_is_the_nearest_meridians(lon: float, epsg: int) -> None:
    assert zone_epsg(lon) == epsg


def test_every_zone_is_the_one_its_number_says() -> None:
    for meridian in range(75, 136, 3):
        name = CRS.from_epsg(zone_epsg(meridian)).name
        assert name == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"


@pytest.mark.parametrize("lon", [73.4, 136.6, -113.0])
def test_a_place_outside_all_zones_is_refused(lon: float) -> None:
    with pytest.raises(InvalidInput, match="no CGCS2000 zone"):
        zone_epsg(lon)


@pytest.mark.parametrize("lon", [112.5, 113.3, 114.0, 115.49])
def test_distances_agree_with_geodesics_to_three_in_ten_thousand(lon: float) -> None:
    x, y = plane_of(lon).metres([lon, lon + 0.03], [37.8, 37.83])
    _, _, true_m = GEOD.inv(lon, 37.8, lon + 0.03, 37.83)
    assert np.hypot(np.diff(x), np.diff(y))[0] == pytest.approx(true_m, rel=3e-4)


def test_x_runs_east_and_y_north() -> None:
    x, y = plane_of(113.5).metres([113.5, 113.6, 113.5], [37.8, 37.8, 37.9])
    assert x[1] - x[0] > 8_000
    assert y[2] - y[0] > 11_000


def test_a_polygon_keeps_its_true_ground_area() -> None:
    square = shapely.box(113.5, 37.8, 113.51, 37.81)
    area_m2, _ = GEOD.geometry_area_perimeter(square)
    projected = Plane(4547).projected([square])
    assert shapely.area(projected)[0] == pytest.approx(abs(area_m2), rel=6e-4)
