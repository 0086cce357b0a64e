"""tables.py says of every table what the migrated store says."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql.psycopg import dialect

from geo import tables
from geo.database import Connection

COLUMNS_OF_STORE = """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
        NOT a.attnotnull AS nullable, coalesce(a.attnum = ANY (k.conkey), false) AS key,
        a.attidentity <> '' AS identity
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE c.relnamespace = 'reliefmap'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped
"""


def type_name(column: Column[Any]) -> str:
    """The type as PostgreSQL's format_type writes it."""
    if isinstance(column.type, Geometry):
        return f"geometry({column.type.geometry_type},{column.type.srid})".lower()
    names = {"FLOAT": "double precision"}
    name = column.type.compile(dialect=dialect())  # type: ignore[no-untyped-call]
    return names.get(name, name.lower())


async def test_every_column_is_described_as_the_migrations_made_it(conn: Connection) -> None:
    rows = await (await conn.execute(COLUMNS_OF_STORE)).fetchall()
    of_store = {
        (r["table"], r["column"]): (r["type"].lower(), r["nullable"], r["key"], r["identity"])
        for r in rows
    }
    described = {
        (table.name, column.name): (
            type_name(column),
            column.nullable,
            column.primary_key,
            column.identity is not None,
        )
        for table in tables.METADATA.sorted_tables
        for column in table.columns
    }
    assert described == of_store


async def test_every_geometry_is_in_cgcs2000() -> None:
    geometries = [
        column.type.srid
        for table in tables.METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, Geometry)
    ]
    assert len(geometries) > 10
    assert set(geometries) == {tables.SRID}
