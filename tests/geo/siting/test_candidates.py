"""Candidates as people send them: what is read, and what is refused with its place."""

from typing import Any

import orjson
import pytest
from pyproj import Geod

from geo.candidates import given_candidates
from geo.crs_zones import Plane
from relief.errors import InvalidGeometry, InvalidInput, TooLarge

GEOD = Geod(ellps="GRS80")


def collection(*geometries: dict[str, Any]) -> dict[str, Any]:
    features = [{"type": "Feature", "geometry": g, "properties": {}} for g in geometries]
    return {"type": "FeatureCollection", "features": features}


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


GOOD = polygon((113.5, 37.8), (113.51, 37.8), (113.51, 37.81))


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (polygon((113.5, 37.8), (113.6, 37.9), (113.6, 37.8), (113.5, 37.9)), "113.55 37.85"),
        (polygon((37.8, 113.5), (37.81, 113.5), (37.81, 113.51)), "swapped"),
        (polygon((113.5, float("nan")), (113.6, 37.8), (113.6, 37.9)), "finite"),
        (polygon((113.5, float("inf")), (113.6, 37.8), (113.6, 37.9)), "NaN and Infinity"),
        ({"type": "Polygon", "coordinates": [[[113.5, 37.8], [113.6, 37.8]]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": [["a", "b", "c", "d"]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "can't be read"),
        ({"type": "Polygon"}, "can't be read"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Point", "coordinates": [113.5, 37.8]}, "Polygon or a MultiPolygon"),
        (polygon((1e9, 2), (1e9 + 5, 2), (1e9, 9)), "outside"),
    ],
)
def test_a_bad_candidate_is_refused_with_its_place(geometry: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidGeometry) as refused:
        given_candidates(collection(GOOD, geometry))
    (fault,) = refused.value.faults
    assert fault.at.startswith("/candidates/features/1/geometry")
    assert says in fault.detail


@pytest.mark.parametrize("wrong", [{}, {"type": "FeatureCollection"}, collection()])
def test_what_is_no_collection_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        given_candidates(wrong)


def test_an_id_given_twice_is_refused() -> None:
    twice = orjson.loads(orjson.dumps(collection(GOOD, GOOD)))
    for feature in twice["features"]:
        feature["id"] = "G1"
    with pytest.raises(InvalidGeometry) as refused:
        given_candidates(twice)
    assert "'G1' is given 2 times" in refused.value.faults[0].detail


def test_too_many_candidates_name_the_limit() -> None:
    with pytest.raises(TooLarge, match="at most 20000"):
        given_candidates({"type": "FeatureCollection", "features": [None] * 20_001})


def test_candidates_in_a_zones_metres_or_of_a_web_map_land_at_their_place() -> None:
    metres = polygon((4.0e5, 4.18e6), (4.01e5, 4.18e6), (4.01e5, 4.181e6))
    (outline,) = given_candidates(collection(metres), "EPSG:4547").geometry
    west, south, east, north = Plane(4547).projected([outline])[0].bounds
    assert (west, south) == pytest.approx((4.0e5, 4.18e6))
    assert (east, north) == pytest.approx((4.01e5, 4.181e6))
    shifted = given_candidates(collection(GOOD), "gcj02").geometry[0].bounds
    assert 300 < GEOD.inv(113.5, 37.8, shifted[0], shifted[1])[2] < 800


def test_a_slope_is_read_from_the_properties_or_not_known() -> None:
    two = collection(GOOD, GOOD)
    two["features"][0]["properties"] = {"slope_percent": 4.5}
    slopes = given_candidates(two).slopes
    assert slopes[0] == 4.5
    assert slopes[1] != slopes[1]


@pytest.mark.parametrize("slope", [-1, "steep", True, float("nan"), 1e9])
def test_a_slope_that_is_none_is_refused_with_its_place(slope: Any) -> None:
    one = collection(GOOD)
    one["features"][0]["properties"] = {"slope_percent": slope}
    with pytest.raises(InvalidGeometry) as refused:
        given_candidates(one)
    assert refused.value.faults[0].at == "/candidates/features/0/properties/slope_percent"
