"""Tables as files: what a spreadsheet, a map and a GIS find in them."""

import csv
import io
import json
from pathlib import Path

import pyogrio
import pytest
import shapely
from openpyxl import load_workbook

from layers.exports_features import FileTable, columns, file_of

SITES = FileTable(
    "sites",
    "选址结果",
    columns("id 编号", "people 服务人数", "survey 需勘查", "note 说明"),
    [["OG1", 12, True, "=1+1"], ["OG2", 7, False, None]],
    [shapely.box(113, 37, 113.2, 37.2), None],
)
ASKED = FileTable("parameters", "参数", columns("name 参数", "value 值"), [["count", 2]])


def test_csv_names_columns_in_chinese_gives_a_point_and_runs_no_formula() -> None:
    content, kind = file_of("csv", [SITES, ASKED])
    assert kind.startswith("text/csv")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["编号", "服务人数", "需勘查", "说明", "经度", "纬度"]
    assert rows[1][:4] == ["OG1", "12", "是", "'=1+1"]
    assert shapely.box(113, 37, 113.2, 37.2).contains(shapely.Point(*map(float, rows[1][4:])))
    assert rows[2] == ["OG2", "7", "否", "", "", ""]


def test_xlsx_holds_a_sheet_for_each_table() -> None:
    book = load_workbook(io.BytesIO(file_of("xlsx", [SITES, ASKED])[0]))
    assert book.sheetnames == ["选址结果", "参数"]
    assert book["选址结果"]["D2"].value == "'=1+1"
    assert [cell.value for cell in book["参数"][2]] == ["count", 2]


def test_geojson_keeps_outlines_and_names_for_programs() -> None:
    found = json.loads(file_of("geojson", [SITES, ASKED])[0])
    first, second = found["features"]
    assert first["geometry"]["type"] == "Polygon"
    assert first["properties"] == {"id": "OG1", "people": 12, "survey": True, "note": "=1+1"}
    assert second["geometry"] is None


def test_geopackage_holds_a_layer_for_each_table_in_cgcs2000(tmp_path: Path) -> None:
    file = tmp_path / "sites.gpkg"
    file.write_bytes(file_of("gpkg", [SITES, ASKED])[0])
    assert [name for name, _ in pyogrio.list_layers(file)] == ["sites", "parameters"]
    sites = pyogrio.read_dataframe(file, layer="sites")
    assert sites.crs.to_epsg() == 4490
    assert sites["people"].tolist() == [12, 7]
    assert sites.geometry[0].equals(SITES.places[0])


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson", "gpkg"])
def test_an_empty_table_is_a_file_too(form) -> None:
    empty = FileTable("sites", "选址结果", SITES.columns, [], [])
    assert file_of(form, [empty, ASKED])[0]
