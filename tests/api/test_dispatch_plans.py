"""Dispatch plans over HTTP: what moves, what is lacking and why, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

STORE = """
INSERT INTO depots (id, name, area, level, state, geom, source) VALUES
    ('D1', '市库', '1403', 'prefecture', 'open', ST_Point(113.5, 37.8, 4490), 'test'),
    ('D2', '平定库', '140321', 'county', 'open', ST_Point(113.6, 37.8, 4490), 'test'),
    ('D3', '旧库', '140321', 'county', 'closed', ST_Point(113.61, 37.8, 4490), 'test');
INSERT INTO depot_stock (depot, item, holder, form, quantity, unit) VALUES
    ('D1', 'tent', 'government', 'physical', 100, '顶'),
    ('D2', 'tent', 'government', 'physical', 10, '顶'),
    ('D2', 'tent', 'social', 'capacity', 5, '顶'),
    ('D3', 'tent', 'government', 'physical', 500, '顶'),
    ('D1', 'quilt', 'government', 'physical', 50, '床');
INSERT INTO shelters (id, name, area, level, capacity, occupancy, state, geom, source) VALUES
    ('S1', '一中', '140321100', 'township', 500, 100, 'open',
        ST_Point(113.61, 37.8, 4490), 'test'),
    ('S2', '二中', '140321101', 'township', 500, 40, 'full',
        ST_Point(113.71, 37.8, 4490), 'test'),
    ('S3', '三中', '140302', 'county', 500, 0, 'open', ST_Point(113.3, 37.8, 4490), 'test'),
    ('S4', '四中', '140302', 'county', 500, 60, 'closed', ST_Point(113.3, 37.8, 4490), 'test')
