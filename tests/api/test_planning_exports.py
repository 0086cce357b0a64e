"""Results of planning as files: what is in them, what they are called, and who may have them."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import unquote

import pyogrio
import pytest
from openpyxl import load_workbook

STORE = """
INSERT INTO depots (id, name, area, level, state, geom, source) VALUES
    ('D1', '市库', '1403', 'prefecture', 'open', ST_Point(113.5, 37.8, 4490), 'test');
INSERT INTO depot_stock (depot, item, holder, form, quantity, unit) VALUES
    ('D1', 'tent', 'government', 'physical', 10, '顶');
INSERT INTO shelters (id, name, area, level, capacity, occupancy, service_radius_m, state, geom,
    source) VALUES
    ('S1', '=一中', '140321100', 'township', 44, 40, 1000, 'open',
        ST_Point(113.61, 37.8, 4490), 'test');
INSERT INTO households (id, area, head_name, telephone, persons, geom, source) VALUES
    ('H1', '140321100', '张三', '13800000000', 4, ST_Point(113.612, 37.8, 4490), 'test'),
    ('H2', '140302', '李四', '13900000000', 5, ST_Point(113.3, 37.8, 4490), 'test');
INSERT INTO open_ground (id, name, area, kind, ground_area_m2, geom, source) VALUES
    ('OG1', '操场', '140321100', 'school_yard', 9800, ST_Multi(
        ST_MakeEnvelope(113.6, 37.8, 113.6012, 37.8009, 4490)), 'test')
