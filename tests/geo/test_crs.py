"""What a source declares about its coordinates, and where that puts them."""

import numpy as np
import pytest
from fast_geocn import wgs84_to_bd09, wgs84_to_gcj02
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import coordinate_system
from relief.errors import UnknownCrs

GEOD = Geod(ellps="GRS80")


def place(crs: str | None, x: float, y: float) -> tuple[float, float]:
    lon, lat = coordinate_system(crs).lon_lat(np.array([x]), np.array([y]))
    return float(lon[0]), float(lat[0])


@pytest.mark.parametrize("name", [None, "EPSG:4490", "4490", "epsg:4326", "CRS84"])
@pytest.mark.parametrize("form", ["{}", " {} "])
def test_degrees_stay_what_they_are(name: str | None, form: str) -> None:
    written = None if name is None else form.format(name)
    assert place(written, 113.58, 37.86) == pytest.approx((113.58, 37.86), abs=1e-12)


def test_a_urn_is_read_like_the_code() -> None:
    assert place("urn:ogc:def:crs:EPSG::4490", 113.5, 37.8) == (113.5, 37.8)
    assert place("urn:ogc:def:crs:OGC:1.3:CRS84", 113.5, 37.8) == pytest.approx((113.5, 37.8))


def test_projected_systems_take_the_easting_first() -> None:
    lon, lat = place("EPSG:4547", 500_000, 4_200_000)  # on the meridian 114 E
    assert lon == pytest.approx(114, abs=1e-9)
    assert lat == pytest.approx(37.9324477, abs=1e-6)
    assert place("EPSG:4526", 38_500_000, 4_200_000) == pytest.approx((lon, lat), abs=1e-9)


def test_web_mercator_is_undone() -> None:
    assert place("EPSG:3857", 12_643_000, 4_558_000) == pytest.approx((113.574, 37.846), abs=1e-2)


def test_a_place_that_a_system_does_not_have_is_no_number() -> None:
    assert np.isnan(place("EPSG:4526", 113.5, 37.8)).all()
    assert np.isnan(place("gcj02", 13.4, 52.5)).all()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GCJ", "names no coordinate system"),
        ("wgs 84", "names no coordinate system"),
        ("EPSG:999999", "There is no coordinate system EPSG:999999"),
        ("EPSG:4610", "No published transformation leads from Xian 1980"),
        ("EPSG:2437", "No published transformation leads from Beijing 1954"),
        ("EPSG:5737", "has no two axes"),
        ("EPSG:4978", "has no two axes"),
        ("EPSG:4490; DROP TABLE shelters", "names no coordinate system"),
    ],
)
def test_other_systems_are_refused_with_a_reason(name: str, reason: str) -> None:
    with pytest.raises(UnknownCrs, match=reason):
        coordinate_system(name)


@pytest.mark.parametrize("spelling", ["gcj02", "GCJ-02"])
def test_a_shifted_map_is_put_back(spelling: str) -> None:
    shifted = wgs84_to_gcj02(113.5833, 37.8566)
    assert GEOD.inv(*shifted, 113.5833, 37.8566)[2] > 300
    assert place(spelling, *shifted) == pytest.approx((113.5833, 37.8566), abs=1e-8)


@settings(deadline=None)
@given(
    name=st.sampled_from([("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)]),
    lon=st.floats(73.5, 135.0),
    lat=st.floats(4.0, 53.5),
)
def test_the_inverse_of_a_shift_is_exact_to_centimetres(name, lon: float, lat: float) -> None:  # type: ignore[no-untyped-def]
    crs, forward = name
    back = place(crs, *forward(lon, lat))
    assert GEOD.inv(*back, lon, lat)[2] < 0.003
