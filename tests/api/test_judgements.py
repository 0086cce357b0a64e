"""Likely figures, lowered conditions, responses elsewhere and what is released."""

from typing import Any

import pytest

from geo.tokens import Grant, Role, create_token

BY = {"by": "会商组", "reason": "余震和降雨"}


@pytest.fixture
async def office(api: Any) -> dict[str, str]:
    _, secret = await create_token(api.conn, Grant("office", Role.OPERATOR, "1403", "office"))
    return {"Authorization": f"Bearer {secret}"}


async def test_likely_figures_stand_beside_the_reported(api, operator, event, post_report, office):
    await post_report({"dead": 4})
    path = f"/api/events/{event}/response-level"
    body = BY | {"figures": {"dead": 12}}
    answer = await api.client.post(f"{path}/anticipated", json=body, headers=operator)
    assert answer.status_code == 201
    seen = (await api.client.get(path, headers=operator)).json()
    assert (seen["reported"]["level"], seen["anticipated"]["level"]) == ("IV", "III")
    act = {"level": "III", "by": "办", "reason": "可能出现"}
    proposed = await api.client.post(f"{path}/proposals", json=act, headers=office)
    assert proposed.status_code == 201
    bad = await api.client.post(
        f"{path}/anticipated", json=BY | {"figures": {"dead": -1}}, headers=operator
    )
    assert bad.status_code == 422


async def test_lowered_conditions_show_beside_the_plan_s_own(
    api, operator, event, post_report, office
) -> None:
    await post_report({"dead": 9})
    path = f"/api/events/{event}/response-level"
    plan = (await api.client.get("/api/plans", headers=operator)).json()["plans"]
    grounds = next(p for p in plan if p["id"] == "yangquan-2026")["lowering"]["grounds"]
    body = BY | {"ground": grounds[0]["code"], "percent": 20}
    assert (
        await api.client.post(f"{path}/lowerings", json=body, headers=operator)
    ).status_code == 403
    answer = await api.client.post(f"{path}/lowerings", json=body, headers=office)
    assert (answer.json()["reported"]["level"], answer.json()["lowered"]["level"]) == ("IV", "III")
    unknown = await api.client.post(
        f"{path}/lowerings", json=body | {"ground": "whim"}, headers=office
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["at"]) == (422, "/lowering/ground")
    await api.client.post(f"{path}/lowerings", json=body | {"percent": 0}, headers=office)
    seen = (await api.client.get(path, headers=operator)).json()
    assert seen["lowered"] is None


async def test_a_response_elsewhere_calls_for_consultation_and_starts_nothing(
    api, operator, event
) -> None:
    path = f"/api/events/{event}/linked-responses"
    quake = {
        "kind": "earthquake",
        "area": "140300",
        "level": "II",
        "started_at": "2026-09-15T03:00:00+08:00",
        "by": "市抗震救灾指挥部",
    }
    answer = await api.client.post(path, json=quake, headers=operator)
    assert answer.json()["calls_for"][0]["call"] == "consult"
    county = quake | {"kind": "relief", "area": "140321"}
    up = await api.client.post(path, json=county, headers=operator)
    assert up.json()["calls_for"][0]["call"] == "report_up"
    assert (
        await api.client.post(path, json=quake | {"kind": "party"}, headers=operator)
    ).status_code == 422
    ended = await api.client.patch(
        f"{path}/{answer.json()['id']}",
        json={"ended_at": "2026-09-15T10:00:00+08:00"},
        headers=operator,
    )
    assert ended.status_code == 200
    listed = (await api.client.get(path, headers=operator)).json()
    assert [call["call"] for call in listed["calls_for"]] == ["report_up"]
    level = await api.client.get(f"/api/events/{event}/response-level", headers=operator)
    assert level.json()["state"] == "none"


async def test_a_start_lists_the_counties_that_start_too(api, event, post_report, office) -> None:
    await post_report({"dead": 3})
    await post_report({"dead": 0}, area="140302")
    act = {"level": "IV", "by": "办主要负责人", "reason": "达到条件"}
    path = f"/api/events/{event}/response-level/decisions"
    duties = (await api.client.post(path, json=act, headers=office)).json()["duties"]
    assert duties["counties_start"] == ["140321"]
    assert duties["told"]


async def test_viewers_see_what_was_released(api, operator, event, post_report, office) -> None:
    viewer = await api.as_role("viewer")
    path = f"/api/events/{event}"
    early = await api.client.post(f"{path}/releases", json=BY, headers=office)
    assert early.status_code == 409
    await api.client.patch(path, json={"release": "authorised"}, headers=operator)
    posted = (await post_report({"dead": 4})).json()
    level = await api.client.get(f"{path}/response-level", headers=viewer)
    assert level.json()["reported"]["level"] is None
    assert (await api.client.get(f"{path}/casualties", headers=viewer)).json()["total"] == {}
    refused = await api.client.post(f"{path}/releases", json=BY, headers=operator)
    assert refused.status_code == 403
    await api.conn.execute(
        "INSERT INTO releases (event, known_at, reason, by_whom) VALUES (%s, %s, 'x', 'x')",
        (event, posted["recorded_at"]),
    )
    seen = await api.client.get(f"{path}/casualties", headers=viewer)
    assert seen.json()["total"] == {"dead": 4}
    await post_report({"dead": 9}, as_of="2026-09-15T09:00:00+08:00")
    seen = await api.client.get(f"{path}/casualties", headers=viewer)
    assert seen.json()["total"] == {"dead": 4}
    assert (await api.client.get(f"{path}/casualties", headers=operator)).json()["total"] == {
        "dead": 9
    }
