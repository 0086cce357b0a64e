"""Checking and taking over: every finding kept, every report counted once."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from geo.audit import broken_link


class Desk:
    """A team in the field and a desk that checks what it sends."""

    def __init__(self, api: Any, event: str, field: dict[str, str], operator: dict[str, str]):
        self.api = api
        self.reports = f"/api/events/{event}/field-reports"
        self.field, self.operator = field, operator

    async def sent(self, **changes: Any) -> str:
        report = {
            "id": str(uuid4()),
            "kind": "casualty",
            "observed_at": "2026-09-15T11:50:00Z",
            "location": {"lon": 113.7, "lat": 37.8, "accuracy_m": 10},
            "figures": {"injured": 2},
        } | changes
        answer = await self.api.client.post(self.reports, json=report, headers=self.field)
        assert answer.status_code == 201, answer.text
        return str(report["id"])

    async def finds(self, report: str, state: str, **more: Any) -> httpx.Response:
        body = {"state": state, "reason": "电话核实"} | more
        headers = more.pop("headers", self.operator)
        body.pop("headers", None)
        path = f"{self.reports}/{report}/verification"
        answer: httpx.Response = await self.api.client.patch(path, json=body, headers=headers)
        return answer

    async def get(self, path: str) -> Any:
        answer = await self.api.client.get(self.reports + path, headers=self.operator)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any) -> httpx.Response:
        answer: httpx.Response = await self.api.client.post(
            self.reports + path, json=body, headers=self.operator
        )
        return answer


@pytest.fixture
async def desk(api, event, operator) -> Desk:
    return Desk(api, event, await api.as_role("field"), operator)


async def test_every_finding_stays_on_file_and_the_last_counts(desk: Desk) -> None:
    report = await desk.sent()
    assert (await desk.finds(report, "rejected")).json()["state"] == "rejected"
    found = await desk.finds(report, "verified", reason="现场确认")
    assert found.json()["state"] == "verified"
    checks = (await desk.get(f"/{report}/checks"))["checks"]
    assert [(c["state"], c["reason"], c["by"]) for c in checks] == [
        ("rejected", "电话核实", "test operator"),
        ("verified", "现场确认", "test operator"),
    ]
    cursor = await desk.api.conn.execute("SELECT action FROM audit WHERE action LIKE 'field%'")
    actions = [row["action"] for row in await cursor.fetchall()]
    assert actions == ["field_report.post", "field_report.check", "field_report.check"]
    assert await broken_link(desk.api.conn) is None


async def test_only_operators_of_the_area_check(desk: Desk) -> None:
    report = await desk.sent()
    for role, area, status in (
        ("field", "1403", 403),
        ("planner", "1403", 403),
        ("operator", "140302", 404),
    ):
        headers = await desk.api.as_role(role, area)
        assert (await desk.finds(report, "verified", headers=headers)).status_code == status
    assert (await desk.finds(str(uuid4()), "verified")).status_code == 404
    for body in ({"state": "new"}, {"state": "verified", "reason": ""}):
        assert (await desk.finds(report, **body)).status_code == 422


async def test_duplicates_lead_to_one_original(desk: Desk) -> None:
    first, second, third = [await desk.sent() for _ in range(3)]
    for wrong in ({}, {"of": second}, {"of": str(uuid4())}):
        answer = await desk.finds(second, "duplicate", **wrong)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, "/of")
    assert (await desk.finds(second, "verified", of=first)).status_code == 422
    answer = await desk.finds(second, "duplicate", of=first)
    assert (answer.status_code, answer.json()["duplicate_of"]) == (200, first)
    assert (await desk.finds(third, "duplicate", of=second)).status_code == 409
    assert (await desk.finds(first, "duplicate", of=third)).status_code == 409
    undone = await desk.finds(second, "verified")
    assert (undone.json()["state"], undone.json()["duplicate_of"]) == ("verified", None)


async def test_likely_duplicates_are_shown_and_nothing_is_merged(desk: Desk) -> None:
    one = await desk.sent()
    near = await desk.sent(location={"lon": 113.7003, "lat": 37.8002, "accuracy_m": 15})
    await desk.sent(location={"lon": 113.9, "lat": 37.6})
    await desk.sent(kind="road", figures={})
    gone = await desk.sent()
    await desk.finds(gone, "rejected")
    [found] = (await desk.get(f"/{one}/likely-duplicates"))["likely_duplicates"]
    assert found["report"]["id"] == near
    assert found["score"] > 0.9
    assert found["grounds"]["distance_m"] == pytest.approx(35, abs=3)
    assert (await desk.get(f"/{near}"))["state"] == "new"


async def test_the_queue_has_the_most_urgent_first(desk: Desk) -> None:
    house = await desk.sent(kind="damage", figures={"collapsed_rooms": 1})
    buried = await desk.sent(figures={"missing": 3})
    hurt = await desk.sent(figures={"injured": 1})
    done = await desk.sent(figures={"missing": 9})
    await desk.finds(done, "verified")
    queue = await desk.get("/queue")
    assert [report["id"] for report in queue["queue"]] == [buried, hurt, house]
    assert queue["waiting"] == 3
    assert queue["queue"][0]["trust"] == {"verified": 1, "checked": 1, "share": 0.67}
    first = await desk.get("/queue?limit=1")
    assert [report["id"] for report in first["queue"]] == [buried]
    of_houses = await desk.get("/queue?kind=damage")
    assert [report["id"] for report in of_houses["queue"]] == [house]


async def test_verified_figures_are_taken_over_once(desk: Desk, post_report) -> None:
    await post_report({"injured": 10})
    reports = [await desk.sent(figures={"injured": n}) for n in (2, 3)]
    new = await desk.sent(figures={"injured": 50})
    for report in reports:
        await desk.finds(report, "verified")
    offered = await desk.get("/take-over?area=140321")
    assert offered["standing"] == {"injured": 10}
    assert offered["suggested"] == {"injured": 15}
    assert [r["id"] for r in offered["reports"]] == reports
    body = {
        "area": "140321",
        "as_of": "2026-09-15T12:00:00Z",
        "figures": {"injured": 15},
        "reports": [*reports, new],
        "source": "平定县应急管理局",
    }
    refused = await desk.post("/take-over", body)
    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "/reports/2")
    taken = await desk.post("/take-over", body | {"reports": reports})
    assert taken.status_code == 201, taken.text
    assert taken.json()["field_reports"] == reports
    assert (await desk.get("/take-over?area=140321"))["suggested"] == {}
    [use] = (await desk.get(f"/{reports[0]}/uses"))["uses"]
    assert use["loss_report"] == taken.json()["id"]
    again = await desk.post("/take-over", body | {"reports": reports[:1]})
    assert again.status_code == 409
    assert (await desk.finds(reports[0], "rejected")).status_code == 409
    assert (await desk.finds(reports[0], "verified")).status_code == 200
    cursor = await desk.api.conn.execute("SELECT count(*) AS n FROM loss_reports")
    assert (await cursor.fetchone())["n"] == 2


async def test_a_homes_damage_is_recorded_with_its_source(desk: Desk) -> None:
    await desk.api.conn.execute(
        "INSERT INTO households (id, area, persons, geom, source) VALUES"
        " ('H1', '140321', 4, ST_SetSRID(ST_MakePoint(113.7, 37.8), 4490), 'test')"
    )
    report, other = [await desk.sent(kind="damage", figures={}) for _ in range(2)]
    body = {"household": "H1", "grade": "collapsed", "rooms": 3}
    assert (await desk.post(f"/{report}/household", body)).status_code == 409
    for one in (report, other):
        await desk.finds(one, "verified")
    unknown = await desk.post(f"/{report}/household", body | {"household": "H9"})
    assert (unknown.status_code, unknown.json()["errors"][0]["at"]) == (422, "/household")
    assert (await desk.post(f"/{report}/household", body)).status_code == 201
    assert (await desk.post(f"/{report}/household", body)).status_code == 409
    milder = await desk.post(f"/{other}/household", body | {"grade": "slight"})
    assert milder.status_code == 409
    cursor = await desk.api.conn.execute("SELECT household, grade, rooms, source FROM house_damage")
    assert await cursor.fetchall() == [
        {"household": "H1", "grade": "collapsed", "rooms": 3, "source": f"field report {report}"}
    ]
    assert (await desk.get(f"/{other}/uses"))["uses"] == []
