"""Coordinate systems, and lines and polygons."""

from typing import Any

import pytest
import shapely
from fast_geocn import wgs84_to_gcj02
from pyproj import Transformer
from shapely.geometry import mapping

from relief.errors import InvalidInput, UnknownCrs

FLAT = "MULTIPOLYGON(((113.2 37.1,113.2 37.2,113.1 37.2,113.1 37.1,113.2 37.1)))"
PLACE = "ST_X(geom) AS lon, ST_Y(geom) AS lat"
ZONE = {"编号": "Z1", "名称": "东山", "风险等级": "极高"}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[113.1, 37.1], [113.3, 37.3], [113.3, 37.1], [113.1, 37.3], [113.1, 37.1]]],
}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return mapping(shapely.box(west, south, east, north))


async def test_projected_coordinates(office: Any) -> None:
    project = Transformer.from_crs(4490, 4547, always_xy=True)
    x, y = project.transform(113.2, 37.5)
    row = ["S1", "一中", f"{x:.4f}", f"{y:.4f}", "县级", 500]
    await office.imports("shelters", office.shelters(row), crs="EPSG:4547")
    (place,) = await office.rows("shelters", PLACE)
    assert (place["lon"], place["lat"]) == pytest.approx((113.2, 37.5), abs=1e-8)


async def test_northing_given_as_easting_looks_swapped(office: Any) -> None:
    row = ["S1", "一中", 4_150_000, 430_000, "县级", 500]
    ((_, _, reason),) = await office.refusals("shelters", office.shelters(row), crs="EPSG:4547")
    assert "looks swapped: in EPSG:4547 the easting comes first" in reason


async def test_degrees_declared_as_metres_are_refused(office: Any) -> None:
    ((_, _, reason),) = await office.refusals(
        "shelters", office.shelters(office.SCHOOL), crs="EPSG:4547"
    )
    assert "is it the right system?" in reason


async def test_coordinates_of_a_commercial_map(office: Any) -> None:
    lon, lat = wgs84_to_gcj02(113.2, 37.5)
    row = ["S1", "一中", repr(lon), repr(lat), "县级", 500]
    await office.imports("shelters", office.shelters(row), crs="gcj02")
    (place,) = await office.rows("shelters", PLACE)
    assert (place["lon"], place["lat"]) == pytest.approx((113.2, 37.5), abs=1e-8)


async def test_a_wrong_name_of_a_system_is_refused(office: Any) -> None:
    with pytest.raises(UnknownCrs):
        await office.imports("shelters", office.shelters(office.SCHOOL), crs="WGS-1984")


async def test_a_file_that_declares_another_system_than_the_request(office: Any) -> None:
    member = {"type": "name", "properties": {"name": "EPSG:4547"}}
    content = office.geojson((box(113.1, 37.1, 113.2, 37.2), ZONE), crs=member)
    with pytest.raises(InvalidInput, match="The file says its crs is EPSG:4547"):
        await office.imports("risk_zones", content, "a.geojson", crs="EPSG:4490")


async def test_polygons_are_gathered_and_flattened(office: Any) -> None:
    tall = mapping(shapely.force_3d(shapely.box(113.1, 37.1, 113.2, 37.2), 900))
    result = await office.imports("risk_zones", office.geojson((tall, ZONE)), "zones.geojson")
    assert result.added == 1
    (zone,) = await office.rows("risk_zones", "grade, kind, ST_AsText(geom) AS wkt")
    assert (zone["grade"], zone["kind"]) == ("very_high", "geological")
    assert zone["wkt"] == FLAT


async def test_points_come_as_geometries_too(office: Any) -> None:
    facts = {"id": "S1", "名称": "一中", "级别": "县级", "容量": 500, "设施": ["供水", "power"]}
    content = office.geojson((mapping(shapely.Point(113.2, 37.5)), facts))
    assert (await office.imports("shelters", content, "a.geojson")).added == 1
    (shelter,) = await office.rows("shelters", f"area, facilities, {PLACE}")
    assert list(shelter.values()) == ["140321", ["water", "power"], 113.2, 37.5]


async def test_lines_of_faults(office: Any) -> None:
    line = {"type": "LineString", "coordinates": [[113.1, 37.1], [113.4, 37.4]]}
    content = office.geojson((line, {"id": "F1", "slip_type": "Normal", "catalog_name": "X"}))
    await office.imports("faults", content, "faults.geojson")
    (fault,) = await office.rows("faults", "slip_type, catalogue, GeometryType(geom) AS shape")
    assert list(fault.values()) == ["Normal", "X", "MULTILINESTRING"]


async def test_ground_is_measured_where_the_file_does_not(office: Any) -> None:
    plot = {"名称": "操场", "类型": "学校"}
    content = office.geojson(
        (box(113.1, 37.1, 113.101, 37.101), {"id": "G1", **plot}),
        (box(113.2, 37.1, 113.201, 37.101), {"id": "G2", "面积": 5000, **plot}),
    )
    await office.imports("open_ground", content, "ground.geojson")
    first, second = await office.rows("open_ground", "area, kind, ground_area_m2")
    assert first["ground_area_m2"] == pytest.approx(88.8 * 111.0, rel=0.01)
    assert second["ground_area_m2"] == 5000
    assert (first["area"], first["kind"]) == ("140321", "school_yard")


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (BOW_TIE, "not valid: Self-intersection at 113.2, 37.2 (lon, lat)."),
        (mapping(shapely.Point(113.2, 37.5)), "It is a Point; a MultiPolygon"),
        ({"type": "Polygon", "coordinates": []}, "It is an empty Polygon"),
        (box(37.1, 113.1, 37.2, 113.2), "looks swapped"),
        (box(13.1, 37.1, 13.2, 37.2), "is outside"),
        (None, "has no geometry"),
    ],
)
async def test_a_shape_that_can_t_be_stored(office: Any, geometry: Any, reason: str) -> None:
    content = office.geojson(
        (geometry, ZONE), (box(113.1, 37.1, 113.2, 37.2), {**ZONE, "编号": "2"})
    )
    result = await office.imports("risk_zones", content, "zones.geojson", partial=True)
    assert result.added == 1
    (refusal,) = result.refusals
    assert (refusal.row, refusal.column) == (1, "geometry")
    assert reason in refusal.reason


async def test_polygons_can_t_come_as_a_table(office: Any) -> None:
    with pytest.raises(InvalidInput, match="send them as GeoJSON"):
        await office.imports("risk_zones", office.csv(["id", "name", "grade"], ["1", "x", "高"]))


async def test_a_file_without_one_good_row_stores_nothing(office: Any) -> None:
    content = office.geojson((BOW_TIE, ZONE))
    assert len(await office.refusals("risk_zones", content, name="a.geojson")) == 1
