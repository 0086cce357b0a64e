"""A short notation for tables: the line "name type, name type".

`!` after a name marks the primary key, `?` a column that may be null. Defaults and checks are the
store's own and are not repeated.
"""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

SRID = 4490  # CGCS2000, lon, lat

METADATA = MetaData()


_TYPES: dict[str, Any] = {
    "text": Text(),
    "text[]": ARRAY(Text()),
    "smallint": SmallInteger(),
    "integer": Integer(),
    "bigint": BigInteger(),
    "identity": BigInteger(),
    "real": REAL(),
    "double": Double(),
    "numeric": Numeric(),
    "boolean": Boolean(),
    "bytea": LargeBinary(),
    "jsonb": JSONB(),
    "uuid": UUID(),
    "instant": DateTime(timezone=True),
}
_GEOMETRIES = {
    "point": "POINT",
    "line": "LINESTRING",
    "lines": "MULTILINESTRING",
    "polygons": "MULTIPOLYGON",
}


def _type(kind: str) -> Any:
    """A geometry type belongs to one column alone: it takes notes of that column."""
    if kind in _GEOMETRIES:
        return Geometry(_GEOMETRIES[kind], SRID, spatial_index=False)
    return _TYPES[kind]


def _column(written: str) -> Column[Any]:
    name, kind = written.split()
    identity = [Identity(always=True)] if kind == "identity" else []
    return Column(
        name.rstrip("!?"),
        _type(kind),
        *identity,
        primary_key=name.endswith("!") or bool(identity),
        nullable=name.endswith("?"),
    )


def table(name: str, columns: str) -> Table:
    """The table of that name with the columns so written."""
    return Table(name, METADATA, *map(_column, columns.split(", ")))


def register(name: str, kind: str, columns: str) -> Table:
    """A table of things on the map: `id`, columns of its own, where it is and who says so."""
    place = f"geom {kind}, position_error_m? double"
    origin = "synthetic boolean, source text, updated_at instant"
    return table(name, f"id! text, {columns}, {place}, {origin}")
