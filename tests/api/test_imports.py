"""Imports over HTTP: who may, what is refused at once, and what the job says of each row."""

import io
from typing import Any

import httpx
import openpyxl
import orjson
import pytest

HEADER = "编号,名称,经度,纬度,级别,容量"
SCHOOL = "S1,一中,113.6,37.8,县级,500"


def shelters(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


@pytest.fixture
async def planner(api) -> dict[str, str]:
    return await api.as_role("planner")


@pytest.fixture
def send(api, planner):
    """Posts a file; `headers` default to a planner's."""

    async def post(
        content: bytes, name: str = "shelters.csv", layer: str = "shelters", **options: Any
    ) -> httpx.Response:
        headers = options.pop("headers", planner)
        return await api.client.post(
            f"/api/imports/{layer}", files={"file": (name, content)}, params=options,
            headers=headers,
        )  # fmt: skip

    return post


async def ids(api, table: str = "shelters") -> list[str]:
    cursor = await api.conn.execute(f"SELECT id FROM {table} ORDER BY id")
    return [row["id"] for row in await cursor.fetchall()]


async def test_a_file_becomes_a_job_whose_result_counts_its_rows(
    api, send, planner, finished
) -> None:
    answer = await send(shelters(SCHOOL, "S2,二中,120,30,县级,80"), "避难场所.csv")
    assert answer.status_code == 202, answer.text
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "done", job
    result = job["result"]
    assert (result["read"], result["added"], result["refused"]) == (2, 2, 0)
    assert (result["changed"], result["unchanged"], result["stored"]) == (0, 0, True)
    assert [w["row"] for w in result["warnings"]] == [3]
    cursor = await api.conn.execute("SELECT area, source FROM shelters ORDER BY id")
    assert [list(row.values()) for row in await cursor.fetchall()] == [
        ["140321", "避难场所.csv"],
        [None, "避难场所.csv"],
    ]


async def test_the_same_file_twice_changes_nothing(send, planner, finished) -> None:
    for added, unchanged in ((1, 0), (0, 1)):
        answer = await send(shelters(SCHOOL))
        result = (await finished(answer.json()["id"], planner))["result"]
        assert (result["added"], result["unchanged"]) == (added, unchanged)


@pytest.mark.parametrize(
    ("options", "kept"), [({}, []), ({"partial": "true"}, ["S1"]), ({"dry_run": "true"}, [])]
)
async def test_a_refused_row_is_listed(api, send, planner, finished, options, kept) -> None:
    answer = await send(shelters(SCHOOL, "S2,二中,37.8,113.6,县级,80"), **options)
    result = (await finished(answer.json()["id"], planner))["result"]
    assert result["refused"] == 1
    (refused,) = result["refused_rows"]
    assert (refused["row"], refused["column"]) == (3, "经度, 纬度")
    assert "looks swapped" in refused["reason"]
    assert await ids(api) == kept


async def test_a_mapping_and_a_crs(api, send, planner, finished) -> None:
    content = "no,title,E,N,grade,places\nS1,一中,500000,4187000,county,5\n".encode()
    mapping = {"no": "id", "title": "name", "E": "lon", "N": "lat", "grade": "level",
               "places": "capacity"}  # fmt: skip
    answer = await send(content, crs="EPSG:4547", mapping=orjson.dumps(mapping).decode())
    job = await finished(answer.json()["id"], planner)
    assert job["result"]["added"] == 1
    cursor = await api.conn.execute("SELECT round(ST_X(geom)::numeric, 6) AS lon FROM shelters")
    assert float((await cursor.fetchone())["lon"]) == 114.0


async def test_a_self_crossing_zone_is_refused_with_its_place(send, planner, finished) -> None:
    bow_tie = [[113.6, 37.6], [113.8, 37.8], [113.8, 37.6], [113.6, 37.8], [113.6, 37.6]]
    zone = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [bow_tie]},
        "properties": {"id": "Z1", "name": "东山", "grade": "high"},
    }
    content = orjson.dumps({"type": "FeatureCollection", "features": [zone]})
    answer = await send(content, "zones.geojson", "risk_zones")
    result = (await finished(answer.json()["id"], planner))["result"]
    assert "Self-intersection at 113.7, 37.7" in result["refused_rows"][0]["reason"]


async def test_a_file_that_lacks_a_column_ends_as_a_problem(send, planner, finished) -> None:
    answer = await send("编号,名称\nS1,一中\n".encode())
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "failed"
    assert job["problem"]["code"] == "invalid_input"
    assert {e["at"] for e in job["problem"]["errors"]} == {"level", "capacity", "lon", "lat"}


