"""`reliefmap restore`: the store of a backup in the place of what is there."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from api.commands.backup import recorded, told
from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo.backup import restore
from geo.migration import migrate
from geo.photo_files import PhotoFolder
from geo.settings import Settings
from geo.store import opened


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "restore", _run, "Put a backup in the store's place: all of it, or nothing."
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="written by `reliefmap backup`")
    parser.add_argument("--force", action="store_true", help="replace a store that is filled")


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    with arguments.file.open("rb"):  # a file that can't be read is refused before anything starts
        pass
    with opened(settings) as database_url:
        progress = shown_progress(f"restore {arguments.file.name}")
        photos = PhotoFolder(settings.data_dir / "photos")
        force = arguments.force
        done = restore(database_url, arguments.file, photos, force=force, progress=progress)
        applied = migrate(database_url)
        asyncio.run(recorded(database_url, "store.restore", done))
    data = told(done) | {"applied": applied}
    return Answer(f"{data['rows']} rows and {done.photos} photos restored from {done.path}.", data)
