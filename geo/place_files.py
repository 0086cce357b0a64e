"""Places with a number each from a file alone: CSV, Parquet or GeoPackage, no store needed.

A GeoPackage may give the place as point geometry instead of lon and lat, and the number of a
feature as its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pyogrio.raw
import shapely

from geo.crs import coordinate_system
from relief.coordinates import EAST, NORTH, SOUTH, WEST, place_fault
from relief.errors import Fault, InvalidInput

Column: TypeAlias = npt.NDArray[np.float64]
Columns: TypeAlias = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Places:
    """The rows of a file: ids (text), places in degrees, and the number columns by name."""

    ids: npt.NDArray[Any]
    lon: Column
    lat: Column
    numbers: Mapping[str, Column]


def places_in(path: Path, number: str, optional: str | None = None) -> Places:
    """The places in a file, with the column `number` and perhaps the `optional` one.

    Places are degrees in CGCS2000, unless a GeoPackage's geometry states its own system. Raises
    InvalidInput naming the row and column of what can't be used.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None or not path.is_file():
        known = ", ".join(_READERS)
        raise InvalidInput(f"{path} is no file that can be read here: {known} are.")
    try:
        columns = read(path, [number], optional)
    except (pa.ArrowException, pyogrio.errors.DataSourceError, OSError) as error:
        hint = "; save it as UTF-8" if "UTF8" in str(error) else ""
        raise InvalidInput(f"{path.name} can't be read: {error}{hint}.") from None
    if optional in columns:  # a blank one is none
        values = columns[optional].astype(float)
        columns[optional] = np.where(np.isnan(values), 0, values)
    _check(path, columns, [name for name in (number, optional) if name in columns])
    numbers = {name: columns[name] for name in (number, optional) if name in columns}
    return Places(columns["id"], columns["lon"], columns["lat"], numbers)


def _csv(path: Path, numbers: Sequence[str], optional: str | None) -> Columns:
    uneven: list[arrow_csv.InvalidRow] = []
    try:
        return _arrays(_csv_table(path, numbers, optional, uneven))
    except pa.ArrowInvalid:
        if uneven:
            raise InvalidInput(f"{path.name} has uneven rows.", [_uneven(uneven[0])]) from None
        texts = _csv_table(path, numbers, optional, uneven, pa.string())
        if fault := next(
            filter(None, (_no_number(texts, name) for name in texts.column_names[1:])), None
        ):
            raise InvalidInput(f"{path.name} holds what is no number.", [fault]) from None
        raise


def _csv_table(
    path: Path,
    numbers: Sequence[str],
    optional: str | None,
    uneven: list[arrow_csv.InvalidRow],
    number: pa.DataType | None = None,
) -> pa.Table:
    def noted(row: arrow_csv.InvalidRow) -> str:
        uneven.append(row)
        return "error"

    parsing = arrow_csv.ParseOptions(invalid_row_handler=noted)
    reading = arrow_csv.ReadOptions(use_threads=False)  # else errors name no row
    with arrow_csv.open_csv(path, reading, parsing) as reader:
        names = _wanted(path, reader.schema.names, ["id", "lon", "lat", *numbers], optional)
    types = dict.fromkeys(names, number or pa.float64()) | {"id": pa.string()}
    converting = arrow_csv.ConvertOptions(column_types=types, include_columns=names)
    return arrow_csv.read_csv(path, reading, parsing, converting)


def _uneven(row: arrow_csv.InvalidRow) -> Fault:
    return Fault(
        f"row {row.number}",
        f"It has {row.actual_columns} values where {row.expected_columns} are needed: {row.text};"
        " complete it or put quotes around values with commas.",
    )


def _no_number(texts: pa.Table, name: str) -> Fault | None:
    """The first value of a column that is no number."""
    for row, text in enumerate(texts[name].to_pylist(), 2):
        try:
            float(text or "nan")
        except ValueError:
            return Fault(f"row {row}, {name}", f"'{text}' is no number; {_MEND}.")
    return None


def _parquet(path: Path, numbers: Sequence[str], optional: str | None) -> Columns:
    have = parquet.read_schema(path).names
    names = _wanted(path, have, ["id", "lon", "lat", *numbers], optional)
    table = parquet.read_table(path, columns=names)
    types = [pa.string() if name == "id" else pa.float64() for name in names]
    return _arrays(table.cast(pa.schema(list(zip(names, types, strict=True))), safe=False))


