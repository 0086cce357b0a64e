"""Assignments over HTTP: who sleeps where, who is left over and why, and who may know."""

from typing import Any

import pytest

LON, LAT = 113.6, 37.8


@pytest.fixture
async def planner(api) -> dict[str, str]:
    return await api.as_role("planner")


@pytest.fixture
async def homeless(api, event: str) -> str:
    """Six households, five of them homeless; 11 free places near, 50 in a closed school."""
    for number, (area, grade, persons, groups) in enumerate(
        [
            ("140321100", "collapsed", 4, ["elderly"]),
            ("140321100", "severe", 3, []),
            ("140321100", "collapsed", 5, []),
            ("140321101", "severe", 2, ["left_behind_elder"]),
            ("140302", "collapsed", 12, []),
            ("140302", "slight", 6, []),
        ],
        start=1,
    ):
        await api.conn.execute(
            "INSERT INTO households (id, area, head_name, persons, key_groups, geom, source)"
            " VALUES (%s, %s, '样例户', %s, %s, ST_Point(%s, %s, 4490), 'test')",
            [f"H{number}", area, persons, groups, LON + number / 1000, LAT],
        )
        await api.conn.execute(
            "INSERT INTO house_damage (event, household, grade, source)"
            " VALUES (%s, %s, %s, 'test')",
            [event, f"H{number}", grade],
        )
    for one, capacity, occupancy, state in (
        ("S1", 10, 4, "open"),
        ("S2", 5, 0, "open"),
        ("S3", 50, 0, "closed"),
        ("S4", 50, 0, "full"),
    ):
        await api.conn.execute(
            "INSERT INTO shelters (id, name, area, level, capacity, occupancy, state, geom, source)"
            " VALUES (%s, %s, '140321100', 'township', %s, %s, %s, ST_Point(%s, %s, 4490), 'test')",
            [one, f"样例·{one}", capacity, occupancy, state, LON, LAT + 0.001],
        )
    return event


async def done(api, event, planner, finished, **body: Any) -> dict[str, Any]:
    path = f"/api/events/{event}/assignments"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 202, answer.text
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "done", job
    return job["result"]


async def read(api, headers, path: str) -> dict[str, Any]:
    answer = await api.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_homeless_households_are_placed_whole(api, homeless, planner, finished) -> None:
    result = await done(api, homeless, planner, finished)
    assert result["assigned_people"] + result["unassigned_people"] == 4 + 3 + 5 + 2 + 12
    plan = await read(api, planner, f"/api/assignments/{result['assignment']}")
    assert {s["shelter"] for s in plan["shelters"]} == {"S1", "S2"}
    for shelter in plan["shelters"]:
        taken = shelter["occupancy"] + shelter["assigned_people"]
        assert shelter["free"] == shelter["capacity"] - taken >= 0
    assert sum(s["assigned_people"] for s in plan["shelters"]) == result["assigned_people"] == 11
    assert plan["lower_bound"] <= plan["person_metres"]
    assert plan["gap"] == pytest.approx(plan["person_metres"] / plan["lower_bound"] - 1)
    items = (await read(api, planner, plan["links"][0]["href"]))["items"]
    assert sorted(item["household"] for item in items) == ["H1", "H2", "H3", "H4", "H5"]
    loads: dict[str, int] = {}
    for item in items:
        if item["shelter"]:
            loads[item["shelter"]] = loads.get(item["shelter"], 0) + item["persons"]
    assert loads["S1"] <= 6
    assert loads["S2"] <= 5


async def test_every_household_left_over_has_its_reason(api, homeless, planner, finished) -> None:
    result = await done(api, homeless, planner, finished)
    plan = await read(api, planner, f"/api/assignments/{result['assignment']}")
    left = {one["household"]: one for one in plan["unassigned"]}
    assert sum(one["persons"] for one in left.values()) == result["unassigned_people"]
    assert left["H5"]["reason"] == "larger_than_any_free_place"
    assert "12" in left["H5"]["detail"]["zh"]
    assert all(one["detail"]["en"].endswith(".") for one in left.values())


async def test_key_groups_go_first(api, homeless, planner, finished) -> None:
    only = {"shelters": {"ids": ["S1"]}, "priority": ["elderly"]}
    result = await done(api, homeless, planner, finished, **only)
    path = f"/api/assignments/{result['assignment']}/households"
    items = (await read(api, planner, path))["items"]
    assert {i["household"] for i in items if i["shelter"]} == {"H1", "H4"}


async def test_filters_narrow_households_and_shelters(api, homeless, planner, finished) -> None:
    for households, expected in (
        ({"ids": ["H6", "H1"]}, {"H1", "H6"}),
        ({"areas": ["140321"]}, {"H1", "H2", "H3", "H4"}),
        ({"key_groups": ["elderly"]}, {"H1", "H4"}),
        ({"damage": ["slight"]}, {"H6"}),
        ({"areas": ["140302"], "damage": []}, {"H5", "H6"}),
    ):
        result = await done(api, homeless, planner, finished, households=households)
        path = f"/api/assignments/{result['assignment']}/households"
        items = (await read(api, planner, path))["items"]
        assert {i["household"] for i in items} == expected


