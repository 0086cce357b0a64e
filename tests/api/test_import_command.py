"""`reliefmap import` on a real store."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.cli import main

HEADER = "编号,名称,经度,纬度,级别,容量"
SCHOOL = "S1,一中,113.6,37.8,县级,500"


@pytest.fixture
def run(database_url: str, capsys: pytest.CaptureFixture[str]):
    """The exit code, standard output and standard error of `reliefmap import` with these words."""

    def command(*words: str | Path) -> tuple[int, str, str]:
        env = {"RELIEFMAP_DATABASE_URL": database_url}
        code = main(["import", *map(str, words)], env)
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def register(tmp_path: Path):
    """Writes a CSV file of these lines below the usual header."""

    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "shelters.csv"
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        return path

    return write


def count(database_url: str) -> Any:
    with psycopg.connect(database_url) as conn:
        row = conn.execute("SELECT count(*) FROM reliefmap.shelters").fetchone()
        assert row is not None
        return row[0]


def test_a_register_is_imported(run, register, database_url) -> None:
    code, out, err = run("shelters", register(SCHOOL))
    assert code == 0
    assert "1 rows read, 1 added, 0 changed, 0 unchanged, 0 refused." in out
    assert "100%" in err
    assert count(database_url) == 1


def test_machines_read_json(run, register) -> None:
    code, out, _ = run("shelters", register(SCHOOL), "--json")
    assert (code, json.loads(out)["added"]) == (0, 1)


def test_a_refused_row_is_exit_code_1(run, register, database_url) -> None:
    path = register(SCHOOL, "S2,二中,113.6,37.8,县级,x")
    code, out, _ = run("shelters", path)
    assert code == 1
    assert "Nothing was stored." in out
    assert "row 3, 容量: 'x' is no number." in out
    assert run("shelters", path, "--json")[0] == 1
    assert count(database_url) == 0
    assert run("shelters", path, "--partial")[0] == 0
    assert count(database_url) == 1


def test_a_dry_run_stores_nothing(run, register, database_url) -> None:
    code, out, _ = run("shelters", register(SCHOOL), "--dry-run")
    assert code == 0
    assert "1 added" in out
    assert "Nothing was stored." in out
    assert count(database_url) == 0


@pytest.mark.parametrize("in_file", [True, False])
def test_a_mapping_in_the_argument_or_in_a_file(run, register, tmp_path, in_file: bool) -> None:
    path = register(SCHOOL, header="no,title,E,N,级别,容量")
    mapping = '{"no": "id", "title": "name", "E": "lon", "N": "lat"}'
    (tmp_path / "mapping.json").write_text(mapping, encoding="utf-8")
    given = tmp_path / "mapping.json" if in_file else mapping
    assert run("shelters", path, "--mapping", given)[0] == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--crs", "WGS"], "names no coordinate system"),
        (["--mapping", "{"], "no JSON"),
        (["--mapping", "missing.json"], "missing.json"),
    ],
)
def test_a_wrong_option_is_refused_with_its_reason(run, register, words, reason) -> None:
    code, _, err = run("shelters", register(SCHOOL), *words)
    assert code == 1
    assert reason in err


def test_a_missing_file_and_an_unknown_layer_are_refused(run, register) -> None:
    assert run("shelters", "nowhere.csv")[0] == 1
    assert run("tokens", register(SCHOOL))[0] == 1


def test_a_command_without_a_file_is_wrong_usage(run) -> None:
    with pytest.raises(SystemExit) as ended:
        run("shelters")
    assert ended.value.code == 2
