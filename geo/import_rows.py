"""From a file to the rows that the store would take, and those it would not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import CoordinateSystem, coordinate_system
from geo.database import Connection
from geo.import_areas import areas_of_rows
from geo.import_columns import Column
from geo.import_divisions import divisions_checked, shape_of, short_codes, stored_divisions
from geo.import_headers import header_by_column
from geo.import_layers import ImportLayer
from geo.import_places import (
    ewkb,
    ground_areas_m2,
    places_of_columns,
    places_of_geometries,
)
from geo.import_shift import shift_suspected
from geo.import_values import parsed
from geo.readers import formats
from geo.readers.source import Geometries, Refusal, SourceTable
from geo.tables import METADATA
from relief.errors import InvalidInput
from relief.progress import Progress, silent

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class ImportOptions:
    """How to read a file: `mapping` from its headers to columns, None to leave one out.

    `within` is the code of the division that the rows must lie in, empty for everywhere.
    """

    crs: str | None = None
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    dry_run: bool = False
    partial: bool = False
    within: str = ""


@dataclass(frozen=True)
class ImportRows:
    """`rows` are columns of the store as COPY reads them, by row number.

    `stated` are the columns that the file states, `ignored` the headers that no column takes.
    """

    layer: ImportLayer
    rows: pd.DataFrame
    stated: tuple[str, ...]
    read: int
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    ignored: tuple[str, ...]


class _Faults:
    """What is wrong with the rows of a file, by their position."""

    def __init__(self, source: SourceTable) -> None:
        self._numbers = source.row_numbers
        self._found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self._unread = source.refusals

    def add(self, column: str, reasons: Mapping[int, str]) -> None:
        for position, reason in reasons.items():
            self._found[position].append((column, reason))

    @property
    def sound(self) -> Positions:
        """The positions of the rows that nothing is wrong with."""
        sound = np.ones(len(self._numbers), dtype=bool)
        sound[list(self._found)] = False
        return np.flatnonzero(sound)

    def refusals(self) -> tuple[Refusal, ...]:
        """One for each row, with all that is wrong with it, in the order of the file."""
        refusals = list(self._unread)
        for position, found in self._found.items():
            columns = ", ".join(dict.fromkeys(column for column, _ in found))
            reasons = " ".join(reason for _, reason in found)
            refusals.append(Refusal(int(self._numbers[position]), columns, reasons))
        return tuple(sorted(refusals, key=lambda refusal: refusal.row))


async def import_rows(
    conn: Connection,
    layer: ImportLayer,
    name: str,
    content: bytes,
    options: ImportOptions,
    progress: Progress = silent,
) -> ImportRows:
    """The rows of the file called `name`, each one checked; of the store it only reads divisions.

    Raises InvalidInput (or a kind of it) for what concerns the whole file: its format, encoding,
    header, mapping, or coordinate system.
    """
    coordinate_system(options.crs)  # refused before the file is read
    source = formats.table(name, content)
    progress(0.3)
    headers = header_by_column(
        list(source.texts.columns),
        layer,
        options.mapping,
        places=source.geometries is not None,
        cut_in=source.cut_in,
    )
    faults = _Faults(source)
    rows = _values(source, layer, headers, name, faults)
    geometries = _geometries(source, layer, headers, options.crs, faults)
    progress(0.5)
    located = _placed_divisions if layer.code_digits else _fill_areas
    warnings = await located(conn, layer, rows, geometries, headers, faults, options.within)
    if suspicion := await _shift_suspected(conn, layer, rows, geometries, source, options, faults):
        warnings = {**warnings, int(faults.sound[0]): ("crs", suspicion)}
    progress(0.6)
    return ImportRows(
        layer,
        _with_places(rows, geometries, layer, faults.sound, source.row_numbers),
        tuple(column for column in headers if column not in ("lon", "lat")),
        source.rows_read,
        faults.refusals(),
        tuple(Refusal(int(source.row_numbers[i]), *warning) for i, warning in warnings.items()),
        tuple(h for h in source.texts.columns if h not in headers.values()),
    )


def _values(
    source: SourceTable,
    layer: ImportLayer,
    headers: Mapping[str, str],
    name: str,
    faults: _Faults,
) -> pd.DataFrame:
    """The columns that the file states, as the store takes them; `source` is stated in any case."""
    rows = pd.DataFrame({"source": name}, index=source.texts.index, dtype="str")
    for column in layer.columns:
        if column.name not in headers:
            continue
        told = replace(column, default=name) if column.name == "source" else column
        header = headers[column.name]
        read = parsed(source.texts[header], told, nullable=_nullable(layer, column))
        rows[column.name] = read.values
        faults.add(header, read.faults)
    if layer.code_digits:
        rows["id"] = short_codes(rows["id"], layer.code_digits)
    faults.add(headers["id"], _repeated(rows["id"], source.row_numbers))
    return rows


def _nullable(layer: ImportLayer, column: Column) -> bool:
    """Whether an empty cell may become null; ground that no file measures is measured here."""
    measured = column.name == "ground_area_m2" and layer.measures_ground
    stored = layer.key if column.name == "id" else column.name
    return measured or bool(METADATA.tables[layer.table].c[stored].nullable)


def _repeated(ids: pd.Series[str], row_numbers: Positions) -> dict[int, str]:
    """Rows whose id an earlier row has taken."""
    again = np.flatnonzero(ids.duplicated() & ids.notna())
    if not again.size:
        return {}
    first = {ids[i]: row_numbers[i] for i in np.flatnonzero(~ids.duplicated())}
    return {int(i): f"The id '{ids[i]}' is that of row {first[ids[i]]} too." for i in again}


def _geometries(
    source: SourceTable,
    layer: ImportLayer,
    headers: Mapping[str, str],
    crs: str | None,
    faults: _Faults,
) -> Geometries:
    """Where each row is, None for those at fault."""
    system = _system(crs, source.crs)
    if source.geometries is None:
        x, y = (source.texts[headers[axis]] for axis in ("lon", "lat"))
        places = places_of_columns(x, y, system, (headers["lon"], headers["lat"]))
    else:
        shape = shape_of(source.geometries) if layer.code_digits else layer.shape
        places = places_of_geometries(source.geometries, shape, system)
    for position, (column, reason) in places.faults.items():
        faults.add(column, {position: reason})
    return places.geometries


def _system(asked: str | None, declared: str | None) -> CoordinateSystem:
    """The system that the request or the file declares; raises InvalidInput if they disagree.

    No file can declare a shifted system (GCJ-02, BD-09): there the request knows better.
    """
    system = coordinate_system(asked or declared)
    if declared and not system.shifted and coordinate_system(declared).name != system.name:
        raise InvalidInput(f"The file says its crs is {declared}, the request says {asked}.")
    return system


async def _shift_suspected(
    conn: Connection,
    layer: ImportLayer,
    rows: pd.DataFrame,
    geometries: Geometries,
    source: SourceTable,
    options: ImportOptions,
    faults: _Faults,
) -> str | None:
    sound = faults.sound
    ids = rows["id"].to_numpy(object)[sound].tolist()
    system = _system(options.crs, source.crs)
    return await shift_suspected(conn, layer, ids, geometries[sound], system)


async def _placed_divisions(
    conn: Connection,
    layer: ImportLayer,
    rows: pd.DataFrame,
    geometries: Geometries,
    headers: Mapping[str, str],
    faults: _Faults,
    within: str,
) -> dict[int, tuple[str, str]]:
    """Refuses rows whose code has no place in the tree; returns warnings by position."""
    header, sound = headers["id"], faults.sound
    codes = rows["id"].to_numpy(object)[sound].tolist()
    checked = await divisions_checked(conn, layer, codes, geometries[sound], within)
    faults.add(header, {int(sound[i]): reason for i, reason in checked.faults.items()})
    return {int(sound[i]): (header, warning) for i, warning in checked.warnings.items()}


async def _fill_areas(
    conn: Connection,
    _layer: ImportLayer,
    rows: pd.DataFrame,
    geometries: Geometries,
    headers: Mapping[str, str],
    faults: _Faults,
    within: str,
) -> dict[int, tuple[str, str]]:
    """Puts into `rows` the area of each sound row; returns warnings (column, text) by position."""
    header, sound = headers.get("area", "area"), faults.sound
    codes = rows.get("area", pd.Series(None, rows.index, dtype="str")).to_numpy(object)
    codes[pd.isna(codes)] = None
    areas = await areas_of_rows(conn, geometries[sound], codes[sound].tolist(), within)
    codes[sound] = areas.codes
    rows["area"] = pd.array(codes, dtype="str")
    faults.add(header, {int(sound[i]): reason for i, reason in areas.faults.items()})
    return {int(sound[i]): (header, warning) for i, warning in areas.warnings.items()}


def _with_places(
    rows: pd.DataFrame,
    geometries: Geometries,
    layer: ImportLayer,
    sound: Positions,
    row_numbers: Positions,
) -> pd.DataFrame:
    """The sound rows with their geometry, and their ground area where the file gives none."""
    kept = rows.iloc[sound].copy()
    kept["geom"] = pd.array(ewkb(geometries[sound]), dtype="str")
    if layer.code_digits:
        kept = stored_divisions(kept, geometries[sound], layer)
    elif not layer.has_area:
        del kept["area"]
    if layer.measures_ground:
        measured = pd.Series(ground_areas_m2(geometries[sound]), kept.index).astype("str")
        given = kept.get("ground_area_m2")
        kept["ground_area_m2"] = measured if given is None else given.fillna(measured)
    return kept.set_axis(pd.Index(row_numbers[sound], name="row_number"))
