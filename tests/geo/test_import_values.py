"""Cells that can't be read, and dates as people write them."""

import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.import_columns import Column, Kind
from geo.import_values import parsed

PLACE = "ST_X(geom) AS lon, ST_Y(geom) AS lat"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("编号", "", "It is empty."),
        ("名称", " ", "It is empty."),
        ("名称", "a\x07b", "is no text to store"),
        ("名称", "#REF!", "is no text to store"),
        ("名称", "长" * 501, "501 characters"),
        ("级别", "国家级", "is none of province 省,"),
        ("容量", "", "It is empty."),
        ("容量", "五百", "is no number"),
        ("容量", "1,23", "is no number"),
        ("容量", "NaN", "is no number"),
        ("容量", "12.5", "is no whole number"),
        ("容量", "-1", "is not between 0 and 2147483647"),
        ("容量", "1e300", "is not between"),
        ("容量", "9" * 400, "is too large"),
        ("经度", "", "It is empty."),
        ("经度", "NaN", "is no number"),
        ("纬度", "Infinity", "is no number"),
        ("经度", "113°30′", "is no number"),
    ],
)
async def test_a_cell_that_can_t_be_read(office: Any, column: str, value: str, reason: str) -> None:
    row = ["S2", *office.SCHOOL[1:]]
    row[office.HEADER.index(column)] = value
    content = office.shelters(office.SCHOOL, row)
    ((number, at, why),) = await office.refusals("shelters", content)
    assert (number, at) == (3, column)
    assert reason in why


async def test_all_that_is_wrong_with_a_row_is_said_at_once(office: Any) -> None:
    ((number, columns, reasons),) = await office.refusals(
        "shelters", office.shelters(["S1", "", 37.5, 113.2, "县级", "x"])
    )
    assert number == 2
    assert columns == "名称, 容量, 经度, 纬度"
    assert "empty" in reasons
    assert "no number" in reasons
    assert "looks swapped" in reasons


@pytest.mark.parametrize(
    ("lon", "lat", "reason"),
    [
        (37.5, 113.2, "looks swapped: longitude comes first"),
        (13.4, 52.5, "is outside 72 to 137 E"),
        (500_000, 4_200_000, "name the crs that they are in"),
    ],
)
async def test_a_place_that_can_t_be_is_refused(
    office: Any, lon: float, lat: float, reason: str
) -> None:
    row = ["S1", "一中", lon, lat, "县级", 500]
    ((number, column, why),) = await office.refusals("shelters", office.shelters(row))
    assert (number, column) == (2, "经度, 纬度")
    assert reason in why


async def test_an_id_that_comes_twice_is_refused_the_second_time(office: Any) -> None:
    rows = [office.SCHOOL, ["S2", *office.SCHOOL[1:]], ["S1", "二中", *office.SCHOOL[2:]]]
    assert await office.refusals("shelters", office.shelters(*rows)) == [
        (4, "编号", "The id 'S1' is that of row 2 too.")
    ]


@pytest.mark.parametrize(
    ("value", "number"),
    [("1,200.5", 1200.5), ("１２", 12), ("1e-400", 0), ("+3.", 3), ("1e3", 1000)],
)
async def test_numbers_as_people_write_them(office: Any, value: str, number: float) -> None:
    content = office.csv([*office.HEADER, "有效面积"], [*office.SCHOOL, value])
    assert (await office.imports("shelters", content)).added == 1
    assert await office.rows("shelters", "ground_area_m2") == [{"ground_area_m2": number}]


@pytest.mark.parametrize("value", ["31/12/2026", "46150", "2026-13-01", "3000-01-01", "infinity"])
async def test_a_date_that_is_none_is_refused(office: Any, value: str) -> None:
    content = office.csv([*office.HEADER, "更新时间"], [*office.SCHOOL, value])
    ((_, column, _),) = await office.refusals("shelters", content)
    assert column == "更新时间"


@pytest.mark.parametrize(
    "value",
    ["2026-05-08", "2026/5/8", "2026年5月8日", "20260508", "2026-05-08 00:00", "2026.05.08",
     "2026-05-07T16:00:00Z", "2026年5月8日0时0分"],
)  # fmt: skip
async def test_dates_as_people_write_them_are_in_beijing_time(office: Any, value: str) -> None:
    await office.imports(
        "shelters", office.csv([*office.HEADER, "更新时间"], [*office.SCHOOL, value])
    )
    (row,) = await office.rows("shelters", "updated_at")
    assert row["updated_at"] == datetime(2026, 5, 7, 16, tzinfo=UTC)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.from_regex(r"[+-]?[0-9]{1,17}(\.[0-9]{0,17})?([eE][0-9]{1,3})?", fullmatch=True)


@settings(deadline=None)
@given(texts=st.lists(TEXTS | NUMBERS, min_size=1))
@pytest.mark.parametrize("kind", [Kind.WHOLE, Kind.NUMBER])
def test_what_is_stored_as_a_number_is_one_within_bounds(texts: list[str], kind: Kind) -> None:
    column = Column("x", kind, default="0", most=1e6)
    read = parsed(pd.Series(texts, dtype="str"), column, nullable=True)
    for position, value in read.values.items():
        if position not in read.faults:
            assert re.fullmatch(r"[0-9]+" if kind is Kind.WHOLE else r"-?[.0-9e-]+", value)
            assert 0 <= float(value) <= 1e6


@settings(deadline=None)
@given(texts=st.lists(TEXTS, min_size=1))
def test_what_is_stored_as_text_holds_nothing_hidden(texts: list[str]) -> None:
    read = parsed(pd.Series(texts, dtype="str"), Column("x", Kind.TEXT), nullable=True)
    for position, value in read.values.dropna().items():
        assert value == re.sub(r"^'(?=[=+@-])", "", texts[position].strip())
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", value)
    blank = {i for i, text in enumerate(texts) if not text.strip()}
    assert set(np.flatnonzero(read.values.isna())) == blank | set(read.faults)


def test_an_apostrophe_before_a_formula_is_taken_off_again() -> None:
    """Exports put it there, so that no spreadsheet runs a name."""
    texts = pd.Series(["'=二中", "'+86 139", "'90年代楼", "=1"], dtype="str")
    read = parsed(texts, Column("x", Kind.TEXT), nullable=True)
    assert read.values.tolist() == ["=二中", "+86 139", "'90年代楼", "=1"]
