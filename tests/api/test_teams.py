"""Teams: imported, assigned, and where they are for those who may know, by clocks that are off."""

from __future__ import annotations

from typing import Any

import pytest

FILE = (
    "编号,名称,类型,人数,专长,联系人,电话,经度,纬度\n"
    "T1,平定县救援一队,救援队,12,搜救、破拆,张三,13812345678,113.7,37.8\n"
    "T2,冶西镇信息员,灾害信息员,1,,李四,13987654321,113.6,37.7\n"
    "T3,城区医疗队,医疗队,8,急救,,,113.3,37.8\n"
)
AT = "2026-09-15T11:59:00Z"  # the server's clock stands at 12:00
HERE = {"at": AT, "lon": 113.75, "lat": 37.85, "accuracy_m": 8}


class Desk:
    """An operator of the prefecture and phones of its teams."""

    def __init__(self, api: Any, operator: dict[str, str], field: dict[str, str]) -> None:
        self.api, self.operator, self.field = api, operator, field

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        answer = await self.api.client.get(path, headers=headers or self.operator)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def says(self, team: str, headers: dict[str, str] | None = None, **changes: Any) -> Any:
        body = {k: v for k, v in (HERE | changes).items() if v is not None}
        return await self.api.client.post(
            f"/api/teams/{team}/positions", json=body, headers=headers or self.field
        )

    async def position(self, team: str = "T1") -> Any:
        return (await self.get(f"/api/teams/{team}"))["position"]

    async def features(self, headers: dict[str, str]) -> dict[str, Any]:
        found = await self.get("/ogc/collections/teams/items", headers)
        return {f["id"]: f for f in found["features"]}


@pytest.fixture
async def desk(api, operator, finished) -> Desk:
    answer = await api.client.post(
        "/api/imports/teams", files={"file": ("队伍.csv", FILE.encode())}, headers=operator
    )
    job = await finished(answer.json()["id"], operator)
    assert (job["result"]["added"], job["result"]["refused_rows"]) == (3, [])
    return Desk(api, operator, await api.as_role("field"))


async def test_a_register_is_read_with_numbers_masked(desk: Desk, api) -> None:
    first, second, third = (await desk.get("/api/teams"))["teams"]
    assert (first["name"], first["kind"], first["people"]) == ("平定县救援一队", "rescue", 12)
    assert first["skills"] == ["search", "digging"]
    assert (first["telephone"], third["telephone"]) == ("138****5678", None)
    assert (second["kind"], second["area"], second["position"]) == ("information", "140321", None)
    asked = {"reason": "调度"}
    path = "/api/teams/T1/telephone"
    told = await api.client.post(path, json=asked, headers=desk.operator)
    assert told.json()["telephone"] == "13812345678"
    planner = await api.as_role("planner")
    assert (await api.client.post(path, json=asked, headers=planner)).status_code == 403
    cursor = await api.conn.execute("SELECT detail FROM audit WHERE action = 'team.unmask'")
    assert [row["detail"] for row in await cursor.fetchall()] == [asked]


async def test_the_newest_position_by_the_phones_clock_counts(desk: Desk) -> None:
    assert (await desk.says("T1")).status_code == 201
    assert (await desk.says("T1", lon=113.9)).status_code == 200
    assert (await desk.says("T1", at="2026-09-15T11:00:00Z", lon=113.6)).status_code == 201
    position = await desk.position()
    assert (position["lon"], position["age_s"], position["stale"]) == (113.75, 60.0, False)
    assert [p["lon"] for p in (await desk.get("/api/teams/T1"))["positions"]] == [113.75, 113.6]
    await desk.says("T2", at="2026-09-15T11:30:00Z")
    assert (await desk.position("T2"))["stale"] is True


@pytest.mark.parametrize(
    ("changes", "age_s"),
    [
        ({"at": "1970-01-01T00:00:00Z", "sent_at": "1970-01-01T00:01:00Z"}, 60),
        ({"at": "2030-01-01T00:00:00Z", "sent_at": "2030-01-01T00:00:30Z"}, 30),
        ({"lon": 37.85, "lat": 113.75}, 60),
        ({"at": "2026-09-15T12:03:00Z"}, 0),
    ],
)
async def test_clocks_and_pairs_that_can_be_mended_are(desk: Desk, changes, age_s) -> None:
    assert (await desk.says("T1", **changes)).status_code == 201
    position = await desk.position()
    assert (position["lon"], position["lat"], position["age_s"]) == (113.75, 37.85, age_s)


