"""Requests for goods: asked for, sent, received, and every order that is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

STORE = """
INSERT INTO depots (id, name, area, level, geom, source) VALUES
    ('D1', '市库', '1403', 'prefecture', ST_Point(113.5, 37.8, 4490), 'test'),
    ('D2', '城区库', '140302', 'county', ST_Point(113.3, 37.8, 4490), 'test');
INSERT INTO depot_stock (depot, item, holder, form, quantity, unit) VALUES
    ('D1', 'tent', 'government', 'physical', 100, '顶'),
    ('D1', 'food', 'social', 'capacity', 500, '份'),
    ('D2', 'tent', 'government', 'physical', 20, '顶');
INSERT INTO shelters (id, name, area, level, capacity, occupancy, geom, source) VALUES
    ('S1', '一中', '140321100', 'township', 500, 100, ST_Point(113.61, 37.8, 4490), 'test')
"""
ASK = {"depot": "D1", "shelter": "S1", "item": "tent", "quantity": 60, "by": "平定县"}


class Desk:
    """Asks and takes steps as a planner of the prefecture."""

    def __init__(self, api: Any, event: str, headers: dict[str, str]) -> None:
        self.api, self.headers = api, headers
        self.path = f"/api/events/{event}/supply-requests"

    async def asks(self, **changes: Any) -> str:
        answer = await self.api.client.post(self.path, json=ASK | changes, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def steps(self, request: str, state: str, **more: Any) -> Any:
        headers = more.pop("headers", self.headers)
        body = {"state": state, "by": "市库"} | more
        return await self.api.client.post(
            f"{self.path}/{request}/steps", json=body, headers=headers
        )

    async def stock(self, depot: str = "D1", item: str = "tent") -> int:
        cursor = await self.api.conn.execute(
            "SELECT quantity FROM depot_stock WHERE depot = %s AND item = %s", [depot, item]
        )
        return int((await cursor.fetchone())["quantity"])


@pytest.fixture
async def desk(api, event) -> Desk:
    await api.conn.execute(STORE)
    return Desk(api, event, await api.as_role("planner"))


async def test_goods_are_asked_for_sent_and_received(api, desk) -> None:
    request = await desk.asks()
    assert await desk.stock() == 100
    sent = await desk.steps(request, "sent")
    assert (sent.status_code, sent.json()["state"]) == (201, "sent")
    assert await desk.stock() == 40
    for arrived in (0, 58):
        short = await desk.steps(request, "received", received_quantity=arrived)
        assert (short.status_code, short.json()["errors"][0]["at"]) == (422, "/reason")
    came = await desk.steps(request, "received", received_quantity=58, reason="两顶途中受损")
    answer = came.json()
    assert (answer["state"], answer["received_quantity"], answer["next"]) == ("received", 58, [])
    assert [step["state"] for step in answer["steps"]] == ["requested", "sent", "received"]
    cursor = await api.conn.execute("SELECT action FROM audit ORDER BY id DESC LIMIT 3")
    actions = [row["action"] for row in await cursor.fetchall()]
    assert actions == ["supply.received", "supply.sent", "supply.requested"]


async def test_a_wrong_order_is_refused_and_books_nothing(desk) -> None:
    request = await desk.asks()
    early = await desk.steps(request, "received", received_quantity=60)
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    await desk.steps(request, "sent")
    for state, more in (("sent", {}), ("refused", {"reason": "x"}), ("cancelled", {"reason": "x"})):
        again = await desk.steps(request, state, **more)
        assert again.status_code == 409
    assert await desk.stock() == 40


async def test_a_request_can_be_refused_or_cancelled_with_a_reason(desk) -> None:
    request = await desk.asks()
    bare = await desk.steps(request, "refused")
    assert (bare.status_code, bare.json()["errors"][0]["at"]) == (422, "/reason")
    assert (await desk.steps(request, "refused", reason="路断")).status_code == 201
    assert (await desk.steps(request, "sent")).status_code == 409
    other = await desk.asks()
    assert (await desk.steps(other, "cancelled", reason="误报")).status_code == 201
    assert await desk.stock() == 100


async def test_no_more_is_sent_than_there_is(desk) -> None:
    first, second = await desk.asks(), await desk.asks()
    assert (await desk.steps(first, "sent")).status_code == 201
    refused = await desk.steps(second, "sent")
    assert refused.status_code == 409
    assert "holds 40 顶" in refused.json()["detail"]
    assert await desk.stock() == 40


async def test_two_who_send_the_last_goods_at_once_do_not_both(desk) -> None:
    asked = [await desk.asks(), await desk.asks()]
    answers = await asyncio.gather(*(desk.steps(request, "sent") for request in asked))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await desk.stock() == 40


async def test_what_society_gave_is_compensated(desk) -> None:
    request = await desk.asks(item="food", holder="social", form="capacity", quantity=300)
    await desk.steps(request, "sent")
    early = await desk.steps(request, "compensated", compensation_yuan=4500)
    assert early.status_code == 409
    await desk.steps(request, "received", received_quantity=300)
    paid = await desk.steps(request, "compensated", compensation_yuan=4500.5)
    assert (paid.json()["state"], paid.json()["compensation_yuan"]) == ("compensated", 4500.5)
    own = await desk.asks()
    await desk.steps(own, "sent")
    await desk.steps(own, "received", received_quantity=60)
    assert (await desk.steps(own, "compensated", compensation_yuan=1)).status_code == 409


async def test_each_end_takes_its_own_steps(api, desk) -> None:
    county = await api.as_role("planner", "140321")
    request = await desk.asks()
    for state in ("sent", "refused"):
        more = {"reason": "x"} if state == "refused" else {}
        assert (await desk.steps(request, state, headers=county, **more)).status_code == 403
    await desk.steps(request, "sent")
    got = await desk.steps(request, "received", received_quantity=60, headers=county)
    assert got.status_code == 201
    other = await api.as_role("planner", "140302")
    body = ASK | {"depot": "D2", "quantity": 1}
    assert (await api.client.post(desk.path, json=body, headers=other)).status_code == 403
    assert (await api.client.get(f"{desk.path}/{request}", headers=other)).status_code == 404
    assert (await api.client.get(desk.path, headers=other)).json()["items"] == []


async def test_an_exercise_leaves_the_stock_alone(api, desk) -> None:
    await api.conn.execute("UPDATE events SET exercise = true")
    first, second = await desk.asks(), await desk.asks()
    sent = await desk.steps(first, "sent")
    assert (sent.status_code, sent.json()["exercise"]) == (201, True)
    assert await desk.stock() == 100
    assert (await desk.steps(second, "sent")).status_code == 409
    path = desk.path.replace("supply-requests", "supply")
    answer = (await api.client.get(path, headers=desk.headers)).json()
    (area,) = [one for one in answer["areas"] if one["area"] == "1403"]
    tents = next(one for one in area["items"] if one["item"] == "tent")
    assert (answer["exercise"], tents["stock"], tents["requested"]) == (True, 40, 60)


async def test_the_same_step_sent_twice_is_taken_once(api, desk) -> None:
    request = await desk.asks()
    headers = desk.headers | {"Idempotency-Key": "send-1"}
    first = await desk.steps(request, "sent", headers=headers)
    second = await desk.steps(request, "sent", headers=headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert await desk.stock() == 40


async def test_requests_are_listed_page_by_page(api, desk) -> None:
    ids = {await desk.asks(quantity=n) for n in range(1, 6)}
    seen, path = [], f"{desk.path}?limit=2&state=requested"
    while path:
        page = (await api.client.get(path, headers=desk.headers)).json()
        seen += [one["id"] for one in page["items"]]
        path = page["next"]
    assert (len(seen), set(seen)) == (5, ids)
    none = await api.client.get(f"{desk.path}?state=sent", headers=desk.headers)
    assert none.json() == {"items": [], "next": None}
    wrong = await api.client.get(f"{desk.path}?token=abc", headers=desk.headers)
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"depot": "D9"}, "/depot"),
        ({"shelter": "S9"}, "/shelter"),
        ({"item": "quilt"}, "/item"),
        ({"holder": "social"}, "/item"),
        ({"quantity": 0}, "/quantity"),
        ({"quantity": 1.5}, "/quantity"),
        ({"quantity": -3}, "/quantity"),
        ({"quantity": 10**12}, "/quantity"),
        ({"at": "2026-09-16T12:00:00Z"}, "/at"),
        ({"at": "yesterday"}, "/at"),
        ({"by": ""}, "/by"),
        ({"price": 3}, "/price"),
    ],
)
async def test_bad_requests_are_refused_and_nothing_is_stored(api, desk, change, at) -> None:
    answer = await api.client.post(desk.path, json=ASK | change, headers=desk.headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"] == at
    cursor = await api.conn.execute("SELECT count(*) AS n FROM supply_requests")
    assert (await cursor.fetchone())["n"] == 0


@pytest.mark.parametrize(
    ("state", "more", "at"),
    [
        ("received", {}, "/received_quantity"),
        ("received", {"received_quantity": 61}, "/received_quantity"),
        ("received", {"received_quantity": -1}, "/received_quantity"),
        ("sent", {"received_quantity": 5}, "/received_quantity"),
        ("compensated", {}, "/compensation_yuan"),
        ("lost", {}, "/state"),
    ],
)
async def test_bad_steps_are_refused(desk, state, more, at) -> None:
    request = await desk.asks()
    if state == "received":
        await desk.steps(request, "sent")
    answer = await desk.steps(request, state, **more)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"] == at


async def test_unknown_and_closed_are_said(api, desk) -> None:
    assert (await desk.steps("nobody", "sent")).status_code == 404
    request = await desk.asks()
    await api.conn.execute("UPDATE events SET state = 'closed'")
    closed = await api.client.post(desk.path, json=ASK, headers=desk.headers)
    assert (closed.status_code, closed.json()["code"]) == (409, "event_closed")
    assert (await desk.steps(request, "sent")).status_code == 409
    assert (await desk.steps(request, "cancelled", reason="事件已关闭")).status_code == 201
