"""`reliefmap evaluate`: the response level that figures in a file reach under a plan."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.commands.command import Answer, Subcommands, add_command
from api.strict_json import parsed
from geo.settings import Settings
from relief.errors import Fault, InvalidInput, NotFound
from relief.level_question import question_from_mapping
from relief.measurement import Measurement
from relief.plan import Plan, plan_by_id, plan_from_file, shelf_of
from relief.response_level import Evaluation


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "evaluate", _run, "Tell the response level that figures reach under a plan."
    )
    parser.add_argument("figures", type=Path, help="JSON file with the figures")
    parser.add_argument("--plan", required=True, help="id of a plan, or its TOML file")


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    plan = _plan(arguments.plan, settings)
    body = _for_plan(plan, parsed(_content(arguments.figures)))
    evaluation = question_from_mapping(body).answered_by(plan)
    return Answer(_sentences(evaluation), evaluation.as_dict())


def _plan(name: str, settings: Settings) -> Plan:
    """The plan in the file of that name, else the one of that id, shipped or the user's own."""
    if name.endswith(".toml"):
        return plan_from_file(Path(name))
    return plan_by_id(name, shelf_of(settings.data_dir / "plans"))


def _for_plan(plan: Plan, body: object) -> object:
    """The body without its `plan`, which has to be this one where it is named."""
    if not isinstance(body, dict) or "plan" not in body:
        return body
    if body["plan"] != plan.id:
        fault = Fault("/plan", f"The command asks for {plan.id}; name one of them alone.")
        raise InvalidInput("The figures are for another plan.", [fault])
    return {key: value for key, value in body.items() if key != "plan"}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path.name} can't be read: {error.strerror}.") from error


def _sentences(evaluation: Evaluation) -> str:
    reached = f"level {evaluation.level}" if evaluation.level else "no level"
    lines = [f"{evaluation.plan.id}: {reached}."]
    lines += [f"  {_measured(m)}: level {m.condition.level}" for m in evaluation.findings]
    lines += [f"  {_measured(m)}: {_lacking(m)}" for m in evaluation.next]
    lines += [
        f"  not reported: {' in '.join(filter(None, (u.indicator, u.admin_area)))};"
        f" it could hide level {u.could_hide}"
        for u in evaluation.unknown
    ]
    return "\n".join(lines)


def _measured(measurement: Measurement) -> str:
    """What was measured against what, by which clause."""
    condition = measurement.condition
    where = f" in {measurement.admin_area}" if measurement.admin_area else ""
    value = "unknown" if measurement.number is None else f"{measurement.number:,}"
    return (
        f"{condition.clause} {condition.indicator}{where} {value}"
        f" of {condition.threshold:,} {condition.unit.en}"
    )


def _lacking(measurement: Measurement) -> str:
    lacking = "an unknown number" if measurement.lacking is None else f"{measurement.lacking:,}"
    return f"{lacking} short of level {measurement.condition.level}"
