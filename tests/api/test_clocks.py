"""The two clocks: what the centre knew then reads the same for ever, on every layer and format."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from geo.database import Connection, connected
from geo.events import event_open_to_reports
from geo.reports import NewReport, store_report
from relief.vocabulary import Stage

EVENT_LAYERS = ("casualties", "intensity", "households", "field_reports", "sites", "assignments")
TILE = "tiles/WebMercatorQuad/7/49/104"
FORMS = ("", "/items", "/items?f=html", f"/{TILE}", "/tiles/WebMercatorQuad/tilejson.json")
HOMES = """
INSERT INTO households (id, area, persons, geom, source)
SELECT 'h' || n, '140321', 3, ST_SetSRID(ST_Point(113.5 + n * 0.01, 37.7), 4490), 'test'
FROM generate_series(1, 10) AS n;
INSERT INTO shelters (id, name, area, level, capacity, geom, source)
VALUES ('s1', '一中', '140321', 'county', 100, ST_SetSRID(ST_Point(113.6, 37.8), 4490), 'test');
INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)
VALUES ('\\x00', 'rm_test', 'test', 'admin', '')
"""
FINDINGS = """
INSERT INTO house_damage (event, household, grade, source)
SELECT %(event)s, 'h' || n, 'collapsed', 'test' FROM generate_series(%(n)s, %(n)s + 1) AS n;
INSERT INTO field_reports (id, event, kind, area, observed_at, geom, body_sha256)
SELECT gen_random_uuid(), %(event)s, 'damage', '140321', '2026-09-15T03:00+08:00', geom, ''
FROM households WHERE id = 'h' || %(n)s;
INSERT INTO jobs (id, kind, parameters, token)
SELECT 'job' || %(n)s, 'assignment', '{}', min(id) FROM tokens;
INSERT INTO assignments (id, job, event, parameters, assigned_people, unassigned_people,
    person_metres, lower_bound, gap)
VALUES ('plan' || %(n)s, 'job' || %(n)s, %(event)s, '{}', 3, 0, 1, 1, 0);
INSERT INTO assignment_households (assignment, household, shelter, persons)
VALUES ('plan' || %(n)s, 'h' || %(n)s, 's1', 3);
INSERT INTO sites (job, event, rank, candidate, purpose, ground_area_m2, serves_people,
    survey_required, nearest, geom)
SELECT 'job' || %(n)s, %(event)s, 1, 'g' || %(n)s, 'settlement', 9000, 30, false, '[]',
    ST_Multi(ST_Buffer(geom, 0.01)) FROM households WHERE id = 'h' || %(n)s
"""

WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

Answers = dict[str, bytes]
Read = Callable[[dict[str, str], dict[str, str]], Awaitable[Answers]]


async def instant(conn: Connection) -> str:
    """The store's time now."""
    row = await (await conn.execute("SELECT clock_timestamp() AS t")).fetchone()
    assert row is not None
    return str(row["t"].isoformat())


async def find(conn: Connection, event: str, number: int) -> None:
    """Damage, a field report, an assignment and a site come to be known."""
    for statement in FINDINGS.split(";\n"):
        await conn.execute(statement, {"event": event, "n": number})


@pytest.fixture
def read(api: Any, event: str) -> Read:
    """Every answer about the event at a moment, by its address."""

    async def answers(headers: dict[str, str], moment: dict[str, str]) -> Answers:
        found = {}
        for path in (
            *(f"/api/events/{event}/{name}" for name in ("response-level", "reporting")),
            *(f"/api/events/{event}/casualties?f={f}" for f in ("json", "geojson", "csv")),
            *(f"/api/events/{event}/{name}" for name in ("loss-reports", "linked-responses")),
            *(f"/ogc/collections/{layer}{rest}" for layer in EVENT_LAYERS for rest in FORMS),
            "/ogc/collections/casualties/items/140321",
        ):  # fmt: skip
            asked = moment | ({"event": event} if path.startswith("/ogc") else {})
            url = api.client.base_url.copy_with(path=path.partition("?")[0])
            for pair in filter(None, path.partition("?")[2].split("&")):
                asked |= dict([pair.split("=")])
            answer = await api.client.get(url, params=asked, headers=headers)
            assert answer.status_code in (200, 204), (path, answer.text)
            found[path] = answer.content
        return found

    return answers