async def test_what_is_no_position_is_refused(desk: Desk, api) -> None:
    for changes, at in (
        ({"at": "1970-01-01T00:00:00Z"}, "/at"),
        ({"at": "2026-09-16T12:00:00Z"}, "/at"),
        ({"lon": 2.3, "lat": 48.9}, "/lon"),
        ({"lat": 900}, "/location"),
        ({"lat": None}, "/lat"),
        ({"accuracy_m": -1}, "/accuracy_m"),
    ):
        answer = await desk.says("T1", **changes)
        assert answer.status_code == 422, changes
        assert [fault["at"] for fault in answer.json()["errors"]] == [at]
    text = f'{{"at": "{AT}", "lon": NaN, "lat": 37.8}}'
    headers = desk.field | {"Content-Type": "application/json"}
    none = await api.client.post("/api/teams/T1/positions", content=text, headers=headers)
    assert none.status_code in {400, 422}
    assert (await desk.says("T9")).status_code == 404
    assert await desk.position() is None


async def test_who_may_know_where_a_team_is(desk: Desk, api) -> None:
    await desk.says("T1")
    county = await api.as_role("planner", "140321")
    near = await desk.features(county)
    assert near["T1"]["geometry"]["coordinates"] == [113.75, 37.85]
    assert near["T1"]["properties"]["located"] is True
    assert near["T1"]["properties"]["positioned_at"].startswith("2026-09-15T11:59:00")
    assert near["T2"]["properties"]["located"] is False
    assert set(near) == {"T1", "T2"}
    viewer = await desk.features(await api.as_role("viewer"))
    assert {key: f["properties"]["teams"] for key, f in viewer.items()} == {
        "140302": 1,
        "140321": 2,
    }
    assert "13812345678" not in str(near) + str(viewer)
    listed = (await desk.get("/api/teams", await api.as_role("field", "140321")))["teams"]
    assert [set(team) & {"telephone", "contact", "position"} for team in listed] == [set()] * 2
    township = await api.as_role("field", "140321100")
    assert [t["id"] for t in (await desk.get("/api/teams", township))["teams"]] == ["T1", "T2"]
    assert (await desk.says("T2", township)).status_code == 201
    for headers in (await api.as_role("field", "140302"), await api.as_role("viewer")):
        assert (await desk.says("T1", headers)).status_code == 403
    outside = await api.as_role("planner", "140302")
    assert (await api.client.get("/api/teams/T1", headers=outside)).status_code == 403


async def test_a_team_is_assigned_to_an_event_and_released(desk: Desk, api, event) -> None:
    path = "/api/teams/T1"

    async def change(**changes: Any) -> Any:
        return await api.client.patch(path, json=changes, headers=desk.operator)

    sent = (await change(event=event, state="deployed")).json()
    assert (sent["event"], sent["state"]) == (event, "deployed")
    assert [t["id"] for t in (await desk.get(f"/api/teams?event={event}"))["teams"]] == ["T1"]
    assert (await change(state="resting")).json()["event"] == event
    assert (await change(event=None)).json()["event"] is None
    assert (await change(event="none")).status_code == 422
    planner = await api.as_role("planner")
    assert (await api.client.patch(path, json={}, headers=planner)).status_code == 403


async def test_the_change_feed_tells_of_teams_and_closed_roads(desk: Desk, api, event) -> None:
    await desk.says("T1")
    await api.conn.execute(
        "INSERT INTO road_closures (id, event, place, direction, roads, geom, from_at, reason,"
        " by_whom) VALUES ('c', %s, '{}', 'both', '{}', 'SRID=4490;MULTILINESTRING((113 37,"
        " 113 38))', now(), 'r', 'b')",
        (event,),
    )
    cursor = await api.conn.execute(
        "SELECT layer, op, id, area, event FROM changes"
        " WHERE layer IN ('teams', 'road_closures') ORDER BY seq"
    )
    told = [tuple(row.values()) for row in await cursor.fetchall()]
    assert told[3:] == [
        ("teams", "update", "T1", "140321", None),
        ("road_closures", "insert", "c", None, event),
    ]


