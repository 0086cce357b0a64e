"""Workbooks, whole and broken."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from geo.readers import formats, xlsx
from relief.errors import InvalidInput


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def test_cells_become_the_text_that_a_person_would_type() -> None:
    table = xlsx.read(
        workbook(
            ["编号", "人数", "开放", "日期", "备注"],
            ["S1", 120, True, datetime(2026, 5, 8, 8, 30), None],  # noqa: DTZ001
            ["S2", 12.5, False, "2026年5月8日", "x"],
        )
    )
    assert table.texts.to_numpy().tolist() == [
        ["S1", "120", "true", "2026-05-08T08:30:00", ""],
        ["S2", "12.5", "false", "2026年5月8日", "x"],
    ]
    assert table.row_numbers.tolist() == [2, 3]


def test_blank_rows_are_skipped_and_counted() -> None:
    table = xlsx.read(workbook([], ["id", "name"], ["1", "a"], [], ["2", "b"]))
    assert table.row_numbers.tolist() == [3, 5]


def test_a_number_that_a_spreadsheet_has_rounded_is_refused() -> None:
    table = xlsx.read(workbook(["id", "name"], [140321001002000123, "a"], ["2", "b"]))
    assert table.row_numbers.tolist() == [3]
    assert table.refusals[0].row == 2
    assert "over 15 digits" in table.refusals[0].reason


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(kept: float) -> None:
    whole = workbook(["id", "name"], *([f"H{i}", "户"] for i in range(500)))
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        formats.check_file("a.xlsx", whole[: int(len(whole) * kept)])


def test_a_damaged_sheet_is_refused() -> None:
    archive = zipfile.ZipFile(io.BytesIO(workbook(["id"], ["1"])))
    damaged = io.BytesIO()
    with zipfile.ZipFile(damaged, "w") as copy:
        for entry in archive.namelist():
            content = archive.read(entry)
            copy.writestr(entry, content[:150] if "sheet1" in entry else content)
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        xlsx.read(damaged.getvalue())


def test_a_workbook_that_inflates_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("xl/workbook.xml", *(f"xl/{i}.xml" for i in range(5))):
            with archive.open(name, "w", force_zip64=True) as entry:
                for _ in range(16 * 16 if name != "xl/workbook.xml" else 0):
                    entry.write(bytes(2**20))
    with pytest.raises(InvalidInput, match=r"unpacks to more than 1\.2 GB"):
        formats.check_file("a.xlsx", bomb.getvalue())


def test_entities_are_refused() -> None:
    archive = zipfile.ZipFile(io.BytesIO(workbook(["id"], ["1"])))
    hostile = io.BytesIO()
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(hostile, "w") as copy:
        for entry in archive.namelist():
            content = archive.read(entry)
            copy.writestr(entry, head + content if entry.endswith("workbook.xml") else content)
    with pytest.raises(InvalidInput, match="defines document types"):
        xlsx.read(hostile.getvalue())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook(), "first sheet of the workbook is empty"),
        (workbook(["id", "name"]), "no rows below"),
        (workbook(["id", "id"], [1, 2]), "names id more than once"),
    ],
)
def test_an_empty_sheet_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        xlsx.read(content)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("readme.txt", "hello")
    with pytest.raises(InvalidInput, match=r"no \.xlsx workbook"):
        formats.check_file("a.xlsx", archive.getvalue())
