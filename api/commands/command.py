"""What every subcommand shares: how it is registered, what it answers, how it shows progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from geo.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What a command found: sentences for people, `data` for machines (`--json`)."""

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


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


def show_progress(done: float, what: str) -> None:
    """Says on standard error how far (0..1) the long work `what` is."""
    end = "\r" if sys.stderr.isatty() and done < 1 else "\n"
    sys.stderr.write(f"{done:4.0%} {what}\033[K{end}" if end == "\r" else f"{done:4.0%} {what}\n")
    sys.stderr.flush()
