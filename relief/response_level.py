"""The response level that a plan calls for on given figures, with the clause for every step.

A level is recommended here and never started: people decide. Figures that nobody reported are
unknown, never zero, and what they could hide is told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from relief.county_shares import CountyShares
from relief.measurement import Measurement, pooled
from relief.origin import Origins, Provenance
from relief.position import Position, position
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relief.county import County
    from relief.edition import Condition, LevelRule, Plan
    from relief.impact import Figures

_RANK = {level: level.rank for level in Level}


class Basis(StrEnum):
    """Figures that happened (出现) or that are judged likely (经会商研判可能出现)."""

    REPORTED = "reported"
    ANTICIPATED = "anticipated"


class Unknown(NamedTuple):
    """Something that nobody stated and the highest level it could hide; a county's, or a total."""

    indicator: str
    needed_for: str
    admin_area: str | None
    could_hide: Level

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        shape = {
            "indicator": self.indicator,
            "needed_for": self.needed_for,
            "could_hide": self.could_hide.value,
        }
        return shape | ({"area": self.admin_area} if self.admin_area else {})


@dataclass(frozen=True)
class Evaluation:
    """The level that the figures reach (None: none), why, and what is missing to the next higher.

    `findings` holds for each measure the highest condition that it meets, the highest level first;
    `next` every condition of the next higher level; `unknown` what could hide a higher level;
    `positions` where each measure stands by itself.
    """

    plan: Plan
    basis: Basis
    level: Level | None
    findings: tuple[Measurement, ...]
    next: tuple[Measurement, ...]
    unknown: tuple[Unknown, ...]
    positions: tuple[Position, ...]
    provenance: Provenance

    @property
    def decides(self) -> LevelRule | None:
        """The plan's rule of the level reached: who proposes, decides and is told."""
        return self.plan.rule(self.level) if self.level else None

    def as_dict(self) -> dict[str, Any]:
        """The JSON answer of the interface."""
        behind = self.provenance.behind
        return {
            "level": self.level.value if self.level else None,
            "plan": self.plan.id,
            "plan_digest": self.plan.digest,
            "basis": self.basis.value,
            "findings": [
                m.as_dict() | {"sources": behind(m.counted, m.admin_area)} for m in self.findings
            ],
            "next": [
                m.as_dict() | {"missing": m.lacking, "sources": behind(m.counted, m.admin_area)}
                for m in self.next
            ],
            "unknown": [unknown.as_dict() for unknown in self.unknown],
            "indicators": [
                p.as_dict() | {"sources": behind(p.measured.counted, p.measured.admin_area)}
                for p in self.positions
            ],
            "omitted": [omission.as_dict() for omission in self.plan.omitted],
            "decides": procedure_as_dict(self.decides) if self.decides else None,
        }


def evaluate(
    plan: Plan,
    figures: Figures,
    counties: Sequence[County] = (),
    basis: Basis | str = Basis.REPORTED,
    hazard: str | None = None,
    *,
    sources: Origins | None = None,
) -> Evaluation:
    """The level that `figures` (totals of one disaster process) and its `counties` reach.

    The highest level that any one condition reaches counts (chapter 5: 下列情况之一). With a
    `hazard`, what only another kind of disaster needs is not listed as unknown. `sources` are the
    reports behind each indicator.
    """
    shares = CountyShares(counties)
    series = _series(plan)
    findings = tuple(sorted(_findings(series, figures, shares), key=_order))
    level = findings[0].condition.level if findings else None
    return Evaluation(
        plan,
        Basis(basis),
        level,
        findings,
        tuple(_next(plan, level, figures, shares, hazard)),
        tuple(_unknowns(plan, level, figures, shares, hazard)),
        tuple(position(bands, figures, shares) for bands in series),
        Provenance(sources),
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


def _series(plan: Plan) -> list[list[Condition]]:
    """The plan's conditions by what they measure, the highest level first."""
    series: dict[str, list[Condition]] = defaultdict(list)
    for condition in plan.conditions:
        series[condition.series].append(condition)
    return list(series.values())


def _findings(
    series: Iterable[Sequence[Condition]], figures: Figures, shares: CountyShares
) -> Iterator[Measurement]:
    """The highest condition that each measure meets, of a share in each county."""
    for bands in series:
        if bands[0].over is not None:
            yield from shares.highest(bands)
            continue
        measured = (pooled(condition, figures) for condition in bands)
        yield from [m for m in measured if m.met][:1]


def _order(measurement: Measurement) -> tuple[int, str, str]:
    condition = measurement.condition
    return _RANK[condition.level], condition.clause, measurement.admin_area or ""


def _next(
    plan: Plan, level: Level | None, figures: Figures, shares: CountyShares, hazard: str | None
) -> Iterator[Measurement]:
    """Every measurement at the plan's level above `level`; at its lowest when none is reached.

    What concerns another hazard is left out where nothing is known of it.
    """
    higher = [rule for rule in plan.levels if level is None or _RANK[rule.level] < _RANK[level]]
    for condition in higher[-1].conditions if higher else ():
        silent_too = _concerns(condition, hazard)
        if condition.over is not None:
            yield from shares.every(condition, silent_too)
        elif silent_too or any(code in figures for code in condition.of):
            yield pooled(condition, figures)


def _concerns(condition: Condition, hazard: str | None) -> bool:
    return hazard is None or not condition.hazards or hazard in condition.hazards


def _unknowns(
    plan: Plan, level: Level | None, figures: Figures, shares: CountyShares, hazard: str | None
) -> Iterator[Unknown]:
    """What nobody stated, once for each measure, with the highest level that it could hide."""
    summed: set[tuple[object, ...]] = set()
    based: set[str] = set()
    for condition in plan.conditions:
        numerator = (condition.of, condition.otherwise, condition.over)
        if numerator in summed or (level and _RANK[condition.level] >= _RANK[level]):
            continue
        if not _concerns(condition, hazard) and not _stated_in_total(condition, figures):
            continue
        unsaid = _unsaid(condition, figures, shares, condition.series not in based)
        summed.add(numerator)
        based.add(condition.series)
        yield from (Unknown(c, condition.indicator, area, condition.level) for c, area in unsaid)


def _unsaid(
    condition: Condition, figures: Figures, shares: CountyShares, first: bool
) -> Iterator[tuple[str, str | None]]:
    """(what, which county) nobody stated; populations with the `first` of a series alone."""
    if condition.over is None:
        return ((code, None) for code in condition.of if code not in figures)
    return chain(shares.unsaid(condition), shares.unpeopled(condition) if first else ())


def _stated_in_total(condition: Condition, figures: Figures) -> bool:
    """Whether a pooled figure was reported where the plan judges county by county."""
    return any(code in figures for code in (*condition.of, *condition.otherwise))