async def test_the_households_page_by_an_opaque_token(api, homeless, planner, finished) -> None:
    result = await done(api, homeless, planner, finished)
    path = f"/api/assignments/{result['assignment']}/households"
    seen, following = [], f"{path}?limit=2"
    while following:
        page = await read(api, planner, following)
        seen += [item["household"] for item in page["items"]]
        following = page["next"]
    assert seen == ["H1", "H2", "H3", "H4", "H5"]
    for wrong in ("x", "AAAA", "H2", "😀", "AAAAAAAASDI"):
        answer = await api.client.get(path, params={"token": wrong}, headers=planner)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_a_county_sees_its_own_households_alone(api, homeless, planner, finished) -> None:
    result = await done(api, homeless, planner, finished)
    path = f"/api/assignments/{result['assignment']}"
    county = await api.as_role("planner", "140321")
    items = (await read(api, county, f"{path}/households"))["items"]
    assert [i["household"] for i in items] == ["H1", "H2", "H3", "H4"]
    left = (await read(api, county, path))["unassigned"]
    assert "H5" not in [one["household"] for one in left]
    for role, area, status in (("planner", "6542", 404), ("viewer", "1403", 403)):
        headers = await api.as_role(role, area)
        assert (await api.client.get(path, headers=headers)).status_code == status


async def test_a_county_plans_its_own_part(api, homeless, finished) -> None:
    county = await api.as_role("planner", "140321")
    result = await done(api, homeless, county, finished)
    assert result["assigned_households"] + result["unassigned_households"] == 4


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"distance": "rail"}, "/distance"),
        ({"distance": "road", "travel": "boat"}, "/travel"),
        ({"distance": "crow"}, "/distance"),
        ({"keep": "an-earlier-plan"}, "/keep"),
        ({"max_distance_m": -5}, "/max_distance_m"),
        ({"max_distance_m": 1e9}, "/max_distance_m"),
        ({"priority": ["tall"]}, "/priority/0"),
        ({"weights": {"tall": 2}}, "/weights/0"),
        ({"weights": {"elderly": 0.5}}, "/weights/elderly"),
        ({"keep_together": "county"}, "/keep_together"),
        ({"unsafe": "perhaps"}, "/unsafe"),
        ({"reserve_share": 0.95}, "/reserve_share"),
        ({"reserve_share": -0.1}, "/reserve_share"),
        ({"moving_price_m": 100}, "/moving_price_m"),
        ({"indoor_only": True, "shelters": {"kinds": ["outdoor"]}}, "/indoor_only"),
        ({"households": {"ids": ["H99"]}}, "/households/ids"),
        ({"households": {"key_groups": ["tall"]}}, "/households/key_groups/0"),
        ({"households": {"damage": ["ruined"]}}, "/households/damage/0"),
        ({"households": {"areas": ["140321", "140331"]}}, "/households/areas"),
        ({"shelters": {"ids": ["S99"]}}, "/shelters/ids"),
        ({"shelters": {"areas": ["140331"]}}, "/shelters/areas"),
        ({"shelters": {"levels": ["palace"]}}, "/shelters/levels/0"),
        ({"more": True}, "/more"),
    ],
)
async def test_a_question_with_faults_starts_nothing(api, homeless, planner, body, at) -> None:
    path = f"/api/events/{homeless}/assignments"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert at in [fault["at"] for fault in answer.json()["errors"]]
    cursor = await api.conn.execute("SELECT count(*) AS n FROM jobs")
    assert await cursor.fetchone() == {"n": 0}


async def test_an_unknown_area_in_a_filter_is_422(api, homeless, planner) -> None:
    path = f"/api/events/{homeless}/assignments"
    body = {"households": {"areas": ["not a code"]}}
    answer = await api.client.post(path, json=body, headers=planner)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_area")


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [("viewer", "1403", 403), ("field", "1403", 403), ("planner", "6542", 403)],
)
async def test_only_planners_of_the_area_may_assign(api, homeless, role, area, status) -> None:
    headers = await api.as_role(role, area)
    path = f"/api/events/{homeless}/assignments"
    assert (await api.client.post(path, json={}, headers=headers)).status_code == status
    assert (await api.client.post(path, json={})).status_code == 401


async def test_an_unknown_event_or_plan_is_404(api, planner) -> None:
    answer = await api.client.post("/api/events/none/assignments", json={}, headers=planner)
    assert answer.status_code == 404
    for path in ("/api/assignments/none", "/api/assignments/none/households"):
        assert (await api.client.get(path, headers=planner)).status_code == 404


@pytest.mark.parametrize(
    ("closing", "says"),
    [
        ("UPDATE shelters SET state = 'closed'", "No shelter"),
        ("UPDATE shelters SET occupancy = capacity", "No shelter"),
        ("DELETE FROM shelters", "No shelter"),
        ("DELETE FROM house_damage", "No household"),
    ],
)
async def test_with_nobody_or_nowhere_the_job_says_so(
    api, homeless, planner, finished, closing, says
) -> None:
    await api.conn.execute(closing)
    path = f"/api/events/{homeless}/assignments"
    answer = await api.client.post(path, json={}, headers=planner)
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "failed"
    assert says in job["problem"]["detail"]
    cursor = await api.conn.execute("SELECT count(*) AS n FROM assignments")
    assert await cursor.fetchone() == {"n": 0}


async def test_the_same_key_asks_once(api, homeless, planner) -> None:
    path, headers = f"/api/events/{homeless}/assignments", planner | {"Idempotency-Key": "a"}
    first = await api.client.post(path, json={}, headers=headers)
    again = await api.client.post(path, json={}, headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
