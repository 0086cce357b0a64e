"""Reports, casualties and the level of an event, asked as an operator asks."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from shapely.geometry import shape


async def test_a_report_moves_figures_and_level(api, operator, event, post_report) -> None:
    first = await post_report({"dead": 2, "missing": 0, "relocated": 1500})
    assert first.status_code == 201
    assert first.json()["response_level"]["level"] is None

    second = await post_report({"dead": 12}, stage="follow_up", as_of="2026-09-15T06:00:00+08:00")
    level = second.json()["response_level"]
    assert level["level"] == "III"
    assert level["findings"][0]["clause"].startswith("5.3.1")

    path = f"/api/events/{event}"
    answer = (await api.client.get(f"{path}/casualties", headers=operator)).json()
    areas = {area["area"]: area for area in answer["areas"]}
    assert areas["140321"]["figures"] == {"dead": 12, "missing": 0, "relocated": 1500}
    assert areas["140302"]["reported"] is False
    assert areas["140302"]["figures"] == {}
    assert answer["total"] == {"dead": 12, "missing": 0, "relocated": 1500}
    assert answer["coverage"] == {"reported": 1, "of": 2, "silent": ["140302"]}
    seen = (await api.client.get(f"{path}/response-level", headers=operator)).json()
    assert seen["reported"]["level"] == "III"
    await post_report({"injured": 5}, stage="follow_up", as_of="2026-09-15T07:00:00+08:00")
    seen = (await api.client.get(f"{path}/response-level", headers=operator)).json()
    assert [step["level"] for step in seen["history"]] == ["III", None]


async def test_figures_may_fall_and_late_reports_do_not_win(api, operator, event, post_report):
    await post_report({"missing": 9}, as_of="2026-09-15T08:00:00+08:00")
    await post_report({"missing": 2}, as_of="2026-09-15T09:00:00+08:00", stage="follow_up")
    await post_report({"missing": 30}, as_of="2026-09-15T07:00:00+08:00")
    answer = await api.client.get(f"/api/events/{event}/casualties", headers=operator)
    assert answer.json()["total"] == {"missing": 2}
    then = await api.client.get(
        f"/api/events/{event}/casualties",
        params={"as_of": "2026-09-15T08:30:00+08:00"},
        headers=operator,
    )
    assert then.json()["total"] == {"missing": 9}


async def test_a_parent_with_its_own_total_stands_beside_the_sum(api, operator, event, post_report):
    await post_report({"dead": 3}, area="140321100")
    await post_report({"dead": 2}, area="140321101")
    path = f"/api/events/{event}/casualties"
    summed = (await api.client.get(path, headers=operator)).json()
    assert summed["total"] == {"dead": 5}
    await post_report({"dead": 7})
    stated = (await api.client.get(path, headers=operator)).json()
    assert stated["total"] == {"dead": 7}
    assert stated["differences"] == [
        {"area": "140321", "indicator": "dead", "stated": 7, "children_sum": 5, "difference": 2}
    ]
    towns = (await api.client.get(f"{path}?by=township", headers=operator)).json()
    assert [town["figures"] for town in towns["areas"]] == [{"dead": 3}, {"dead": 2}]


async def test_a_correction_supersedes_but_the_past_stays(api, operator, event, post_report):
    wrong = (await post_report({"dead": 60})).json()
    assert wrong["response_level"]["level"] == "I"
    right = await post_report({"dead": 6}, supersedes=wrong["id"])
    assert right.json()["response_level"]["level"] == "IV"
    path = f"/api/events/{event}/casualties"
    before = await api.client.get(path, params={"known_at": wrong["recorded_at"]}, headers=operator)
    assert before.json()["total"] == {"dead": 60}
    again = await post_report({"dead": 5}, supersedes=wrong["id"])
    assert again.status_code == 409


async def test_two_sources_that_disagree_are_both_shown(api, operator, event, post_report):
    await post_report({"dead": 6})
    await post_report({"dead": 8}, source="平定县公安局")
    answer = await api.client.get(f"/api/events/{event}/casualties", headers=operator)
    assert answer.json()["total"] == {"dead": 6}
    [found] = answer.json()["disagreements"]
    assert (found["area"], found["difference"]) == ("140321", 2)
    assert (found["counted"]["value"], found["other"]["source"]) == (6, "平定县公安局")


async def test_a_consultation_settles_what_two_sources_dispute(api, operator, event, post_report):
    ours = (await post_report({"dead": 6})).json()["id"]
    theirs = (await post_report({"dead": 8}, source="平定县公安局")).json()["id"]
    unknown = await post_report({"dead": 7}, settles=[ours, "nothing"])
    assert (unknown.status_code, unknown.json()["errors"][0]["at"]) == (422, "/settles/1")
    later = "2026-09-15T09:00:00+08:00"
    settled = await post_report({"dead": 7}, settles=[ours, theirs], source="会商", as_of=later)
    assert settled.json()["settles"] == [ours, theirs]
    answer = await api.client.get(f"/api/events/{event}/casualties", headers=operator)
    assert answer.json()["total"] == {"dead": 7}
    assert answer.json()["disagreements"] == []


async def test_a_city_verifies_after_its_counties(api, operator, event, post_report):
    early = await post_report({"dead": 1}, area="140300", stage="verified")
    assert early.status_code == 409
    assert "城区 140302" in early.json()["detail"]
    for county in ("140302", "140321"):
        answer = await post_report({"dead": 0}, area=county, stage="verified")
        assert answer.status_code == 201
    city = await post_report({"dead": 0}, area="140300", stage="verified")
    assert city.status_code == 201


async def test_a_zero_report_is_on_file_and_changes_nothing(api, operator, event, post_report):
    await post_report({"dead": 2})
    zero = await post_report({}, no_change=True, stage="follow_up")
    assert zero.status_code == 201
    assert (zero.json()["no_change"], zero.json()["figures"]) == (True, {})
    answer = await api.client.get(f"/api/events/{event}/casualties", headers=operator)
    assert answer.json()["total"] == {"dead": 2}
    both = await post_report({"dead": 1}, no_change=True)
    assert both.status_code == 422


async def test_what_looks_wrong_is_stored_with_a_warning(api, operator, event, post_report):
    await post_report({"dead": 2}, stage="verified")
    lower = await post_report({"dead": 3}, as_of="2026-09-15T09:00:00+08:00")
    assert "verified" in lower.json()["warnings"][0]
    parts = {"relocated": 100, "relocated_collective": 40, "relocated_dispersed": 50}
    apart = await post_report(parts, as_of="2026-09-15T10:00:00+08:00", stage="verified")
    assert "10 apart" in apart.json()["warnings"][0]


@pytest.mark.parametrize(
    ("changes", "status", "at"),
    [
        ({"figures": {"dead": -1}}, 422, "/figures/dead"),
        ({"figures": {"deed": 1}}, 422, "/figures/deed"),
        ({"figures": {"dead": 1.5}}, 422, "/figures/dead"),
        ({"figures": {"dead": 400000}}, 422, "/figures/dead"),
        ({"figures": {}}, 422, "/figures"),
        ({"area": "140399"}, 422, "/area"),
        ({"area": "平定"}, 422, None),
        ({"as_of": "2026-09-16T08:00:00+08:00"}, 422, "/as_of"),
        ({"as_of": "2026-09-14T08:00:00+08:00"}, 422, "/as_of"),
        ({"as_of": "2026-09-15T08:00:00"}, 422, "/as_of"),
        ({"stage": "guess"}, 422, "/stage"),
        ({"supersedes": "no-such-report"}, 404, None),
        ({"colour": "red"}, 422, "/colour"),
    ],
)
async def test_a_bad_report_is_refused_whole(
    api, operator, event, post_report, changes: dict[str, Any], status: int, at: str | None
) -> None:
    figures = changes.pop("figures", {"dead": 1})
    answer = await post_report(figures, **changes)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if at:
        assert at in [fault["at"] for fault in answer.json()["errors"]]
    reports = await api.client.get(f"/api/events/{event}/loss-reports", headers=operator)
    assert reports.json()["reports"] == []


async def test_nan_and_text_that_is_no_utf8_are_no_json(api, operator, event) -> None:
    path = f"/api/events/{event}/loss-reports"
    for body in (
        b'{"figures": {"dead": NaN}}',
        b'{"source": "\xb9\xab"}',
        b'{"a": "\\ud800"}',
        b"{",
    ):
        headers = operator | {"content-type": "application/json"}
        answer = await api.client.post(path, content=body, headers=headers)
        assert answer.status_code == 400, (body, answer.text)
        assert answer.json()["code"] == "malformed_request"


async def test_a_closed_event_takes_no_report(api, operator, event, post_report) -> None:
    closed = await api.client.patch(
        f"/api/events/{event}", json={"state": "closed"}, headers=operator
    )
    assert closed.json()["state"] == "closed"
    refused = await post_report({"dead": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "event_closed")
    reopened = await api.client.patch(
        f"/api/events/{event}", json={"state": "open"}, headers=operator
    )
    assert reopened.status_code == 409


async def test_a_neighbour_may_not_report_for_a_county(api, event, post_report) -> None:
    neighbour = await api.as_role("operator", "140302")
    refused = await post_report({"dead": 1}, headers=neighbour)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    viewer = await api.as_role("viewer")
    assert (await post_report({"dead": 1}, headers=viewer)).status_code == 403


async def test_the_same_key_is_done_once(api, operator, post_report) -> None:
    keyed = operator | {"Idempotency-Key": "k1"}
    first = await post_report({"dead": 1}, headers=keyed)
    second = await post_report({"dead": 1}, headers=keyed)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await post_report({"dead": 2}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    cursor = await api.conn.execute("SELECT count(*) AS n FROM loss_reports")
    row = await cursor.fetchone()
    assert row is not None
    assert row["n"] == 1


async def test_tables_and_geojson_say_what_was_not_reported(api, operator, event, post_report):
    await post_report({"dead": 0, "relocated": 10})
    path = f"/api/events/{event}/casualties"
    geojson = (await api.client.get(f"{path}?f=geojson", headers=operator)).json()
    assert [feature["id"] for feature in geojson["features"]] == ["140302", "140321"]
    outline = geojson["features"][0]["geometry"]
    assert (set(outline), outline["type"]) == ({"type", "coordinates"}, "MultiPolygon")
    assert shape(outline).geoms[0].exterior.is_ccw  # as RFC 7946 wants it
    csv = (await api.client.get(f"{path}?f=csv", headers=operator)).content.decode("utf-8-sig")
    lines = csv.splitlines()
    assert lines[1].startswith("140302,城区,未报,未报")
    assert lines[2].startswith("140321,平定县,0,10")
    xlsx = await api.client.get(f"{path}?f=xlsx", headers=operator)
    assert xlsx.content.startswith(b"PK")


async def test_an_exercise_is_marked_in_every_form(api, operator, event, post_report) -> None:
    await post_report({"dead": 1})
    name = "6/15 [地震]：演练\x07*?'"
    await api.conn.execute("UPDATE events SET exercise = true, name = %s", [name])
    path = f"/api/events/{event}/casualties"
    geojson = (await api.client.get(f"{path}?f=geojson", headers=operator)).json()
    assert all(feature["properties"]["exercise"] for feature in geojson["features"])
    csv = (await api.client.get(f"{path}?f=csv", headers=operator)).content.decode("utf-8-sig")
    assert all(line.endswith(",演练") for line in csv.splitlines()[1:])
    xlsx = await api.client.get(f"{path}?f=xlsx", headers=operator)
    [sheet] = load_workbook(BytesIO(xlsx.content)).worksheets
    assert sheet.title == "6-15 -地震-：演练--"
    assert [row[-1] for row in sheet.values] == ["说明", "演练", "演练"]


async def test_reads_answer_304_to_who_holds_them(api, operator, event) -> None:
    first = await api.client.get(f"/api/events/{event}", headers=operator)
    again = await api.client.get(
        f"/api/events/{event}", headers=operator | {"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_the_level_of_any_figures(api) -> None:
    viewer = await api.as_role("viewer")
    body = {
        "plan": "yangquan-2026",
        "figures": {
            "collapsed_rooms": 3000,
            "severely_damaged_rooms": 2000,
            "collapsed_households": 13000,
        },
    }
    answer = await api.client.post("/api/response-level", json=body, headers=viewer)
    assert answer.json()["level"] == "I"
    unknown = await api.client.post("/api/response-level", json={"plan": "x"}, headers=viewer)
    assert unknown.status_code == 404
