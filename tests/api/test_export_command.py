"""`reliefmap export`: a layer as a file that an import reads again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest

from api.cli import DONE, REFUSED, main

STORE = """
INSERT INTO admin_areas (code, level, name, source, geom) VALUES
    ('14', 'province', '山西省', 'test', NULL),
    ('140321', 'county', '平定县', 'test', ST_Multi(ST_MakeEnvelope(113, 37, 114, 38, 4490)));
INSERT INTO shelters (id, name, area, level, capacity, facilities, geom, source) VALUES
    ('S1', '一中', '140321', 'county', 500, '{water,power}', ST_Point(113.2, 37.5, 4490), '县局'),
    ('S2', '=二中', '140321', 'village', 60, '{}', ST_Point(113.3, 37.5, 4490), '县局');
INSERT INTO faults (id, slip_type, geom, source) VALUES
    ('F1', 'Normal', ST_Multi(ST_MakeLine(ST_Point(113, 37, 4490), ST_Point(114, 38, 4490))), 'x');
INSERT INTO households (id, area, head_name, persons, geom, source) VALUES
    ('H1', '140321', '样例甲', 3, ST_Point(113.2, 37.5, 4490), 'test');
"""
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs `reliefmap WORDS...` on a small store: exit code, standard output, standard error."""
    with psycopg.connect(database_url, options="-c search_path=reliefmap,public") as conn:
        conn.execute(STORE)

    def run(*words: str | Path) -> tuple[int, str, str]:
        env = {"RELIEFMAP_DATABASE_URL": database_url, "RELIEFMAP_DATA": str(tmp_path)}
        return main([str(word) for word in words], env), *capsys.readouterr()

    return run


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_what_is_exported_can_be_imported_and_changes_nothing(
    call: Call, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"shelters.{form}"
    code, out, _ = call("export", "shelters", "-o", path)
    assert (code, out) == (DONE, f"2 features of shelters in {path}.\n")
    code, out, _ = call("import", "shelters", path, "--json")
    result = json.loads(out)
    assert (code, result["unchanged"], result["refused"]) == (DONE, 2, 0), result


def test_lines_go_as_geojson_and_come_back(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "faults.geojson"
    assert call("export", "faults", "-o", path)[0] == DONE
    assert json.loads(call("import", "faults", path, "--json")[1])["unchanged"] == 1


def test_a_geopackage_holds_the_layer_in_its_coordinates(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "counties.gpkg"
    code, out, _ = call("export", "counties", "-o", path, "--json")
    assert (code, json.loads(out)["features"]) == (DONE, 1)
    assert pyogrio.list_layers(path)[0].tolist() == ["counties", "MultiPolygon"]
    assert pyogrio.read_info(path)["crs"] == "EPSG:4490"


@pytest.mark.parametrize("form", ["geojson", "geojsons", "fgb", "kml"])
def test_gdal_reads_what_is_exported(call: Call, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"shelters.{form}"
    assert json.loads(call("export", "shelters", "-o", path, "--json")[1])["features"] == 2
    found = pyogrio.read_dataframe(path)
    assert sorted(found["id"]) == ["S1", "S2"]
    assert sorted(found.geometry.x) == pytest.approx([113.2, 113.3])
    assert list(tmp_path.glob(".*")) == []


def test_a_layer_without_features_is_a_file_without_rows(call: Call, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "geojson", "geojsons", "gpkg", "fgb", "kml"):
        code, out, err = call("export", "depots", "-o", tmp_path / f"depots.{form}", "--json")
        assert (code, json.loads(out)["features"]) == (DONE, 0), err


def test_people_are_counted_unless_they_are_asked_for_and_it_is_recorded(
    call: Call, database_url: str, tmp_path: Path
) -> None:
    public, private = tmp_path / "cells.csv", tmp_path / "people.csv"
    assert call("export", "households", "-o", public)[0] == DONE
    assert "样例甲" not in public.read_text("utf-8-sig")
    assert call("export", "households", "-o", private, "--people-of", "140321")[0] == DONE
    assert "样例甲" in private.read_text("utf-8-sig")
    assert private.stat().st_mode & 0o777 == 0o600
    assert call("export", "households", "-o", private, "--people-of", "140322")[0] == DONE
    assert "样例甲" not in private.read_text("utf-8-sig")
    with psycopg.connect(database_url) as conn:
        acts = conn.execute(
            "SELECT detail ->> 'people_of' FROM reliefmap.audit WHERE action = 'layer.export'"
            " ORDER BY id"
        ).fetchall()
    assert acts == [(None,), ("140321",), ("140322",)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("atlantis", "-o", "a.csv"), "There is no collection 'atlantis'"),
        (("shelters", "-o", "a.dwg"), "Name the file .geojson, .geojsons, .csv, .xlsx, .gpkg"),
        (("shelters", "-o", "no/such/a.csv"), "There is no folder"),
        (("shelters", "-o", "a.csv", "--event", "none"), "There is no event 'none'"),
        (("households", "-o", "a.csv", "--people-of", "x"), "'x' is no division code"),
    ],
)
def test_what_can_t_be_exported_is_refused_with_a_reason(
    call: Call, words: Any, reason: str
) -> None:
    code, out, err = call("export", *words)
    assert (code, out) == (REFUSED, "")
    assert reason in err
    assert not Path("a.csv").exists()
