"""Whole layers as files: every form read back by GDAL and by offices' programs, against SQL."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import openpyxl
import orjson
import pyogrio
import pytest
import shapely
from psycopg import sql

from api.routes.ogc_downloads import AT_ONCE
from geo.import_rows import ImportOptions
from geo.imports import import_file
from layers.catalogue import LAYERS
from layers.downloads import FORMS, FileForm

PLACES = """
INSERT INTO shelters (id, name, area, level, capacity, occupancy, ground_area_m2, facilities, geom,
    source, updated_at)
SELECT 's' || lpad(n::text, 3, '0'),
    CASE n WHEN 7 THEN '=HYPERLINK("http://x")' WHEN 8 THEN '带"引号", 逗号' ELSE '场所' || n END,
    '140302', 'county', 100 + n, n % 3, n * 10.5, CASE WHEN n % 2 = 0 THEN '{water,power}'::text[]
        ELSE '{}' END,
    ST_Point(113 + round(n / 3000.0, 9), 37.6 + round(n / 7000.0, 9), 4490), '县局',
    timestamptz '2026-07-01Z' + n * interval '1 minute 0.25 second'
FROM generate_series(1, 40) AS n;
INSERT INTO risk_zones (id, name, kind, grade, geom, source) VALUES
    ('z1', '滑坡区', 'geological', 'high',
        ST_Multi(ST_MakeEnvelope(113.1, 37.6, 113.2, 37.7, 4490)), '县局'),
    ('z2', '', 'fire', 'low', ST_Multi(ST_MakeEnvelope(113.3, 37.6, 113.4, 37.7, 4490)), '县局');
INSERT INTO faults (id, name, geom, source) VALUES ('f1', NULL,
    ST_Multi(ST_MakeLine(ST_Point(113, 37.5, 4490), ST_Point(113.123456789012, 38, 4490))), 'x');
INSERT INTO households (id, area, head_name, address, telephone, persons, geom, source,
    updated_at)
SELECT 'h' || n, CASE WHEN n < 4 THEN '140302' ELSE '140321' END, '户主' || n, '@街道',
    '+86139' || n, n, ST_Point(113 + n / 10.0, 37.8, 4490), 'test', '2026-07-01Z'
