"""`reliefmap demo`: the demo prefecture, generated from a seed and loaded once."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo.migration import migrate
from geo.settings import Settings
from geo.store import opened
from geo.store_state import DEMO_AREAS, FIRST_DEMO

DEFAULT_SHARE = 0.1


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(commands, "demo", _run, "Generate the demo prefecture into the store.")
    parser.add_argument("--prefecture", default=FIRST_DEMO, choices=tuple(DEMO_AREAS))
    parser.add_argument(
        "--share",
        type=_share,
        default=DEFAULT_SHARE,
        help="the part of all households to generate, over 0 up to 1 (default: %(default)s)",
    )


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not over 0 and at most 1")
    return share


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    from geo.demo.load import load_demo  # numpy and shapely: half a second for no other command

    with opened(settings) as database_url:
        migrate(database_url)
        loaded = asyncio.run(
            load_demo(
                database_url,
                prefecture=arguments.prefecture,
                share=arguments.share,
                progress=shown_progress(f"demo {arguments.prefecture}"),
            )
        )
    done = f"{sum(loaded.rows.values())} rows loaded" if loaded.loaded else "is there already"
    return Answer(f"The demo {loaded.prefecture}: {done}.", asdict(loaded))
