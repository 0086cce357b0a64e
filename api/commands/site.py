"""`reliefmap site`: the siting question of the API, asked at the server itself."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import orjson

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo.settings import Settings
from geo.store import opened
from relief.errors import InvalidInput


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "site", _run, "Say where a settlement may stand, and what rules the rest out."
    )
    parser.add_argument("question", type=Path, help="JSON, as POST /api/siting takes it")
    parser.add_argument("-o", "--output", type=Path, help="write the answer as GeoJSON")


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    from api.siting_question import answered, question_in  # the solver: no other command waits

    try:
        question = question_in(arguments.question.read_bytes())
        with opened(settings) as database_url:
            found = asyncio.run(answered(database_url, question, shown_progress("choosing sites")))
        if arguments.output:
            arguments.output.write_bytes(orjson.dumps(found))
    except OSError as error:
        raise InvalidInput(f"{error.filename}: {error.strerror}.") from None
    return Answer(_sentences(found), found)


def _sentences(found: dict[str, Any]) -> str:
    chosen = [
        f"{p['rank']}. {p['candidate']}: {p['ground_area_m2']:.0f} m2, {p['serves_people']} people"
        + (", with engineering measures" if p["engineering_required"] else "")
        for p in (feature["properties"] for feature in found["features"])
    ]
    refused = len({one["candidate"] for one in found["excluded"]})
    return "\n".join(
        [
            *chosen,
            f"{refused} of {found['candidates']} candidates are refused,"
            f" {len(found['too_small'])} are too small.",
            *found["warnings"],
        ]
    )