def _geopackage(path: Path, numbers: Sequence[str], optional: str | None) -> Columns:
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":  # GDAL would open whatever else it is
            raise InvalidInput(f"{path.name} is no GeoPackage.")
    meta, fids, geometry, fields = pyogrio.raw.read(str(path), return_fids=True)
    columns = dict(zip(meta["fields"].tolist(), fields, strict=True))
    columns.setdefault("id", fids)
    columns["id"] = columns["id"].astype(str).astype(object)
    if geometry is not None and "lon" not in columns:
        points = shapely.from_wkb(geometry)
        system = coordinate_system(meta["crs"])
        x, y = shapely.get_x(points), shapely.get_y(points)
        columns["lon"], columns["lat"] = system.lon_lat(x, y)
    names = _wanted(path, list(columns), ["id", "lon", "lat", *numbers], optional)
    return {name: columns[name] for name in names}


_READERS: Mapping[str, Callable[[Path, Sequence[str], str | None], Columns]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".gpkg": _geopackage,
}


_LEAVE = "leave the row out"
_MEND = f"correct it or {_LEAVE}"


def _wanted(path: Path, have: Sequence[str], must: list[str], optional: str | None) -> list[str]:
    missing = [name for name in must if name not in have]
    if missing:
        hint = " Separate the columns by commas." if len(have) == 1 and ";" in have[0] else ""
        lacks, has = ", ".join(missing), ", ".join(have)
        raise InvalidInput(f"{path.name} has no {lacks}; it has {has}.{hint}")
    if twice := [name for name in must if have.count(name) > 1]:
        raise InvalidInput(f"{path.name} has the column {twice[0]} twice; name one otherwise.")
    return [*must, optional] if optional is not None and optional in have else must


def _arrays(table: pa.Table) -> Columns:
    return {name: table[name].to_numpy() for name in table.column_names}


def _check(path: Path, columns: Columns, numbers: Sequence[str]) -> None:
    """Raises InvalidInput for the first row with an impossible place or number, or a second id."""
    header = 1 if path.suffix.lower() == ".csv" else 0
    if fault := _place_fault(columns["lon"], columns["lat"], header):
        raise InvalidInput(f"{path.name} holds an impossible place.", [fault])
    for name in numbers:
        if fault := _number_fault(name, columns[name], header):
            raise InvalidInput(f"{path.name} holds what is no number of people.", [fault])
    if fault := _id_fault(columns["id"], header):
        raise InvalidInput(f"{path.name} holds an id that names no single place.", [fault])


def _id_fault(ids: npt.NDArray[Any], header: int) -> Fault | None:
    texts = pa.array(ids, pa.string())
    blank = np.asarray(compute.equal(compute.utf8_trim_whitespace(texts), "").fill_null(True))
    if blank.any():
        row = int(np.argmax(blank))
        return Fault(f"row {row + 1 + header}, id", f"The id is empty; give it one or {_LEAVE}.")
    if compute.count_distinct(texts, mode="all").as_py() == len(ids):
        return None
    first: dict[str, int] = {}
    for row, one in enumerate(ids, 1 + header):
        if first.setdefault(one, row) != row:
            return Fault(
                f"row {row}, id",
                f"'{one}' stands more than once, first in row {first[one]}; each id is one place.",
            )
    return None


def _place_fault(lon: Column, lat: Column, header: int) -> Fault | None:
    with np.errstate(invalid="ignore"):
        there = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    if there.all():
        return None
    row = int(np.argmin(there))
    at = f"row {row + 1 + header}, lon and lat"
    if np.isnan(lon[row]) or np.isnan(lat[row]):
        return Fault(at, f"The place is missing or no number; give it in degrees or {_LEAVE}.")
    return place_fault(float(lon[row]), float(lat[row]), at)


def _number_fault(name: str, column: npt.NDArray[Any], header: int) -> Fault | None:
    values = np.asarray(column, float)
    with np.errstate(invalid="ignore"):
        whole = (values >= 0) & (values < 2**31) & (values == np.floor(values))
    if whole.all():
        return None
    row = int(np.argmin(whole))
    return Fault(
        f"row {row + 1 + header}, {name}", f"{column[row]:g} is no whole number from 0; {_MEND}."
    )
