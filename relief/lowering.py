"""Conditions lowered by people's choice, shown beside what the figures reach without it.

The choice is recorded with its ground, by whom and why; it never takes the place of the unlowered
evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from relief.bands import band_faults
from relief.errors import Fault, InvalidInput
from relief.response_level import Basis, Evaluation, evaluate
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relief.county import County
    from relief.edition import LevelRule, Plan
    from relief.impact import Figures
    from relief.origin import Origins


@dataclass(frozen=True)
class Lowering:
    """A choice to lower conditions: `by` how many `percent` all of them, or those of some `levels`.

    `ground` is the code of one of the plan's grounds, `by` who chose, `reason` why here.
    """

    ground: str
    by: str
    reason: str
    percent: float | None = None
    levels: Mapping[Level, float] = field(default_factory=dict)

    def percent_at(self, level: Level) -> Fraction:
        """By how many percent the conditions of that level are lowered; 0 = not at all."""
        percent = self.levels.get(level, self.percent or 0)
        return Fraction(str(percent))


@dataclass(frozen=True)
class Adjustment:
    """The evaluation as the plan stands beside the one on lowered conditions."""

    lowering: Lowering
    unadjusted: Evaluation
    adjusted: Evaluation

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape: both evaluations, and the choice with its clause."""
        return {
            "unadjusted": self.unadjusted.as_dict(),
            "adjusted": self.adjusted.as_dict(),
            "lowering": self._choice(),
        }

    def _choice(self) -> dict[str, Any]:
        plan, lowering = self.unadjusted.plan, self.lowering
        rule = plan.lowering
        ground = next(g for g in rule.grounds if g.code == lowering.ground) if rule else None
        return {
            "clause": rule.clause if rule else None,
            "ground": {"code": ground.code, "zh": ground.zh, "en": ground.en} if ground else None,
            "by": lowering.by,
            "reason": lowering.reason,
            "percent": {r.level.value: float(lowering.percent_at(r.level)) for r in plan.levels},
        }


def adjusted(
    plan: Plan,
    lowering: Lowering,
    figures: Figures,
    counties: Sequence[County] = (),
    basis: Basis | str = Basis.REPORTED,
    hazard: str | None = None,
    *,
    sources: Origins | None = None,
) -> Adjustment:
    """Both evaluations of the same figures: on the plan as it stands, and lowered.

    Raises InvalidInput with every fault of the choice, at pointers below /lowering.
    """
    lowered = lowered_plan(plan, lowering)
    before, after = (
        evaluate(each, figures, counties, basis, hazard, sources=sources)
        for each in (plan, lowered)
    )
    return Adjustment(lowering, before, after)


def lowered_plan(plan: Plan, lowering: Lowering) -> Plan:
    """The plan with lowered conditions; raises InvalidInput where it doesn't allow this choice.

    What is counted in whole things starts at the next whole one, which changes no outcome.
    """
    faults = _faults(plan, lowering)
    levels = () if faults else tuple(_lowered(rule, lowering) for rule in plan.levels)
    faults = faults or _disorder(levels)
    if faults:
        raise InvalidInput("The conditions can't be lowered so.", faults)
    return replace(plan, levels=tuple(_in_whole_things(rule) for rule in levels))


def _faults(plan: Plan, lowering: Lowering) -> list[Fault]:
    if plan.lowering is None:
        return [Fault("/lowering", f"The plan {plan.id} has no clause that lowers conditions.")]
    grounds = [ground.code for ground in plan.lowering.grounds]
    faults = []
    if lowering.ground not in grounds:
        detail = f"By {plan.lowering.clause} a ground is one of {', '.join(grounds)}."
        faults.append(Fault("/lowering/ground", detail))
    for key, text in (("by", lowering.by), ("reason", lowering.reason)):
        if not text.strip():
            faults.append(Fault(f"/lowering/{key}", "Say who lowers the conditions, and why."))
    return faults + _amount_faults(plan, lowering)


def _amount_faults(plan: Plan, lowering: Lowering) -> list[Fault]:
    given = {f"levels/{level}": percent for level, percent in lowering.levels.items()}
    if lowering.percent is not None:
        given["percent"] = lowering.percent
    if not given:
        return [Fault("/lowering/percent", "Say by how many percent, for all or for some levels.")]
    detail = "Conditions are lowered by 1 to 99 percent; write 20 % as 20."
    faults = [
        Fault(f"/lowering/{k}", detail) for k, percent in given.items() if not 1 <= percent <= 99
    ]
    return faults + [
        Fault(f"/lowering/levels/{level}", f"The plan {plan.id} has no level {level}.")
        for level in lowering.levels
        if plan.rule(level) is None
    ]


def _lowered(rule: LevelRule, lowering: Lowering) -> LevelRule:
    """The level with its bounds lowered; where the band above starts is left open."""
    part = 1 - lowering.percent_at(rule.level) / 100
    return replace(
        rule,
        conditions=tuple(
            replace(condition, at_least=condition.at_least * part, below=None, beside=None)
            for condition in rule.conditions
        ),
    )


def _in_whole_things(rule: LevelRule) -> LevelRule:
    return replace(
        rule,
        conditions=tuple(
            replace(condition, at_least=Fraction(math.ceil(condition.at_least)))
            if condition.unit.whole
            else condition
            for condition in rule.conditions
        ),
    )


def _disorder(levels: Sequence[LevelRule]) -> list[Fault]:
    """The levels that a lower figure would outrank once they are lowered."""
    placed = [(f"/lowering/levels/{r.level}", c) for r in levels for c in r.conditions]
    return [
        Fault(fault.at.removesuffix("/at_least"), fault.detail) for fault in band_faults(placed)
    ]
