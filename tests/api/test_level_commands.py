"""`plan check` and `evaluate`: the same answers as the interface gives, from files alone."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from api.cli import DONE, REFUSED, main

YANGQUAN = files("relief").joinpath("plans", "yangquan-2026.toml").read_text(encoding="utf-8")
FIGURES = {"dead": 12, "missing": 0, "relocated": 3000}
DROUGHT = [{"area": "140321", "needing_aid": 30, "agricultural_population": 100}]
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs `reliefmap WORDS...`: (exit code, standard output, standard error)."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words], {"RELIEFMAP_DATA": str(tmp_path)})
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, object], Path]:
    """A file of that name in a folder of the test's own, with a text or a value as JSON."""

    def write(name: str, content: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "name", ["yangquan-2026", "national-2024", "example-county", "example-tacheng"]
)
def test_every_shipped_plan_is_in_order(call: Call, name: str) -> None:
    path = Path(str(files("relief").joinpath("plans", f"{name}.toml")))
    code, out, _ = call("plan", "check", path, "--json")
    assert (code, json.loads(out)["plan"]) == (DONE, name)
    assert call("plan", "check", path)[1].startswith(f"{name} is in order")


def test_a_faulty_plan_is_refused_with_place_line_and_remedy(call: Call, written: Any) -> None:
    path = written("bad.toml", YANGQUAN.replace("at_least = 5_000", "at_least = 50_000"))
    code, out, err = call("plan", "check", path)
    assert (code, out) == (REFUSED, "")
    assert "bad.toml/levels/III/conditions/1/at_least: A lower figure would outrank" in err
    assert "(line 117)" in err
    code, out, _ = call("plan", "check", path, "--json")
    problem = json.loads(out)
    assert (code, problem["code"]) == (REFUSED, "invalid_plan")
    assert all(fault["at"].startswith("bad.toml/") for fault in problem["errors"])


@pytest.mark.parametrize("content", ["", "= 1", "\x00"])
def test_what_is_no_plan_is_refused(call: Call, written: Any, content: str) -> None:
    assert call("plan", "check", written("no.toml", content))[0] == REFUSED
    assert call("plan", "check", "no/such.toml")[0] == REFUSED


async def test_the_command_answers_what_the_interface_answers(
    api: Any, operator: Any, call: Call, written: Any
) -> None:
    body = {"plan": "yangquan-2026", "figures": FIGURES, "drought": DROUGHT}
    posted = await api.client.post("/api/response-level", json=body, headers=operator)
    path = written("figures.json", body)
    code, out, _ = call("evaluate", "--plan", "yangquan-2026", path, "--json")
    assert (code, json.loads(out)) == (DONE, posted.json())
    assert posted.json()["level"] == "I"


def test_people_read_the_level_what_is_short_of_the_next_and_what_is_unknown(
    call: Call, written: Any
) -> None:
    path = written("figures.json", {"figures": FIGURES, "hazard": "earthquake"})
    code, out, _ = call("evaluate", "--plan", "yangquan-2026", path)
    assert code == DONE
    assert out.startswith("yangquan-2026: level III.\n")
    assert "5.2.1(1) dead+missing 12 of 20 people: 8 short of level II" in out
    assert "not reported: in_need; it could hide level I" in out


def test_a_plan_of_one_s_own_is_taken_by_its_file_or_from_the_folder(
    call: Call, written: Any
) -> None:
    own = YANGQUAN.replace('id = "yangquan-2026"', 'id = "own"').replace('"140300"', '"140400"')
    path = written("plans/own.toml", own)
    bare = written("figures.json", FIGURES)
    for plan in ("own", path):
        code, out, _ = call("evaluate", "--plan", plan, bare, "--json")
        answer = json.loads(out)
        assert (code, answer["plan"], answer["level"]) == (DONE, "own", "III")


@pytest.mark.parametrize(
    ("plan", "content"),
    [
        ("atlantis", "{}"),
        ("none.toml", "{}"),
        ("yangquan-2026", "{"),
        ("yangquan-2026", '{"dead": NaN}'),
        ("yangquan-2026", '{"dead": -1}'),
        ("yangquan-2026", "[]"),
        ("yangquan-2026", '{"plan": "example-county", "figures": {}}'),
    ],
)
def test_what_cannot_be_evaluated_is_a_refusal(
    call: Call, written: Any, plan: str, content: str
) -> None:
    path = written("figures.json", content)
    assert call("evaluate", "--plan", plan, path)[0] == REFUSED
    code, out, _ = call("evaluate", "--plan", plan, path, "--json")
    assert code == REFUSED
    assert json.loads(out)["detail"]


def test_a_file_of_figures_that_is_not_there_is_a_refusal(call: Call) -> None:
    assert call("evaluate", "--plan", "yangquan-2026", "no/such.json")[0] == REFUSED