FROM generate_series(1, 8) AS n
"""
ITEMS = "/ogc/collections/{}/items"
Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def get(api: Any) -> Get:
    """Asks for a layer as a file, as an administrator of everything unless told otherwise."""
    await api.conn.execute(PLACES)
    everybody = await api.as_role("admin", "")

    async def got(layer: str, headers: Any = None, **asked: str) -> httpx.Response:
        answer: httpx.Response = await api.client.get(
            ITEMS.format(layer), params=asked, headers=headers or everybody
        )
        return answer

    return got


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = answer.content.split(b"\n")[:-1]
    assert all(line.startswith(b"\x1e") for line in lines)
    return [orjson.loads(line[1:]) for line in lines]


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
async def test_every_layer_comes_in_every_form(get: Get, event: str, form: FileForm) -> None:
    for layer in LAYERS.values():
        answer = await get(layer.id, f=form.name)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == form.media_type
        named = answer.headers["content-disposition"]
        assert f"filename*=UTF-8''{quote(layer.title.zh + form.suffix)}" in named


@pytest.mark.parametrize("form", ["gpkg", "fgb", "kml", "geojsonseq"])
@pytest.mark.parametrize("layer", ["shelters", "risk_zones", "faults"])
async def test_gdal_reads_what_the_store_holds(
    get: Get, api: Any, tmp_path: Path, form: str, layer: str
) -> None:
    path = tmp_path / f"layer{FORMS[form].suffix}"
    path.write_bytes((await get(layer, f=form)).content)
    found = pyogrio.read_dataframe(path)
    statement = sql.SQL("SELECT id, name, ST_AsBinary(geom) AS wkb FROM {} ORDER BY id")
    cursor = await api.conn.execute(statement.format(sql.Identifier(layer)))
    stored = await cursor.fetchall()
    name = "Name" if form == "kml" and "Name" in found else "name"
    by_id = dict(zip(found["id"], zip(found[name], found.geometry, strict=True), strict=True))
    assert sorted(by_id) == [row["id"] for row in stored]
    for row in stored:
        told, place = by_id[row["id"]]
        assert (told if isinstance(told, str) else "") == (row["name"] or "")
        known, found_at = shapely.from_wkb(bytes(row["wkb"])), shapely.force_2d(place)
        known, found_at = known.normalize(), found_at.normalize()
        digits = 1e-12 if form == "kml" else 0.0  # which GDAL writes with 15 digits
        assert shapely.get_coordinates(found_at) == pytest.approx(
            shapely.get_coordinates(known), rel=0, abs=digits
        )


async def test_a_table_neutralises_formulas_and_names_the_place(get: Get) -> None:
    rows = {row["id"]: row for row in rows_of(await get("shelters", f="csv"))}
    assert len(rows) == 40
    assert rows["s007"]["name"] == '\'=HYPERLINK("http://x")'
    assert rows["s008"]["name"] == '带"引号", 逗号'
    assert rows["s002"]["facilities"] == "water、power"
    assert (float(rows["s003"]["lon"]), float(rows["s003"]["lat"])) == (113.001, 37.600428571)
    households = rows_of(await get("households", f="csv"))
    assert {row["telephone"][:4] for row in households} == {"'+86"}
    assert {row["address"] for row in households} == {"'@街道"}


async def test_a_workbook_holds_numbers_as_numbers(get: Get) -> None:
    content = (await get("shelters", f="xlsx", sortby="-capacity", limit="3")).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    header, *rows = sheet.values
    assert [row[header.index("capacity")] for row in rows] == [140, 139, 138]
    assert isinstance(rows[0][header.index("lon")], float)
    whole = openpyxl.load_workbook(io.BytesIO((await get("shelters", f="xlsx")).content)).active
    assert whole is not None
    names = [row[header.index("name")] for row in whole.values]
    assert '\'=HYPERLINK("http://x")' in names


@pytest.mark.parametrize("form", ["csv", "xlsx", "gpkg"])
@pytest.mark.parametrize("layer", ["shelters", "households"])
async def test_what_came_out_goes_in_again_and_changes_nothing(
    get: Get, api: Any, form: str, layer: str
) -> None:
    content = (await get(layer, f=form)).content
    options = ImportOptions(crs="EPSG:4490" if form in ("csv", "xlsx") else None)
    result = await import_file(api.conn, layer, f"back{FORMS[form].suffix}", content, options)
    assert (result.refusals, result.changed, result.added) == ((), 0, 0)
    assert result.unchanged == (40 if layer == "shelters" else 8)


async def test_a_question_narrows_orders_and_shapes_the_file(get: Get) -> None:
    answer = await get(
        "shelters", f="csv", filter="capacity > 120", sortby="-capacity", properties="name,capacity"
    )
    rows = rows_of(answer)
    assert [int(row["capacity"]) for row in rows] == list(range(140, 120, -1))
    assert list(rows[0]) == ["id", "name", "capacity", "lon", "lat"]
    boxed = lines_of(await get("shelters", f="geojsonseq", bbox="113,37.6,113.0035,38"))
    assert sorted(feature["id"] for feature in boxed) == [f"s{n:03}" for n in range(1, 11)]
    two = lines_of(await get("shelters", f="geojsonseq", limit="2"))
    assert [feature["id"] for feature in two] == ["s001", "s002"]
    zone = "http://www.opengis.net/def/crs/EPSG/0/4546"
    answer = await get("shelters", f="csv", crs=zone, limit="1")
    assert answer.headers["content-crs"] == f"<{zone}>"
    (row,) = rows_of(answer)
    assert float(row["x"]) > 100_000
    assert float(row["y"]) > 4_000_000


async def test_accept_alone_names_a_form(get: Get, api: Any) -> None:
    headers = await api.as_role("viewer")
    answer = await get("shelters", headers | {"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    page = await get("shelters", headers | {"Accept": "text/html,text/csv;q=0.5"})
    assert page.headers["content-type"].startswith("text/html")
    refused = await get("shelters", headers, f="dwg")
    assert refused.status_code == 406
    assert "json, geojson, html, geojsonseq, csv, xlsx, gpkg, fgb, kml" in refused.text


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_shows_people_to_who_may_not_see_them(
    get: Get, api: Any, event: str, form: str
) -> None:
    seen = await get(
        "households", await api.as_role("planner", "140302"), f=form, filter="persons>0"
    )
    hidden = await get("households", await api.as_role("viewer"), f=form)
    for answer, words in ((hidden, ("户主", "139", "@街道")), (seen, ("户主5", "861395"))):
        assert answer.status_code == 200
        texts = _everything(answer.content, form)
        assert not any(word in texts for word in words)
    assert "户主3" in _everything(seen.content, form)
    refused = await get("households", await api.as_role("viewer"), f=form, filter="head_name='x'")
    assert refused.status_code == 400


def _everything(content: bytes, form: str) -> str:
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        return str(list(sheet.values))
    return content.decode("utf-8", "replace")


async def test_a_file_is_asked_about_again_and_people_s_files_are_recorded(
    get: Get, api: Any
) -> None:
    headers = await api.as_role("planner")
    first = await get("households", headers, f="csv")
    assert first.headers["cache-control"] == "private, no-cache"
    again = await get("households", headers | {"If-None-Match": first.headers["etag"]}, f="csv")
    assert (again.status_code, again.content) == (304, b"")
    cursor = await api.conn.execute(
        "SELECT subject, detail ->> 'form' AS form FROM audit WHERE action = 'layer.export'"
    )
    assert await cursor.fetchall() == [{"subject": "households", "form": "csv"}]


async def test_the_head_of_a_file_is_had_without_the_file(get: Get, api: Any) -> None:
    headers = await api.as_role("planner")
    for form in FORMS:
        whole = await get("households", headers, f=form)
        head = await api.client.head(
            ITEMS.format("households"), params={"f": form}, headers=headers
        )
        assert (head.status_code, head.content) == (200, b"")
        told = dict(head.headers)
        assert told.get("content-length") is None
        assert {name: told[name] for name in told if name in whole.headers} == {
            name: value for name, value in whole.headers.items() if name in told
        }
    cursor = await api.conn.execute("SELECT count(*) FROM audit WHERE action = 'layer.export'")
    assert await cursor.fetchone() == {"count": len(FORMS)}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"filter": "capacity * 1e308 * 1e308 > 1"}, 400),
        ({"token": "x"}, 400),
        ({"limit": "0"}, 400),
        ({"f": "kml", "crs": "http://www.opengis.net/def/crs/EPSG/0/4546"}, 400),
    ],
)
async def test_what_can_t_be_a_file_is_refused_before_it_begins(
    get: Get, asked: dict[str, str], status: int
) -> None:
    answer = await get("shelters", **({"f": "csv"} | asked))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_too_many_for_a_workbook_are_refused_and_streamed_ones_are_not(
    get: Get, api: Any
) -> None:
    await api.conn.execute(
        "INSERT INTO hazard_points (id, name, area, kind, geom, source) SELECT n::text, '点',"
        " '140302', 'landslide', ST_Point(113.2, 37.7, 4490), 'x'"
        " FROM generate_series(1, 100001) AS n"
    )
    for form in ("xlsx", "kml"):
        refused = await get("hazard_points", f=form)
        assert refused.status_code == 413
        assert "100,000 features at most" in refused.text
    assert len(rows_of(await get("hazard_points", f="csv"))) == 100001
    part = await get("hazard_points", f="csv", limit="20000")
    assert len(rows_of(part)) == 20000


async def test_a_client_that_leaves_gives_the_connection_back(
    served: httpx.AsyncClient, api: Any
) -> None:
    await api.conn.execute(
        "INSERT INTO hazard_points (id, name, area, kind, geom, source) SELECT n::text,"
        " repeat('点', 300), '140302', 'landslide', ST_Point(113.2, 37.7, 4490), 'x'"
        " FROM generate_series(1, 100000) AS n"
    )
    headers = await api.as_role("viewer") | {"Accept-Encoding": "identity"}
    address = ITEMS.format("hazard_points") + "?f=csv"
    for _ in range(8):
        async with served.stream("GET", address, headers=headers) as answer:
            async for _piece in answer.aiter_bytes():
                break
    async with AsyncExitStack() as open_files:
        for _ in range(AT_ONCE):
            busy = await open_files.enter_async_context(
                served.stream("GET", address, headers=headers)
            )
            assert busy.status_code == 200
        refused = await served.get(address, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    copying = "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE 'COPY%'"
    async with asyncio.timeout(60):
        while (await (await api.conn.execute(copying)).fetchone())["n"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    answer = await served.get(address, headers=headers)
    assert len(rows_of(answer)) == 100000
