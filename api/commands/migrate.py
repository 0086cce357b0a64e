"""`reliefmap migrate`: the store brought to this program's version."""

from __future__ import annotations

import argparse

from api.commands.command import Answer, Subcommands, add_command
from geo.migration import migrate
from geo.settings import Settings
from geo.store import opened


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    add_command(commands, "migrate", _run, "Bring the store to this program's version.")


def _run(_: argparse.Namespace, settings: Settings) -> Answer:
    with opened(settings) as database_url:
        applied = migrate(database_url)
    text = f"Applied {', '.join(applied)}." if applied else "The store is up to date."
    return Answer(text, {"applied": applied})
