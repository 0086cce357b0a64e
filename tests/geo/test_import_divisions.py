"""Townships and villages from files: known by code, hung below what is on file already."""

from typing import Any

import pytest

HEADER = ["区划代码", "名称", "经度", "纬度", "类别", "常住人口"]
TOWN = ["140321100", "冠山镇", 113.2, 37.8, "镇", 80_000]
VILLAGE = ["140322001001", "东关社区居委会", 113.55, 37.5, "社区", 4_000]


def outline(west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


async def division(office: Any, code: str) -> dict[str, Any]:
    cursor = await office.conn.execute(
        "SELECT code, level, parent, name, kind, population, ST_X(seat) AS lon, ST_Y(seat) AS lat,"
        " seat_synthetic, ST_NumGeometries(geom) AS parts, synthetic, source FROM admin_areas"
        " WHERE code = %s",
        [code],
    )
    found: dict[str, Any] = await cursor.fetchone()
    return found


async def reasons(office: Any, layer: str, *rows: list[Any]) -> list[str]:
    result = await office.imports(layer, office.csv(HEADER, *rows))
    assert not result.stored
    return [refusal.reason for refusal in result.refusals]


async def test_a_township_comes_in_by_its_seat(office: Any) -> None:
    result = await office.imports("townships", office.csv(HEADER, TOWN), name="乡镇.csv")
    assert (result.added, result.warnings) == (1, ())
    assert await division(office, "140321100") == {
        "code": "140321100",
        "level": "township",
        "parent": "140321",
        "name": "冠山镇",
        "kind": "town",
        "population": 80_000,
        "lon": 113.2,
        "lat": 37.8,
        "seat_synthetic": False,
        "parts": None,
        "synthetic": False,
        "source": "乡镇.csv",
    }


async def test_then_its_villages_and_the_same_file_again_changes_nothing(office: Any) -> None:
    content = office.csv(HEADER, VILLAGE)
    assert (await office.imports("villages", content)).added == 1
    assert (await office.imports("villages", content)).unchanged == 1
    village = await division(office, VILLAGE[0])
    assert (village["level"], village["parent"], village["kind"]) == (
        "village",
        "140322001",
        "urban",
    )


async def test_outlines_leave_the_seat_and_add_one_where_there_is_none(office: Any) -> None:
    await office.imports("townships", office.csv(HEADER, TOWN))
    content = office.geojson(
        (outline(113.15, 37.75), {"id": "140321100", "name": "冠山镇"}),
        (outline(113.30, 37.75), {"id": "140321101", "name": "冶西镇"}),
    )
    result = await office.imports("townships", content, name="乡镇.geojson")
    assert (result.added, result.changed) == (1, 1)
    known, new = await division(office, "140321100"), await division(office, "140321101")
    assert (known["lon"], known["seat_synthetic"], known["parts"]) == (113.2, False, 1)
    assert known["population"] == 80_000
    assert (new["lon"], new["seat_synthetic"], new["parts"]) == (
        pytest.approx(113.35),
        True,
        1,
    )
    assert (await office.imports("townships", content, name="乡镇.geojson")).unchanged == 2
    seat = office.csv(HEADER, ["140321101", "冶西镇", 113.31, 37.76, "镇", 20_000])
    assert (await office.imports("townships", seat)).changed == 1
    new = await division(office, "140321101")
    assert (new["lon"], new["seat_synthetic"], new["parts"]) == (113.31, False, 1)


async def test_what_is_imported_afterwards_finds_the_new_townships(office: Any) -> None:
    content = office.geojson((outline(113.15, 37.45), {"id": "140321100", "name": "冠山镇"}))
    await office.imports("townships", content, name="乡镇.geojson")
    await office.imports("shelters", office.shelters(office.SCHOOL))
    (shelter,) = await office.rows("shelters", "area")
    assert shelter["area"] == "140321100"


async def test_a_township_s_code_may_be_filled_up_as_statistics_do(office: Any) -> None:
    await office.imports("townships", office.csv(HEADER, ["140321100000", *TOWN[1:]]))
    assert (await division(office, "140321100"))["name"] == "冠山镇"


async def test_a_code_that_hangs_in_the_air_is_refused(office: Any) -> None:
    assert await reasons(office, "townships", ["14032110", *TOWN[1:]]) == [
        "'14032110' is no code of a township: 9 digits are expected."
    ]
    assert await reasons(office, "townships", ["140399100", *TOWN[1:]]) == [
        "The county 140399 that it belongs to is not on file: load that first."
    ]
    assert await reasons(office, "villages", ["140321100001", *VILLAGE[1:]]) == [
        "The township 140321100 that it belongs to is not on file: load that first."
    ]
    assert await reasons(office, "townships", TOWN, TOWN) == [
        "The id '140321100' is that of row 2 too."
    ]


async def test_a_place_in_another_county_is_kept_and_told(office: Any) -> None:
    content = office.csv(HEADER, ["140321100", "冠山镇", 113.7, 37.8, "镇", 1])
    (warning,) = (await office.imports("townships", content)).warnings
    assert "belongs to 平定县 (140321), the place lies in 盂县 (140322)" in warning.reason
    content = office.csv(HEADER, ["140321101", "冶西镇", 120.0, 37.8, "镇", 1])
    (warning,) = (await office.imports("townships", content)).warnings
    assert warning.reason == "The place lies in no outline that is loaded."


async def test_seats_and_outlines_come_in_files_of_their_own(office: Any) -> None:
    point = {"type": "Point", "coordinates": [113.2, 37.8]}
    content = office.geojson(
        (point, {"id": "140321100", "name": "冠山镇"}),
        (outline(113.30, 37.75), {"id": "140321101", "name": "冶西镇"}),
    )
    result = await office.imports("townships", content, name="乡镇.geojson")
    assert [r.reason for r in result.refusals] == ["It is a Polygon; a Point is expected."]


async def test_an_administrator_of_one_county_stays_inside_it(office: Any) -> None:
    content = office.csv(HEADER, TOWN)
    result = await office.imports("townships", content, within="140322")
    assert [r.reason for r in result.refusals] == [
        "140321100 is outside 140322, the area that you may write in."
    ]
    assert (await office.imports("townships", content, within="140321")).added == 1
