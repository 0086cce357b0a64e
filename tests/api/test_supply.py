"""What depots must hold for a level and what they lack, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from relief.item_norms import shipped_norms

DEPOTS = """
INSERT INTO depots (id, name, area, level, state, geom, source) VALUES
    ('D1', '市库', '1403', 'prefecture', 'open', ST_Point(113.5, 37.8, 4490), 'test'),
    ('D2', '平定库', '140321', 'county', 'open', ST_Point(113.6, 37.8, 4490), 'test'),
    ('D3', '冠山库', '140321100', 'township', 'open', ST_Point(113.7, 37.8, 4490), 'test'),
    ('D4', '旧库', '140321', 'county', 'closed', ST_Point(113.7, 37.8, 4490), 'test');
INSERT INTO depot_stock (depot, item, holder, form, quantity, unit) VALUES
    ('D1', 'tent', 'government', 'physical', 20000, '顶'),
    ('D2', 'tent', 'government', 'physical', 1000, '顶'),
    ('D2', 'tent', 'social', 'capacity', 500, '顶'),
    ('D2', 'quilt', 'government', 'physical', 900, '套'),
    ('D3', 'tent', 'government', 'physical', 400, '顶'),
    ('D4', 'tent', 'government', 'physical', 9999, '顶');
INSERT INTO shelters (id, name, area, level, capacity, occupancy, service_radius_m, state, geom,
    source) VALUES
    ('S1', '一中', '140321100', 'township', 500, 100, 1000, 'open',
        ST_Point(113.61, 37.8, 4490), 'test'),
    ('S2', '二中', '140321101', 'township', 500, 40, NULL, 'full',
        ST_Point(113.71, 37.8, 4490), 'test'),
    ('S3', '三中', '140302', 'county', 500, 0, 1000, 'open', ST_Point(113.3, 37.8, 4490), 'test')
