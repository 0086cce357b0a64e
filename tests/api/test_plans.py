"""Plans on the shelf: added by an administrator, never edited, replaced by new editions."""

from typing import Any

import pytest

from relief.plan import plan_by_id

SHIPPED = plan_by_id("yangquan-2026").text
EDITION = (
    SHIPPED.replace('id = "yangquan-2026"', 'id = "yangquan-2027"')
    .replace("阳政办发〔2026〕16号", "阳政办发〔2027〕1号")
    .replace("阳政办发〔2022〕19号", "阳政办发〔2026〕16号")
    .replace("issued = 2022-03-02", "issued = 2026-05-08")
    .replace(
        "issued = 2026-05-08\nin_force_from = 2026-05-08",
        "issued = 2026-09-01\nin_force_from = 2026-09-01",
    )
    .replace("at_least = 50\n", "at_least = 40\n", 1)
    .replace("below = 50\n", "below = 40\n", 1)
)


@pytest.fixture
async def admin(api: Any) -> dict[str, str]:
    headers: dict[str, str] = await api.as_role("admin", "")
    return headers


async def test_an_edition_replaces_the_one_before_and_rules_new_events(
    api, admin, event, post_report
) -> None:
    added = await api.client.post("/api/plans", json={"text": EDITION}, headers=admin)
    assert added.status_code == 201, added.text
    plans = {
        plan["id"]: plan
        for plan in (await api.client.get("/api/plans", headers=admin)).json()["plans"]
    }
    assert plans["yangquan-2026"]["in_force_until"] == "2026-08-31"
    opened = await api.client.post(
        "/api/events",
        json={"hazard": "flood", "occurred_at": "2026-09-15T08:00:00+08:00", "area": "140300"},
        headers=admin,
    )
    assert opened.json()["plan"] == "yangquan-2027"
    # The event that was opened under the older text keeps it.
    assert (await post_report({"dead": 45})).json()["response_level"]["level"] == "II"
    one = await api.client.get("/api/plans/yangquan-2027", headers=admin)
    assert one.json()["text"] == EDITION


async def test_a_plan_is_not_edited(api, admin) -> None:
    other = SHIPPED.replace("at_least = 50\n", "at_least = 60\n", 1)
    other = other.replace("below = 50\n", "below = 60\n", 1)
    refused = await api.client.post("/api/plans", json={"text": other}, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    same = await api.client.post("/api/plans", json={"text": SHIPPED}, headers=admin)
    assert same.json()["id"] == "yangquan-2026"


async def test_a_faulty_plan_is_refused_at_its_place(api, admin) -> None:
    gap = EDITION.replace("below = 40\n", "below = 39\n", 1)
    for text in (gap, "id = ", EDITION.replace('clause = "5.1.1(1)"\n', "", 1)):
        refused = await api.client.post("/api/plans", json={"text": text}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_plan"), text[:20]
        assert refused.json()["errors"]
    plans = (await api.client.get("/api/plans", headers=admin)).json()["plans"]
    assert "yangquan-2027" not in [plan["id"] for plan in plans]


async def test_only_an_administrator_adds_plans(api, operator) -> None:
    refused = await api.client.post("/api/plans", json={"text": EDITION}, headers=operator)
    assert refused.status_code == 403
