"""Siting over HTTP: the planner's question, its refusals, and who may see the answer."""

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


async def test_a_planner_asks_and_reads_the_answer(api, land, planner, finished) -> None:
    question = QUESTION | {
        "candidates": collection(on=square(113.6, 37.8), off=square(113.61, 37.8))
    }
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    assert answer.status_code == 202, answer.text
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "done", job
    result = job["result"]
    assert result["type"] == "FeatureCollection"
    assert [f["id"] for f in result["features"]] == ["off"]
    properties = result["features"][0]["properties"]
    assert (properties["rank"], properties["serves_people"]) == (1, 225_443 + 80_000)
    assert properties["nearest"][0]["layer"] == "faults"
    assert properties["nearest"][0]["distance_m"] == pytest.approx(881, abs=2)
    (refusal,) = result["excluded"]
    assert refusal["candidate"] == "on"
    assert refusal["distance_m"] == 0
    assert refusal["required_m"] == 210
    assert result["bound"] <= result["objective_value"]
    cursor = await api.conn.execute("SELECT candidate, rank, job FROM sites")
    assert await cursor.fetchall() == [{"candidate": "off", "rank": 1, "job": job["id"]}]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"avoid": [{"layer": "volcanoes", "distance_m": 10}]}, "/avoid/0/layer"),
        ({"avoid": [{"layer": "faults", "distance_m": -1}]}, "/avoid/0/distance_m"),
        ({"avoid": [{"layer": "faults", "distance_m": 1}] * 2}, "/avoid/1/layer"),
        ({"avoid": [{"layer": "faults", "distance_m": 1e9}]}, "/avoid/0/distance_m"),
        ({"purpose": "casino"}, "/purpose"),
        ({"objective": "best"}, "/objective"),
        ({"objective": "max_cover"}, "/radius_m"),
        ({"count": 0}, "/count"),
        ({"count": 1.5}, "/count"),
        ({"min_ground_area_m2": -1}, "/min_ground_area_m2"),
        ({"area": "140399"}, "/area"),
        ({"candidates": {}}, "/candidates"),
        ({"candidates": collection()}, "/candidates/features"),
        (
            {"candidates": collection(a=square(37.8, 113.6))},
            "/candidates/features/0/geometry/coordinates",
        ),
        ({"more": 1}, "/more"),
    ],
)
async def test_a_question_with_faults_starts_nothing(api, planner, change, at) -> None:
    answer = await api.client.post("/api/siting", json=QUESTION | change, headers=planner)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert at in [fault["at"] for fault in answer.json()["errors"]]
    cursor = await api.conn.execute("SELECT count(*) AS n FROM jobs")
    assert await cursor.fetchone() == {"n": 0}


async def test_an_unknown_layer_is_told_the_known_ones(api, planner) -> None:
    question = QUESTION | {"avoid": [{"layer": "volcanoes", "distance_m": 10}]}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    assert "faults, hazard_points, risk_zones, flood_areas" in answer.json()["errors"][0]["detail"]


async def test_a_polygon_that_crosses_itself_is_422_with_the_place(api, planner) -> None:
    ring = [[113.5, 37.8], [113.6, 37.9], [113.6, 37.8], [113.5, 37.9], [113.5, 37.8]]
    crossed = {"type": "Polygon", "coordinates": [ring]}
    question = QUESTION | {"candidates": collection(a=crossed)}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_geometry")
    assert "113.55 37.85" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "body", [b'{"area": NaN}', b'{"area": Infinity}', b"\xff\xfe", b"[", b'{"area": "\\u0000"}']
)
async def test_what_is_no_json_is_400(api, planner, body: bytes) -> None:
    headers = planner | {"content-type": "application/json"}
    answer = await api.client.post("/api/siting", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def test_numbers_beyond_all_range_are_refused(api, planner) -> None:
    body = b'{"area": "140300", "purpose": "shelter", "min_ground_area_m2": 1e400}'
    headers = planner | {"content-type": "application/json"}
    answer = await api.client.post("/api/siting", content=body, headers=headers)
    assert answer.status_code in {400, 422}


async def test_an_unknown_crs_is_422(api, planner) -> None:
    question = QUESTION | {"crs": "EPSG:1", "candidates": collection(a=square(113.6, 37.8))}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_crs")


async def test_an_unknown_event_is_404(api, planner) -> None:
    question = QUESTION | {"event": "nowhere"}
    answer = await api.client.post("/api/siting", json=question, headers=planner)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [("viewer", "1403", 403), ("field", "1403", 403), ("planner", "140321", 403)],
)
async def test_only_planners_of_the_area_may_ask(api, role, area, status) -> None:
    headers = await api.as_role(role, area)
    answer = await api.client.post("/api/siting", json=QUESTION, headers=headers)
    assert answer.status_code == status
    assert (await api.client.post("/api/siting", json=QUESTION)).status_code == 401


async def test_the_same_key_asks_once(api, planner) -> None:
    headers = planner | {"Idempotency-Key": "ask-1"}
    first = await api.client.post("/api/siting", json=QUESTION, headers=headers)
    again = await api.client.post("/api/siting", json=QUESTION, headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = await api.client.post("/api/siting", json=QUESTION | {"count": 2}, headers=headers)
    assert other.status_code == 409


async def test_what_can_not_be_answered_is_the_jobs_problem(api, planner, finished) -> None:
    answer = await api.client.post("/api/siting", json=QUESTION, headers=planner)
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "failed"
    assert "No open ground" in job["problem"]["detail"]
    assert "result" not in job


async def test_others_do_not_see_the_job(api, planner) -> None:
    job = (await api.client.post("/api/siting", json=QUESTION, headers=planner)).json()["id"]
    for role, area, status in (
        ("viewer", "1403", 404),
        ("planner", "140321", 404),
        ("planner", "1403", 200),
        ("admin", "", 200),
    ):
        headers = await api.as_role(role, area)
        seen = await api.client.get(f"/api/jobs/{job}", headers=headers)
        assert seen.status_code == status, (role, area)


async def test_a_waiting_job_can_be_cancelled(api, planner) -> None:
    job = (await api.client.post("/api/siting", json=QUESTION, headers=planner)).json()["id"]
    stranger = await api.as_role("planner", "140321")
    refused = await api.client.delete(f"/api/jobs/{job}", headers=stranger)
    assert refused.status_code == 404
    cancelled = await api.client.delete(f"/api/jobs/{job}", headers=planner)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")


async def test_an_unknown_job_is_404(api, planner) -> None:
    for one in ("x", "%00", "../secrets", "😀"):
        answer = await api.client.get(f"/api/jobs/{one}", headers=planner)
        assert answer.status_code in {400, 404}


async def test_the_rules_name_their_clauses(api) -> None:
    viewer = await api.as_role("viewer")
    rules = (await api.client.get("/api/siting/rules", headers=viewer)).json()["avoid"]
    assert {rule["layer"] for rule in rules} >= {"faults", "hazard_points", "flood_areas"}
    assert all(rule["clause"] and rule["sources"] for rule in rules)


async def test_candidates_beyond_the_limit_are_413(api, planner) -> None:
    many = {"type": "FeatureCollection", "features": [None] * 20_001}
    answer = await api.client.post(
        "/api/siting", json=QUESTION | {"candidates": many}, headers=planner
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    body = b" " * (17 * 2**20)
    answer = await api.client.post("/api/siting", content=body, headers=planner)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
