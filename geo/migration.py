"""Brings the store to the version of the program: numbered SQL files, each applied once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import LiteralString

import psycopg

from geo.database import connection_options
from relief.errors import StoreVersion

_LOCK = 7_391_403  # any number that only migrations use


@dataclass(frozen=True)
class Migration:
    """One file of geo/migrations; `number` is the digits that its name starts with."""

    number: int
    name: str
    text: LiteralString

    @property
    def sha256(self) -> str:
        """Digest of the text, so that a file that was changed after its use is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this program, in order; the numbers run from 1 without a gap."""
    found = [
        Migration(int(f.name.split("_")[0]), f.name, f.read_text(encoding="utf-8"))
        for f in files("geo").joinpath("migrations").iterdir()
        if f.name.endswith(".sql")
    ]
    return sorted(found, key=lambda m: m.number)


def migrate(database_url: str) -> list[str]:
    """Applies what is missing, all or nothing, and returns the names of what it applied.

    Raises StoreVersion when the database is newer than the program or was migrated otherwise.
    """
    with psycopg.connect(database_url, options=connection_options(statement_timeout_s=600)) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        _create_ledger(conn)
        missing = missing_migrations(_applied(conn))
        for migration in missing:
            conn.execute(migration.text, prepare=False)
            conn.execute(
                "INSERT INTO schema_migrations (number, name, sha256) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256),
            )
    return [m.name for m in missing]


def require_current(database_url: str) -> None:
    """Raises StoreVersion unless the store is exactly at this program's version."""
    with psycopg.connect(database_url, options=connection_options()) as conn:
        row = conn.execute("SELECT to_regclass('reliefmap.schema_migrations')").fetchone()
        applied = _applied(conn) if row and row[0] else {}
    missing = missing_migrations(applied)
    if missing:
        raise StoreVersion(
            f"The database is older than this program: {len(missing)} migrations are missing, "
            f"the first is {missing[0].name}. Run `reliefmap migrate`."
        )


def missing_migrations(applied: dict[int, str]) -> list[Migration]:
    """What is still to be applied, given the digests of what was, by number."""
    own = {m.number: m for m in migrations()}
    newer = sorted(set(applied) - set(own))
    if newer:
        raise StoreVersion(
            f"The database is newer than this program: it is at migration {newer[-1]}, "
            f"the program knows {max(own)}. Start the newer program, or restore a backup."
        )
    for number, digest in applied.items():
        if digest != own[number].sha256:
            raise StoreVersion(
                f"The database was made with another text of {own[number].name}. "
                "Start the program that made it, or load the data into a new database."
            )
    return [m for number, m in sorted(own.items()) if number not in applied]


def _create_ledger(conn: psycopg.Connection) -> None:
    conn.execute("CREATE SCHEMA IF NOT EXISTS reliefmap")
    conn.execute("CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public")
    conn.execute(
        "CREATE TABLE IF NOT EXISTS reliefmap.schema_migrations (number integer PRIMARY KEY,"
        " name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )


def _applied(conn: psycopg.Connection) -> dict[int, str]:
    rows = conn.execute("SELECT number, sha256 FROM reliefmap.schema_migrations").fetchall()
    return dict(rows)
