"""QGIS reads every feature and every tile, and edits as its newer versions do."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.tokens import Role

SCRIPT = Path(__file__).with_name("qgis_desktop.py")


@pytest.fixture(scope="module")
def told(served: Any) -> dict[str, Any]:
    """What QGIS has seen, asked by a planner."""
    command = ["/usr/bin/python3", str(SCRIPT), served.url, served.secrets[Role.PLANNER]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
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


EDITING = {"If-Match": "*", "Accept": "*/*"}
"""What its API Header authentication sends along with every request, as docs/layers.md says."""

CGCS2000 = "http://www.opengis.net/def/crs/EPSG/0/4490"
"""The layer's storageCrs, which it takes as its own; written without brackets in Content-Crs."""


def test_it_edits_as_its_newer_versions_do(served: Any) -> None:
    """The requests of QGIS from 3.32: every column stated, axes as the authority orders them."""
    items = f"{served.url}/collections/shelters/items"
    headers = served.headers(Role.PLANNER) | EDITING
    with httpx.Client(headers=headers, timeout=60) as desktop:
        assert "POST" in desktop.options(items).headers["allow"].split(", ")
        allowed = set(desktop.options(f"{items}/s1").headers["allow"].split(", "))
        assert {"PUT", "PATCH", "DELETE"} <= allowed
        columns = desktop.get(f"{items}/s1").json()["properties"]
        stated = {"name": "新建", "level": "county", "capacity": 50}
        drawn = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [37.7, 113.02]},
            "properties": dict.fromkeys(columns) | stated,
        }
        written = {"Content-Type": "application/geo+json", "Content-Crs": CGCS2000}
        made = desktop.post(items, content=json.dumps(drawn), headers=written)
        assert made.status_code == 201, made.text
        mine = f"{items}/{made.headers['location'].rpartition('/items/')[2]}"
        told = desktop.get(mine).json()
        assert told["geometry"]["coordinates"] == [113.02, 37.7]
        assert told["properties"]["capacity"] == 50
        merged = {"Content-Type": "application/merge-patch+json"}
        moved = {"geometry": {"type": "Point", "coordinates": [37.8, 113.03]}}
        answer = desktop.patch(mine, json=moved, headers=merged | {"Content-Crs": CGCS2000})
        assert answer.is_success, answer.text
        answer = desktop.patch(mine, json={"properties": {"capacity": 60}}, headers=merged)
        assert answer.is_success, answer.text
        told = desktop.get(mine).json()
        assert told["geometry"]["coordinates"] == [113.03, 37.8]
        assert told["properties"]["capacity"] == 60
        assert desktop.delete(mine).is_success
        assert desktop.get(mine).status_code == 404