async def test_a_team_is_registered_once_and_mended(desk: Desk, api) -> None:
    body = {"name": "冶西镇突击队", "kind": "rescue", "area": "140321100", "people": 20}
    body |= {"skills": ["search", "drone"], "contact": "王五", "telephone": "10012345678"}

    async def add(headers: dict[str, str] = desk.operator, **changes: Any) -> Any:
        return await api.client.post("/api/teams", json=body | changes, headers=headers)

    keyed = desk.operator | {"Idempotency-Key": "k1"}
    first, again = await add(keyed), await add(keyed)
    assert (first.status_code, again.status_code) == (201, 200)
    team = again.json()
    assert (team["telephone"], team["state"], team["task"]) == ("100****5678", "ready", None)
    assert team["home"]["lon"] is not None
    assert len((await desk.get("/api/teams"))["teams"]) == 4

    changes = {"name": "冶西镇救援队", "people": None, "home": {"lon": 37.7, "lat": 113.6}}
    path = f"/api/teams/{team['id']}"
    mended = await api.client.patch(path, json=changes, headers=desk.operator)
    assert mended.status_code == 200, mended.text
    shown = mended.json()
    assert (shown["name"], shown["people"], shown["home"]) == (
        "冶西镇救援队",
        None,
        {"lon": 113.6, "lat": 37.7},
    )
    cursor = await api.conn.execute("SELECT detail::text AS d FROM audit WHERE action ~ 'team'")
    assert "10012345678" not in str(await cursor.fetchall())

    assert (await add(await api.as_role("planner"))).status_code == 403
    assert (await add(await api.as_role("operator", "140302"))).status_code == 403
    for wrong, at in (
        ({"kind": "army"}, "/kind"),
        ({"skills": ["magic"]}, "/skills"),
        ({"telephone": "call me"}, "/telephone"),
        ({"people": 0}, "/people"),
        ({"area": "140399"}, "/area"),
        ({"home": {"lon": 2.3, "lat": 48.9}}, "/home/lon"),
        ({"name": ""}, "/name"),
    ):
        answer = await add(**wrong)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at)
    assert len((await desk.get("/api/teams"))["teams"]) == 4


async def test_a_team_is_sent_to_a_report_or_a_place(desk: Desk, api, event) -> None:
    cursor = await api.conn.execute(
        "INSERT INTO field_reports (id, event, kind, area, observed_at, geom, body_sha256)"
        " VALUES (gen_random_uuid(), %s, 'casualty', '140321', now(),"
        " 'SRID=4490;POINT(113.7 37.9)', '') RETURNING id::text",
        (event,),
    )
    report = (await cursor.fetchone())["id"]

    async def send(headers: dict[str, str] = desk.operator, **body: Any) -> Any:
        task = {"event": event} | body
        return await api.client.post("/api/teams/T1/task", json=task, headers=headers)

    sent = (await send(report=report, text="搜救")).json()
    task = {key: sent["task"][key] for key in ("lon", "lat", "text", "report")}
    assert task == {"lon": 113.7, "lat": 37.9, "text": "搜救", "report": report}
    assert (sent["state"], sent["event"]) == ("deployed", event)
    place = (await send(place={"lon": 113.5, "lat": 37.8})).json()["task"]
    assert (place["lon"], place["report"], place["text"]) == (113.5, None, None)

    kept = await api.client.patch("/api/teams/T1", json={"event": event}, headers=desk.operator)
    assert kept.json()["task"] is not None
    freed = {"event": None, "state": "ready"}
    released = await api.client.patch("/api/teams/T1", json=freed, headers=desk.operator)
    assert (released.json()["task"], released.json()["event"]) == (None, None)

    for body in ({}, {"report": report, "place": {"lon": 113.5, "lat": 37.8}}):
        assert (await send(**body)).status_code == 422
    assert (await send(report="6f1c0f0a-5a0e-4b8e-9f4e-1d1f6a9d2c11")).status_code == 404
    assert (await send(event="none", place={"lon": 113.5, "lat": 37.8})).status_code == 422
    assert (await send(await api.as_role("planner"), report=report)).status_code == 403
