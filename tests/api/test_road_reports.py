"""A report of a cut road closes it by the act that verifies it, and a later one opens it again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

ROAD = (
    "INSERT INTO roads (id, class, geom, source) VALUES ('E', 'county',"
    " ST_GeomFromText('MULTILINESTRING((113.60 37.8, 113.80 37.8))', 4490), 'test')"
)
CUT: dict[str, Any] = {
    "kind": "road",
    "observed_at": "2026-09-15T11:30:00Z",
    "location": {"lon": 113.7, "lat": 37.8001, "accuracy_m": 10},
    "text": "塌方，车辆不能通行",
    "details": {"passable": False},
}
OPEN = CUT | {"observed_at": "2026-09-15T11:50:00Z", "details": {"passable": True}}


class Desk:
    """A team in the field and an operator who verifies what it sends."""

    def __init__(self, api: Any, event: str, field: dict[str, str], operator: dict[str, str]):
        self.api, self.field, self.operator = api, field, operator
        self.event = f"/api/events/{event}"

    async def sent(self, report: dict[str, Any], **changes: Any) -> str:
        body = report | changes | {"id": str(uuid4())}
        path = f"{self.event}/field-reports"
        answer = await self.api.client.post(path, json=body, headers=self.field)
        assert answer.status_code == 201, answer.text
        return str(body["id"])

    async def finds(self, report: str, state: str = "verified", **more: Any) -> Any:
        body = {"state": state, "reason": "已派人核实"} | more
        path = f"{self.event}/field-reports/{report}/verification"
        return await self.api.client.patch(path, json=body, headers=self.operator)

    async def get(self, path: str) -> Any:
        answer = await self.api.client.get(self.event + path, headers=self.operator)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def in_force(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get("/road-closures"))["closures"]
        return [closure for closure in found if closure["lifted_at"] is None]


@pytest.fixture
async def desk(api, event, operator) -> Desk:
    await api.conn.execute(ROAD)
    return Desk(api, event, await api.as_role("field"), operator)


async def test_a_verified_cut_closes_the_road_once_and_only_if_told_to(desk: Desk) -> None:
    report = await desk.sent(CUT)
    could = await desk.get(f"/field-reports/{report}/roads")
    assert could == {"proposes": "close", "roads": ["E"], "closures": []}
    silent = await desk.finds(report)
    assert silent.json()["road_closures"] == {"closed": [], "lifted": []}
    assert await desk.in_force() == []
    closed = (await desk.finds(report, roads="close")).json()["road_closures"]["closed"]
    again = (await desk.finds(report, roads="close")).json()["road_closures"]["closed"]
    assert (len(closed), again) == (1, [])
    [closure] = await desk.in_force()
    assert (closure["id"], closure["roads"], closure["field_report"]) == (closed[0], ["E"], report)
    assert closure["from"].startswith("2026-09-15T11:30:00")
    rejected = await desk.finds(report, "rejected")
    assert (rejected.status_code, rejected.json()["code"]) == (409, "conflict")


async def test_a_later_report_opens_what_an_earlier_one_closed(desk: Desk) -> None:
    cut, early, late = [
        await desk.sent(CUT),
        await desk.sent(OPEN, observed_at="2026-09-15T11:00:00Z"),
        await desk.sent(OPEN),
    ]
    await desk.finds(cut, roads="close")
    assert (await desk.finds(early, roads="open")).json()["road_closures"]["lifted"] == []
    assert len(await desk.in_force()) == 1
    lifted = (await desk.finds(late, roads="open")).json()["road_closures"]["lifted"]
    assert len(lifted) == 1
    assert await desk.in_force() == []
    [closure] = (await desk.get("/road-closures"))["closures"]
    assert (closure["id"], closure["lifted_reason"]) == (lifted[0], "已派人核实")


async def test_a_report_that_says_no_such_thing_moves_no_road(desk: Desk) -> None:
    far = {"lon": 113.7, "lat": 37.9}
    for report, finding in (
        (CUT, {"roads": "open"}),
        (CUT, {"state": "rejected", "roads": "close"}),
        (CUT | {"kind": "hazard"}, {"roads": "close"}),
        (CUT | {"location": None, "area": "140321"}, {"roads": "close"}),
        (CUT | {"location": far}, {"roads": "close"}),
        (OPEN, {"roads": "close"}),
        (CUT | {"details": {}}, {"roads": "close"}),
    ):
        body = {key: value for key, value in report.items() if value is not None}
        sent = await desk.sent(body)
        answer = await desk.finds(sent, **finding)
        assert answer.status_code == 422, (report, finding)
        assert (await desk.get(f"/field-reports/{sent}"))["state"] == "new"
    assert await desk.in_force() == []
