"""The command line `reliefmap`: exit code 0 is done, 1 refused with a reason, 2 wrong usage."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import psycopg

from api.commands import (
    assign,
    backup,
    demo,
    divisions,
    evaluate,
    export,
    import_file,
    migrate,
    plan,
    restore,
    serve,
    site,
    tls,
    token,
)
from api.commands.command import Answer
from geo.settings import Settings
from relief.errors import ReliefError, SetupRefused

COMMANDS = (
    *(serve, migrate, demo, divisions, token, assign, site, plan, evaluate, import_file),
    *(export, backup, restore, tls),
)

DONE, REFUSED, INTERRUPTED = 0, 1, 130


def main(words: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> int:
    """Runs the command that `words` (default: the process's arguments) ask for; its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    arguments = parser().parse_args(words)
    try:
        answer = arguments.run(arguments, Settings.from_environment(env))
    except (ReliefError, OSError, psycopg.Error) as error:
        _refuse(_refusal(error), as_json=arguments.json)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    _tell(answer, as_json=arguments.json)
    return REFUSED if answer.refused else DONE


def parser() -> argparse.ArgumentParser:
    """The parser of all subcommands; a wrong usage ends the process with code 2."""
    whole = argparse.ArgumentParser(
        prog="reliefmap", description="The one map a prefecture or county runs its relief on."
    )
    whole.add_argument("--version", action="version", version=f"reliefmap {version('reliefmap')}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return whole


def _tell(answer: Answer, *, as_json: bool) -> None:
    print(json.dumps(answer.data, ensure_ascii=False) if as_json else answer.text)


def _refusal(error: Exception) -> ReliefError:
    """The error as a person reads it; a file or database that fails is a refusal too."""
    if isinstance(error, ReliefError):
        return error
    if isinstance(error, OSError):
        return SetupRefused(f"{error.filename or 'The system'}: {error.strerror or error}.")
    return SetupRefused(f"The database refused: {str(error).strip()}")


def _refuse(error: ReliefError, *, as_json: bool) -> None:
    """The reason on standard error for people, as a problem on standard output for machines."""
    faults = [{"at": fault.at, "detail": fault.detail} for fault in error.faults]
    if as_json:
        problem = {"code": error.code, "detail": error.detail, "errors": faults}
        print(json.dumps(problem, ensure_ascii=False))
        return
    print(f"reliefmap: {error.detail}", file=sys.stderr)
    for fault in error.faults:
        print(f"  {fault.at}: {fault.detail}", file=sys.stderr)
