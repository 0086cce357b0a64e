"""One edition of a relief plan: its conditions, who decides what, and what it says on reporting."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from relief.divisions import contains, normal_code
from relief.vocabulary import INDICATORS
from relief.wording import Words

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from relief.plan_rules import (
        DepotBasis,
        Linkage,
        LoweringRule,
        Omission,
        Release,
        Replaced,
        ReportingRule,
        Termination,
        Verification,
    )
    from relief.vocabulary import Hazard, Level, Unit
    from relief.wording import Party


class Start(StrEnum):
    """Whether a level is started (启动) or may be started (可启动) when its conditions hold."""

    MANDATORY = "mandatory"
    PERMITTED = "permitted"


class Proposal(StrEnum):
    """Whether a decision on a level needs a proposal before it."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True)
class Condition:
    """One condition of a level: the sum of the indicators `of` reaches `at_least` (以上: included).

    Conditions with one clause are alternatives. With `over` it is a county's share in percent of
    that population, judged county by county; `otherwise` replaces `of` where `of` was not reported.
    `below` is the bound (以下: excluded) that the text states; it is what the next level starts at.
    `beside` is the lower bound (included) for a division whose neighbour starts this level.
    """

    level: Level
    clause: str
    of: tuple[str, ...]
    at_least: Fraction
    unit: Unit
    below: Fraction | None = None
    over: str | None = None
    otherwise: tuple[str, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    beside: Fraction | None = None

    @cached_property
    def indicator(self) -> str:
        """What is measured, spelled out: `dead+missing`, `drought_needing_aid/agricultural_…`."""
        summed = "+".join(self.of)
        return f"{summed}/{self.over}" if self.over else summed

    @cached_property
    def series(self) -> str:
        """What the bands of this condition's levels line up along.

        A share's parts go with their whole: the government's aid is a part of the aid needed.
        """
        if not self.over:
            return self.indicator
        wholes = (INDICATORS[code].part_of or code for code in self.of)
        return f"share {'+'.join(wholes)}/{self.over}"

    @cached_property
    def threshold(self) -> int | float:
        """`at_least` as a plain number."""
        return _plain(self.at_least)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the plan states of it, in the JSON shape of a finding."""
        stated = {
            "indicator": self.indicator,
            "threshold": self.threshold,
            "unit": self.unit.value,
            "level": self.level.value,
            "clause": self.clause,
        }
        if self.beside is None:
            return stated
        return stated | {"threshold_beside_neighbour": _plain(self.beside)}


@dataclass(frozen=True)
class Procedure:
    """How a level comes to be decided, by the clause that says so."""

    clause: str
    proposal: Proposal
    decides: Party
    proposes: Party | None = None
    told: tuple[Party, ...] = ()


@dataclass(frozen=True)
class Discretion(Words):
    """The clause by which people may start a level on their own judgement, with a reason."""

    clause: str = ""


@dataclass(frozen=True)
class LevelRule:
    """Everything that a plan says of one level; `corresponds` is the level of the plan above."""

    level: Level
    start: Start
    conditions: tuple[Condition, ...]
    procedure: Procedure
    discretion: Discretion | None = None
    corresponds: Level | None = None


@dataclass(frozen=True)
class Plan:
    """A plan in one edition; `in_force_until` is its last day, None while it is in force.

    `digest` is the SHA-256 of its `text`, in hex: two texts never share it. A plan that isn't
    `automatic` rules only where somebody names it. What it says nothing of is None or empty.
    """

    id: str
    title: Words
    document: str
    issuer: Words
    issued: date
    in_force_from: date
    in_force_until: date | None
    admin_area: str
    hazards: tuple[Hazard, ...]
    standing: str
    levels: tuple[LevelRule, ...]
    automatic: bool = True
    replaces: Replaced | None = None
    reporting: tuple[ReportingRule, ...] = ()
    verification: Verification | None = None
    release: Release | None = None
    lowering: LoweringRule | None = None
    linkage: Linkage | None = None
    termination: Termination | None = None
    depots: DepotBasis | None = None
    omitted: tuple[Omission, ...] = ()
    digest: str = ""
    text: str = field(default="", repr=False)

    @property
    def division(self) -> str:
        """The normal code of the division it rules; "" is the whole country."""
        return normal_code(self.admin_area)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of every level, the highest level first."""
        return tuple(condition for rule in self.levels for condition in rule.conditions)

    @property
    def indicators(self) -> frozenset[str]:
        """What its conditions count."""
        return frozenset(code for c in self.conditions for code in (*c.of, *c.otherwise))

    @property
    def county_indicators(self) -> frozenset[str]:
        """What its conditions count county by county, as shares of a population."""
        shares = (condition for condition in self.conditions if condition.over)
        return frozenset(code for c in shares for code in (*c.of, *c.otherwise))

    def rule(self, level: str) -> LevelRule | None:
        """What the plan says of `level`; None when it has no such level."""
        return next((rule for rule in self.levels if rule.level == level), None)

    def in_force(self, on: date) -> bool:
        """Whether the plan is in force on that day, the first and last day included."""
        return self.in_force_from <= on and (
            self.in_force_until is None or on <= self.in_force_until
        )

    def covers(self, admin_area: str, hazard: str) -> bool:
        """Whether a disaster of this kind in that division falls under the plan."""
        inside = contains(self.division, normal_code(admin_area))
        return inside and hazard in self.hazards


def _plain(bound: Fraction) -> int | float:
    return int(bound) if bound.denominator == 1 else float(bound)