# ── Refused at once ──────────────────────────────────────────────────────────────────────────


def truncated_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()[:-100]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", shelters(SCHOOL).decode().encode("utf-16"), "not UTF-8"),
        ("a.xlsx", truncated_workbook(), "truncated or damaged"),
        ("a.xlsx", shelters(SCHOOL), "named like xlsx but holds csv"),
        ("a.geojson", b"<OGRVRTDataSource/>", "named like geojson but holds csv"),
        ("a.gpkg", b"SQLite format 3\x00", "no GeoPackage"),
        ("", shelters(SCHOOL), "file"),
        ("a.csv", b"", "empty"),
    ],
)
async def test_a_file_that_can_t_be_one(api, send, name, content, words) -> None:
    answer = await send(content, name)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert await ids(api, "jobs") == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"crs": "WGS-1984"}, "unknown_crs"),
        ({"crs": "EPSG:999999"}, "unknown_crs"),
        ({"crs": "EPSG:4610"}, "unknown_crs"),
        ({"mapping": "{"}, "invalid_input"),
        ({"mapping": "[1]"}, "invalid_input"),
        ({"mapping": '{"a": 1}'}, "invalid_input"),
        ({"mapping": '{"a": NaN}'}, "invalid_input"),
        ({"dry_run": "perhaps"}, "invalid_input"),
        ({"dryrun": "true"}, "invalid_input"),
    ],
)
async def test_a_wrong_parameter(api, send, options, code) -> None:
    answer = await send(shelters(SCHOOL), **options)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await ids(api, "jobs") == []


async def test_a_body_without_a_file(api, planner) -> None:
    for sent in ({"json": {}}, {"data": {"file": "x"}}, {"files": {"other": b"x"}}, {}):
        answer = await api.client.post("/api/imports/shelters", headers=planner, **sent)
        assert answer.status_code == 400, answer.text
        assert answer.json()["code"] == "malformed_request"


async def test_a_broken_multipart_body(api, planner) -> None:
    headers = {**planner, "content-type": "multipart/form-data; boundary=x"}
    for body in (b"--x\r\nContent-Disposition: form-data; name=", b"nonsense"):
        answer = await api.client.post("/api/imports/shelters", headers=headers, content=body)
        assert answer.status_code == 400, answer.text


async def test_a_layer_that_takes_no_files(send) -> None:
    answer = await send(shelters(SCHOOL), layer="tokens")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# ── Who may ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "layer", "status"),
    [
        ("viewer", "shelters", 403),
        ("field", "hazard_points", 403),
        ("planner", "shelters", 202),
        ("planner", "households", 403),
        ("operator", "households", 202),
    ],
)
async def test_each_role_imports_what_it_may_edit(api, send, role, layer, status) -> None:
    headers = await api.as_role(role)
    answer = await send(shelters(SCHOOL), layer=layer, headers=headers)
    assert answer.status_code == status, answer.text


async def test_nobody_imports_without_a_token(send) -> None:
    assert (await send(shelters(SCHOOL), headers={})).status_code == 401


async def test_a_county_writes_in_its_own_area_only(api, send, finished) -> None:
    county = await api.as_role("planner", "140302")
    answer = await send(shelters(SCHOOL), headers=county)
    result = (await finished(answer.json()["id"], county))["result"]
    assert "平定县 (140321) is outside 城区 (140302)" in result["refused_rows"][0]["reason"]
    assert await ids(api) == []


async def test_the_same_key_starts_one_job(api, send, planner) -> None:
    keyed = {**planner, "Idempotency-Key": "k1"}
    first = await send(shelters(SCHOOL), headers=keyed)
    again = await send(shelters(SCHOOL), headers=keyed)
    other = await send(shelters(), headers=keyed)
    assert (first.status_code, again.status_code, other.status_code) == (202, 200, 409)
    assert again.json() == first.json()
    assert len(await ids(api, "jobs")) == 1


async def test_the_layers_and_their_columns_are_listed(api, planner) -> None:
    answer = await api.client.get("/api/imports", headers=planner)
    layers = {layer["layer"]: layer for layer in answer.json()["layers"]}
    assert layers["households"]["role"] == "operator"
    assert [c["name"] for c in layers["shelters"]["columns"] if c["required"]] == [
        "id",
        "name",
        "level",
        "capacity",
    ]
