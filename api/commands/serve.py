"""`reliefmap serve`: the store, the server and the worker, until Ctrl-C."""

from __future__ import annotations

import argparse

from api.commands.command import Answer, Subcommands, add_command
from api.supervisor import serve
from geo.settings import Settings
from geo.store_state import DEMO_AREAS, NO_DEMO


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "serve", _run, "Start everything and print a sign-in link; Ctrl-C stops it."
    )
    parser.add_argument(
        "--demo",
        choices=(*DEMO_AREAS, NO_DEMO),
        help="the demo to load the first time (default: yangquan; later starts keep the choice)",
    )


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    serve(settings, arguments.demo)
    return Answer("reliefmap has stopped.", {"stopped": True})
