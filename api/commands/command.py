"""What every subcommand shares: how it is registered, what it answers, how it shows progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from geo.settings import Settings
from relief.progress import Progress


@dataclass(frozen=True)
class Answer:
    """What a command found: sentences for people, `data` for machines (`--json`).

    `refused` says that the command was carried out and its answer is no.
    """

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False


Run = Callable[[argparse.Namespace, Settings], Answer]


class Subcommands(Protocol):
    """What `argparse.ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str, description: str) -> argparse.ArgumentParser: ...  # noqa: A002


def add_command(
    commands: Subcommands, name: str, run: Run, description: str
) -> argparse.ArgumentParser:
    """A subcommand with `--json`; `run` gets the parsed arguments and the settings."""
    parser = commands.add_parser(name, help=description, description=description)
    parser.add_argument("--json", action="store_true", help="answer in JSON, for machines")
    parser.set_defaults(run=run)
    return parser


def shown_progress(what: str) -> Progress:
    """Says on standard error how far the long work `what` is: one line that a terminal rewrites.

    Into a file it goes line by line, and no more often than every tenth of the way.
    """
    on_terminal = sys.stderr.isatty()
    step = 0.01 if on_terminal else 0.1
    shown = -1.0

    def show(done: float) -> None:
        nonlocal shown
        if done - shown < step and done < 1:
            return
        shown = done
        end = "\r" if on_terminal and done < 1 else "\n"
        sys.stderr.write(f"{what}: {done:.0%}{end}")
        sys.stderr.flush()

    return show
