"""GeoPackage, FlatGeobuf and KML, written by GDAL from batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyogrio

from layers.layer import Column
from layers.writers.shape import FileShape

_DRIVERS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".kml": "LIBKML"}
_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date-time": pa.timestamp("us", tz="UTC"),
}
_GEOMETRY = "geom"


def write(rows: Path, file: Path, shape: FileShape) -> None:
    """Turns a CSV without a header, whose last column is WKB in hex, into the file by its suffix.

    Raises TooLarge.
    """
    placed = [(len(batch), batch.column(0).null_count) for batch in _read(rows, shape, [_GEOMETRY])]
    shape.require(sum(count for count, _ in placed))
    unplaced = any(nulls for _, nulls in placed)  # which FlatGeobuf's index can't hold
    schema = pa.schema([*map(_field, shape.columns), pa.field(_GEOMETRY, pa.binary())])
    batches = map(_with_geometry, _read(rows, shape, schema.names))
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches),
        file,
        layer=shape.name,
        driver=_DRIVERS[file.suffix],
        geometry_name=_GEOMETRY,
        geometry_type=shape.geometry,
        crs=shape.crs,
        layer_options={"SPATIAL_INDEX": "NO"} if unplaced and file.suffix == ".fgb" else {},
    )


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES.get(column.kind, pa.string()))


def _read(rows: Path, shape: FileShape, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """The rows in batches; an empty cell is null, an empty text is quoted."""
    if not rows.stat().st_size:
        return
    fields = [*map(_field, shape.columns), pa.field(_GEOMETRY, pa.string())]
    with arrow_csv.open_csv(
        rows,
        arrow_csv.ReadOptions(column_names=[field.name for field in fields]),
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(
            column_types={field.name: field.type for field in fields},
            include_columns=wanted,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ) as reader:
        yield from reader


def _with_geometry(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its WKB as bytes; PostgreSQL writes `\\x` and then hex."""
    written = batch.column(_GEOMETRY).to_pylist()
    wkb = pa.array([text and bytes.fromhex(text[2:]) for text in written], pa.binary())
    return batch.set_column(batch.num_columns - 1, _GEOMETRY, wkb)
