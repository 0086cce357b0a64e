"""GDAL reads features, tiles and files, and lets the server filter; OWSLib reads features."""

import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from owslib.ogcapi.features import Features

from geo.database import connection_options

COUNTS = {"counties": 60, "shelters": 2000, "casualties": 60}
IN_SQL = {
    "counties": "SELECT count(*) FROM admin_areas WHERE level = 'county'",
    "shelters": "SELECT count(*) FROM shelters",
    "casualties": "SELECT count(*) FROM admin_areas WHERE level IN ('county', 'township')",
}
PAGES = ("-oo", "PAGE_SIZE=1000")


def ogrinfo(served: Any, *arguments: str, debug: str = "OFF") -> str:
    """What GDAL's ogrinfo prints of the server."""
    header = f"Authorization: {served.headers()['Authorization']}"
    configured = ["--config", "GDAL_HTTP_HEADERS", header, "--config", "CPL_DEBUG", debug]
    done = subprocess.run(
        ["ogrinfo", "-ro", *configured, *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def test_the_counts_are_those_of_sql(served: Any) -> None:
    with psycopg.connect(served.database_url, options=connection_options()) as conn:
        for collection, count in COUNTS.items():
            row = conn.execute(IN_SQL[collection]).fetchone()  # type: ignore[arg-type]
            assert row == (count,), collection


def test_gdal_reads_every_feature(served: Any) -> None:
    for collection, count in COUNTS.items():
        told = ogrinfo(served, "-so", f"OAPIF:{served.url}", collection)
        assert f"Feature Count: {count}" in told
        told = ogrinfo(served, "-q", *PAGES, f"OAPIF:{served.url}?event=quake", collection)
        assert len(re.findall(r"^OGRFeature", told, re.MULTILINE)) == count


def test_gdal_asks_for_a_box(served: Any) -> None:
    box = ["-spat", "113.0101", "37.5", "113.0201", "38"]
    told = ogrinfo(served, "-so", *box, f"OAPIF:{served.url}", "shelters")
    assert "Feature Count: 50" in told


def test_gdal_lets_the_server_filter(served: Any) -> None:
    where = "level = 'county' AND capacity = 7 AND synthetic = 0"
    asked = [*PAGES, "-where", where, f"OAPIF:{served.url}", "shelters"]
    told = ogrinfo(served, "-q", *asked, debug="ON")
    assert "level=county&capacity=7&synthetic=0" in told
    assert "client side" not in told
    assert re.findall(r"^OGRFeature\S*:.*", told, re.MULTILINE) != []
    assert "(String) = s7\n" in told


def test_gdal_reads_a_tile(served: Any, tmp_path: Path) -> None:
    tile = tmp_path / "52.pbf"
    tile.write_bytes(served.get("/collections/counties/tiles/WebMercatorQuad/6/24/52").content)
    told = ogrinfo(served, "-so", f"MVT:{tile}", "counties")
    assert "Feature Count: 60" in told


@pytest.mark.parametrize("form", ["gpkg", "fgb", "kml", "geojsonseq", "csv", "xlsx"])
def test_gdal_reads_every_file(served: Any, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"shelters.{form}"
    file.write_bytes(served.get(f"/collections/shelters/items?f={form}").content)
    assert "Feature Count: 2000" in ogrinfo(served, "-so", "-al", str(file))


def test_owslib_reads_every_feature(served: Any) -> None:
    server = Features(served.url, headers=served.headers())
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


def test_owslib_reads_one_feature_and_the_schema(served: Any) -> None:
    server = Features(served.url, headers=served.headers())
    assert server.collection_item("shelters", "s7")["properties"]["capacity"] == 7
    assert "capacity" in server.collection_schema("shelters")["properties"]
    kept = server.collection_items("shelters", filter="capacity > 1990", limit=100)
    assert kept["numberReturned"] == 10
