"""The private PostGIS cluster: made, started, watched and stopped by reliefmap itself.

It listens on a Unix socket only. The programs come from the machine's PostgreSQL packages; started
by root they run as user postgres, else as the current user.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from geo import postgres
from geo.private_files import locked, owned_folder, write_private
from relief.errors import SetupRefused

LOG = logging.getLogger(__name__)

SUPERUSER = "postgres"
ROLE = "reliefmap"  # owns the database of the same name and is no superuser
READY_SECONDS = 600  # replaying the log after a crash may take minutes
STOP_SECONDS = 20
LOG_BYTES = 10_000_000

# Beside PostgreSQL's defaults: what a map needs, and no personal data in the server's log.
PARAMETERS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


class PrivateCluster:
    """The cluster under `data_dir`; `durable=False` trades safety for speed, for tests alone."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Makes the cluster if there is none, starts it and waits; raises SetupRefused."""
        self._lock = locked(self.data_dir / "cluster.lock")
        try:
            if not self._postgres_dir.exists():
                self._create()
            self._launch()
            self._ensure_database()
        except BaseException:
            self.stop()
            raise

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self._server is not None and self._server.poll() is None

    def restart(self) -> None:
        """Starts the server again after it died."""
        self._launch()

    def stop(self) -> None:
        """Stops the server, politely first, and lets the data folder go."""
        if self._server is not None:
            _end(self._server)
            self._server = None
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def database_url(self) -> str:
        """The URL of the database `reliefmap` for the role that owns it."""
        return self.url()

    def url(self, database: str = ROLE, role: str = ROLE) -> str:
        """The URL of any database of the cluster; `role` may be SUPERUSER."""
        password = self._passwords()[role]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self._socket_dir), '')}"

    @property
    def _postgres_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def _socket_dir(self) -> Path:
        """A short folder: a socket's path ends at 107 bytes, and data_dir may be deep."""
        name = hashlib.sha256(bytes(self.data_dir.resolve())).hexdigest()[:12]
        return Path("/tmp", f"reliefmap-{name}")  # noqa: S108 - owner and mode are checked

    def _create(self) -> None:
        """initdb beside the final place, then a rename: an interrupted start leaves no half."""
        account = postgres.account()
        place = self._place(account)
        fresh = place / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        owned_folder(fresh, account)
        secret = owned_folder(self._socket_dir, account) / "password"
        try:
            secret.write_text(self._passwords()[SUPERUSER])
            os.chown(secret, account.user_id, account.group_id)
            made = account.run(
                postgres.installed().folder / "initdb",
                *("--pgdata", fresh, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
                *("--username", SUPERUSER, "--auth=scram-sha-256", "--pwfile", secret),
                *(() if self.durable else ("--no-sync",)),
            )
        finally:
            secret.unlink(missing_ok=True)
        if made.returncode != 0:
            raise SetupRefused(f"initdb failed in {fresh}: {made.stderr.strip()}")
        fresh.rename(place / "postgres")
        if place != self.data_dir:
            self._postgres_dir.symlink_to(place / "postgres")

    def _place(self, account: postgres.Account) -> Path:
        """Where the files can lie: data_dir, or a folder that the server's user can get to."""
        probe = owned_folder(self.data_dir / "postgres.new", account)
        if account.can_write(probe):
            return self.data_dir
        probe.rmdir()
        place = Path("/var/lib/reliefmap", self._socket_dir.name)
        place.mkdir(parents=True, exist_ok=True)
        LOG.warning("%s is closed to the database's user: its files go to %s", self.data_dir, place)
        return place

    def _passwords(self) -> dict[str, str]:
        """The passwords of both roles, made at the first call; the file is for its owner only."""
        path = self.data_dir / "passwords.json"
        if not path.exists():
            fresh = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, ROLE)}
            write_private(path, json.dumps(fresh))
        known: dict[str, str] = json.loads(path.read_text())
        return known

    def _launch(self) -> None:
        folder = self._postgres_dir.resolve()
        account = postgres.account(folder)
        programs = postgres.installed((folder / "PG_VERSION").read_text().strip())
        postgres.remove_leftover(folder)
        owned_folder(self._socket_dir, account)
        wished = PARAMETERS | dict.fromkeys(DURABLE, "on" if self.durable else "off")
        with _log(self.data_dir / "postgres.log") as log:
            self._server = subprocess.Popen(
                account.command(
                    programs.folder / "postgres",
                    *("-D", folder, "-k", self._socket_dir),
                    *(part for name, value in wished.items() for part in ("-c", f"{name}={value}")),
                ),
                cwd="/",
                env=postgres.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours to pass on
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + READY_SECONDS
        while time.monotonic() < give_up:
            if not self.alive():
                break
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=5).close()
                return
            time.sleep(0.05)
        log = self.data_dir / "postgres.log"
        last = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise SetupRefused(f"PostgreSQL does not start; {log} ends with: {' / '.join(last)}")

    def _ensure_database(self) -> None:
        """The role, its database and PostGIS in it; each is made only when missing."""
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as conn:
            if self.durable:
                require_durability(conn)
            make_role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(ROLE), self._passwords()[ROLE]
            )
            if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                conn.execute(make_role)
            if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                conn.execute("CREATE DATABASE reliefmap OWNER reliefmap")
        with psycopg.connect(self.url(ROLE, SUPERUSER), autocommit=True) as conn:
            conn.execute("CREATE EXTENSION IF NOT EXISTS postgis")


def require_durability(conn: psycopg.Connection) -> None:
    """Raises SetupRefused when the server may lose what it has acknowledged."""
    for name in DURABLE:
        row = conn.execute("SELECT current_setting(%s)", [name]).fetchone()
        if row is None or row[0] == "off":
            raise SetupRefused(
                f"The database runs with {name} off and may lose reports: turn it on."
            )


def _log(path: Path) -> IO[bytes]:
    """The server's log, opened to append; the one before is kept when it has grown large."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.rename(path.with_suffix(".log.1"))
    return path.open("ab")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ends the server: fast shutdown, then an immediate one, then the kill that nothing refuses."""
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(kind)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
            return
