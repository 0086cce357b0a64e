"""A road is cut after people were sent along it: the next plan sends them the other way."""

from typing import Any

import pytest

WEST, EAST, LAT = 113.60, 113.70, 37.8


@pytest.fixture
async def planner(api) -> dict[str, str]:
    return await api.as_role("planner")


@pytest.fixture
async def valley(api, event: str) -> str:
    """One road of 9 km with a shelter at either end, and five households along it."""
    await api.conn.execute(
        "INSERT INTO roads (id, class, geom, source) VALUES ('R', 'county',"
        " ST_Multi(ST_MakeLine(ST_Point(%s, %s, 4490), ST_Point(%s, %s, 4490))), 'test')",
        [WEST, LAT, EAST, LAT],
    )
    for number in range(1, 6):
        await api.conn.execute(
            "INSERT INTO households (id, area, persons, geom, source)"
            " VALUES (%s, '140321100', 3, ST_Point(%s, %s, 4490), 'test')",
            [f"H{number}", WEST + 0.008 * number, LAT],
        )
    await api.conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT %s, id, 'collapsed', 'test' FROM households",
        [event],
    )
    for name, lon in (("W", WEST), ("E", EAST)):
        await api.conn.execute(
            "INSERT INTO shelters (id, name, area, level, capacity, geom, source)"
            " VALUES (%s, %s, '140321100', 'township', 20, ST_Point(%s, %s, 4490), 'test')",
            [name, f"样例·{name}", lon, LAT],
        )
    return event


async def planned(api, finished, headers, event: str, **body: Any) -> dict[str, Any]:
    """The plan by road, with where everybody goes and what the roads made of it."""
    path = f"/api/events/{event}/assignments"
    answer = await api.client.post(path, json={"distance": "road"} | body, headers=headers)
    assert answer.status_code == 202, answer.text
    job = await finished(answer.json()["id"], headers)
    assert job["state"] == "done", job
    plan = job["result"]["assignment"]
    found = (await api.client.get(f"/api/assignments/{plan}", headers=headers)).json()
    own = await api.client.get(f"/api/assignments/{plan}/households", headers=headers)
    seats = {item["household"]: item["shelter"] for item in own.json()["items"]}
    return found | {"seats": seats, "roads": job["result"]["roads"]}


async def closed(api, headers, event: str, lon: float) -> str:
    body = {
        "location": {"type": "Point", "coordinates": [lon, LAT]},
        "from": "2026-01-01T00:00:00Z",
        "reason": "塌方",
        "by": "交通局",
    }
    path = f"/api/events/{event}/road-closures"
    answer = await api.client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_cut_road_turns_those_who_had_to_cross_it(api, valley, planner, finished) -> None:
    first = await planned(api, finished, planner, valley)
    assert first["seats"] == {"H1": "W", "H2": "W", "H3": "W", "H4": "W", "H5": "W"}
    cut = await closed(api, planner, valley, WEST + 0.028)
    second = await planned(api, finished, planner, valley, keep=first["id"])
    assert second["seats"] == {"H1": "W", "H2": "W", "H3": "W", "H4": "E", "H5": "E"}
    assert second["roads"]["closures"] == [cut]
    moves = await api.client.get(f"/api/assignments/{second['id']}/moves", headers=planner)
    assert {m["household"]: (m["from"], m["to"]) for m in moves.json()["items"]} == {
        "H4": ("W", "E"),
        "H5": ("W", "E"),
    }


async def test_who_is_shut_in_is_told_so_in_words(api, valley, planner, finished) -> None:
    for lon in (WEST + 0.020, WEST + 0.028):
        await closed(api, planner, valley, lon)
    found = await planned(api, finished, planner, valley)
    assert found["seats"]["H3"] is None
    (left,) = found["unassigned"]
    assert (left["household"], left["reason"]) == ("H3", "cut_off")
    assert "到不了" in left["detail"]["zh"]
    assert found["roads"]["households_cut_off"] == 1
