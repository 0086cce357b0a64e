"""Opening events, moving them on, and what an event can't be."""

from typing import Any

import pytest

QUAKE: dict[str, Any] = {
    "hazard": "earthquake",
    "occurred_at": "2026-09-15T02:17:00+08:00",
    "area": "140300",
    "magnitude": 6.2,
    "epicentre": [113.45, 38.1],
}


async def test_an_event_is_named_and_ruled_by_the_plan_in_force(api, operator) -> None:
    answer = await api.client.post("/api/events", json=QUAKE, headers=operator)
    event = answer.json()
    assert (event["name"], event["plan"], event["area"]) == (
        "9.15 地震灾害",
        "yangquan-2026",
        "140300",
    )
    assert event["epicentre"] == [113.45, 38.1]
    cursor = await api.conn.execute("SELECT intensity FROM intensity_zones ORDER BY 1")
    assert [row["intensity"] for row in await cursor.fetchall()] == [6, 7, 8]


async def test_a_plan_outside_its_dates_is_taken_with_a_warning(api, operator) -> None:
    past = QUAKE | {"occurred_at": "2023-08-06T02:33:00+08:00"}
    unnamed = await api.client.post("/api/events", json=past, headers=operator)
    assert unnamed.status_code == 422
    assert unnamed.json()["errors"][0]["at"] == "/plan"
    named = past | {"plan": "yangquan-2026"}
    answer = await api.client.post("/api/events", json=named, headers=operator)
    assert answer.status_code == 201
    assert "not in force" in answer.json()["warnings"][0]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"epicentre": [38.1, 113.45]}, "/epicentre"),
        ({"epicentre": [0, 0]}, "/epicentre"),
        ({"epicentre": [113.45]}, "/epicentre/1"),
        ({"magnitude": 62}, "/magnitude"),
        ({"hazard": "meteor"}, "/hazard"),
        ({"occurred_at": "2026-09-16T02:17:00+08:00"}, "/occurred_at"),
        ({"occurred_at": "2026-09-15T02:17:00"}, "/occurred_at"),
        ({"occurred_at": "infinity"}, "/occurred_at"),
        ({"area": "999999", "plan": "yangquan-2026"}, "/area"),
    ],
)
async def test_what_no_event_can_be(api, change: dict[str, Any], at: str) -> None:
    everywhere = await api.as_role("operator", "")
    answer = await api.client.post("/api/events", json=QUAKE | change, headers=everywhere)
    assert answer.status_code == 422, answer.text
    assert at in [fault["at"] for fault in answer.json()["errors"]]
    events = await api.client.get("/api/events", headers=everywhere)
    assert events.json()["events"] == []


async def test_stable_may_open_again_but_closed_stays_closed(api, operator, event) -> None:
    path = f"/api/events/{event}"
    for state, status in [("stable", 200), ("open", 200), ("closed", 200), ("stable", 409)]:
        answer = await api.client.patch(path, json={"state": state}, headers=operator)
        assert answer.status_code == status
    marked = await api.client.patch(path, json={"major": True}, headers=operator)
    assert marked.json()["major"] is True


async def test_an_unknown_event_is_404_and_a_foreign_area_403(api, operator) -> None:
    missing = await api.client.get("/api/events/none", headers=operator)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    county = await api.as_role("operator", "140321")
    answer = await api.client.post("/api/events", json=QUAKE, headers=county)
    assert answer.status_code == 403


@pytest.mark.parametrize("time", [1789430400, "1789430400", "-1", "1e9", True])
async def test_a_number_is_no_time(api, operator, time) -> None:
    answer = await api.client.post(
        "/api/events", json=QUAKE | {"occurred_at": time}, headers=operator
    )
    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "/occurred_at")
    assert "RFC 3339" in answer.json()["errors"][0]["detail"]
    seen = await api.client.get(f"/api/events/x/casualties?as_of={time}", headers=operator)
    assert seen.status_code == 422
