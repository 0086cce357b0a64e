"""Results as files: tables for an office, GeoJSON and GeoPackage for a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import orjson
import pyogrio.raw
import shapely
from shapely.geometry.base import BaseGeometry

from layers.exports import CSV_TYPE, XLSX_TYPE, Cell, csv_table, xlsx_book

FileForm = Literal["geojson", "csv", "xlsx", "gpkg"]
GEOJSON_TYPE = "application/geo+json"
GPKG_TYPE = "application/geopackage+sqlite3"
_CRS = "EPSG:4490"


@dataclass(frozen=True)
class FileColumn:
    """A column: the name that programs read and the title that people read."""

    name: str
    title: str


@dataclass(frozen=True)
class FileTable:
    """Rows under columns, each with its place in degrees of CGCS2000, or all without.

    `name` is the layer's in a GeoPackage, `title` the sheet's in a workbook.
    """

    name: str
    title: str
    columns: tuple[FileColumn, ...]
    rows: Sequence[Sequence[Cell]]
    places: Sequence[BaseGeometry | None] | None = None


def columns(*named: str) -> tuple[FileColumn, ...]:
    """Columns from `name title` words."""
    return tuple(FileColumn(*one.split(" ", 1)) for one in named)


def file_of(form: FileForm, tables: Sequence[FileTable]) -> tuple[bytes, str]:
    """(content, media type): CSV and GeoJSON hold the first table, the others all of them.

    In CSV and XLSX a row's place is `lon` and `lat` of a point on it.
    """
    if form == "csv":
        return csv_table(*_sheet(tables[0])), CSV_TYPE
    if form == "xlsx":
        return xlsx_book([(table.title, *_sheet(table)) for table in tables]), XLSX_TYPE
    if form == "geojson":
        return _geojson(tables[0]), GEOJSON_TYPE
    return _geopackage(tables), GPKG_TYPE


def _sheet(table: FileTable) -> tuple[list[str], list[list[Cell]]]:
    header = [column.title for column in table.columns]
    rows = [[_said(cell) for cell in row] for row in table.rows]
    if table.places is None:
        return header, rows
    points = [_lon_lat(place) for place in table.places]
    rows = [[*row, *point] for row, point in zip(rows, points, strict=True)]
    return [*header, "经度", "纬度"], rows


def _said(cell: Cell) -> Cell:
    return ("是" if cell else "否") if isinstance(cell, bool) else cell


def _lon_lat(place: BaseGeometry | None) -> tuple[float | None, float | None]:
    if place is None or place.is_empty:
        return (None, None)
    point = shapely.point_on_surface(place)
    return (round(point.x, 7), round(point.y, 7))


def _geojson(table: FileTable) -> bytes:
    places = table.places or [None] * len(table.rows)
    names = [column.name for column in table.columns]
    features = [
        {
            "type": "Feature",
            "geometry": None if place is None else orjson.loads(shapely.to_geojson(place)),
            "properties": dict(zip(names, row, strict=True)),
        }
        for row, place in zip(table.rows, places, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "name": table.name, "features": features})


def _geopackage(tables: Sequence[FileTable]) -> bytes:
    """One file with a layer for each table; those without places are plain tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tables.gpkg"
        for number, table in enumerate(tables):
            _add_layer(path, table, append=number > 0)
        return path.read_bytes()


def _add_layer(path: Path, table: FileTable, *, append: bool) -> None:
    pyogrio.raw.write(
        str(path),
        None if table.places is None else _wkb(table.places),
        [_field(table, place) for place in range(len(table.columns))],
        [column.name for column in table.columns],
        layer=table.name,
        driver="GPKG",
        geometry_type=None if table.places is None else _kind(table.places),
        crs=None if table.places is None else _CRS,
        append=append,
    )


def _wkb(places: Sequence[BaseGeometry | None]) -> np.ndarray[Any, Any]:
    found = np.empty(len(places), object)
    found[:] = [None if place is None else shapely.to_wkb(place) for place in places]
    return found


def _kind(places: Sequence[BaseGeometry | None]) -> str:
    kinds = {place.geom_type for place in places if place is not None}
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def _field(table: FileTable, place: int) -> np.ndarray[Any, Any]:
    """A column of numbers where all of it are, else of texts."""
    cells = [row[place] for row in table.rows]
    if cells and all(isinstance(cell, int | float) for cell in cells):
        return np.asarray(cells)
    found = np.empty(len(cells), object)
    found[:] = [None if cell is None else str(cell) for cell in cells]
    return found
