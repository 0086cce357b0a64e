"""Plans side by side: each id once, and for one area and hazard one edition on any day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from relief.errors import Fault, InvalidPlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relief.edition import Plan


def shelf(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans by id; one that another replaces ends on the day before that one starts.

    Raises InvalidPlan where an id comes twice, where an edition doesn't start after the one that
    it replaces, or where two would be in force at once for the same area and hazard.
    """
    given = sorted(plans, key=lambda plan: (plan.id, plan.in_force_from))
    faults = _repeated(given) or _misplaced(given)
    placed = [] if faults else [_ended(plan, given) for plan in given]
    faults = faults or [
        fault for one, other in combinations(placed, 2) for fault in _at_once(one, other)
    ]
    if faults:
        raise InvalidPlan("These plans can't stand side by side.", faults)
    return tuple(placed)


def _repeated(plans: Sequence[Plan]) -> list[Fault]:
    counted = Counter(plan.id for plan in plans)
    detail = "Two plans have this id; an edition that replaces another has an id of its own."
    return [Fault(plan_id, detail) for plan_id, number in counted.items() if number > 1]


def _replacing(plan: Plan, plans: Iterable[Plan]) -> list[Plan]:
    """The editions that repeal `plan`."""
    return [p for p in plans if p.replaces and p.replaces.document == plan.document]


def _misplaced(plans: Sequence[Plan]) -> list[Fault]:
    detail = "It starts on a later day than the edition that it replaces, {}."
    return [
        Fault(f"{newer.id}/in_force_from", detail.format(plan.id))
        for plan in plans
        for newer in _replacing(plan, plans)
        if newer.in_force_from <= plan.in_force_from
    ]


def _ended(plan: Plan, plans: Sequence[Plan]) -> Plan:
    """The plan with the last day that its replacement leaves it."""
    days = [newer.in_force_from - timedelta(days=1) for newer in _replacing(plan, plans)]
    if plan.in_force_until:
        days.append(plan.in_force_until)
    return replace(plan, in_force_until=min(days)) if days else plan


def _at_once(one: Plan, other: Plan) -> list[Fault]:
    """The fault of two plans that rule the same disaster on some day."""
    first, second = sorted((one, other), key=lambda plan: plan.in_force_from)
    shared = [hazard for hazard in first.hazards if hazard in second.hazards]
    same = first.automatic and second.automatic and first.division == second.division
    if not (same and shared and first.in_force(second.in_force_from)):
        return []
    detail = (
        f"It is in force at once with {first.id} for {', '.join(shared)}: name {first.document}"
        " under `replaces`, or give that plan its last day."
    )
    return [Fault(f"{second.id}/in_force_from", detail)]
