"""One edition of a relief plan: its conditions, who decides what, and what it says on reporting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from relief.divisions import contains, normal_code

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from relief.vocabulary import Authority, Hazard, Level, Unit


@dataclass(frozen=True)
class Words:
    """A phrase in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True)
class Party(Words):
    """Who proposes, decides or is told; `authority` where a token may stand for them."""

    authority: Authority | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The JSON shape."""
        code = self.authority.value if self.authority else None
        return {"authority": code, "zh": self.zh, "en": self.en}


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

    @property
    def indicator(self) -> str:
        """What is measured, spelled out: `dead+missing`, `drought_needing_aid/agricultural_…`."""
        summed = "+".join(self.of)
        return f"{summed}/{self.over}" if self.over else summed

    @property
    def series(self) -> str:
        """What the bands of this condition's levels line up along."""
        return f"share of {self.over}" if self.over else self.indicator

    @property
    def threshold(self) -> int | float:
        """`at_least` as a plain number."""
        return int(self.at_least) if self.at_least.denominator == 1 else float(self.at_least)


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
class ReportingRule:
    """A deadline for reports: `kind` first, daily or drought; within or every `hours`."""

    kind: str
    hours: int
    clause: str
    source: str
    standing: str


@dataclass(frozen=True)
class Plan:
    """A plan in one edition; `in_force_until` is its last day, None while it is in force."""

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
    reporting: tuple[ReportingRule, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of every level, the highest level first."""
        return tuple(condition for rule in self.levels for condition in rule.conditions)

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
        inside = contains(normal_code(self.admin_area), normal_code(admin_area))
        return inside and hazard in self.hazards
