"""The options of a siting: standards, classes, sites that stand, and running it again."""

from __future__ import annotations

from typing import Any

import pytest

QUESTION: dict[str, Any] = {
    "area": "140300",
    "purpose": "settlement",
    "avoid": [{"layer": "faults", "distance_m": 200}],
    "min_ground_area_m2": 1000,
    "count": 1,
    "objective": "p_median",
}


def square(west: float, south: float, side: float = 0.001) -> dict[str, Any]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def collection(**squares: dict[str, Any]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "id": one, "geometry": geometry, "properties": {}}
        for one, geometry in squares.items()
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
async def land(api) -> None:
    await api.conn.execute(
        "UPDATE admin_areas SET seat = ST_Point(113.6, 37.8, 4490) WHERE code = '140321100'"
    )
    await api.conn.execute(
        "INSERT INTO faults (id, geom, position_error_m, source) VALUES ('F1', ST_GeomFromText("
        "'MULTILINESTRING((113.6 37.6, 113.6 38))', 4490), 10, 'test')"
    )


@pytest.fixture
async def planner(api) -> dict[str, str]:
    return await api.as_role("planner")


GROUND = {
    "candidates": collection(
        east=square(113.605, 37.8), west=square(113.59, 37.8), far=square(113.7, 37.8)
    )
}


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"avoid": [{"layer": "hazard_points", "kind": "dragon"}]}, "/avoid/0/kind"),
        ({"avoid": [{"layer": "roads", "kind": "fire"}]}, "/avoid/0/kind"),
        ({"avoid": [{"layer": "hazard_points", "kind": "fire_source"}] * 2}, "/avoid/1/layer"),
        (
            {"avoid": [{"layer": "faults"}], "intensity": 8, "building_class": "A"},
            "/avoid/0/distance_m",
        ),
        ({"edition": "gb-9999"}, "/edition"),
        ({"building_class": "甲"}, "/building_class"),
        ({"intensity": 13}, "/intensity"),
        ({"trace": "guessed"}, "/trace"),
        ({"shelter_class": "palace"}, "/shelter_class"),
        ({"objective": "capacitated_p_median"}, "/ground_per_person_m2"),
        ({"ground_per_person_m2": 0}, "/ground_per_person_m2"),
        ({"max_slope_percent": -1}, "/max_slope_percent"),
        ({"min_width_m": -1}, "/min_width_m"),
        ({"fixed": ["S1"]}, "/fixed/0"),
        ({"fixed": ["S1", "S1"]}, "/fixed/1"),
        ({"purpose": "depot", "objective": "capacitated_p_median", "fixed": "existing"}, "/fixed"),
        ({"trim": "a little"}, "/trim"),
    ],
)
async def test_an_option_with_a_fault_starts_nothing(api, planner, change, at) -> None:
    answer = await api.client.post("/api/siting", json=QUESTION | GROUND | change, headers=planner)
    assert answer.status_code == 422, answer.text
    assert at in [fault["at"] for fault in answer.json()["errors"]]


async def test_distances_left_out_come_from_the_standards(api, land, planner, finished) -> None:
    question = (
        QUESTION
        | GROUND
        | {
            "avoid": [{"layer": "faults"}, {"layer": "hazard_points"}, {"layer": "roads"}],
            "intensity": 9,
            "building_class": "B",
        }
    )
    job = (await api.client.post("/api/siting", json=question, headers=planner)).json()["id"]
    result = (await finished(job, planner))["result"]
    assert result["parameters"]["avoid"] == {
        "faults": 400,
        "hazard_points": 100,
        "hazard_points/fire_source": 30,
        "hazard_points/chemical": 1000,
        "roads": 10,
    }
    other = question | {"edition": "gb50011-4.1.7-copy-300", "building_class": "C"}
    job = (await api.client.post("/api/siting", json=other, headers=planner)).json()["id"]
    result = (await finished(job, planner))["result"]
    assert result["parameters"]["avoid"]["faults"] == 300


async def test_a_class_of_shelter_sets_ground_and_radius(api, land, planner, finished) -> None:
    question = {name: QUESTION[name] for name in ("area", "avoid", "objective")} | GROUND
    question |= {"purpose": "shelter", "shelter_class": "short_term"}
    job = (await api.client.post("/api/siting", json=question, headers=planner)).json()["id"]
    asked = (await finished(job, planner))["result"]["parameters"]
    assert (asked["ground_per_person_m2"], asked["min_ground_area_m2"]) == (2.0, 2000)
    assert (asked["radius_m"], asked["count"]) == (1000, 1)
    own = question | {"ground_per_person_m2": 3.5, "min_ground_area_m2": 0}
    job = (await api.client.post("/api/siting", json=own, headers=planner)).json()["id"]
    asked = (await finished(job, planner))["result"]["parameters"]
    assert (asked["ground_per_person_m2"], asked["min_ground_area_m2"]) == (3.5, 0)


async def test_the_rules_hold_editions_classes_and_slope_with_their_standing(api) -> None:
    viewer = await api.as_role("viewer")
    rules = (await api.client.get("/api/siting/rules", headers=viewer)).json()
    editions = {one["id"]: one for one in rules["fault_editions"]}
    row = {"intensity": 9, "building_class": "B", "distance_m": 400}
    assert row in editions["gb50011-4.1.7"]["distances"]
    assert rules["most_slope_percent"]["source"]["standing"] == "memory"
    assert {one["code"] for one in rules["shelter_classes"]} >= {"emergency", "short_term"}
    assert rules["trace_errors"]["buried"]["error_m"] == 15


