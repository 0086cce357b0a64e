"""PostgreSQL's own programs: where they are and as whom they run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from relief.errors import SetupRefused

DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Programs:
    """The folder of one version's programs; `version` is its major number, such as "15"."""

    version: str
    folder: Path


@dataclass(frozen=True)
class Account:
    """The user of this machine that owns the cluster's files and runs its server."""

    user_id: int
    group_id: int

    def command(self, *arguments: str | Path) -> list[str]:
        """`arguments` run as this user, and interrupted when the program that started them dies."""
        identity = (
            [f"--reuid={self.user_id}", f"--regid={self.group_id}", "--clear-groups"]
            if os.geteuid() == 0
            else []
        )
        return ["setpriv", "--pdeathsig=INT", *identity, "--", *map(str, arguments)]

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """What the finished program printed; it starts in `/`, which every user may enter."""
        return subprocess.run(
            self.command(*arguments),
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
        )

    def can_write(self, folder: Path) -> bool:
        """Whether this user gets through to `folder` and may write in it."""
        return self.run("test", "-w", folder).returncode == 0


def environment() -> dict[str, str]:
    """A small environment: the caller's PGPORT, PGOPTIONS or locale must not reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def installed(version: str | None = None) -> Programs:
    """The newest PostgreSQL with PostGIS, or the one of `version`; raises SetupRefused."""
    found = {p.version: p for p in [*_on_path(), *_from_debian()]}
    if version is None and found:
        return found[max(found, key=float)]
    if version in found:
        return found[version]
    if version is None:
        raise SetupRefused(
            "PostgreSQL with PostGIS is missing: apt-get install postgresql postgis, "
            "or set RELIEFMAP_DATABASE_URL."
        )
    raise SetupRefused(
        f"The store was made by PostgreSQL {version}, which is missing: "
        f"apt-get install postgresql-{version}-postgis-3."
    )


def account(owned: Path | None = None) -> Account:
    """Who runs the server: the owner of the folder `owned`, else this user, for root `postgres`."""
    if owned is not None:
        status = owned.stat()
        if os.geteuid() not in {0, status.st_uid}:
            raise SetupRefused(
                f"The store in {owned} belongs to {_name(status.st_uid)}: "
                "start reliefmap as that user, or as root."
            )
        return Account(status.st_uid, status.st_gid)
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError:
        raise SetupRefused(
            "PostgreSQL never runs as root and there is no user postgres: "
            "apt-get install postgresql, or start reliefmap as another user."
        ) from None
    return Account(postgres.pw_uid, postgres.pw_gid)


def _name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"user {user_id}"


def _from_debian() -> list[Programs]:
    shared = Path("/usr/share/postgresql")
    return [
        Programs(binaries.parent.name, binaries)
        for binaries in DEBIAN.glob("*/bin")
        if (binaries / "initdb").exists()
        and (shared / binaries.parent.name / "extension" / "postgis.control").exists()
    ]


def _on_path() -> list[Programs]:
    """The PostgreSQL whose pg_config is on PATH, for machines that are not Debian."""
    if not (config := shutil.which("pg_config")):
        return []
    asked = subprocess.run(
        [config, "--bindir", "--sharedir", "--version"], capture_output=True, text=True
    )
    if asked.returncode != 0:
        return []
    binaries, shared, version = asked.stdout.splitlines()
    wanted = (Path(binaries, "initdb"), Path(shared, "extension", "postgis.control"))
    if not all(path.exists() for path in wanted):
        return []
    return [Programs(version.split()[1].split(".")[0], Path(binaries))]


def remove_leftover(folder: Path) -> None:
    """Ends the processes of a killed start, which hold its shared memory, and its stale pid file.

    Nothing is lost: the next start replays the write-ahead log.
    """
    patience_ends = time.monotonic() + 5
    while left := _processes_in(folder):
        for process in left:
            with suppress(ProcessLookupError):
                kind = signal.SIGQUIT if time.monotonic() < patience_ends else signal.SIGKILL
                os.kill(process, kind)
        time.sleep(0.05)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(folder: Path) -> list[int]:
    """The ids of the PostgreSQL processes that work in `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is somebody else's
            name, place = entry.joinpath("comm").read_text(), entry.joinpath("cwd").readlink()
            if (name, place) == ("postgres\n", folder):
                found.append(int(entry.name))
    return found
