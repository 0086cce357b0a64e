"""The response level that a plan calls for on given figures, with the clause for every step.

A level is recommended here and never started: people decide. Figures that nobody reported are
unknown, never zero, and what they could hide is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relief.measurement import Measurement, measurements
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relief.drought import CountyDrought
    from relief.edition import LevelRule, Plan
    from relief.impact import Figures


class Basis(StrEnum):
    """Figures that happened (出现) or that are judged likely (经会商研判可能出现)."""

    REPORTED = "reported"
    ANTICIPATED = "anticipated"


@dataclass(frozen=True)
class Unknown:
    """Something that nobody stated and that could hide a higher level; `admin_area` for drought."""

    indicator: str
    needed_for: str
    admin_area: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        shape = {"indicator": self.indicator, "needed_for": self.needed_for}
        return shape | ({"area": self.admin_area} if self.admin_area else {})


@dataclass(frozen=True)
class Evaluation:
    """The level that the figures reach (None: none), why, and what is missing to the next higher.

    `findings` holds for each measure the highest condition that it meets, the highest level first;
    `next` every condition of the next higher level; `unknown` what could hide a higher level.
    """

    plan: Plan
    basis: Basis
    level: Level | None
    findings: tuple[Measurement, ...]
    next: tuple[Measurement, ...]
    unknown: tuple[Unknown, ...]

    @property
    def decides(self) -> LevelRule | None:
        """The plan's rule of the level reached: who proposes, decides and is told."""
        return self.plan.rule(self.level) if self.level else None

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer of the interface."""
        return {
            "level": self.level.value if self.level else None,
            "plan": self.plan.id,
            "basis": self.basis.value,
            "findings": [finding.as_dict() for finding in self.findings],
            "next": [step.as_dict() | {"missing": step.lacking} for step in self.next],
            "unknown": [unknown.as_dict() for unknown in self.unknown],
            "decides": procedure_as_dict(self.decides) if self.decides else None,
        }


def evaluate(
    plan: Plan,
    figures: Figures,
    drought: Sequence[CountyDrought] = (),
    basis: Basis | str = Basis.REPORTED,
    hazard: str | None = None,
) -> Evaluation:
    """The level that `figures` (totals of one disaster process) and `drought` (its counties) reach.

    The highest level that any one condition reaches counts (chapter 5: 下列情况之一). With a
    `hazard`, what only another kind of disaster needs is not listed as unknown.
    """
    measured = [m for c in plan.conditions for m in measurements(c, figures, drought)]
    findings = _highest(m for m in measured if m.met)
    level = findings[0].condition.level if findings else None
    above = _next_level(plan, level)
    return Evaluation(
        plan,
        Basis(basis),
        level,
        findings,
        tuple(m for m in measured if m.condition.level is above and _relevant(m, hazard)),
        () if above is None else _unknowns(measured, figures, hazard),
    )


def procedure_as_dict(rule: LevelRule) -> dict[str, Any]:
    """Who proposes, decides and is told of a level, with the clause, in the JSON shape."""
    procedure = rule.procedure
    return procedure.decides.as_dict() | {
        "clause": procedure.clause,
        "start": rule.start.value,
        "proposal": procedure.proposal.value,
        "proposes": procedure.proposes.as_dict() if procedure.proposes else None,
        "told": [party.as_dict() for party in procedure.told],
    }


def _highest(met: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """The highest condition that each measure meets, the highest level first."""
    best: dict[tuple[str, str | None], Measurement] = {}
    for measurement in met:
        key = (measurement.condition.series, measurement.admin_area)
        if key not in best or _order(measurement) < _order(best[key]):
            best[key] = measurement
    return tuple(sorted(best.values(), key=_order))


def _order(measurement: Measurement) -> tuple[int, str, str]:
    condition = measurement.condition
    return condition.level.rank, condition.clause, measurement.admin_area or ""


def _next_level(plan: Plan, level: Level | None) -> Level | None:
    """The plan's level above `level`; its lowest when none is reached, None above the highest."""
    levels = [rule.level for rule in plan.levels]
    if level is None:
        return levels[-1]
    place = levels.index(level)
    return levels[place - 1] if place else None


def _relevant(measurement: Measurement, hazard: str | None) -> bool:
    """Whether a measure says anything: drought without figures concerns a drought alone."""
    hazards = measurement.condition.hazards
    return measurement.value is not None or hazard is None or not hazards or hazard in hazards


def _unknowns(
    measured: Iterable[Measurement], figures: Figures, hazard: str | None
) -> tuple[Unknown, ...]:
    found: dict[Unknown, None] = {}
    for m in measured:
        if not _relevant(m, hazard) and not _stated_in_total(m, figures):
            continue
        for code in m.silent:
            found[Unknown(code, m.condition.indicator, m.admin_area)] = None
    return tuple(found)


def _stated_in_total(measurement: Measurement, figures: Figures) -> bool:
    """Whether a pooled figure was reported where the plan judges county by county."""
    condition = measurement.condition
    return any(code in figures for code in (*condition.of, *condition.otherwise))
