"""Which format a file is in, and the reader for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from geo.readers import csv, geojson, gpkg, kml, osm, shp, xlsx
from geo.readers.encoding import office_text
from geo.readers.source import SourceTable, utf8_text, workbook_archive
from relief.errors import InvalidInput, TooLarge

MOST_BYTES = 256 * 2**20

READERS: Mapping[str, Callable[[bytes], SourceTable]] = {
    "csv": csv.read,
    "xlsx": xlsx.read,
    "geojson": geojson.read,
    "gpkg": gpkg.read,
    "shp.zip": shp.read,
    "kml": kml.read,
    "osm.pbf": osm.read,
}
_FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".zip": "shp.zip",
    ".kml": "kml",
    ".pbf": "osm.pbf",
}
_ARCHIVES = ("xlsx", "shp.zip")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook under a password


def table(name: str, content: bytes) -> SourceTable:
    """The rows of the file called `name`; raises InvalidInput or TooLarge with what to mend."""
    return READERS[check_file(name, content)](content)


def file_format(name: str, head: bytes) -> str:
    """The format of a file by its name, held against how its content starts (`head`).

    Raises InvalidInput when the name says nothing, or something else than the content.
    """
    named = _FORMATS.get(Path(name).suffix.lower())
    if named is None:
        raise InvalidInput(
            f"'{name}' is no .csv, .xlsx, .geojson, .gpkg, .shp.zip, .kml or .osm.pbf file."
            + (" Zip it together with its .shx, .dbf and .prj." if _is_shp(name) else "")
        )
    if head.startswith(_OLD_WORKBOOK):
        raise InvalidInput(
            f"'{name}' is an old .xls workbook or under a password: save it as .xlsx without one."
        )
    found = _content(head)
    if found == "xlsx" and named in _ARCHIVES:
        found = named
    if found != named:
        raise InvalidInput(
            f"'{name}' is named like {named} but holds {found}: rename or resave it."
        )
    return named


def check_file(name: str, content: bytes) -> str:
    """The format of a whole file after the checks that need no parsing.

    Raises TooLarge, or InvalidInput for an empty file, an unknown encoding, a broken archive.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"The file has {len(content):,} bytes; {MOST_BYTES:,} are the most.")
    if not content.strip():
        raise InvalidInput(f"'{name}' is empty.")
    found = file_format(name, content[:512])
    if found == "xlsx":
        workbook_archive(content)
    elif found == "gpkg":
        gpkg.require_geopackage(content)
    elif found == "shp.zip":
        shp.parts_of(content)
    elif found == "geojson":
        utf8_text(content)
    elif found in ("csv", "kml"):
        office_text(content)
    return found


def _is_shp(name: str) -> bool:
    return Path(name).suffix.lower() in (".shp", ".dbf")


def _content(head: bytes) -> str:
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(gpkg.MAGIC):
        return "gpkg"
    if osm.looks_like(head):
        return "osm.pbf"
    if kml.looks_like(head):
        return "kml"
    return "geojson" if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "csv"