"""


@pytest.fixture
async def planner(api, event) -> dict[str, str]:
    await api.conn.execute(STORE)
    for household in ("H1", "H2"):
        await api.conn.execute(
            "INSERT INTO house_damage (event, household, grade, source)"
            " VALUES (%s, %s, 'collapsed', 'test')",
            [event, household],
        )
    return await api.as_role("planner")


async def table(api, headers, path: str) -> list[dict[str, str]]:
    """The CSV at `path`, a dict a row."""
    answer = await api.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def done(api, path: str, headers, finished, **body: Any) -> dict[str, Any]:
    started = await api.client.post(path, json=body, headers=headers)
    assert started.status_code == 202, started.text
    job = await finished(started.json()["id"], headers)
    assert job["state"] == "done", job
    return job


@pytest.fixture
async def assignment(api, event, planner, finished) -> str:
    job = await done(api, f"/api/events/{event}/assignments", planner, finished)
    return str(job["result"]["assignment"])


async def test_sitings_are_listed_and_had_as_files(api, event, planner, finished) -> None:
    asked = {"area": "140300", "purpose": "settlement", "event": event, "count": 1}
    job = await done(api, "/api/siting", planner, finished, **asked)
    listed = await api.client.get(f"/api/events/{event}/sitings", headers=planner)
    (one,) = listed.json()["sitings"]
    assert (one["id"], one["purpose"], one["chosen"]) == (job["id"], "settlement", 1)

    path = f"/api/jobs/{job['id']}/result"
    (site,) = await table(api, planner, f"{path}?f=csv")
    assert (site["候选地编号"], site["名称"], site["服务人数"]) == ("OG1", "操场", "9")
    book = await api.client.get(f"{path}?f=xlsx", headers=planner)
    sheets = load_workbook(io.BytesIO(book.content))
    assert (sheets.sheetnames[0], sheets.sheetnames[-1]) == ("选址结果", "参数")
    assert ("purpose", "settlement") in list(sheets["参数"].values)
    named = unquote(book.headers["content-disposition"].split("filename*=UTF-8''")[1])
    assert "选址" in named
    assert named.endswith(".xlsx")

    outsider = await api.as_role("planner", "140302")
    assert (await api.client.get(path, headers=outsider)).status_code == 404
    elsewhere = await api.client.get(f"/api/events/{event}/sitings", headers=outsider)
    assert [s["id"] for s in elsewhere.json()["sitings"]] == [job["id"]]


PARTS = {
    "features": "选址结果",
    "fixed": "已有的场所",
    "alternatives": "可用而没有选中的",
    "excluded": "排除的候选地",
    "trimmed": "退让的地块",
    "too_small": "面积不够的候选地",
    "too_narrow": "太窄的候选地",
    "too_steep": "太陡的候选地",
    "outside": "在范围之外的候选地",
}


def plot(name: str, west: float, wide: float, high: float = 0.001, **more: Any) -> dict[str, Any]:
    ring = [[west, 37.8], [west + wide, 37.8], [west + wide, 37.8 + high], [west, 37.8 + high]]
    outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "id": name, "geometry": outline, "properties": more}


async def test_a_sitings_file_says_all_that_the_answer_says(
    api, event, planner, finished, tmp_path
) -> None:
    await api.conn.execute(
        "INSERT INTO faults (id, geom, position_error_m, source) VALUES ('F1',"
        " ST_GeomFromText('MULTILINESTRING((113.6204 37.7, 113.6204 37.9))', 4490), 10, 'test')"
    )
    plots = [plot("OG1", 113.601, 0.001), plot("other", 113.604, 0.001), plot("far", 113.7, 0.001)]
    plots += [plot("cut", 113.62, 0.006), plot("on", 113.6203, 0.0002)]
    plots += [plot("scrap", 113.607, 0.0004), plot("strip", 113.61, 0.004, 0.0001)]
    plots += [plot("hill", 113.615, 0.001, slope_percent=30.0)]
    within = plot("", 113.59, 0.05)["geometry"]
    asked = {"area": "140300", "purpose": "settlement", "event": event, "count": 1, "trim": True,
        "avoid": [{"layer": "faults", "distance_m": 50}], "min_ground_area_m2": 3000,
        "min_width_m": 20, "max_slope_percent": 10, "fixed": "existing", "within": within,
        "candidates": {"type": "FeatureCollection", "features": plots}}  # fmt: skip
    job = await done(api, "/api/siting", planner, finished, **asked)
    path = f"/api/jobs/{job['id']}/result"
    book = load_workbook(
        io.BytesIO((await api.client.get(f"{path}?f=xlsx", headers=planner)).content)
    )
    for part, title in PARTS.items():
        header, *rows = book[title].values
        told = job["result"][part]
        assert told, part
        ids = [one.get("candidate") or one["id"] for one in told]
        at = header.index("候选地编号" if "候选地编号" in header else "编号")
        assert [row[at] for row in rows] == ids, part
        assert all(row[-1] == pytest.approx(37.8, abs=0.01) for row in rows)
    (_, *others) = book["可用而没有选中的"].values
    first = job["result"]["alternatives"][0]
    assert others[0][2] == first["instead_of"]
    assert others[0][4] == pytest.approx(first["objective_value"])
    package = await api.client.get(f"{path}?f=gpkg", headers=planner)
    file = tmp_path / "sites.gpkg"
    file.write_bytes(package.content)
    layers = {str(name) for name, _ in pyogrio.list_layers(file)}
    assert layers == set(PARTS) - {"features", "excluded"} | {"sites", "refused", "parameters"}


async def test_households_show_names_to_operators_alone_and_each_look_is_kept(
    api, event, planner, operator, assignment
) -> None:
    path = f"/api/assignments/{assignment}/file?f=csv"
    rows = await table(api, planner, path)
    assert [(row["住户编号"], row["避难场所"]) for row in rows] == [("H1", "'=一中"), ("H2", "")]
    assert "5 人" in rows[1]["未安置的原因"]
    assert "户主" not in rows[0]
    (left,) = await table(api, planner, f"{path}&of=left_over")
    assert left["住户编号"] == "H2"
    named = await table(api, operator, path)
    assert (named[0]["户主"], named[0]["电话"]) == ("张三", "13800000000")

    cursor = await api.conn.execute(
        "SELECT detail FROM audit WHERE action = 'assignment.read' AND subject = %s", [assignment]
    )
    assert [row["detail"]["households"] for row in await cursor.fetchall()] == [2, 1, 2]


async def test_households_stay_inside_the_callers_area(api, event, planner, assignment) -> None:
    path = f"/api/assignments/{assignment}/file?f=csv"
    county = await api.as_role("planner", "140321")
    assert [row["住户编号"] for row in await table(api, county, path)] == ["H1"]
    refused = await api.client.get(f"{path}&area=140302", headers=county)
    assert refused.status_code == 403
    assert [r["住户编号"] for r in await table(api, planner, f"{path}&area=140302")] == ["H2"]


async def test_shelters_supply_coverage_and_dispatch_are_files_too(
    api, event, planner, assignment
) -> None:
    (shelter,) = await table(api, planner, f"/api/assignments/{assignment}/file?of=shelters&f=csv")
    assert (shelter["避难场所"], shelter["本方案安置"]) == ("'=一中", "4")
    base = f"/api/events/{event}"
    supply = await table(api, planner, f"{base}/supply/file?f=csv&level=II")
    assert {"帐篷"} <= {row["物资"] for row in supply}
    townships = await table(api, planner, f"{base}/coverage/file?f=csv&of=affected")
    assert sum(int(row["人口"]) for row in townships) == 9

    plan = await api.client.post(
        f"{base}/dispatch-plans", json={"items": ["tent"]}, headers=planner
    )
    (move,) = await table(api, planner, f"{base}/dispatch-plans/{plan.json()['id']}/file?f=csv")
    assert (move["储备库"], move["避难场所"], move["数量"]) == ("市库", "'=一中", "10")
    made = {"plan": plan.json()["id"], "by": "指挥部"}
    path = f"{base}/supply-requests"
    await api.client.post(f"{path}/from-plan", json=made, headers=planner)
    (request,) = await table(api, planner, f"{path}/file?f=csv")
    assert (request["状态"], request["物资代码"]) == ("已申请", "tent")
    assert "指挥部" in request["经过"]


@pytest.mark.parametrize("f", ["geojson", "csv", "xlsx", "gpkg"])
async def test_viewers_get_no_file_and_every_form_is_given(
    api, event, planner, assignment, f
) -> None:
    viewer = await api.as_role("viewer")
    for path in (f"/api/assignments/{assignment}/file", f"/api/events/{event}/supply/file"):
        assert (await api.client.get(f"{path}?f={f}", headers=viewer)).status_code == 403
        given = await api.client.get(f"{path}?f={f}", headers=planner)
        assert given.status_code == 200
        assert given.headers["cache-control"] == "private, no-cache"
    refused = await api.client.get(f"/api/assignments/{assignment}/file?f=pdf", headers=planner)
    assert refused.status_code == 422
