"""QGIS reads every feature and every tile, and edits; Debian 12's is too old to edit itself."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.tokens import Role

SCRIPT = Path(__file__).with_name("qgis_desktop.py")
RECORD = Path(__file__).with_name("qgis_edits.json")


@pytest.fixture(scope="module")
def told(served: Any) -> dict[str, Any]:
    """What QGIS has seen, asked by a planner."""
    command = ["/usr/bin/python3", str(SCRIPT), served.url, served.secrets[Role.PLANNER]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_it_reads_every_feature(told: dict[str, Any]) -> None:
    numbers = {"shelters": 2000, "counties": 60, "households": 200}
    assert {name: len(ids) for name, ids in told["features"].items()} == numbers
    assert set(told["features"]["shelters"]) == {f"s{n}" for n in range(1, 2001)}


def test_it_asks_for_what_a_map_shows(told: dict[str, Any]) -> None:
    assert told["boxed"] == 50


def test_it_draws_every_feature_of_the_tiles(told: dict[str, Any]) -> None:
    assert told["drawn"] == 2000


def test_it_edits_as_qgis_does(served: Any) -> None:
    """What QGIS 3.40 sent while it changed, moved, added and removed shelters, sent again."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    items, made = served.url + record["of"], ""
    with httpx.Client(headers=served.headers(Role.PLANNER), timeout=60) as desktop:
        for sent in record["requests"]:
            answer = desktop.request(
                sent["method"],
                items + sent["path"].format(made=made),
                content=sent["body"].encode(),
                headers=sent["headers"],
            )
            assert answer.status_code == sent["status"], (sent, answer.text)
            if sent["method"] == "POST":
                told = dict(answer.headers.raw)[b"Location"].decode()  # in no other spelling
                made = told.rpartition("/items/")[2]
                assert desktop.get(told).json()["geometry"]["coordinates"] == [113.02, 37.7]
        assert desktop.get(f"{items}/{made}").status_code == 404
        kept = {f: desktop.get(f"{items}/{f}").json() for f in ("s1", "s2", "s3")}
    assert kept["s1"]["properties"]["name"] == "改名一号"
    assert [f["properties"]["capacity"] for f in kept.values()] == [321, 2, 77]
    assert kept["s2"]["geometry"]["coordinates"] == [113.0155, 37.7123]
    assert kept["s3"]["geometry"]["coordinates"] == [113.0166, 37.7133]


def test_it_may_edit_what_the_answer_to_options_says(served: Any) -> None:
    items = f"{served.url}/collections/shelters/items"
    with httpx.Client(headers=served.headers(Role.PLANNER), timeout=60) as desktop:
        assert "POST" in desktop.options(items).headers["allow"].split(", ")
        allowed = set(desktop.options(f"{items}/s1").headers["allow"].split(", "))
    assert {"PUT", "PATCH", "DELETE"} <= allowed
