"""A backup's archive: PostgreSQL's own archive format, written and read by its own programs."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from geo import postgres
from relief.errors import InvalidInput, SetupRefused

SCHEMA = "reliefmap"
_COPY = re.compile(rb'COPY reliefmap\."?(\w+)"? .*FROM stdin;\n')
_END_OF_COPY = b"\\.\n"


class Programs:
    """pg_dump, pg_restore and psql of the version that serves the database at `database_url`.

    Raises SetupRefused where this machine has no programs of that version.
    """

    def __init__(self, database_url: str) -> None:
        known = {name: str(value) for name, value in conninfo_to_dict(database_url).items()}
        self._environment = postgres.environment()
        if password := known.pop("password", None):
            self._environment["PGPASSWORD"] = password  # no other user's `ps` shows it
        self._target = make_conninfo(**known)
        with psycopg.connect(database_url) as conn:
            self.version = str(conn.info.server_version // 10_000)
        self._folder = postgres.installed(self.version).folder

    def dump(self, path: Path, snapshot: str) -> None:
        """Writes the store as the snapshot sees it; raises SetupRefused in pg_dump's words."""
        words = ["--format=custom", f"--schema={SCHEMA}", "--no-owner", "--no-privileges"]
        words += [f"--snapshot={snapshot}", f"--file={path}", f"--dbname={self._target}"]
        with self._running("pg_dump", words) as program:
            program.communicate()

    @contextmanager
    def script(self, path: Path, *words: str) -> Iterator[IO[bytes]]:
        """The archive as a script for `psql`; raises InvalidInput when it can't be read whole."""
        try:
            with self._running("pg_restore", ["--file=-", *words, str(path)]) as program:
                assert program.stdout is not None
                yield program.stdout
        except SetupRefused as refused:
            raise InvalidInput(f"The archive in the backup is damaged: {refused.detail}") from None

    @contextmanager
    def session(self) -> Iterator[IO[bytes]]:
        """What is written here, psql carries out; the first error ends it.

        Raises SetupRefused in the server's words.
        """
        words = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={self._target}"]
        with self._running("psql", words) as program:
            assert program.stdin is not None
            with suppress(BrokenPipeError):  # psql has ended, and its exit code tells why
                yield program.stdin
                program.stdin.close()
            program.communicate()

    @contextmanager
    def _running(self, name: str, words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        """The program until it ends; raises SetupRefused with its last words if it fails."""
        with tempfile.TemporaryFile() as errors:
            program = subprocess.Popen(
                [self._folder / name, *words],
                env=self._environment,
                stdin=subprocess.PIPE if name == "psql" else subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if name == "psql" else subprocess.PIPE,
                stderr=errors,
            )
            try:
                yield program
            except BaseException:
                program.kill()
                raise
            finally:
                with suppress(BrokenPipeError):
                    program.__exit__(None, None, None)
            if program.returncode != 0:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines()
                raise SetupRefused(said[0] if said else f"{name} ended with {program.returncode}.")


def counted(script: IO[bytes], rows: dict[str, int]) -> Iterator[bytes]:
    """The lines of a script; the rows that it copies are added to `rows`, by table."""
    table = ""
    for line in script:
        if not table and (copy := _COPY.fullmatch(line)):
            table = copy[1].decode()
            rows[table] = 0
        elif table and line == _END_OF_COPY:
            table = ""
        elif table:
            rows[table] += 1
        yield line


def rows_in(programs: Programs, path: Path) -> dict[str, int]:
    """Rows by table in the archive, read from its first byte to its last."""
    rows: dict[str, int] = {}
    with programs.script(path, "--data-only") as script:
        for _ in counted(script, rows):
            pass
    return rows
