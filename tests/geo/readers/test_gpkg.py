"""Feature tables of GeoPackages."""

import sqlite3
from pathlib import Path

import geopandas
import pytest
import shapely

from geo.readers import gpkg
from relief.errors import InvalidInput

LINES = [shapely.LineString([(113.5, 38), (113.6, 38)]), None]


def package(folder: Path, crs: int = 4490, **columns: list[object]) -> bytes:
    """A GeoPackage with one table of two features, the second of which has no geometry."""
    path = folder / "roads.gpkg"
    frame = geopandas.GeoDataFrame(columns, geometry=LINES, crs=crs)
    frame.to_file(path, layer="roads", driver="GPKG")
    return path.read_bytes()


def test_fields_are_texts_and_rows_without_a_place_are_refused(tmp_path: Path) -> None:
    content = package(tmp_path, id=["A", "B"], name=["一号路", None], speed=[40.0, 1.5])
    table = gpkg.read(content)
    assert table.texts.to_dict("records") == [{"id": "A", "name": "一号路", "speed": "40"}]
    assert [(r.row, r.column) for r in table.refusals] == [(2, "geometry")]
    assert table.crs == "EPSG:4490"
    assert table.geometries is not None
    assert table.geometries[0].equals(LINES[0])


def test_the_number_of_a_feature_is_its_id_where_no_field_is(tmp_path: Path) -> None:
    assert gpkg.read(package(tmp_path, name=["a", "b"])).texts["id"].tolist() == ["1"]


def test_several_tables_are_refused_by_name(tmp_path: Path) -> None:
    package(tmp_path, name=["a", "b"])
    path = tmp_path / "roads.gpkg"
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(113, 38)], crs=4490)
    frame.to_file(path, layer="points", driver="GPKG")
    with pytest.raises(InvalidInput, match="roads, points"):
        gpkg.read(path.read_bytes())


def test_other_databases_and_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(InvalidInput, match="no GeoPackage"):
        gpkg.read(path.read_bytes())
    whole = package(tmp_path, name=["a", "b"])
    for broken in (whole[:4096], whole[:1024], whole[:100]):
        with pytest.raises(InvalidInput):
            gpkg.read(broken)