async def history(api: Any, event: str, operator: dict[str, str], post_report: Any) -> str:
    """What happens before the moment that is asked about; the first report's id."""
    for statement in HOMES.split(";\n"):
        await api.conn.execute(statement)
    posted = await post_report({"dead": 4, "drought_needing_aid": 45_000})
    await api.client.patch(f"/api/events/{event}", json={"major": True}, headers=operator)
    link = {
        "kind": "flood_drought", "area": "140300", "level": "II", "by": "市防汛抗旱指挥部",
        "started_at": "2026-09-15T03:00:00+08:00",
    }  # fmt: skip
    linked = await api.client.post(
        f"/api/events/{event}/linked-responses", json=link, headers=operator
    )
    assert linked.status_code == 201, linked.text
    await find(api.conn, event, 1)
    return str(posted.json()["id"])


async def aftermath(
    api: Any, event: str, operator: dict[str, str], post_report: Any, first: str
) -> None:
    """Everything that may change later: reports, judgements, states, registers, findings."""
    path = f"/api/events/{event}"
    assert (await post_report({"dead": 2}, supersedes=first)).status_code == 201
    assert (await post_report({"dead": 30}, as_of="2026-09-15T08:00:00+08:00")).status_code == 201
    likely = {"figures": {"dead": 60}, "reason": "余震", "by": "会商组"}
    await api.client.post(f"{path}/response-level/anticipated", json=likely, headers=operator)
    links = (await api.client.get(f"{path}/linked-responses", headers=operator)).json()
    ended = {"ended_at": "2026-09-15T05:00:00+08:00"}
    one = links["linked_responses"][0]["id"]
    await api.client.patch(f"{path}/linked-responses/{one}", json=ended, headers=operator)
    await api.client.patch(path, json={"state": "stable", "major": False}, headers=operator)
    await api.conn.execute(
        "UPDATE admin_areas SET name = name || '（改）', population = 999999,"
        " agricultural_population = 999999"
    )
    await api.conn.execute("DELETE FROM intensity_zones WHERE event = %s", (event,))
    await find(api.conn, event, 5)


async def test_what_was_known_then_reads_the_same_later(api, operator, event, post_report, read):
    first = await history(api, event, operator, post_report)
    moment = {"known_at": await instant(api.conn)}
    roles = [operator, await api.as_role("viewer"), await api.as_role("planner")]
    then = [await read(headers, moment) for headers in roles]
    today = await read(operator, {})
    await aftermath(api, event, operator, post_report, first)
    later = [await read(headers, moment) for headers in roles]
    for before, after in zip(then, later, strict=True):
        for path, content in before.items():
            assert after[path] == content, path
    changed = await read(operator, {})
    for path in (f"/api/events/{event}/response-level", f"/api/events/{event}/reporting"):
        assert changed[path] != today[path]
    for layer in EVENT_LAYERS:
        path = f"/ogc/collections/{layer}/items"
        assert changed[path] != today[path]


async def test_a_correction_leaves_no_instant_without_the_figure(api, operator, event, post_report):
    first = (await post_report({"dead": 4})).json()
    second = (await post_report({"dead": 2}, supersedes=first["id"])).json()
    listed = await api.client.get(f"/api/events/{event}/loss-reports", headers=operator)
    earlier = next(r for r in listed.json()["reports"] if r["id"] == first["id"])
    assert earlier["superseded_at"] == second["recorded_at"]


async def test_who_asks_what_is_known_waits_for_what_is_being_recorded(
    api, operator, event, database_url
) -> None:
    figures = {"dead": 4}
    as_of = datetime(2026, 9, 15, tzinfo=UTC)
    report = NewReport(event, "140321", Stage.INITIAL, as_of, figures, "test")
    path = f"/api/events/{event}/casualties"
    async with connected(database_url) as writer:
        async with writer.transaction():
            await event_open_to_reports(writer, event)
            await store_report(writer, report, None)
            asked = {"known_at": await instant(api.conn)}
            waiting = asyncio.create_task(api.client.get(path, params=asked, headers=operator))
            while not await (await api.conn.execute(WAITING)).fetchall():
                assert not waiting.done()
                await asyncio.sleep(0.01)
        assert (await waiting).json()["total"] == figures


async def test_a_past_hour_is_shown_on_the_map(api, operator, event, post_report) -> None:
    await post_report({"dead": 4})
    await post_report({"dead": 9}, as_of="2026-09-15T08:00:00+08:00")
    path = "/ogc/collections/casualties/items/140321"
    for as_of, dead in (
        ("2026-09-15T03:00:00+08:00", None),
        ("2026-09-15T04:00:00+08:00", 4),
        ("2026-09-15T08:00:00+08:00", 9),
    ):
        asked = {"event": event, "as_of": as_of}
        answer = await api.client.get(path, params=asked, headers=operator)
        assert answer.json()["properties"]["dead"] == dead
        assert all("as_of=" in link["href"] for link in answer.json()["links"])


