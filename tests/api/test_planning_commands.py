"""`reliefmap assign` and `reliefmap site`, as a planner types them."""

import json
from pathlib import Path

import pytest

from api.cli import DONE, REFUSED, main
from geo.database import Connection

HOMES = "id,lon,lat,persons\nA,113.5,37.8,4\nB,113.51,37.8,3\nC,113.52,37.8,9\n"
SHELTERS = "id,lon,lat,capacity\nS1,113.5,37.81,4\nS2,113.53,37.8,5\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "h.csv").write_text(HOMES)
    (tmp_path / "s.csv").write_text(SHELTERS)
    return str(tmp_path / "h.csv"), str(tmp_path / "s.csv")


def test_assign_prints_its_figures_and_writes_the_table(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "who.csv"
    assert main(["assign", *files, "--json", "-o", str(table)], {}) == DONE
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "assigned_people",
        "unassigned_people",
        "person_metres",
        "lower_bound",
        "gap",
        "seconds",
        "peak_mb",
    ]
    assert (told["assigned_people"], told["unassigned_people"]) == (7, 9)
    assert table.read_text().splitlines() == ["household,shelter", "A,S1", "B,S2", "C,"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.csv", "s.csv", "who.csv"]


def test_assign_speaks_in_sentences(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assign", *files, "--max-distance-m", "10"], {}) == DONE
    assert capsys.readouterr().out.startswith("0 people have a place, 16 are left over")


@pytest.mark.parametrize("distance", ["-1", "nan"])
def test_assign_refuses_an_impossible_distance(files: tuple[str, str], distance: str) -> None:
    assert main(["assign", *files, f"--max-distance-m={distance}"], {}) == REFUSED


def test_assign_refuses_with_a_reason(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assign", *reversed(files)], {}) == REFUSED
    assert "no persons" in capsys.readouterr().err
    nowhere = str(tmp_path / "no" / "who.csv")
    assert main(["assign", *files, "-o", nowhere], {}) == REFUSED
    with pytest.raises(SystemExit) as usage:
        main(["assign"], {})
    assert usage.value.code == 2


def square(west: float, south: float) -> dict[str, object]:
    east, north = west + 0.001, south + 0.001
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "id": f"{west}",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {},
    }


@pytest.fixture
async def land(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, population, seat, source) VALUES"
        " ('14', 'province', NULL, '山西省', NULL, NULL, 'test'),"
        " ('1403', 'prefecture', '14', '阳泉市', 1300000, ST_Point(113.6, 37.8, 4490), 'test')"
    )
    await conn.execute(
        "INSERT INTO faults (id, geom, position_error_m, source) VALUES ('F1', ST_GeomFromText("
        "'MULTILINESTRING((113.6 37.6, 113.6 38))', 4490), 10, 'test')"
    )


def test_site_says_what_is_refused(
    land: None, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = {
        "area": "140300",
        "purpose": "settlement",
        "avoid": [{"layer": "faults", "distance_m": 200}],
        "candidates": {
            "type": "FeatureCollection",
            "features": [square(113.6, 37.8), square(113.61, 37.8)],
        },
    }
    (tmp_path / "q.json").write_text(json.dumps(question))
    words = ["site", str(tmp_path / "q.json"), "-o", str(tmp_path / "a.geojson")]
    env = {"RELIEFMAP_DATABASE_URL": database_url}
    assert main(words, env) == DONE
    assert "1 of 2 candidates are refused" in capsys.readouterr().out
    answer = json.loads((tmp_path / "a.geojson").read_text())
    assert [f["id"] for f in answer["features"]] == ["113.61"]
    assert [c["candidate"] for c in answer["excluded"]] == ["113.6"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"area": "140300"}', '{"area": "140300", "purpose": "x"}', '{"a": NaN}']
)
def test_site_refuses_a_question_with_faults(text: str, tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(text)
    assert main(["site", str(tmp_path / "q.json")], {}) == REFUSED
    assert main(["site", str(tmp_path / "none.json")], {}) == REFUSED
