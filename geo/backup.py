"""The whole store in one file, and back from it: every row counted on either way."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from geo.archive import SCHEMA, Programs, counted, rows_in
from geo.database import connection_options
from geo.migration import missing_migrations
from relief.errors import Conflict, InvalidInput, SetupRefused
from relief.progress import Progress, silent

_LEDGER = "schema_migrations"


@dataclass(frozen=True)
class Backup:
    """A file that holds a store: `rows` by table, `migration` the last one it had seen."""

    path: Path
    size_bytes: int
    migration: int
    rows: Mapping[str, int]


def back_up(database_url: str, path: Path, *, force: bool = False) -> Backup:
    """Writes the store as it is at this moment to `path`, readable by its owner only.

    The file appears whole or not at all: it is read again, and its rows are counted against the
    store's, before it gets its name. Raises Conflict where `path` exists and not `force`.
    """
    if path.exists() and not force:
        raise Conflict(f"{path} exists already: choose another name, or add --force.")
    fresh = path.with_name(f".{path.name}.new")
    programs = Programs(database_url)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        rows = _dumped(database_url, programs, fresh)
        found = Backup(path, fresh.stat().st_size, _migration(programs, fresh), rows)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return found


def _dumped(database_url: str, programs: Programs, path: Path) -> dict[str, int]:
    """Rows by table, alike in the store and in the file written."""
    with psycopg.connect(database_url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        programs.dump(path, row[0])
        rows = _rows_of(conn)
    if rows_in(programs, path) != rows:
        raise SetupRefused("The backup does not hold what the store holds; nothing was kept.")
    return rows


def _rows_of(conn: psycopg.Connection) -> dict[str, int]:
    """Rows by table in the store."""
    tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
    count = sql.SQL("SELECT count(*) FROM {}")
    found = {}
    for (table,) in tables.fetchall():
        row = conn.execute(count.format(sql.Identifier(SCHEMA, table))).fetchone()
        assert row is not None
        found[table] = row[0]
    return found


def restore(
    database_url: str, path: Path, *, force: bool = False, progress: Progress = silent
) -> Backup:
    """Puts the store of the file in the place of what is there: all of it, or nothing changes.

    Raises InvalidInput for a file that is no backup or is damaged, StoreVersion for one of a newer
    program, Conflict while programs use the store, or where it is filled and not `force`.
    """
    programs = Programs(database_url)
    rows = rows_in(programs, path)
    found = Backup(path, path.stat().st_size, _migration(programs, path), rows)
    with psycopg.connect(database_url, options=connection_options()) as conn:
        _require_alone(conn)
        if not force:
            _require_empty(conn)
    replace_store(programs, path, rows, progress)
    progress(1.0)
    return found


def _migration(programs: Programs, path: Path) -> int:
    """The number of the archive's last migration; raises StoreVersion where it doesn't fit."""
    with programs.script(path, "--data-only", f"--table={_LEDGER}") as script:
        rows = [line.decode().split("\t") for line in script if line.count(b"\t") >= 3]
    applied = {int(number): sha256 for number, _, sha256, *_ in rows if number.isdigit()}
    if not applied:
        raise InvalidInput(f"{path.name} is a PostgreSQL archive, but not of this program.")
    missing_migrations(applied)
    return max(applied)


def _require_alone(conn: psycopg.Connection) -> None:
    """Raises Conflict while others are connected to the database."""
    row = conn.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    ).fetchone()
    if row and row[0]:
        raise Conflict(
            f"{row[0]} other connections use the store: stop reliefmap and whatever else reads it,"
            " then restore."
        )


def _require_empty(conn: psycopg.Connection) -> None:
    """Raises Conflict where somebody has put something into the store."""
    row = conn.execute("SELECT to_regclass('reliefmap.admin_areas')").fetchone()
    if row is None or row[0] is None:
        return
    row = conn.execute(
        "SELECT (SELECT count(*) FROM admin_areas), (SELECT count(*) FROM events),"
        " (SELECT count(*) FROM tokens WHERE kind = 'token')"
    ).fetchone()
    assert row is not None
    if any(row):
        raise Conflict(
            "The store holds {} divisions, {} events and {} tokens already, and a restore replaces"
            " all of it. Back it up, then add --force.".format(*row)
        )


_BEFORE = b"""
BEGIN;
SET LOCAL client_min_messages = 'warning';
SET LOCAL lock_timeout = '10s';
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
DROP SCHEMA IF EXISTS reliefmap CASCADE;
"""


def replace_store(
    programs: Programs, path: Path, rows: Mapping[str, int], progress: Progress = silent
) -> None:
    """One transaction: the old schema out, the archive's in, and each table's rows counted.

    Raises SetupRefused, and leaves what is there, when anything fails or `rows` are not reached.
    """
    every, copied = max(1, sum(rows.values())), dict[str, int]()
    with programs.session() as session:
        session.write(_BEFORE)
        with programs.script(path) as script:
            for number, line in enumerate(counted(script, copied)):
                session.write(line)
                if number % 10_000 == 0:
                    progress(0.95 * sum(copied.values()) / every)
        session.write(b"".join(_check(*pair) for pair in rows.items()) + b"COMMIT;\n")


def _check(table: str, rows: int) -> bytes:
    """SQL that fails unless the table has so many rows, and tells the query planner of them."""
    statement = sql.SQL(
        "DO $$ BEGIN ASSERT (SELECT count(*) FROM {table}) = {rows},"
        " 'rows are missing in ' || {name}; END $$; ANALYZE {table};\n"
    )
    names = {"table": sql.Identifier(SCHEMA, table), "name": sql.Literal(table)}
    return statement.format(rows=sql.Literal(rows), **names).as_bytes()