"""


@pytest.fixture
async def planner(api) -> dict[str, str]:
    await api.conn.execute(DEPOTS)
    return await api.as_role("planner")


def item(answer: dict[str, Any], area: str, code: str) -> dict[str, Any]:
    (found,) = [one for one in answer["areas"] if one["area"] == area]
    (row,) = [one for one in found["items"] if one["item"] == code]
    return row


async def test_need_stock_and_shortfall_by_area(api, planner, event) -> None:
    path = f"/api/events/{event}/supply"
    answer = (await api.client.get(path, params={"level": "II"}, headers=planner)).json()
    assert answer["basis"]["people"] == 40_000
    assert answer["basis"]["people_from"]["clause"] == "5.2.1(2)"
    assert answer["basis"]["shared_out_of"]["population"] == 1_318_505
    assert answer["rule"]["clause"] == "7.2.2"
    assert [area["area"] for area in answer["areas"]] == ["1403", "140321", "140321100"]
    tents = item(answer, "140321", "tent")
    assert answer["areas"][1]["people"] == 9_291
    # 9,291 people at one tent for four, and a tenth more
    assert (tents["need_at_level"], tents["need"]) == (2_323, 2_556)
    assert (tents["stock"], tents["stock_social_capacity"], tents["shortfall"]) == (1500, 500, 1056)
    assert tents["with_depots_inside"] == {"stock": 1900, "shortfall": 656}
    assert item(answer, "1403", "tent")["shortfall"] == 0
    assert [one["area"] for one in answer["without_depot"]] == ["140302"]
    reasons = {(one["depot"], one["item"]) for one in answer["not_counted"]}
    assert reasons == {("D2", "quilt"), ("D4", "tent")}
    covered = [one["covered"] for one in answer["shortages"]]
    assert covered == sorted(covered)
    assert "assumption" in answer["basis"]


async def test_another_level_and_another_basis(api, planner, event) -> None:
    path = f"/api/events/{event}/supply"
    plain = (await api.client.get(path, headers=planner)).json()
    assert plain["level"] == "II"
    worst = (await api.client.get(path, params={"level": "I"}, headers=planner)).json()
    assert worst["basis"]["people"] == 200_000
    tried = {"people": 1000, "days": 5, "margin_percent": 0, "shared_by": "whole"}
    answer = (await api.client.get(path, params=tried, headers=planner)).json()
    assert item(answer, "140321100", "water")["need"] == 1000 * 4 * 5
    assert answer["basis"]["on_file"] is None


async def test_a_basis_is_set_with_a_reason_and_stays_on_file(api, planner, event) -> None:
    path = f"/api/events/{event}/supply"
    body = {
        "people_by_area": {"140321": 20_000},
        "margin_percent": 20,
        "by": "市应急管理局",
        "reason": "平定为重灾县",
    }
    answer = await api.client.post(f"{path}/bases", json=body, headers=planner)
    assert answer.status_code == 201, answer.text
    assert item(answer.json(), "140321", "tent")["need"] == 6_000
    later = (await api.client.get(path, headers=planner)).json()
    assert later["basis"]["on_file"]["by"] == "市应急管理局"
    assert item(later, "140321", "tent")["need"] == 6_000
    other = (await api.client.get(path, params={"level": "III"}, headers=planner)).json()
    assert other["basis"]["on_file"] is None
    cursor = await api.conn.execute("SELECT action FROM audit ORDER BY id DESC LIMIT 1")
    assert (await cursor.fetchone())["action"] == "supply.basis"


async def test_unknown_population_is_no_need_of_nothing(api, planner, event) -> None:
    await api.conn.execute("UPDATE admin_areas SET population = NULL WHERE code = '140321100'")
    answer = (await api.client.get(f"/api/events/{event}/supply", headers=planner)).json()
    tents = item(answer, "140321100", "tent")
    assert (tents["need"], tents["shortfall"], tents["stock"]) == (None, None, 400)


async def test_a_county_s_planner_sees_the_county(api, planner, event) -> None:
    county = await api.as_role("planner", "140321")
    answer = (await api.client.get(f"/api/events/{event}/supply", headers=county)).json()
    assert [area["area"] for area in answer["areas"]] == ["140321", "140321100"]
    away = await api.as_role("planner", "1404")
    refused = await api.client.get(f"/api/events/{event}/supply", headers=away)
    assert refused.status_code == 403
    viewer = await api.as_role("viewer")
    refused = await api.client.get(f"/api/events/{event}/supply", headers=viewer)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"level": "V"},
        {"people": -1},
        {"people": "many"},
        {"days": 0},
        {"days": 1.5},
        {"margin_percent": "nan"},
        {"margin_percent": -5},
        {"shared_by": "lot"},
    ],
)
async def test_bad_questions_are_refused(api, planner, event, asked) -> None:
    answer = await api.client.get(f"/api/events/{event}/supply", params=asked, headers=planner)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == f"?{next(iter(asked))}"


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"people_by_area": {"140321": -1}}, "/people_by_area/140321"),
        ({"people_by_area": {"140399": 5}}, "/people_by_area/140399"),
        ({"people_by_area": {"14": 5}}, "/people_by_area/14"),
        ({"people": 2.5}, "/people"),
        ({"reason": ""}, "/reason"),
        ({"peple": 5}, "/peple"),
    ],
)
async def test_a_bad_basis_is_refused_whole(api, planner, event, change, at) -> None:
    body = {"people": 100, "by": "办", "reason": "试"} | change
    path = f"/api/events/{event}/supply/bases"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"] == at
    cursor = await api.conn.execute("SELECT count(*) AS n FROM supply_bases")
    assert (await cursor.fetchone())["n"] == 0


async def test_an_office_puts_its_own_norms_in_force(api, planner, event) -> None:
    text = shipped_norms().text.replace("amount = 0.25", "amount = 0.5")
    path = "/api/supply-norms"
    assert (await api.client.post(path, json={"text": text}, headers=planner)).status_code == 403
    admin = await api.as_role("admin")
    bad = await api.client.post(path, json={"text": text.replace("kg = 60", "")}, headers=admin)
    assert (bad.status_code, bad.json()["errors"][0]["at"]) == (422, "/items/2/kg")
    answer = await api.client.post(path, json={"text": text}, headers=admin)
    assert answer.status_code == 201, answer.text
    assert (await api.client.get(path, headers=planner)).json()["text"] == text
    supply = (await api.client.get(f"/api/events/{event}/supply", headers=planner)).json()
    assert item(supply, "140321", "tent")["need_at_level"] == 4_646
