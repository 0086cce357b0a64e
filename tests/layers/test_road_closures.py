"""Roads that are cut: where for everybody, why for planners alone, and as of any moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from geo.database import Connection
from geo.selections import Selection
from geo.tile_matrices import TileAddress
from layers.catalogue import LAYERS
from layers.features import Question, features_of
from layers.layer import Sight
from layers.tiles import tile_of

LAYER = LAYERS["road_closures"]
EVERYBODY, PLANNER = Sight(), Sight("140302")
CLOSURES = """
INSERT INTO roads (id, name, class, geom, source) VALUES ('r1', '冠石线', 'county',
    ST_GeomFromText('MULTILINESTRING((113.2 37.7, 113.4 37.7))', 4490), 'test');
INSERT INTO road_closures (id, event, place, direction, roads, geom, from_at, until_at, reason,
    by_whom, recorded_at, lifted_at)
SELECT id, 'quake', '{}', 'both', '{r1}',
    ST_GeomFromText('MULTILINESTRING((113.3 37.7, 113.3001 37.7))', 4490),
    '2026-09-15T04:00Z', until, '张三家门前塌方', '李四', '2026-09-15T04:10Z', lifted
FROM (VALUES ('standing', NULL::timestamptz, NULL::timestamptz),
    ('lifted', NULL, '2026-09-15T06:00Z'), ('short', '2026-09-15T05:00Z', NULL))
    AS x (id, until, lifted)
"""


@pytest.fixture
async def closed(prefecture: Connection) -> Connection:
    """The prefecture with three closures of one road: standing, lifted, and over by its end."""
    for statement in CLOSURES.split(";\n"):
        await prefecture.execute(statement)  # type: ignore[arg-type]
    return prefecture


async def told(conn: Connection, sight: Sight, **asked: str) -> dict[str, dict[str, Any]]:
    times = {name: datetime.fromisoformat(at) for name, at in asked.items()}
    selection = replace(Selection(event="quake"), **times)  # type: ignore[arg-type]
    answer = await features_of(conn, Question(LAYER, sight, selection))
    return {f["id"]: f["properties"] for f in answer.features}


async def test_all_see_where_and_planners_see_why(closed: Connection) -> None:
    public, planner = await told(closed, EVERYBODY), await told(closed, PLANNER)
    assert planner["standing"]["reason"] == "张三家门前塌方"
    assert "reason" not in public["standing"]
    assert {**planner["lifted"], "reason": 0} == {**public["lifted"], "reason": 0}
    assert (public["standing"]["name"], public["standing"]["source"]) == ("冠石线", "planning desk")
    states = {id_: f["state"] for id_, f in public.items()}
    assert states == {"standing": "closed", "lifted": "lifted", "short": "closed"}


async def test_a_moment_shows_what_held_then_as_known_then(closed: Connection) -> None:
    early, late = "2026-09-15T04:30Z", "2026-09-15T07:00Z"
    assert set(await told(closed, EVERYBODY, as_of=early)) == {"standing", "lifted", "short"}
    assert set(await told(closed, EVERYBODY, as_of=late)) == {"standing"}
    assert set(await told(closed, EVERYBODY, as_of=late, known_at=early)) == {"standing", "lifted"}
    assert await told(closed, EVERYBODY, known_at="2026-09-15T04:05Z") == {}
    before = await told(closed, EVERYBODY, known_at=early)
    assert before["lifted"]["state"] == "closed"


@pytest.mark.parametrize("sight", [EVERYBODY, PLANNER], ids=["everybody", "planner"])
async def test_a_short_closure_has_its_sign_from_far(
    closed: Connection, decoded: Callable[[bytes], Any], sight: Sight
) -> None:
    tile = await tile_of(closed, LAYER, sight, Selection(event="quake"), TileAddress(6, 24, 52))
    (signs,) = [rows for name, rows in decoded(tile).items() if name.endswith("_labels") and rows]
    assert {row["id"] for row in signs} == {"standing", "lifted", "short"}
    assert "塌方".encode() not in tile
