"""What the machine's environment says about how reliefmap runs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from relief.errors import SetupRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

# Every variable that is read; docs/settings.md explains each of them.
VARIABLES = (
    "RELIEFMAP_DATA",
    "RELIEFMAP_DATABASE_URL",
    "RELIEFMAP_HOST",
    "RELIEFMAP_PORT",
    "RELIEFMAP_TLS_PORT",
    "RELIEFMAP_WORKERS",
    "RELIEFMAP_CORS_ORIGINS",
)
MOST_WORKERS = 64
_ORIGIN = re.compile(r"https?://[\w.\-\[\]:]+", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """Where the data lies, which store is used, and where the server listens."""

    data_dir: Path
    database_url: str | None = None  # None: the private cluster under data_dir
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    cors_origins: tuple[str, ...] = ()
    tls_port: int = 8443

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """The settings that `env` asks for; raises SetupRefused naming the variable that is wrong.

        A variable that is empty counts as one that isn't set.
        """
        return cls(
            data_dir=Path(env.get("RELIEFMAP_DATA") or "var").expanduser().absolute(),
            database_url=_database_url(env.get("RELIEFMAP_DATABASE_URL") or None),
            host=env.get("RELIEFMAP_HOST") or cls.host,
            port=_whole_number(env, "RELIEFMAP_PORT", cls.port, most=65535),
            tls_port=_whole_number(env, "RELIEFMAP_TLS_PORT", cls.tls_port, most=65535),
            workers=_whole_number(env, "RELIEFMAP_WORKERS", _default_workers(), most=MOST_WORKERS),
            cors_origins=_origins(env.get("RELIEFMAP_CORS_ORIGINS", "")),
        )

    @property
    def address(self) -> str:
        """The address that a browser on this machine opens."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _default_workers() -> int:
    """One worker for each core this process may use, four at most."""
    return min(4, len(os.sched_getaffinity(0)))


def _whole_number(env: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and 1 <= int(text) <= most:
        return int(text)
    raise SetupRefused(f"{name} must be a whole number from 1 to {most}; it is {text!r}.")


def _origins(text: str) -> tuple[str, ...]:
    """Origins such as https://map.example.cn, separated by commas or spaces."""
    origins = tuple(text.replace(",", " ").split())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise SetupRefused(
                "RELIEFMAP_CORS_ORIGINS lists origins such as https://map.example.cn:8443,"
                f" without a path; {origin[:80]!r} is none."
            )
    return origins


def _database_url(text: str | None) -> str | None:
    """`text` if libpq can read it; a refusal does not repeat it, as it may hold a password."""
    if text is None:
        return None
    try:
        known = text.startswith(("postgresql://", "postgres://")) and conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        known = False
    if not known:
        raise SetupRefused(
            "RELIEFMAP_DATABASE_URL must look like postgresql://user:password@host:5432/database."
        )
    return text
