"""`reliefmap backup`: the whole store in one file."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from api.commands.command import Answer, Subcommands, add_command
from geo import audit
from geo.backup import Backup, back_up
from geo.database import connected
from geo.photo_files import PhotoFolder
from geo.settings import Settings
from geo.store import opened


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "backup", _run, "Write the whole store to one file, and read it again."
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="keep it where personal data may lie"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    with opened(settings) as database_url:
        photos = PhotoFolder(settings.data_dir / "photos")
        done = back_up(database_url, arguments.file, photos, force=arguments.force)
        asyncio.run(recorded(database_url, "store.backup", done))
    data = told(done)
    size = f"{data['rows']} rows, {done.photos} photos, {done.size_bytes / 1e6:.1f} MB"
    missing = f" {done.missing_photos} photos of the store are not on this machine's disk."
    return Answer(f"{done.path}: {size}.{missing * bool(done.missing_photos)}", data)


def told(backup: Backup) -> dict[str, object]:
    """The backup as machines read it."""
    return {
        "file": str(backup.path),
        "bytes": backup.size_bytes,
        "migration": backup.migration,
        "rows": sum(backup.rows.values()),
        "tables": dict(backup.rows),
        "photos": backup.photos,
        "missing_photos": backup.missing_photos,
    }


async def recorded(database_url: str, action: str, backup: Backup) -> None:
    """Puts the act into the store's audit."""
    detail = {
        "bytes": backup.size_bytes,
        "rows": sum(backup.rows.values()),
        "photos": backup.photos,
    }
    async with connected(database_url) as conn:
        await audit.record(conn, None, action, backup.path.name, detail)
