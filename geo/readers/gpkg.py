"""GeoPackage (OGC 12-128): the one feature table of the file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import shapely

from geo.readers.source import MOST_COLUMNS, MOST_ROWS, Geometries, Refusal, SourceTable
from relief.errors import InvalidInput, TooLarge

MAGIC = b"SQLite format 3\0"
_APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
_APPLICATION = slice(68, 72)


def read(content: bytes) -> SourceTable:
    """Fields as text, geometries as the file gives them; a feature's number is its id where no
    field is called so.

    Raises InvalidInput for a damaged file, and for one with no feature table or with several.
    """
    require_geopackage(content)
    with tempfile.TemporaryDirectory(prefix="reliefmap-") as folder:
        path = Path(folder, "upload.gpkg")
        path.write_bytes(content)
        try:
            table = _only_table(path)
            told, numbers, written, fields = pyogrio.raw.read(
                path, layer=table, return_fids=True, datetime_as_string=True
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise InvalidInput(f"The GeoPackage is damaged: {_plainly(error, path)}.") from None
    texts = _texts(told["fields"].tolist(), fields, numbers)
    return _table(texts, np.asarray(written, object), told["crs"])


def require_geopackage(content: bytes) -> None:
    """Raises InvalidInput for other databases of SQLite, some of which GDAL would open too."""
    if content[_APPLICATION] not in _APPLICATIONS:
        raise InvalidInput("The file is a SQLite database but no GeoPackage.")


def _plainly(error: Exception, path: Path) -> str:
    return str(error).replace(str(path), "the file").rstrip(".")


def _only_table(path: Path) -> str:
    tables = [str(name) for name, shape in pyogrio.list_layers(path) if shape is not None]
    if not tables:
        raise InvalidInput("The GeoPackage holds no table of features.")
    if len(tables) > 1:
        names = ", ".join(tables[:10])
        raise InvalidInput(f"The GeoPackage holds several tables ({names}): send one at a time.")
    return tables[0]


def _texts(names: list[str], fields: list[Any], numbers: Any) -> pd.DataFrame:
    if len(numbers) > MOST_ROWS:
        raise TooLarge(f"The file has {len(numbers):,} features; {MOST_ROWS:,} are the most.")
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(f"The table has {len(names)} fields; {MOST_COLUMNS} at most.")
    columns = {
        name: pd.array(_column(f), dtype="str") for name, f in zip(names, fields, strict=True)
    }
    if "id" not in columns:
        columns["id"] = pd.array([str(number) for number in numbers], dtype="str")
    return pd.DataFrame(columns, index=range(len(numbers)))


def _column(field: Any) -> list[str]:
    return ["" if pd.isna(value) else _text(value) for value in np.asarray(field).tolist()]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _table(texts: pd.DataFrame, written: Geometries, crs: str | None) -> SourceTable:
    """The rows with a geometry; those with none, or with one that can't be read, are refused."""
    geometries: Geometries = np.asarray(shapely.from_wkb(written, on_invalid="ignore"), object)
    there = ~shapely.is_missing(geometries)
    refusals = tuple(
        Refusal(int(i) + 1, "geometry", "The feature has no geometry that can be read.")
        for i in np.flatnonzero(~there)
    )
    rows = np.flatnonzero(there)
    if not len(texts):
        raise InvalidInput("The GeoPackage holds no features.")
    return SourceTable(
        texts.iloc[rows].reset_index(drop=True), rows + 1, geometries[rows], crs, refusals
    )
