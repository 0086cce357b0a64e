"""The shelf of plans: those that come with the product, and the one in force on a day."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

from relief.edition import Plan
from relief.errors import Fault, InvalidPlan, NotFound
from relief.plan_document import plan_from_toml
from relief.shelf import shelf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

__all__ = [
    "Plan",
    "plan_by_id",
    "plan_from_file",
    "plan_from_toml",
    "plan_in_force",
    "plans",
    "shelf_of",
]


@cache
def plans() -> tuple[Plan, ...]:
    """The plans that come with the product, by id."""
    documents = list(files("relief").joinpath("plans").iterdir())
    texts = [d.read_text(encoding="utf-8") for d in documents if d.name.endswith(".toml")]
    return shelf(map(plan_from_toml, texts))


def shelf_of(folder: Path) -> tuple[Plan, ...]:
    """The shipped plans and those of the folder's TOML files, by id; no folder holds none.

    Raises InvalidPlan as `plan_from_file` does, or where two plans contradict each other.
    """
    own = (plan_from_file(path) for path in sorted(folder.glob("*.toml")))
    return shelf(chain(plans(), own))


def plan_from_file(path: Path) -> Plan:
    """The plan in a TOML file of the user's.

    Raises InvalidPlan with its faults, or NotFound where no such file can be read.
    """
    try:
        return plan_from_toml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        detail = f"{path.name} is not UTF-8 text. Save it as UTF-8."
        raise InvalidPlan(detail, [Fault(path.name, str(error))]) from error
    except OSError as error:
        raise NotFound(f"{path.name} can't be read: {error.strerror}.") from error
    except InvalidPlan as refusal:
        faults = [Fault(f"{path.name}{fault.at}", fault.detail) for fault in refusal.faults]
        raise InvalidPlan(f"The plan in {path.name} has faults.", faults) from None


def plan_by_id(plan_id: str, on_shelf: Iterable[Plan] | None = None) -> Plan:
    """The plan of that id on the shelf (the shipped ones); raises NotFound, naming those it has."""
    known = {plan.id: plan for plan in (plans() if on_shelf is None else on_shelf)}
    if plan_id not in known:
        raise NotFound(f"There is no plan {plan_id!r}; known are {', '.join(known)}.")
    return known[plan_id]


def plan_in_force(
    admin_area: str, hazard: str, on: date, on_shelf: Iterable[Plan] | None = None
) -> Plan | None:
    """The plan that rules on a disaster in that division on that day; None when none does.

    The plan of the smallest division around it counts, of several editions the newest; a plan that
    isn't `automatic` is never the answer.
    """
    candidates = [
        plan
        for plan in (plans() if on_shelf is None else on_shelf)
        if plan.automatic and plan.in_force(on) and plan.covers(admin_area, hazard)
    ]
    return max(candidates, key=_nearness, default=None)


def _nearness(plan: Plan) -> tuple[int, date]:
    return len(plan.division), plan.in_force_from
