"""`reliefmap assign`: households to shelters on files alone, no store needed."""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo.settings import Settings
from relief.errors import InvalidInput


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "assign", _run, "Assign whole households to shelters, from files alone."
    )
    files = "CSV, Parquet or GeoPackage with the columns"
    parser.add_argument("households", type=Path, help=f"{files} id, lon, lat, persons[, priority]")
    parser.add_argument("shelters", type=Path, help=f"{files} id, lon, lat, capacity")
    parser.add_argument("-o", "--output", type=Path, help="write a CSV: household,shelter")
    parser.add_argument("--max-distance-m", type=float, help="nobody goes farther, straight line")


def _run(arguments: argparse.Namespace, _: Settings) -> Answer:
    from geo.assignment_files import (
        assignment_of_files,  # the solver: no other command waits for it
    )

    started = time.perf_counter()
    if arguments.output and not arguments.output.absolute().parent.is_dir():
        raise InvalidInput(f"There is no folder {arguments.output.absolute().parent}.")
    found = assignment_of_files(
        arguments.households,
        arguments.shelters,
        arguments.max_distance_m,
        shown_progress("assigning"),
    )
    if arguments.output:
        found.write(arguments.output)
    data = found.figures() | {
        "seconds": round(time.perf_counter() - started, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    return Answer(_sentence(data), data)


def _sentence(figures: dict[str, float | int | None]) -> str:
    placed, walked, gap = (
        figures[name] or 0 for name in ("assigned_people", "person_metres", "gap")
    )
    return (
        f"{placed} people have a place, {figures['unassigned_people']} are left over;"
        f" {walked / max(placed, 1):.0f} m each on average, at most {gap:.2%} more than the best"
        " assignment."
    )
