"""Columns by the headers and words that offices use."""

from datetime import UTC, datetime
from typing import Any

import pytest

from relief.errors import InvalidInput, NotFound

PLACE = "ST_X(geom) AS lon, ST_Y(geom) AS lat"


async def test_a_chinese_register_of_shelters(office: Any) -> None:
    header = [*office.HEADER, "类型", "有效面积（㎡）", "服务半径(米)", "设施", "状态", "更新时间"]
    row = [*office.SCHOOL, "室内", "1,200.5", 800, "供水、供电，医疗", "启用", "2026年5月8日"]
    result = await office.imports("shelters", office.csv(header, row))
    assert (result.read, result.added, result.stored, result.ignored) == (1, 1, True, ())
    (shelter,) = await office.rows("shelters", f"*, {PLACE}")
    shelter.pop("geom")
    assert shelter == {
        "id": "S1",
        "name": "一中",
        "area": "140321",
        "level": "county",
        "kind": "indoor",
        "capacity": 500,
        "occupancy": 0,
        "ground_area_m2": 1200.5,
        "service_radius_m": 800.0,
        "facilities": ["water", "power", "medical"],
        "state": "open",
        "position_error_m": None,
        "synthetic": False,
        "source": "rows.csv",
        "updated_at": datetime(2026, 5, 7, 16, tzinfo=UTC),
        "lon": 113.2,
        "lat": 37.5,
    }


async def test_english_headers_and_codes(office: Any) -> None:
    header = ["id", "name", "lon", "lat", "level", "capacity", "source"]
    content = office.csv(header, ["S1", "School", 113.2, 37.5, "county", 500, "bureau"])
    assert (await office.imports("shelters", content)).added == 1
    assert [r["source"] for r in await office.rows("shelters")] == ["bureau"]


async def test_a_workbook_and_a_csv_of_the_same_rows_are_the_same(office: Any) -> None:
    rows = (office.HEADER, office.SCHOOL)
    assert (await office.imports("shelters", office.csv(*rows))).added == 1
    result = await office.imports("shelters", office.xlsx(*rows), "rows.xlsx")
    assert (result.added, result.changed, result.unchanged) == (0, 0, 1)


async def test_headers_of_their_own_by_a_mapping(office: Any) -> None:
    header = ["No.", "Title", "E", "N", "级别", "容量", "等级"]
    mapping = {"No.": "id", "Title": "name", "E": "lon", "N": "lat", "等级": None}
    content = office.csv(header, [*office.SCHOOL, "甲"])
    result = await office.imports("shelters", content, mapping=mapping)
    assert (result.added, result.ignored) == (1, ("等级",))


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"标题": "name"}, "mapping does not fit"),
        ({"名称": "title"}, "mapping does not fit"),
        ({"编号": "name", "名称": "name"}, "both give name"),
        ({"容量": None}, "lacks columns"),
    ],
)
async def test_a_mapping_that_does_not_fit_is_refused(
    office: Any, mapping: dict[str, str | None], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        await office.imports("shelters", office.shelters(office.SCHOOL), mapping=mapping)


async def test_missing_columns_are_named(office: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await office.imports("shelters", office.csv(["编号", "名称", "纬度"], ["S1", "一中", 37.5]))
    assert [f.at for f in refusal.value.faults] == ["level", "capacity", "lon"]


async def test_a_layer_that_takes_no_files_is_named(office: Any) -> None:
    with pytest.raises(NotFound, match="'tokens' takes no files"):
        await office.imports("tokens", office.shelters(office.SCHOOL))


async def test_households_with_key_groups(office: Any) -> None:
    header = ["编号", "户主", "经度", "纬度", "人数", "重点人群"]
    rows = [["H1", "样例甲", 113.2, 37.5, 3, "残疾人、散居孤儿"], ["H2", "", 113.2, 37.6, 1, ""]]
    await office.imports("households", office.xlsx(header, *rows), "households.xlsx")
    households = await office.rows("households", "head_name, persons, key_groups, area")
    assert [list(h.values()) for h in households] == [
        ["样例甲", 3, ["disabled", "orphan"], "140321"],
        [None, 1, [], "140321"],
    ]


async def test_more_people_than_a_house_holds_are_refused(office: Any) -> None:
    content = office.csv(["id", "lon", "lat", "persons"], ["H1", 113.2, 37.5, 101])
    ((_, column, reason),) = await office.refusals("households", content)
    assert (column, reason) == ("persons", "101 is not between 0 and 100.")
