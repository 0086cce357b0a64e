"""The whole store in one file, and back from it: every row counted on either way."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from geo.archive import SCHEMA, Programs, counted, rows_in
from geo.backup_pack import opened_pack, write_pack
from geo.database import connection_options
from geo.migration import missing_migrations
from geo.photo_files import PhotoFolder
from relief.errors import Conflict, InvalidInput, SetupRefused
from relief.progress import Progress, silent

_LEDGER = "schema_migrations"


@dataclass(frozen=True)
class Backup:
    """A file that holds a store: `rows` by table, `migration` the last one it had seen.

    `photos` are in it; `missing_photos` are named by the store, but were not on the disk.
    """

    path: Path
    size_bytes: int
    migration: int
    rows: Mapping[str, int]
    photos: int
    missing_photos: int


def back_up(database_url: str, path: Path, photos: PhotoFolder, *, force: bool = False) -> Backup:
    """Writes the store as it is at this moment to `path`, readable by its owner only.

    The file appears whole or not at all: it is read again, and its rows are counted against the
    store's, before it gets its name. Raises Conflict where `path` exists and not `force`.
    """
    if path.exists() and not force:
        raise Conflict(f"{path} exists already: choose another name, or add --force.")
    programs = Programs(database_url)
    archive, fresh = (path.with_name(f".{path.name}.{word}") for word in ("dump", "new"))
    for file in (archive, fresh):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        rows, digests = _dumped(database_url, programs, archive)
        migration = _migration(programs, archive)
        held = [(d, photos.path(d)) for d in digests if photos.path(d).is_file()]
        write_pack(fresh, archive, held, {"rows": rows, "photos": len(held)})
        _read_again(fresh)
        missing = len(digests) - len(held)
        found = Backup(path, fresh.stat().st_size, migration, rows, len(held), missing)
        fresh.replace(path)
    finally:
        archive.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)
    return found


def _read_again(path: Path) -> None:
    with opened_pack(path) as pack:
        for _ in pack.pictures():
            pass


def _dumped(database_url: str, programs: Programs, path: Path) -> tuple[dict[str, int], list[str]]:
    """Rows by table, alike in the store and in the file written; the photos that they name."""
    with psycopg.connect(database_url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        programs.dump(path, row[0])
        rows, digests = _rows_of(conn), _photos_of(conn)
    if rows_in(programs, path) != rows:
        raise SetupRefused("The backup does not hold what the store holds; nothing was kept.")
    return rows, digests


def _photos_of(conn: psycopg.Connection) -> list[str]:
    """SHA-256 of each picture that the store names; none in one older than photos."""
    row = conn.execute("SELECT to_regclass('reliefmap.photos')").fetchone()
    if row is None or row[0] is None:
        return []
    found = conn.execute("SELECT DISTINCT stored_sha256 FROM reliefmap.photos ORDER BY 1")
    return [digest for (digest,) in found.fetchall()]


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
    database_url: str,
    path: Path,
    photos: PhotoFolder,
    *,
    force: bool = False,
    progress: Progress = silent,
) -> Backup:
    """Puts the store of the file in the place of what is there: all of it, or nothing changes.

    Its photos come first; they lie under their digest and take nobody's place. Raises InvalidInput
    for a file that is no backup or is damaged, StoreVersion for one of a newer program, Conflict
    while programs use the store, or where it is filled and not `force`.
    """
    programs = Programs(database_url)
    with opened_pack(path) as pack:
        rows = rows_in(programs, pack.archive)
        migration = _migration(programs, pack.archive)
        with psycopg.connect(database_url, options=connection_options()) as conn:
            _require_alone(conn)
            if not force:
                _require_empty(conn)
        kept = [photos.keep(picture) for picture in pack.pictures()]
        if rows != pack.contents.get("rows") or len(kept) != pack.contents.get("photos"):
            raise InvalidInput(f"{path.name} is damaged: it does not hold what its list says.")
        replace_store(programs, pack.archive, rows, progress)
    progress(1.0)
    return Backup(path, path.stat().st_size, migration, rows, len(kept), 0)


def _migration(programs: Programs, path: Path) -> int:
    """The number of the archive's last migration; raises StoreVersion where it doesn't fit."""
    with programs.script(path, "--data-only", f"--table={_LEDGER}") as script:
        rows = [line.decode().split("\t") for line in script if line.count(b"\t") >= 3]
    applied = {int(number): sha256 for number, _, sha256, *_ in rows if number.isdigit()}
    if not applied:
        raise InvalidInput("The backup holds a PostgreSQL archive, but not of this program.")
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


_AFTER = b"""
DO $$ BEGIN IF to_regclass('reliefmap.change_retention') IS NOT NULL THEN
    DELETE FROM reliefmap.changes;
    UPDATE reliefmap.change_retention SET deleted_to = pg_current_xact_id()::text::bigint;
END IF; END $$;
COMMIT;
"""
"""Whoever followed the store that was here is told to read everything anew, not nothing at all."""


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
        session.write(b"".join(_check(*pair) for pair in rows.items()) + _AFTER)


def _check(table: str, rows: int) -> bytes:
    """SQL that fails unless the table has so many rows, and tells the query planner of them."""
    statement = sql.SQL(
        "DO $$ BEGIN ASSERT (SELECT count(*) FROM {table}) = {rows},"
        " 'rows are missing in ' || {name}; END $$; ANALYZE {table};\n"
    )
    names = {"table": sql.Identifier(SCHEMA, table), "name": sql.Literal(table)}
    return statement.format(rows=sql.Literal(rows), **names).as_bytes()