async def test_the_style_of_a_past_moment_points_at_its_tiles(api, operator, event) -> None:
    asked = {"event": event, "as_of": "2026-09-15T04:00:00+08:00", "known_at": "2026-09-16T00:00Z"}
    now = await api.client.get("/ogc/styles/situation", headers=operator)
    then = await api.client.get("/ogc/styles/situation", params=asked, headers=operator)
    assert then.headers["etag"] != now.headers["etag"]
    for source in then.json()["sources"].values():
        (template,) = source["tiles"]
        assert "as_of=2026-09-15T04%3A00%3A00%2B08%3A00&known_at=2026-09-16T00%3A00Z" in template
        assert "{z}/{y}/{x}" in template


@pytest.mark.parametrize("clock", ["as_of", "known_at"])
async def test_a_time_without_offset_or_sense_is_refused(api, operator, event, clock) -> None:
    tile = f"/ogc/collections/casualties/{TILE}"
    for path in ("/ogc", "/ogc/collections/casualties/items", "/ogc/styles/situation", tile):
        for text in ("", "now", "..", "2026-09-15", "2026-09-15T04:00:00", "1789416000"):
            answer = await api.client.get(path, params={clock: text}, headers=operator)
            assert answer.status_code == 400, (path, text)
            assert answer.json()["errors"][0]["at"] == f"?{clock}"


@pytest.fixture
async def gated(api: Any, operator: dict[str, str], event: str, post_report: Any) -> str:
    """An event whose figures wait for their release: 4 dead are released, 9 are known."""
    for statement in HOMES.split(";\n"):
        await api.conn.execute(statement)
    path = f"/api/events/{event}"
    await api.client.patch(path, json={"release": "authorised"}, headers=operator)
    await post_report({"dead": 4})
    await find(api.conn, event, 1)
    await api.conn.execute(
        "INSERT INTO releases (event, known_at, reason, by_whom)"
        " VALUES (%s, clock_timestamp(), 'x', 'x')",
        (event,),
    )
    await post_report({"dead": 9}, as_of="2026-09-15T08:00:00+08:00")
    await find(api.conn, event, 5)
    return event


async def test_viewers_see_the_released_figures_in_every_layer_and_form(
    api, gated, operator, read
) -> None:
    moment = {"known_at": await instant(api.conn)}
    for role in ("viewer", "field"):
        headers = await api.as_role(role)
        for asked in ({}, moment):
            seen = await read(headers, asked)
            assert b'"dead":4' in seen["/ogc/collections/casualties/items"]
            for path, content in seen.items():
                assert b'"dead":9' not in content, path
                assert b"<td>9.0</td>" not in content, path
                assert b"plan5" not in content, path
            released = seen["/ogc/collections/households/items"]
            assert released.count(b'"damaged_households":1') == 2
    path = f"/ogc/collections/casualties?event={gated}"
    assert "updated" not in (await api.client.get(path, headers=headers)).json()
    assert "updated" in (await api.client.get(path, headers=operator)).json()
    working = await read(operator, {})
    assert b'"dead":9' in working["/ogc/collections/casualties/items"]


async def test_no_cache_gives_one_role_what_another_may_see(api, gated, operator) -> None:
    viewer = await api.as_role("viewer")
    for rest in ("", "/items", "/items/140321", f"/{TILE}"):
        path = f"/ogc/collections/casualties{rest}?event={gated}"
        held = await api.client.get(path, headers=operator)
        assert held.headers["cache-control"] == "private, no-cache", path
        assert {"Authorization", "Cookie"} <= set(held.headers["vary"].split(", "))
        asked = viewer | {"If-None-Match": held.headers["etag"]}
        answer = await api.client.get(path, headers=asked)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.content != held.content or rest == ""


async def test_a_release_makes_what_viewers_hold_stale(api, gated) -> None:
    viewer = await api.as_role("viewer")
    path = f"/ogc/collections/casualties/{TILE}?event={gated}"
    held = (await api.client.get(path, headers=viewer)).headers["etag"]
    asked = viewer | {"If-None-Match": held}
    assert (await api.client.get(path, headers=asked)).status_code == 304
    await api.conn.execute(
        "INSERT INTO releases (event, known_at, reason, by_whom)"
        " VALUES (%s, clock_timestamp(), 'x', 'x')",
        (gated,),
    )
    assert (await api.client.get(path, headers=asked)).status_code == 200