async def test_the_same_question_run_again_gives_the_same_answer(
    api, land, planner, finished
) -> None:
    question = QUESTION | GROUND | {"count": 2}
    first = (await api.client.post("/api/siting", json=question, headers=planner)).json()["id"]
    before = (await finished(first, planner))["result"]
    path = f"/api/jobs/{first}/runs"
    again = await api.client.post(path, headers=planner | {"Idempotency-Key": "again"})
    assert again.status_code == 202
    assert again.json()["id"] != first
    assert (await finished(again.json()["id"], planner))["result"] == before
    repeat = await api.client.post(path, headers=planner | {"Idempotency-Key": "again"})
    assert (repeat.status_code, repeat.json()["id"]) == (200, again.json()["id"])
    await api.conn.execute("UPDATE faults SET position_error_m = 500")
    moved = (await api.client.post(path, headers=planner)).json()["id"]
    after = (await finished(moved, planner))["result"]
    assert after["data_version"]["faults"] != before["data_version"]["faults"]
    assert len(after["excluded"]) > len(before["excluded"])


async def test_only_planners_of_the_area_run_a_siting_again(api, land, planner, finished) -> None:
    job = (await api.client.post("/api/siting", json=QUESTION, headers=planner)).json()["id"]
    await finished(job, planner)
    path = f"/api/jobs/{job}/runs"
    county = await api.as_role("planner", "140321")
    assert (await api.client.post(path, headers=county)).status_code == 404
    viewer = await api.as_role("viewer")
    assert (await api.client.post(path, headers=viewer)).status_code == 403
    assert (await api.client.post("/api/jobs/none/runs", headers=planner)).status_code == 404
    await api.conn.execute("UPDATE jobs SET parameters = parameters - 'candidates_given'")
    assert (await api.client.post(path, headers=planner)).status_code == 409
    await api.conn.execute("UPDATE jobs SET kind = 'import', parameters = '{}'")
    refused = await api.client.post(path, headers=planner)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


CROSSED = {
    "type": "Polygon",
    "coordinates": [[[113.5, 37.8], [113.6, 37.9], [113.6, 37.8], [113.5, 37.9], [113.5, 37.8]]],
}


@pytest.mark.parametrize(
    ("within", "at", "said"),
    [
        (CROSSED, "/within/coordinates", "113.55 37.85"),
        ({"type": "Point", "coordinates": [113.5, 37.8]}, "/within", "a Polygon"),
        ({}, "/within", "a Polygon"),
        ({"type": "Polygon", "coordinates": [[[1]]]}, "/within/coordinates", "can't be read"),
        (square(37.8, 113.5), "/within/coordinates", "swapped"),
        (square(116.3, 39.9), "/within", "outside 1403"),
    ],
)
async def test_an_outline_that_can_not_be_searched_starts_nothing(
    api, planner, within, at, said
) -> None:
    outline = "ST_Multi(ST_MakeEnvelope(113, 37, 114, 38.5, 4490))"
    await api.conn.execute(
        f"UPDATE admin_areas SET geom = {outline} WHERE code = '1403'"  # type: ignore[arg-type]
    )
    answer = await api.client.post(
        "/api/siting", json=QUESTION | {"within": within}, headers=planner
    )
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["at"] == at
    assert said in fault["detail"]
    cursor = await api.conn.execute("SELECT count(*) AS n FROM jobs")
    assert await cursor.fetchone() == {"n": 0}


async def test_the_search_stays_inside_an_outline(api, land, planner, finished) -> None:
    question = QUESTION | GROUND | {"within": square(113.58, 37.79, 0.03)}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    result = (await finished(answer.json()["id"], planner))["result"]
    assert [one["candidate"] for one in result["outside"]] == ["far"]
    assert result["parameters"]["within"] == question["within"]
    again = await api.client.post(f"/api/jobs/{answer.json()['id']}/runs", headers=planner)
    rerun = (await finished(again.json()["id"], planner))["result"]
    assert rerun == result


async def test_ground_on_file_is_searched_inside_an_outline(api, land, planner, finished) -> None:
    for name, west in (("OG1", 113.59), ("OG2", 113.605), ("OG3", 113.7)):
        await api.conn.execute(
            "INSERT INTO open_ground (id, name, area, kind, ground_area_m2, geom, source)"
            " VALUES (%s, %s, '140321100', 'square', 9800,"
            " ST_Multi(ST_MakeEnvelope(%s, 37.8, %s, 37.801, 4490)), 'test')",
            [name, name, west, west + 0.001],
        )
    question = QUESTION | {"within": square(113.6052, 37.79, 0.02)}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    result = (await finished(answer.json()["id"], planner))["result"]
    assert (result["candidates"], [f["id"] for f in result["features"]]) == (1, ["OG2"])
    nowhere = QUESTION | {"within": square(113.3, 37.8)}
    answer = await api.client.post("/api/siting", json=nowhere, headers=planner)
    job = await finished(answer.json()["id"], planner)
    assert (job["state"], job["problem"]["errors"][0]["at"]) == ("failed", "/within")