"""


@pytest.fixture
async def planner(api) -> dict[str, str]:
    await api.conn.execute(STORE)
    return await api.as_role("planner")


async def planned(api, planner, event, **body: Any) -> dict[str, Any]:
    path = f"/api/events/{event}/dispatch-plans"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 201, answer.text
    return answer.json()


def moved(plan: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    return [(m["depot"], m["shelter"], m["holder"], m["quantity"]) for m in plan["moves"]]


async def test_depots_supply_those_who_sleep_in_shelters(api, planner, event) -> None:
    plan = await planned(api, planner, event, items=["tent", "quilt"])
    assert plan["people"] == 140
    tents, quilts = plan["items"]
    assert (tents["need"], tents["sent"], tents["unmet"]) == (35, 35, 0)
    assert (quilts["need"], quilts["sent"], quilts["unmet"]) == (140, 50, 90)
    # 平定's 15 tents go where they save the longer way; its social stock is drawn on last
    tent_moves = [m for m in plan["moves"] if m["item"] == "tent"]
    assert sum(m["quantity"] for m in tent_moves if m["depot"] == "D2") == 15
    assert {m["holder"] for m in tent_moves if m["depot"] == "D2"} == {"government", "social"}
    assert "D3" not in {m["depot"] for m in plan["moves"]}
    assert {u["reason"] for u in plan["unmet"]} == {"stock_exhausted"}
    assert plan["distances_in"] == "EPSG:4547"
    path = f"/api/events/{event}/dispatch-plans"
    read = (await api.client.get(f"{path}/{plan['id']}", headers=planner)).json()
    assert read == plan
    (listed,) = (await api.client.get(path, headers=planner)).json()["dispatch_plans"]
    assert (listed["id"], listed["items"]) == (plan["id"], plan["items"])


async def test_lorries_are_a_limit(api, planner, event) -> None:
    body = {"items": ["tent"], "transport": [{"depot": "D2", "kg": 0}], "kg_each": 125}
    plan = await planned(api, planner, event, **body)
    assert sum(m["quantity"] for m in plan["moves"]) == 2
    assert plan["depots"][0]["loaded_kg"] == 120
    assert {u["reason"] for u in plan["unmet"]} == {"transport_exhausted"}


async def test_stock_can_be_chosen_and_ways_limited(api, planner, event) -> None:
    plan = await planned(api, planner, event, items=["tent"], stock=["social_capacity"])
    assert [(m["holder"], m["form"]) for m in plan["moves"]] == [("social", "capacity")]
    near = await planned(api, planner, event, items=["tent"], max_distance_m=2_000)
    assert moved(near) == [("D2", "S1", "government", 10), ("D2", "S1", "social", 5)]
    assert {u["reason"] for u in near["unmet"]} == {"stock_exhausted", "no_depot_in_reach"}


async def test_what_was_asked_for_already_is_not_planned_twice(api, planner, event) -> None:
    first = await planned(api, planner, event, items=["tent"])
    body = {"plan": first["id"], "by": "平定县"}
    path = f"/api/events/{event}/supply-requests"
    answer = await api.client.post(f"{path}/from-plan", json=body, headers=planner)
    assert answer.status_code == 201, answer.text
    assert len(answer.json()["requests"]) == len(first["moves"])
    again = await api.client.post(f"{path}/from-plan", json=body, headers=planner)
    assert again.status_code == 409
    second = await planned(api, planner, event, items=["tent"])
    assert (second["items"][0]["need"], second["moves"]) == (0, [])


async def test_an_assignment_says_who_will_sleep_where(api, planner, event) -> None:
    await api.conn.execute(
        "INSERT INTO jobs (id, kind, parameters, token) SELECT 'J', 'assignment', '{}', min(id)"
        " FROM tokens"
    )
    await api.conn.execute(
        "INSERT INTO assignments (id, job, event, parameters, assigned_people, unassigned_people,"
        " person_metres, lower_bound) VALUES ('A', 'J', %s, '{\"admin_area\": \"1403\"}', 20, 0, 0,"
        " 0)",
        [event],
    )
    await api.conn.execute(
        "INSERT INTO assignment_shelters (assignment, shelter, capacity, assigned_people)"
        " VALUES ('A', 'S3', 500, 20)"
    )
    plan = await planned(api, planner, event, items=["tent"], assignment="A", shelters=["S3"])
    assert (plan["people"], moved(plan)) == (20, [("D1", "S3", "government", 5)])


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"items": ["gold"]}, "/items/0"),
        ({"items": ["tent", "tent"]}, "/items/1"),
        ({"items": []}, "/items"),
        ({"days": 0}, "/days"),
        ({"shelters": ["S9"]}, "/shelters"),
        ({"depots": ["D9"]}, "/depots"),
        ({"transport": [{"depot": "D9", "kg": 1}]}, "/transport"),
        ({"transport": [{"depot": "D1", "kg": 1}] * 2}, "/transport"),
        ({"transport": [{"depot": "D1", "kg": -1}]}, "/transport/0/kg"),
        ({"kg_each": 1e300}, "/kg_each"),
        ({"max_distance_m": 0}, "/max_distance_m"),
        ({"stock": ["stolen"]}, "/stock/0"),
        ({"lorries": 3}, "/lorries"),
    ],
)
async def test_bad_questions_are_refused_and_nothing_is_kept(api, planner, event, body, at) -> None:
    path = f"/api/events/{event}/dispatch-plans"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"] == at
    cursor = await api.conn.execute("SELECT count(*) AS n FROM dispatch_plans")
    assert (await cursor.fetchone())["n"] == 0


async def test_nobody_to_supply_no_stock_and_a_closed_event_are_said(api, planner, event) -> None:
    path = f"/api/events/{event}/dispatch-plans"
    nobody = await api.client.post(path, json={"shelters": ["S3"]}, headers=planner)
    assert (nobody.status_code, "Nobody" in nobody.json()["detail"]) == (422, True)
    no_stock = await api.client.post(path, json={"depots": ["D3"]}, headers=planner)
    assert (no_stock.status_code, "No open depot" in no_stock.json()["detail"]) == (422, True)
    unknown = await api.client.post(path, json={"assignment": "X"}, headers=planner)
    assert unknown.status_code == 404
    await api.conn.execute("UPDATE events SET state = 'closed' WHERE id = %s", [event])
    closed = await api.client.post(path, json={}, headers=planner)
    assert (closed.status_code, closed.json()["code"]) == (409, "event_closed")


async def test_another_area_s_plan_is_not_seen(api, planner, event) -> None:
    plan = await planned(api, planner, event, items=["tent"])
    county = await api.as_role("planner", "140321")
    path = f"/api/events/{event}/dispatch-plans"
    assert (await api.client.get(f"{path}/{plan['id']}", headers=county)).status_code == 404
    assert (await api.client.get(path, headers=county)).json() == {"dispatch_plans": []}
    own = await planned(api, county, event, items=["tent"])
    assert {m["depot"] for m in own["moves"]} == {"D2"}
    field = await api.as_role("field")
    assert (await api.client.get(path, headers=field)).status_code == 403
