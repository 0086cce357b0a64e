"""Clients that others wrote read all features from a real server: GDAL and OWSLib."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from owslib.ogcapi.features import Features

from geo.database import connected, connection_options
from geo.tokens import Grant, Role, create_token

ROWS = """
INSERT INTO admin_areas (code, level, parent, name, population, source, geom)
SELECT '1403' || lpad(n::text, 2, '0'), 'county', NULL, '县' || n, n, 'test',
    ST_Multi(ST_MakeEnvelope(113 + n * 0.01, 37.5, 113.01 + n * 0.01, 38, 4490))
FROM generate_series(1, 60) AS n;
INSERT INTO admin_areas (code, level, name, source) VALUES ('1403', 'prefecture', '阳泉市', 'test');
INSERT INTO events (id, hazard, name, occurred_at, plan, area, demo)
    VALUES ('quake', 'earthquake', '演示地震', '2026-09-15', 'yangquan-2026', '1403', true);
INSERT INTO shelters (id, name, area, level, capacity, geom, source)
SELECT 's' || n, '避难场所' || n, '140301', 'county', n,
    ST_SetSRID(ST_Point(113 + n * 0.0002, 37.6 + n * 0.0001), 4490), 'test'
FROM generate_series(1, 2345) AS n
"""
COUNTS = {"counties": 60, "shelters": 2345, "casualties": 60}
IN_SQL = {
    "counties": "SELECT count(*) FROM admin_areas WHERE level = 'county'",
    "shelters": "SELECT count(*) FROM shelters",
    "casualties": "SELECT count(*) FROM admin_areas WHERE level IN ('county', 'township')",
}


@dataclass
class Served:
    """The address of a server's /ogc, the secret of a viewer, and the store behind."""

    url: str
    secret: str
    database_url: str

    @property
    def header(self) -> str:
        return f"Authorization: Bearer {self.secret}"


@pytest.fixture(scope="module")
def served(postgis: Any) -> Iterator[Served]:
    """A server process on a free port, over a store with more features than a page holds."""
    name, database_url = postgis.clone()
    secret = asyncio.run(filled(database_url))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.http_server", str(listening.fileno())],
            pass_fds=[listening.fileno()],
            env=os.environ | {"RELIEFMAP_DATABASE_URL": database_url},
            cwd=Path(__file__).parents[2],
        )
        port = listening.getsockname()[1]
        try:
            yield Served(f"http://127.0.0.1:{port}/ogc", secret, database_url)
        finally:
            process.terminate()
            process.wait(20)
    postgis.drop(name)


async def filled(database_url: str) -> str:
    """The secret of a viewer of the store, which has ROWS now."""
    async with connected(database_url) as conn:
        for statement in ROWS.split(";\n"):
            await conn.execute(statement)  # type: ignore[arg-type]
        return (await create_token(conn, Grant("test", Role.VIEWER, "1403")))[1]


def ogrinfo(served: Served, *arguments: str) -> str:
    """What GDAL's ogrinfo prints of the server."""
    command = ["ogrinfo", "-ro", "--config", "GDAL_HTTP_HEADERS", served.header]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=100, check=True
    )
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_the_counts_are_those_of_sql(served: Served) -> None:
    with psycopg.connect(served.database_url, options=connection_options()) as conn:
        for collection, count in COUNTS.items():
            row = conn.execute(IN_SQL[collection]).fetchone()  # type: ignore[arg-type]
            assert row == (count,), collection


def test_gdal_reads_every_feature(served: Served) -> None:
    for collection, count in COUNTS.items():
        told = ogrinfo(served, "-so", f"OAPIF:{served.url}", collection)
        assert f"Feature Count: {count}" in told
        pages = ["-oo", "PAGE_SIZE=1000"]
        told = ogrinfo(served, "-q", *pages, f"OAPIF:{served.url}?event=quake", collection)
        assert len(re.findall(r"^OGRFeature", told, re.MULTILINE)) == count


def test_gdal_asks_for_a_box(served: Served) -> None:
    box = ["-spat", "113.00001", "37.5", "113.01001", "38"]
    told = ogrinfo(served, "-so", *box, f"OAPIF:{served.url}", "shelters")
    assert "Feature Count: 50" in told


def test_gdal_reads_a_tile(served: Served, tmp_path: Path) -> None:
    path = "collections/counties/tiles/WebMercatorQuad/6/24/52"
    headers = {"Authorization": f"Bearer {served.secret}"}
    tile = tmp_path / "52.pbf"
    tile.write_bytes(httpx.get(f"{served.url}/{path}", headers=headers, timeout=30).content)
    told = ogrinfo(served, "-so", f"MVT:{tile}", "counties")
    assert "Feature Count: 60" in told


def test_owslib_reads_every_feature(served: Served) -> None:
    server = Features(served.url, headers={"Authorization": f"Bearer {served.secret}"})
    assert set(COUNTS) <= set(server.feature_collections())
    for collection, count in COUNTS.items():
        ids: set[str] = set()
        page = server.collection_items(collection, limit=1000)
        while True:
            ids |= {f["id"] for f in page["features"]}
            (following,) = [x for x in page["links"] if x["rel"] == "next"] or [None]
            if following is None:
                break
            token = httpx.URL(following["href"]).params["token"]
            page = server.collection_items(collection, limit=1000, token=token)
        assert page["numberMatched"] == len(ids) == count


def test_owslib_reads_one_feature_and_the_schema(served: Served) -> None:
    server = Features(served.url, headers={"Authorization": f"Bearer {served.secret}"})
    assert server.collection_item("shelters", "s7")["properties"]["capacity"] == 7
    assert "capacity" in server.collection_schema("shelters")["properties"]
