"""Who is beyond every shelter's radius, and which ground would help most, over HTTP."""

from __future__ import annotations

import pytest

STORE = """
UPDATE admin_areas SET seat = ST_Point(113.60, 37.80, 4490) WHERE code = '140321100';
UPDATE admin_areas SET seat = ST_Point(113.70, 37.80, 4490) WHERE code = '140321101';
UPDATE admin_areas SET seat = ST_Point(113.30, 37.80, 4490) WHERE code = '140302';
INSERT INTO shelters (id, name, area, level, capacity, service_radius_m, state, geom, source) VALUES
    ('S1', '一中', '140321100', 'township', 500, 1000, 'open',
        ST_Point(113.605, 37.80, 4490), 'test'),
    ('S2', '二中', '140321101', 'township', 500, 1000, 'closed',
        ST_Point(113.70, 37.80, 4490), 'test'),
    ('S3', '三中', '140302', 'county', 500, NULL, 'open', ST_Point(113.30, 37.80, 4490), 'test');
INSERT INTO open_ground (id, name, area, kind, ground_area_m2, geom, source)
SELECT id, id, '140321', 'field', 9000,
    ST_Multi(ST_MakeEnvelope(lon, 37.80, lon + 0.001, 37.801, 4490)), 'test'
FROM (VALUES ('near', 113.705), ('far', 113.80), ('town', 113.30), ('flooded', 113.701))
    AS ground (id, lon);
INSERT INTO flood_areas (id, name, geom, source) VALUES
    ('W', '河滩', ST_Multi(ST_MakeEnvelope(113.7005, 37.79, 113.7025, 37.81, 4490)), 'test')
"""


@pytest.fixture
async def planner(api) -> dict[str, str]:
    await api.conn.execute(STORE)
    return await api.as_role("planner")


async def test_the_uncovered_by_township_and_the_ground_that_helps(api, planner, event) -> None:
    path = f"/api/events/{event}/coverage"
    answer = (await api.client.get(path, headers=planner)).json()
    assert (answer["people"], answer["within"], answer["beyond"]) == (325_443, 80_000, 245_443)
    rows = [(one["area"], one["beyond"], one["share_beyond"]) for one in answer["townships"]]
    assert rows == [("140302", 225_443, 1.0), ("140321101", 20_000, 1.0), ("140321100", 0, 0.0)]
    assert answer["shelters"] == {"counted": 1, "without_radius": 1}
    sites = answer["additions"]["sites"]
    assert [(s["candidate"], s["newly_reached"]) for s in sites] == [
        ("town", 225_443),
        ("near", 20_000),
    ]
    assert answer["additions"]["at_most"] == 245_443
    assert answer["additions"]["refused"] == 1
    assert answer["assumptions"][0]["starting_value"]["standing"] == "memory"


async def test_a_radius_may_stand_in_for_an_unknown_one(api, planner, event) -> None:
    path = f"/api/events/{event}/coverage"
    asked = {"otherwise_m": 500, "count": 1}
    answer = (await api.client.get(path, params=asked, headers=planner)).json()
    assert answer["beyond"] == 20_000
    assert [s["candidate"] for s in answer["additions"]["sites"]] == ["near"]


async def test_those_who_lost_their_house_are_counted_where_they_live(api, planner, event) -> None:
    path = f"/api/events/{event}/coverage"
    nobody = await api.client.get(path, params={"of": "affected"}, headers=planner)
    assert nobody.status_code == 422
    await api.conn.execute(
        "INSERT INTO households (id, area, persons, geom, source) VALUES"
        " ('H1', '140321101', 4, ST_Point(113.70, 37.80, 4490), 'test'),"
        " ('H2', '140321100', 3, ST_Point(113.60, 37.80, 4490), 'test'),"
        " ('H3', '140321100', 9, ST_Point(113.90, 37.80, 4490), 'test')"
    )
    await api.conn.execute(
        "INSERT INTO house_damage (event, household, grade, source) VALUES"
        " (%(e)s, 'H1', 'collapsed', 'test'), (%(e)s, 'H2', 'severe', 'test'),"
        " (%(e)s, 'H3', 'slight', 'test')",
        {"e": event},
    )
    answer = (await api.client.get(path, params={"of": "affected"}, headers=planner)).json()
    assert (answer["people"], answer["beyond"]) == (7, 4)
    assert answer["additions"]["sites"][0]["newly_reached"] == 4


async def test_without_ground_or_shelters_it_still_says_who_is_uncovered(
    api, planner, event
) -> None:
    await api.conn.execute("DELETE FROM open_ground")
    await api.conn.execute("DELETE FROM shelters")
    answer = await api.client.get(f"/api/events/{event}/coverage", headers=planner)
    assert answer.status_code == 200, answer.text
    assert answer.json()["beyond"] == 325_443
    assert answer.json()["additions"]["sites"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"of": "cats"},
        {"count": -1},
        {"count": 51},
        {"radius_m": 0},
        {"radius_m": "inf"},
        {"radius_m": 1e9},
        {"min_ground_area_m2": -1},
        {"otherwise_m": "nan"},
    ],
)
async def test_bad_questions_are_refused(api, planner, event, asked) -> None:
    answer = await api.client.get(f"/api/events/{event}/coverage", params=asked, headers=planner)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == f"?{next(iter(asked))}"


async def test_only_planners_ask_and_only_for_their_area(api, planner, event) -> None:
    path = f"/api/events/{event}/coverage"
    assert (await api.client.get(path)).status_code == 401
    viewer = await api.as_role("viewer")
    assert (await api.client.get(path, headers=viewer)).status_code == 403
    county = await api.as_role("planner", "140321")
    answer = (await api.client.get(path, headers=county)).json()
    assert answer["people"] == 100_000
    gone = await api.client.get("/api/events/none/coverage", headers=planner)
    assert gone.status_code == 404
