"""The estimated intensity: the published relation, its ellipses, its limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.errors import InvalidInput
from relief.intensity import (
    ZONES,
    epicentral_intensity,
    intensity_at,
    isoseismals,
    semi_axes_km,
    zone_of_province,
)

EASTERN = ZONES["eastern"]
zones = st.sampled_from(list(ZONES.values()))
magnitudes = st.floats(4.0, 7.5)
distances_km = st.floats(0, 500)


@pytest.mark.parametrize("zone", ZONES.values(), ids=lambda zone: zone.code)
def test_both_axes_agree_at_the_epicentre(zone):
    major, minor = (
        axis.constant + axis.slope * math.log10(axis.near_km) for axis in (zone.major, zone.minor)
    )
    assert major == pytest.approx(minor, abs=0.001)


def test_the_relation_on_its_axes():
    along = 5.7123 + 1.3626 * 6.5 - 4.2903 * math.log10(40 + 25)
    across = 3.6588 + 1.3626 * 6.5 - 3.5406 * math.log10(40 + 13)
    assert intensity_at(EASTERN, 6.5, 40, 0) == pytest.approx(along)
    assert intensity_at(EASTERN, 6.5, 0, -40) == pytest.approx(across)
    assert intensity_at(EASTERN, 6.5, 0, 0) == epicentral_intensity(EASTERN, 6.5)


@given(zones, magnitudes, st.floats(0.05, 1), st.floats(0, 2 * math.pi))
def test_every_point_of_an_ellipse_has_its_intensity(zone, magnitude, fraction, angle):
    intensity = epicentral_intensity(zone, magnitude) * (1 - fraction / 3) - 0.01
    along, across = semi_axes_km(zone, magnitude, intensity)
    point = along * math.cos(angle), across * math.sin(angle)
    assert intensity_at(zone, magnitude, *point) == pytest.approx(intensity, abs=1e-3)


@given(zones, magnitudes, distances_km, distances_km, st.floats(1, 3))
def test_intensity_falls_with_distance_and_grows_with_magnitude(zone, magnitude, x, y, factor):
    here = intensity_at(zone, magnitude, x, y)
    assert intensity_at(zone, magnitude, x * factor, y * factor) <= here + 1e-3
    assert intensity_at(zone, magnitude + 0.1, x, y) > here
    assert intensity_at(zone, magnitude, -x, -y) == here


@given(zones, magnitudes)
def test_isoseismals_lie_inside_each_other_and_along_the_fault(zone, magnitude):
    axes = list(isoseismals(zone, magnitude).values())
    assert all(along >= across - 0.01 for along, across in axes)
    assert axes == sorted(axes, reverse=True)


def test_a_weak_earthquake_reaches_no_grade():
    assert isoseismals(EASTERN, 3.0) == {}
    assert semi_axes_km(EASTERN, 6.5, 12) is None


def test_an_earthquake_of_6_5_reaches_viii_in_yangquan():
    reach = isoseismals(zone_of_province("1403"), 6.5)
    assert list(reach) == [6, 7, 8]
    assert reach[6] == (pytest.approx(74.39, abs=0.01), pytest.approx(56.23, abs=0.01))


@pytest.mark.parametrize(
    ("code", "zone"),
    [("140321", "eastern"), ("51", "tibet"), ("654200", "xinjiang"), ("43", "moderate")],
)
def test_the_zone_of_a_province(code, zone):
    assert zone_of_province(code).code == zone


@pytest.mark.parametrize("magnitude", [-1, 11, math.nan, math.inf])
def test_what_is_no_magnitude_is_refused(magnitude):
    with pytest.raises(InvalidInput):
        epicentral_intensity(EASTERN, magnitude)
    with pytest.raises(InvalidInput):
        semi_axes_km(EASTERN, magnitude, 6)


@pytest.mark.parametrize("distance_km", [math.nan, math.inf, 1e6])
def test_what_is_no_distance_is_refused(distance_km):
    with pytest.raises(InvalidInput):
        intensity_at(EASTERN, 6.5, distance_km, 0)
