"""`reliefmap plan`: relief plans as documents, checked before anyone relies on them."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands.command import Answer, Subcommands, add_command
from geo.settings import Settings
from relief.plan import plan_from_file


def add_to(commands: Subcommands) -> None:
    """Registers the command and its actions."""
    parser = commands.add_parser("plan", help="Relief plans.", description="Relief plans.")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = add_command(actions, "check", _check, "Check a plan's TOML file, and name every fault.")
    check.add_argument("file", type=Path, help="the plan's TOML file")


def _check(arguments: argparse.Namespace, _: Settings) -> Answer:
    plan = plan_from_file(arguments.file)
    levels = [rule.level.value for rule in plan.levels]
    conditions = len(plan.conditions)
    text = f"{plan.id} is in order: levels {', '.join(levels)}, {conditions} conditions."
    return Answer(
        "\n".join([text, *(f"Left out, {o.clause}: {o.en}" for o in plan.omitted)]),
        {
            "plan": plan.id,
            "plan_digest": plan.digest,
            "levels": levels,
            "conditions": conditions,
            "omitted": [omission.as_dict() for omission in plan.omitted],
        },
    )
