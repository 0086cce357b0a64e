"""`reliefmap divisions`: the provinces, prefectures and counties that an own store begins with."""

from __future__ import annotations

import argparse
import asyncio

from api.commands.command import Answer, Subcommands, add_command
from geo.database import connected
from geo.migration import migrate
from geo.settings import Settings
from geo.store import opened
from relief.divisions import normal_code


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "divisions", _run, "Load divisions down to the counties, with their outlines."
    )
    parser.add_argument("code", help="of the division, such as 140300; 100000 is the country")


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    from geo.outline_divisions import load_divisions  # shapely, for no other command

    async def load(database_url: str) -> int:
        async with connected(database_url, statement_timeout_s=600) as conn:
            return await load_divisions(conn, normal_code(arguments.code))

    with opened(settings) as database_url:
        migrate(database_url)
        added = asyncio.run(load(database_url))
    return Answer(f"{added} divisions added.", {"added": added})
