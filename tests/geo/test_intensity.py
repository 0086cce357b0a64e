"""Zones of intensity on the map."""

import math

import pytest
import shapely
from shapely import Point

from geo.crs_zones import plane_of
from geo.database import Connection
from geo.intensity import intensity_zones, store_intensity_zones
from relief.errors import NotFound
from relief.intensity import ZONES, semi_axes_km

EASTERN = ZONES["eastern"]
EPICENTRE = (113.45, 38.10)


def area_km2(shape: shapely.MultiPolygon) -> float:
    return float(shapely.area(plane_of(EPICENTRE[0]).projected(shape))) / 1e6


def test_zones_are_rings_without_gap_or_overlap() -> None:
    zones = intensity_zones(EASTERN, 6.2, EPICENTRE, 65)
    assert [grade for grade, _ in zones] == [6, 7, 8]
    shapes = [shape for _, shape in zones]
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapes[2].contains(Point(EPICENTRE))
    assert not shapes[0].intersects(Point(EPICENTRE))


def test_the_outermost_ellipse_has_the_area_of_the_relation() -> None:
    zones = intensity_zones(EASTERN, 6.2, EPICENTRE, 65)
    axes = semi_axes_km(EASTERN, 6.2, 6)
    assert axes is not None
    whole = sum(area_km2(shape) for _, shape in zones)
    assert whole == pytest.approx(math.pi * axes[0] * axes[1], rel=2e-3)


def test_the_long_axis_lies_along_the_strike() -> None:
    ((_, shape), *_) = intensity_zones(EASTERN, 6.2, EPICENTRE, 90)
    west, south, east, north = shape.bounds
    assert (east - west) * math.cos(math.radians(38.1)) > 1.3 * (north - south)


def test_without_a_strike_the_zones_are_circles_of_the_same_area() -> None:
    ((_, circle), *_) = intensity_zones(EASTERN, 6.2, EPICENTRE)
    ((_, ellipse), *_) = intensity_zones(EASTERN, 6.2, EPICENTRE, 65)
    assert area_km2(circle) == pytest.approx(area_km2(ellipse), rel=1e-3)
    west, south, east, north = shapely.bounds(plane_of(113.45).projected(circle))
    assert east - west == pytest.approx(north - south, rel=1e-3)


def test_a_small_earthquake_has_no_zones() -> None:
    assert intensity_zones(EASTERN, 3.2, EPICENTRE) == []


async def test_zones_of_an_event_are_stored_once(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO admin_areas (code, level, name, source) VALUES ('14', 'province', 'n', 's')"
    )
    await conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area, magnitude, epicentre)"
        " VALUES ('quake', 'earthquake', 'e', now(), 'p', '14', 6.2,"
        " ST_SetSRID(ST_Point(113.45, 38.1), 4490)), ('storm', 'wind_hail', 'e', now(), 'p', '14',"
        " NULL, NULL)"
    )
    assert await store_intensity_zones(conn, "quake") == 3
    assert await store_intensity_zones(conn, "quake") == 3
    assert await store_intensity_zones(conn, "storm") == 0
    cursor = await conn.execute("SELECT count(*) AS n FROM intensity_zones")
    assert (await cursor.fetchone()) == {"n": 3}


async def test_an_unknown_event_is_not_found(conn: Connection) -> None:
    with pytest.raises(NotFound):
        await store_intensity_zones(conn, "none")
