"""The division of each row: filled, checked, and bounded by the token's."""

from typing import Any

import pytest
import shapely
from shapely.geometry import mapping

PLACE = "ST_X(geom) AS lon, ST_Y(geom) AS lat"


@pytest.mark.parametrize(
    ("given", "lon", "area"),
    [
        ("", 113.2, "140321"),
        ("", 113.55, "140322001"),
        ("140300", 113.2, "140321"),
        ("140322", 113.55, "140322001"),
        ("140322001", 113.55, "140322001"),
        ("140322001", 113.7, "140322001"),
    ],
)
async def test_the_finest_division_is_kept(office: Any, given: str, lon: float, area: str) -> None:
    row = ["S1", "一中", lon, 37.5, "县级", 500, given]
    result = await office.imports("shelters", office.csv([*office.HEADER, "行政区划代码"], row))
    assert [r["area"] for r in await office.rows("shelters")] == [area]
    assert not result.warnings


async def test_a_code_that_contradicts_the_place_is_a_warning_with_both(office: Any) -> None:
    content = office.csv([*office.HEADER, "区划代码"], [*office.SCHOOL, "140322"])
    result = await office.imports("shelters", content)
    (warning,) = result.warnings
    assert (warning.row, warning.column) == (2, "区划代码")
    assert "盂县 (140322)" in warning.reason
    assert "平定县 (140321)" in warning.reason
    assert [r["area"] for r in await office.rows("shelters")] == ["140322"]


@pytest.mark.parametrize("code", ["999999", "14032", "abc", "1403210"])
async def test_an_unknown_code_is_refused(office: Any, code: str) -> None:
    content = office.csv([*office.HEADER, "区划代码"], [*office.SCHOOL, code])
    ((number, column, reason),) = await office.refusals("shelters", content)
    assert (number, column) == (2, "区划代码")
    assert code in reason


async def test_a_place_outside_every_outline_is_kept_with_a_warning(office: Any) -> None:
    result = await office.imports(
        "shelters", office.shelters(["S1", "远处", 120.0, 30.0, "县级", 5])
    )
    assert result.added == 1
    assert "lies in no outline" in result.warnings[0].reason
    assert [r["area"] for r in await office.rows("shelters")] == [None]


async def test_rows_of_another_area_are_refused(office: Any) -> None:
    rows = office.shelters(office.SCHOOL, ["S2", "二中", 113.7, 37.5, "县级", 200])
    result = await office.imports("shelters", rows, within="140321", partial=True)
    assert result.added == 1
    (refusal,) = result.refusals
    assert refusal.row == 3
    assert "盂县 (140322) is outside 平定县 (140321)" in refusal.reason


async def test_the_id_of_a_thing_in_another_area_can_t_be_taken(office: Any) -> None:
    await office.imports("shelters", office.shelters(["S1", "二中", 113.7, 37.5, "县级", 200]))
    result = await office.imports("shelters", office.shelters(office.SCHOOL), within="140321")
    assert not result.stored
    assert [(r.row, r.column) for r in result.refusals] == [(2, "id")]
    assert [r["name"] for r in await office.rows("shelters")] == ["二中"]


async def test_zones_of_another_area_can_t_be_taken(office: Any) -> None:
    facts = {"编号": "Z1", "名称": "东山", "风险等级": "极高"}

    def zone(west: float) -> bytes:
        return office.geojson((mapping(shapely.box(west, 37.1, west + 0.1, 37.2)), facts))

    await office.imports("risk_zones", zone(113.7), "a.geojson")
    result = await office.imports("risk_zones", zone(113.1), "b.geojson", within="140321")
    assert [(r.row, r.column) for r in result.refusals] == [(1, "id")]


async def test_what_lies_in_no_outline_can_be_sent_again(office: Any) -> None:
    far = office.shelters(["S1", "远处", 120.0, 30.0, "县级", 5])
    facts = {"编号": "Z1", "名称": "远山", "风险等级": "极高"}
    zone = office.geojson((mapping(shapely.box(120, 30, 120.1, 30.1)), facts))
    for layer, content, name in (("shelters", far, "a.csv"), ("risk_zones", zone, "a.geojson")):
        first = await office.imports(layer, content, name, within="140321")
        again = await office.imports(layer, content, name, within="140321")
        assert (first.added, again.unchanged, again.refusals) == (1, 1, ())
