"""Zipped Shapefiles: the one layer of the archive, whatever its encoding.

Of the archive only the four parts of a Shapefile are taken, under names of our own, so that none
of its names leads anywhere.
"""

from __future__ import annotations

import io
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyogrio.raw
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.readers.encoding import gbk_text, uncut
from geo.readers.source import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED_BYTES,
    Refusal,
    SourceTable,
)
from relief.errors import InvalidInput, TooLarge

_MAGIC = b"\x00\x00\x27\x0a"
_NEEDED, _OPTIONAL = (".shp", ".shx", ".dbf"), (".prj", ".cpg")
_BYTES = "ISO-8859-1"  # every byte a character, so that the texts can be decoded here
_UTF8 = ("utf8", "65001", "cp65001")
_GBK = ("gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "euccn")
_SURE = 24
"""So many bytes of wide characters are never UTF-8 by chance."""


def parts_of(content: bytes) -> zipfile.ZipFile:
    """The archive, if it holds one whole Shapefile; raises InvalidInput, also for hostile ones."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise InvalidInput("The archive is truncated or damaged: send the whole file.") from None
    entries = archive.infolist()
    if len(entries) > 1000 or sum(e.file_size for e in entries) > MOST_UNPACKED_BYTES:
        raise InvalidInput("The archive unpacks to more than 1.2 GB or 1000 files: split it.")
    if any(e.flag_bits & 1 for e in entries):
        raise InvalidInput("The archive is under a password: send it without one.")
    if any(stat.S_ISLNK(e.external_attr >> 16) for e in entries):
        raise InvalidInput("The archive holds a link: send the files themselves.")
    _named(archive)
    return archive


def read(content: bytes) -> SourceTable:
    """Fields as text, geometries as the file gives them.

    Field names end after ten bytes, which the table says by `cut_in`. Raises InvalidInput for a
    damaged or hostile archive, and for one that holds no Shapefile or several.
    """
    parts = _unpacked(parts_of(content))
    if not parts[".shp"].startswith(_MAGIC):
        raise InvalidInput("The .shp file of the archive is no Shapefile.")
    told, fields, places = _raw(parts)
    if len(places) > MOST_ROWS:
        raise TooLarge(f"The file has {len(places):,} features; {MOST_ROWS:,} are the most.")
    if not len(places):
        raise InvalidInput("The Shapefile holds no features.")
    texts, encoding = _decoded(told["fields"].tolist(), fields, parts)
    there = ~shapely.is_missing(places)
    refusals = tuple(
        Refusal(int(i) + 1, "geometry", "The feature has no geometry that can be read.")
        for i in np.flatnonzero(~there)
    )
    rows = np.flatnonzero(there)
    kept = texts.iloc[rows].reset_index(drop=True)
    return SourceTable(kept, rows + 1, places[rows], _crs(parts), refusals, cut_in=encoding)


def _named(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """The parts of the one Shapefile by suffix."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        hidden = "__MACOSX" in path.parts or path.name.startswith(".")
        if not hidden and path.suffix.lower() in _NEEDED + _OPTIONAL:
            stem = str(path.with_suffix("")).lower()
            found.setdefault(stem, {})[path.suffix.lower()] = entry
    layers = [parts for parts in found.values() if ".shp" in parts]
    if len(layers) != 1:
        held = "several Shapefiles: send one at a time" if layers else "no .shp file"
        raise InvalidInput(f"The archive holds {held}.")
    if missing := [suffix for suffix in _NEEDED if suffix not in layers[0]]:
        raise InvalidInput(f"The archive lacks the {' and '.join(missing)} of its Shapefile.")
    return layers[0]


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The content of each part; never more than the archive said."""
    parts = {}
    try:
        for suffix, entry in _named(archive).items():
            with archive.open(entry) as packed:
                parts[suffix] = packed.read(entry.file_size)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError):
        raise InvalidInput("The archive is truncated or damaged: send the whole file.") from None
    return parts


def _raw(parts: Mapping[str, bytes]) -> tuple[Any, list[Any], Any]:
    with tempfile.TemporaryDirectory(prefix="reliefmap-") as folder:
        for suffix in _NEEDED:
            Path(folder, f"upload{suffix}").write_bytes(parts[suffix])
        try:
            told, _, written, fields = pyogrio.raw.read(
                Path(folder, "upload.shp"), encoding=_BYTES, datetime_as_string=True
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            said = str(error).replace(folder, "").rstrip(".")
            raise InvalidInput(f"The Shapefile is damaged: {said}.") from None
    if written is None or not len(fields):
        raise InvalidInput("The Shapefile is damaged: it holds no geometries, or no fields.")
    places = np.asarray(shapely.from_wkb(np.asarray(written, object), on_invalid="ignore"), object)
    return told, fields, places


def _decoded(
    names: list[str], fields: list[Any], parts: Mapping[str, bytes]
) -> tuple[pd.DataFrame, str]:
    """The fields as text, and the encoding that they were in."""
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(f"The table has {len(names)} fields; {MOST_COLUMNS} at most.")
    columns = {
        name: [_text(v) for v in np.asarray(f).tolist()]
        for name, f in zip(names, fields, strict=True)
    }
    seen = {text for column in columns.values() for text in column} | set(names)
    encoding = _encoding({text.encode(_BYTES) for text in seen if not text.isascii()}, parts)
    table = pd.DataFrame(
        {
            _whole(name, encoding): pd.array([_whole(t, encoding) for t in column], dtype="str")
            for name, column in columns.items()
        },
        index=range(len(next(iter(columns.values()), []))),
    )
    return table, encoding


def _encoding(wide: set[bytes], parts: Mapping[str, bytes]) -> str:
    """The one that the texts are in: what the .cpg says, unless they say otherwise themselves."""
    said = re.sub(r"[\W_]", "", parts.get(".cpg", b"").decode("ascii", "replace").lower())
    reads_as_gbk = gbk_text(b" ".join(sorted(wide))) is not None
    sure = sum(map(len, wide)) >= _SURE
    if _all_fit(wide, "utf-8") and (said in _UTF8 or sure or not reads_as_gbk):
        return "utf-8"
    if _all_fit(wide, "gb18030") and (said in _GBK or reads_as_gbk):
        return "gb18030"
    raise InvalidInput("The texts of the .dbf are neither UTF-8 nor GBK: save it as UTF-8.")


def _all_fit(texts: set[bytes], encoding: str) -> bool:
    try:
        return all(uncut(text, encoding) is not None for text in texts)
    except UnicodeDecodeError:
        return False


def _whole(text: str, encoding: str) -> str:
    return text if text.isascii() else uncut(text.encode(_BYTES), encoding).strip()


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _crs(parts: Mapping[str, bytes]) -> str | None:
    """The system that the .prj declares, by its number or, where it has none, by its name."""
    written = parts.get(".prj", b"").decode("utf-8", "replace").strip()
    if not written:
        return None
    try:
        crs = CRS.from_wkt(written)
    except CRSError:
        raise InvalidInput("The .prj can't be read: leave it out and state the crs.") from None
    code = crs.to_epsg(min_confidence=25)
    return f"EPSG:{code}" if code else crs.name
