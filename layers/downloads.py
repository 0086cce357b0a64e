"""A layer as a file: streamed where rows can follow each other for ever, else written whole first.

CSV and XLSX are tables under the names that an import reads, with a point on each feature; the
others hold the features themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from geo.copies import SEPARATOR, Copy, places_and_values, table, text_sequence
from geo.database import Connection
from geo.served_crs import ServedCrs
from layers.columns import ID
from layers.exports import CSV_TYPE, XLSX_TYPE
from layers.features import Question
from layers.writers import ogr, sheet
from layers.writers.shape import FileShape
from relief.errors import Fault, MalformedRequest

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXACT = 15


@dataclass(frozen=True)
class FileForm:
    """A form of file: `most` features where it is written whole, None where it is streamed."""

    name: str
    media_type: str
    suffix: str
    most: int | None = None


FORMS: Mapping[str, FileForm] = MappingProxyType(
    {
        form.name: form
        for form in (
            FileForm("geojsonseq", "application/geo+json-seq", ".geojsons"),
            FileForm("csv", CSV_TYPE, ".csv"),
            FileForm("xlsx", XLSX_TYPE, ".xlsx", 100_000),
            FileForm("gpkg", "application/geopackage+sqlite3", ".gpkg", 2_000_000),
            FileForm("fgb", "application/flatgeobuf", ".fgb", 2_000_000),
            FileForm("kml", "application/vnd.google-earth.kml+xml", ".kml", 100_000),
        )
    }
)
FILES: Mapping[str, FileForm] = MappingProxyType(
    {"geojson": FileForm("geojson", "application/geo+json", ".geojson"), **FORMS}
)
"""The same and a collection in one piece, which under HTTP is what pages are."""

_WRITERS: Mapping[str, Callable[[Path, Path, FileShape], None]] = {
    "xlsx": sheet.write,
    "gpkg": ogr.write,
    "fgb": ogr.write,
    "kml": ogr.write,
}


async def streamed(
    conn: Connection, question: Question, form: FileForm, limit: int | None = None
) -> AsyncGenerator[bytes]:
    """The file in pieces, of one moment: at most `limit` features, None for all."""
    mark = b""
    if form.name == "csv":
        mark = BYTE_ORDER_MARK  # by which Excel knows Chinese
        pieces = table(conn, _with_id(_copy(question, limit)), _axes(question.crs))
    else:
        pieces = text_sequence(conn, _copy(question, limit))
        pieces = _collection(pieces) if form.name == "geojson" else pieces
    async with aclosing(pieces):
        async for piece in pieces:
            yield mark + piece
            mark = b""


async def _collection(sequence: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """A text sequence as a FeatureCollection: its separators as commas, but for the first."""
    opening = b'{"type":"FeatureCollection","features":['
    async with aclosing(sequence):
        async for piece in sequence:
            if opening:
                yield opening
                opening, piece = b"", piece.removeprefix(SEPARATOR)
            yield piece.replace(SEPARATOR, b",")
    yield opening + b"]}\n"


async def written(
    conn: Connection, question: Question, form: FileForm, folder: Path, limit: int | None = None
) -> Path:
    """The file below `folder`; raises TooLarge where it would hold more features than it may."""
    most = form.most or 0
    copy = _with_id(_copy(question, most + 1 if limit is None else limit))
    shape = _shape(question, form, copy.source.columns)
    rows, file = folder / "rows.csv", folder / f"{question.layer.id}{form.suffix}"
    sheet_like = form.name == "xlsx"
    pieces = table(conn, copy, _axes(question.crs)) if sheet_like else places_and_values(conn, copy)
    async with aclosing(pieces):
        with rows.open("wb") as kept:
            async for piece in pieces:
                kept.write(piece)
    await asyncio.to_thread(_WRITERS[form.name], rows, file, shape)
    return file


def _copy(question: Question, limit: int | None) -> Copy:
    crs = replace(question.crs, decimals=_EXACT) if question.crs.geographic else question.crs
    features = question.features
    coded = frozenset(column.name for column in features.columns if column.terms)
    points = features.geometry == "Point"
    return Copy(question.source, question.scoped, crs, points, coded, limit)


def _with_id(copy: Copy) -> Copy:
    """The same with the id among the properties, as tables have no other place for it."""
    columns = dict.fromkeys(("id", *copy.source.columns))
    return replace(copy, source=replace(copy.source, columns=tuple(columns)))


def _axes(crs: ServedCrs) -> tuple[str, str]:
    return ("lon", "lat") if crs.geographic else ("x", "y")


def _shape(question: Question, form: FileForm, names: Sequence[str]) -> FileShape:
    if form.name == "kml" and not question.crs.geographic:
        raise MalformedRequest("KML is always in degrees.", [Fault("?crs", "leave it out")])
    layer, features, srid = question.layer, question.features, question.crs.srid
    named = {column.name: column for column in (ID, *features.columns)}
    columns = tuple(named[name] for name in names)
    crs = "EPSG:4490" if question.crs.geographic else f"EPSG:{srid}"
    return FileShape(layer.id, layer.title.zh, columns, features.geometry, crs, form.most or 0)
