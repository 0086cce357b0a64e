"""What a file is called against what it holds."""

import pytest

from geo.readers import formats
from relief.errors import InvalidInput


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("a.csv", b"id,name\n", "csv"),
        ("A.CSV", b"\xef\xbb\xbfid,name\n", "csv"),
        ("a.geojson", b' \n{"type":', "geojson"),
        ("a.json", b'\xef\xbb\xbf{"type":', "geojson"),
        ("a.xlsx", b"PK\x03\x04", "xlsx"),
        ("a.gpkg", b"SQLite format 3\x00", "gpkg"),
        ("a.osm.pbf", b"\x00\x00\x00\x0e\x0a\x09OSMHeader", "osm.pbf"),
        ("a.shp.zip", b"PK\x03\x04", "shp.zip"),
        ("a.zip", b"PK\x03\x04", "shp.zip"),
        ("a.kml", b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "kml"),
    ],
)
def test_the_format_is_known_by_name_and_content(name: str, head: bytes, found: str) -> None:
    assert formats.file_format(name, head) == found


@pytest.mark.parametrize(
    ("name", "head", "reason"),
    [
        ("a.shp", b"\x00\x00\x27\x0a", r"no \.csv, \.xlsx.*Zip it together with its \.shx"),
        ("a", b"id,name", r"no \.csv"),
        ("a.csv", b"PK\x03\x04", "named like csv but holds xlsx"),
        ("a.xlsx", b"id,name", "named like xlsx but holds csv"),
        ("a.geojson", b"<OGRVRTDataSource>", "named like geojson but holds csv"),
        ("a.gpkg", b"<OGRVRTDataSource>", "named like gpkg but holds csv"),
        ("a.osm.pbf", b"<osm>", "named like osm.pbf but holds csv"),
        ("a.kml", b"<OGRVRTDataSource>", "named like kml but holds csv"),
        ("a.zip", b"<kml>", "named like shp.zip but holds kml"),
        ("a.csv", b'{"type": 1}', "named like csv but holds geojson"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"old \.xls workbook or under a password"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(name: str, head: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        formats.file_format(name, head)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        formats.check_file("a.csv", b" \n")
