"""Reports from the field as phones send them: once, odd, late, and by whom they may be read."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from benchmarks.field_report_shuffle import send_shuffled

Send = Callable[..., Awaitable[httpx.Response]]

PLACE = {"lon": 113.7, "lat": 37.8, "accuracy_m": 12}


def body(**changes: Any) -> dict[str, Any]:
    """A report of a collapsed house in 平定县."""
    return {
        "id": str(uuid4()),
        "kind": "damage",
        "observed_at": "2026-09-15T11:50:00Z",
        "location": PLACE,
        "text": "土坯房倒塌 3 间",
        "figures": {"collapsed_rooms": 3},
    } | changes


@pytest.fixture
async def field(api) -> dict[str, str]:
    return await api.as_role("field")


@pytest.fixture
def send(api, event, field) -> Send:
    async def sent(report: Any = None, headers: Any = None, **changes: Any) -> httpx.Response:
        path = f"/api/events/{event}/field-reports"
        report = body(**changes) if report is None else report
        return await api.client.post(path, json=report, headers=headers or field)

    return sent


def codes(answer: httpx.Response) -> list[str]:
    return [flag["code"] for flag in answer.json()["flags"]]


async def test_a_report_is_stored_with_its_division(send) -> None:
    report = body()
    answer = await send(report)
    assert answer.status_code == 201, answer.text
    stored = answer.json()
    assert stored["id"] == report["id"]
    assert (stored["state"], stored["area"], stored["area_name"]) == ("new", "140321", "平定县")
    assert stored["location"] == PLACE
    assert stored["figures"] == {"collapsed_rooms": 3}
    assert stored["flags"] == []


async def test_the_same_report_any_number_of_times_is_one(api, send) -> None:
    report = body()
    answers = await asyncio.gather(*(send(report) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.text for a in answers}) == 1
    later = report | {"sent_at": "2026-09-15T11:59:00Z", "location": PLACE | {"lon": 113.70}}
    assert (await send(later)).status_code == 200
    other = await send(report | {"text": "另一处"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    for table in ("field_reports", "changes WHERE layer = 'field_reports'", "audit"):
        cursor = await api.conn.execute(f"SELECT count(*) AS n FROM {table}")
        assert (await cursor.fetchone())["n"] == (2 if table == "audit" else 1), table


async def test_an_id_of_another_event_is_taken(api, send, operator, field) -> None:
    report = body()
    await send(report)
    flood = {"hazard": "flood", "occurred_at": "2026-09-14T00:00:00Z", "area": "140300"}
    other = (await api.client.post("/api/events", json=flood, headers=operator)).json()["id"]
    path = f"/api/events/{other}/field-reports"
    assert (await api.client.post(path, json=report, headers=field)).status_code == 409


async def test_a_closed_event_takes_no_report_but_knows_what_it_has(
    api, send, operator, event
) -> None:
    report = body()
    first = await send(report)
    await api.client.patch(f"/api/events/{event}", json={"state": "closed"}, headers=operator)
    again = await send(report)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await send()).json()["code"] == "event_closed"


@pytest.mark.parametrize(
    ("location", "expected", "flags"),
    [
        ({"lon": 37.8, "lat": 113.7}, (113.7, 37.8), ["location_swapped"]),
        ({"lon": 2.35, "lat": 48.85}, (2.35, 48.85), ["location_far"]),
        ({"lon": 113.7, "lat": 37.8, "accuracy_m": 3000}, (113.7, 37.8), ["location_imprecise"]),
        ({"lon": 113.70618, "lat": 37.80083, "crs": "gcj02"}, (113.7, 37.8), []),
        ({"lon": 473580, "lat": 4185341, "crs": "EPSG:4547"}, (113.7, 37.8), []),
        ({"lon": 4185341, "lat": 473580, "crs": "4547"}, (113.7, 37.8), ["location_swapped"]),
        ({"lon": 120.2, "lat": 30.3}, (120.2, 30.3), ["location_outside_event"]),
    ],
)
async def test_places_are_kept_and_flagged(send, location, expected, flags) -> None:
    answer = await send(location=location)
    assert answer.status_code == 201, answer.text
    place = answer.json()["location"]
    assert (place["lon"], place["lat"]) == pytest.approx(expected, abs=2e-3)
    assert codes(answer) == flags
    assert answer.json()["stated"]["location"]["lon"] == location["lon"]


async def test_a_division_that_fits_only_once_unshifted_tells_gcj02(api, send) -> None:
    await api.conn.execute(
        "UPDATE admin_areas SET geom = ST_Multi(ST_MakeEnvelope(113.698, 37.798, 113.702, 37.8005,"
        " 4490)) WHERE code = '140321100'"
    )
    answer = await send(location={"lon": 113.70618, "lat": 37.80083}, area="140321100")
    assert codes(answer) == []  # the county's outline holds both: no contradiction
    await api.conn.execute(
        "UPDATE admin_areas SET geom = ST_Multi(ST_MakeEnvelope(113.703, 37.7, 113.8, 37.9, 4490))"
        " WHERE code = '140321101'"
    )
    answer = await send(location={"lon": 113.70618, "lat": 37.80083}, area="140321100")
    assert codes(answer) == ["area_differs", "gcj02_suspected"]


async def test_a_division_that_is_no_longer_on_file_keeps_no_report_out(send) -> None:
    answer = await send(area="140321199")
    assert (answer.status_code, codes(answer)) == (201, ["area_differs"])
    assert (answer.json()["area"], answer.json()["stated"]["area"]) == ("140321", "140321199")


async def test_without_coordinates_the_division_places_it(send) -> None:
    answer = await send(location=None, area="140321100")
    assert (answer.status_code, answer.json()["area"]) == (201, "140321100")
    assert codes(answer) == ["location_missing"]


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"observed_at": "1970-01-01T00:00:00+08:00"}, ["clock_behind"]),
        ({"observed_at": "2026-09-19T12:00:00Z"}, ["clock_ahead"]),
        ({"sent_at": "1970-01-01T00:10:00Z"}, ["clock_off"]),
        ({"observed_at": "2026-09-15T00:00:00Z"}, []),
    ],
)
async def test_clocks_that_are_off_are_kept_and_flagged(send, changes, flags) -> None:
    answer = await send(**changes)
    assert (answer.status_code, codes(answer)) == (201, flags)
    if "sent_at" in changes:
        assert answer.json()["stated"]["clock_ahead_s"] < -1e9


async def test_text_is_text(send) -> None:
    html = "<script>alert(1)</script> 🏚️ \t桥断\r\n第二行"
    assert (await send(text=html)).json()["text"] == html.replace("\r\n", "\n")
    cleaned = await send(text="a\u0007b\u202ec")
    assert (cleaned.json()["text"], codes(cleaned)) == ("abc", ["text_cleaned"])
    details = {"needs": ["\u202e水"], "hazard": "滑\u0007坡"}
    assert (await send(details=details)).json()["details"] == {"needs": ["水"], "hazard": "滑坡"}
    long = await send(text="震" * 350_000)
    assert (long.status_code, long.json()["errors"][0]["at"]) == (422, "/text")


async def test_figures_beyond_the_population_are_asked_about(send) -> None:
    answer = await send(kind="casualty", figures={"injured": 400_000})
    assert (answer.status_code, codes(answer)) == (201, ["figures_implausible"])


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"id": "1"}, "/id"),
        ({"kind": "rumour"}, "/kind"),
        ({"observed_at": "2026-09-15T11:50:00"}, "/observed_at"),
        ({"observed_at": "9999-12-31T23:59:59-12:00"}, "/observed_at"),
        ({"location": {"lon": 500, "lat": 99}}, "/location"),
        ({"location": {"lon": "east", "lat": 37}}, "/location/lon"),
        ({"location": None}, "/location"),
        ({"area": "999999", "location": None}, "/area"),
        ({"figures": {"dead": -1}}, "/figures/dead"),
        ({"figures": {"ghosts": 1}}, "/figures/ghosts"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_what_cannot_be_stored_says_where(api, send, changes, at) -> None:
    answer = await send(**changes)
    assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at), answer.text
    cursor = await api.conn.execute("SELECT count(*) AS n FROM field_reports")
    assert (await cursor.fetchone())["n"] == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
async def test_numbers_that_are_none_are_refused(api, event, field, number) -> None:
    text = json.dumps(body()).replace("113.7", number)
    sent = {"content": text, "headers": field | {"Content-Type": "application/json"}}
    answer = await api.client.post(f"/api/events/{event}/field-reports", **sent)
    assert answer.status_code in {400, 422}


async def test_a_form_is_the_same_report(api, event, field) -> None:
    path = f"/api/events/{event}/field-reports"
    report = body()
    parts = {"report": (None, json.dumps(report), "application/json")}
    assert (await api.client.post(path, files=parts, headers=field)).status_code == 201
    spelled = {k: v if isinstance(v, str) else json.dumps(v) for k, v in report.items()}
    parts = {k: (None, v) for k, v in spelled.items()}
    assert (await api.client.post(path, files=parts, headers=field)).status_code == 200
    assert (await api.client.post(path, json=report, headers=field)).status_code == 200
    other = await api.client.post(path, content=b"x", headers=field | {"Content-Type": "a/b"})
    assert other.status_code == 415


async def test_who_may_post_and_who_sees_what(api, send, event) -> None:
    viewer, planner = await api.as_role("viewer"), await api.as_role("planner", "140302")
    stranger, elsewhere = await api.as_role("field"), await api.as_role("field", "6542")
    inside, operator = await api.as_role("planner", "140321"), await api.as_role("operator")
    assert (await send(headers=viewer)).status_code == 403
    assert (await send(headers=elsewhere)).status_code == 403
    report = (await send()).json()
    far = (await send(location={"lon": 2.35, "lat": 48.85})).json()
    path = f"/api/events/{event}/field-reports"

    async def seen(headers: dict[str, str], query: str = "") -> list[str]:
        answer = await api.client.get(path + query, headers=headers)
        return [r["id"] for r in answer.json()["field_reports"]]

    assert (await api.client.get(path, headers=viewer)).status_code == 403
    assert await seen(stranger) == []
    assert (await api.client.get(f"{path}/{report['id']}", headers=stranger)).status_code == 404
    assert await seen(planner) == []
    assert await seen(inside) == [report["id"]]
    assert await seen(operator) == [far["id"], report["id"]]
    assert await seen(operator, "?mine=true") == []
    assert "reporter" not in report
    detail = (await api.client.get(f"{path}/{report['id']}", headers=operator)).json()
    assert detail["reporter"]["label"] == "test field"


async def test_lists_are_filtered_and_paged(api, send, event, operator, field) -> None:
    ids = []
    for n, kind in enumerate(("damage", "road", "need", "road", "road")):
        answer = await send(kind=kind, figures={}, location={"lon": 113.7 + n / 100, "lat": 37.8})
        ids.append(answer.json()["id"])
    path = f"/api/events/{event}/field-reports"

    async def seen(query: str) -> list[str]:
        answer = await api.client.get(path + query, headers=operator)
        assert answer.status_code == 200, answer.text
        return [r["id"] for r in answer.json()["field_reports"]]

    assert await seen("?kind=road") == [ids[4], ids[3], ids[1]]
    assert await seen("?kind=road&kind=need&near=113.73,37.8&radius_m=1000") == [
        ids[4],
        ids[3],
        ids[2],
    ]
    assert await seen("?state=verified") == []
    assert await seen("?since=2100-01-01T00:00:00Z") == []
    joined: list[str] = []
    following = f"{path}?limit=2&kind=road&kind=damage"
    while following:
        page = (await api.client.get(following, headers=field)).json()
        joined += [r["id"] for r in page["field_reports"]]
        following = page["next"]
    assert joined == [ids[4], ids[3], ids[1], ids[0]]
    for wrong in ("?near=x", "?near=nan,1", "?near=1,2,3", "?token=x", "?state=odd", "?page=2"):
        answer = await api.client.get(path + wrong, headers=operator)
        assert answer.status_code in {400, 422}, wrong


async def test_shuffled_dropped_and_repeated_sending_ends_the_same(api, send, event) -> None:
    """Whatever order and however often they come, each is there once (1,000 in benchmarks)."""
    reports = [body(figures={"injured": n}, kind="casualty") for n in range(100)]
    await send_shuffled(send, reports, 11)
    for report in reports:
        assert (await send(report)).status_code in {200, 201}
    rows = await (await api.conn.execute("SELECT id::text, figures FROM field_reports")).fetchall()
    stored = {row["id"]: row["figures"] for row in rows}
    assert len(rows) == len(reports)
    assert stored == {report["id"]: report["figures"] for report in reports}
    counted = "SELECT count(*) AS n FROM changes WHERE layer = 'field_reports' AND op = 'insert'"
    assert (await (await api.conn.execute(counted)).fetchone())["n"] == len(reports)


async def test_a_revoked_token_with_a_full_outbox_loses_and_doubles_nothing(
    api, send, field
) -> None:
    outbox = [body(figures={"injured": n}, kind="casualty") for n in range(12)]
    assert [(await send(one)).status_code for one in outbox[:5]] == [201] * 5
    await api.conn.execute("UPDATE tokens SET revoked_at = now() WHERE role = 'field'")
    refused = [await send(one) for one in outbox]
    assert {(a.status_code, a.json()["code"]) for a in refused} == {(401, "not_signed_in")}
    anew = await api.as_role("field")
    again = [(await send(one, headers=anew)).status_code for one in outbox]
    assert again == [200] * 5 + [201] * 7
    cursor = await api.conn.execute("SELECT count(*) AS n FROM field_reports")
    assert (await cursor.fetchone())["n"] == 12


async def test_two_people_with_one_phone_keep_their_own(api, send, event) -> None:
    """Who sends what another has sent already changes nothing: it stays with its first sender."""
    first, second = await api.as_role("field"), await api.as_role("field")
    report = body()
    assert (await send(report, headers=first)).status_code == 201
    assert (await send(report, headers=second)).status_code == 200
    assert (await send(report | {"text": "另写一份"}, headers=second)).status_code == 409
    assert (await send(headers=second)).status_code == 201
    path = f"/api/events/{event}/field-reports?mine=true"
    for headers in (first, second):
        mine = (await api.client.get(path, headers=headers)).json()
        assert len(mine["field_reports"]) == 1


async def test_the_description_of_the_interface_holds_together(api, field) -> None:
    document = (await api.client.get("/api/openapi.json", headers=field)).json()
    refs = set(re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document)))
    for ref in refs:
        part = document
        for step in ref.split("/"):
            part = part[step]
    path = "/api/events/{event_id}/field-reports"
    sent = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"id", "kind", "observed_at"} == set(sent["required"])


async def test_free_text_never_reaches_a_public_layer(api, send, event) -> None:
    await send(text="secret-words")
    for role in ("viewer", "field"):
        headers = await api.as_role(role)
        for path in ("items", "items?f=html", "tiles/WebMercatorQuad/8/98/208"):
            joint = "&" if "?" in path else "?"
            address = f"/ogc/collections/field_reports/{path}{joint}event={event}"
            assert b"secret-words" not in (await api.client.get(address, headers=headers)).content
