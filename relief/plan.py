"""The shelf of plans: those that come with the product, and the one in force on a day."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from relief.divisions import normal_code
from relief.edition import Plan
from relief.errors import InvalidPlan, NotFound
from relief.plan_document import plan_from_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

__all__ = ["Plan", "plan_by_id", "plan_from_file", "plan_from_toml", "plan_in_force", "plans"]


@cache
def plans() -> tuple[Plan, ...]:
    """The plans that come with the product, by id."""
    documents = list(files("relief").joinpath("plans").iterdir())
    texts = [d.read_text(encoding="utf-8") for d in documents if d.name.endswith(".toml")]
    return tuple(sorted(map(plan_from_toml, texts), key=lambda plan: plan.id))


def plan_from_file(path: Path) -> Plan:
    """The plan in a TOML file of the user's; raises InvalidPlan with its faults."""
    try:
        return plan_from_toml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidPlan(f"{path.name} is not UTF-8 text.") from error


def plan_by_id(plan_id: str, shelf: Iterable[Plan] | None = None) -> Plan:
    """The plan of that id on the shelf (the shipped ones); raises NotFound, naming those it has."""
    known = {plan.id: plan for plan in (plans() if shelf is None else shelf)}
    if plan_id not in known:
        raise NotFound(f"There is no plan {plan_id!r}; known are {', '.join(known)}.")
    return known[plan_id]


def plan_in_force(
    admin_area: str, hazard: str, on: date, shelf: Iterable[Plan] | None = None
) -> Plan | None:
    """The plan that rules on a disaster in that division on that day; None when none does.

    The plan of the smallest division around it counts, of several editions the newest.
    """
    candidates = [
        plan
        for plan in (plans() if shelf is None else shelf)
        if plan.in_force(on) and plan.covers(admin_area, hazard)
    ]
    return max(candidates, key=_nearness, default=None)


def _nearness(plan: Plan) -> tuple[int, date]:
    return len(normal_code(plan.admin_area)), plan.in_force_from
