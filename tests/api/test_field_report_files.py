"""Reports by file: tables that people kept, points of a GIS, and the outbox on a stick."""

import base64
import csv
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import openpyxl
import pytest
from PIL import Image

Load = Callable[..., Awaitable[dict[str, Any]]]
HEADER = ["编号", "类型", "观察时间", "经度", "纬度", "说明", "因灾受伤人口", "倒塌房屋间数"]
ROWS = [
    ["1", "人员伤亡", "2026-09-15 19:30", "113.7", "37.8", "砸伤", "2", ""],
    ["", "房屋损坏", "2026年9月15日 19时40分", "37.8", "113.71", "土坯房", "", "4"],
    ["3", "road", "2026-09-15T11:45:00Z", "113.72", "37.8", "", "", ""],
]


def table(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode()


@pytest.fixture
def load(api, event, operator) -> Load:
    async def loaded(name: str, content: bytes, query: str = "", **more: Any) -> Any:
        answer: httpx.Response = await api.client.post(
            f"/api/events/{event}/field-reports/file{query}",
            files={"file": (name, content)},
            headers=more.get("headers", operator),
        )
        return answer if "headers" in more or not answer.is_success else answer.json()

    return loaded


async def test_a_table_kept_by_hand(api, load, event, operator) -> None:
    assert await load("上报.csv", table(*ROWS)) == {
        "read": 3,
        "added": 3,
        "known": 0,
        "refused": 0,
        "refused_rows": [],
    }
    answer = await api.client.get(f"/api/events/{event}/field-reports", headers=operator)
    reports = {report["kind"]: report for report in answer.json()["field_reports"]}
    assert reports["casualty"]["figures"] == {"injured": 2}
    assert reports["casualty"]["observed_at"] == "2026-09-15T11:30:00+00:00"
    assert [flag["code"] for flag in reports["damage"]["flags"]] == ["location_swapped"]
    assert {report["via"] for report in reports.values()} == {"file"}
    again = await load("上报.csv", table(*ROWS))
    assert (again["added"], again["known"]) == (0, 3)
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)  # type: ignore[union-attr]
    written = io.BytesIO()
    book.save(written)
    assert (await load("上报.xlsx", written.getvalue()))["known"] == 3


async def test_one_bad_row_keeps_no_other_out(load) -> None:
    bad = [
        ["4", "谣言", "2026-09-15 19:30", "113.7", "37.8", "", "", ""],
        ["5", "road", "昨天", "113.7", "37.8", "", "", ""],
        ["6", "road", "2026-09-15 19:30", "", "", "", "", ""],
        ["7", "road", "2026-09-15 19:30", "113.7", "37.8", "x" * 5000, "", ""],
    ]
    result = await load("上报.csv", table(*bad, *ROWS))
    assert (result["added"], result["refused"]) == (3, 4)
    places = [(row["row"], row["column"]) for row in result["refused_rows"]]
    assert places == [(2, "类型"), (3, "观察时间"), (4, "location"), (5, "text")]
    changed = [["1", "人员伤亡", "2026-09-15 19:30", "113.7", "37.8", "另说", "9", ""]]
    [refusal] = (await load("上报.csv", table(*changed)))["refused_rows"]
    assert "Another report" in refusal["reason"]


async def test_points_of_a_gis_in_their_own_system(api, load, event, operator) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [113.70618, 37.80083]},
        "properties": {"kind": "hazard", "observed_at": "2026-09-15T11:00:00Z"},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    assert (await load("points.geojson", content, "?crs=gcj02"))["added"] == 1
    answer = await api.client.get(f"/api/events/{event}/field-reports", headers=operator)
    [report] = answer.json()["field_reports"]
    assert report["location"]["lon"] == pytest.approx(113.7, abs=1e-3)


async def test_an_outbox_on_a_stick_meets_what_the_phone_sent_itself(api, load, event) -> None:
    field = await api.as_role("field")
    reports = [
        {
            "id": str(uuid4()),
            "kind": "need",
            "observed_at": "2026-09-15T11:50:00Z",
            "location": {"lon": 113.7, "lat": 37.8},
            "figures": {"in_need": n},
        }
        for n in range(3)
    ]
    path = f"/api/events/{event}/field-reports"
    await api.client.post(path, json=reports[0], headers=field)
    content = json.dumps({"reports": [*reports, {"id": "x"}, 7]}).encode()
    result = await load("outbox.json", content)
    assert (result["added"], result["known"], result["refused"]) == (2, 1, 2)


def outbox(event: str, photo: bytes) -> dict[str, Any]:
    """A report with its photo as the field page writes them to a file."""
    data = "data:image/jpeg;base64," + base64.b64encode(photo).decode()
    entry = {
        "id": str(uuid4()),
        "event": event,
        "event_name": "地震",
        "author": "somebody",
        "kind": "need",
        "observed_at": "2026-09-15T11:50:00.000Z",
        "location": {"lon": 113.7, "lat": 37.8, "accuracy_m": 9},
        "figures": {},
        "details": {"needs": ["饮水"]},
        "text": "",
        "tries": 0,
        "state": "saved",
        "reason": None,
    }
    told = {"id": "p1", "name": "桥.jpg", "lon": 113.7, "lat": 37.8, "sent": False, "report": "x"}
    return {"report": entry, "photos": [told | {"data": data}]}


async def test_the_file_that_the_field_page_writes_brings_reports_and_photos(
    api, load, event
) -> None:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(written, "JPEG")
    item, other = outbox(event, written.getvalue()), outbox("another", b"")
    broken = outbox(event, b"no photo")
    items = [item, other, broken, {"report": 7}, None]
    content = json.dumps({"form": "reliefmap-field-reports", "version": 1, "items": items}).encode()
    for added in (2, 0):
        result = await load("现场填报.json", content)
        assert (result["added"], result["known"], result["refused"]) == (added, 2 - added, 3)
        assert [photo["row"] for photo in result["refused_photos"]] == [3]
    # The phone finds a network after all: what it sends itself is the same report and photo.
    sent = {k: item["report"][k] for k in ("id", "kind", "observed_at", "location", "details")}
    sent |= {"figures": {}, "sent_at": "2026-09-15T12:00:00Z"}
    sent["photos"] = [{"id": "p1", "bytes": len(written.getvalue())}]
    path = f"/api/events/{event}/field-reports"
    answer = await api.client.post(path, json=sent, headers=await api.as_role("field"))
    assert answer.status_code == 200
    [photo] = answer.json()["photos"]
    assert (photo["id"], photo["name"], photo["lon"]) == ("p1", "桥.jpg", 113.7)


async def test_what_is_no_such_file_is_refused(api, load, operator, event) -> None:
    for name, content, status in (
        ("a.pdf", b"%PDF", 422),
        ("a.csv", b"", 422),
        ("a.csv", b"x,y\n1,2\n", 422),
        ("a.json", b"{", 400),
    ):
        assert (await load(name, content)).status_code == status, name
    assert (await load("a.csv", table(*ROWS), "?crs=mars")).status_code == 422
    viewer = await api.as_role("viewer")
    assert (await load("a.csv", table(*ROWS), headers=viewer)).status_code == 403
    await api.client.patch(f"/api/events/{event}", json={"state": "closed"}, headers=operator)
    assert (await load("a.csv", table(*ROWS))).status_code == 409
