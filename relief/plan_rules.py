"""What a plan says around its levels: reports, lowered conditions, other responses, the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from relief.wording import Party, Words

if TYPE_CHECKING:
    from datetime import date

    from relief.vocabulary import Hazard, Level


class ReportKind(StrEnum):
    """What a reporting rule is about."""

    FIRST = "first"  # 首报
    AT_ONCE = "at_once"  # 第一时间, up to the ministry
    DAILY = "daily"
    DROUGHT = "drought"


class Until(StrEnum):
    """When a repeated report stops: 灾情稳定 or 灾情解除."""

    STABLE = "stable"
    OVER = "over"


@dataclass(frozen=True)
class ReportingRule:
    """A deadline for reports: within `hours` once, or every `hours` `until`; at once is 0 hours.

    `major_only` rules bind from 重大 upward, `zero_report` ones also when nothing changed; no
    `hazards` are all of the plan's. `source` and `standing` tell where the number was read.
    """

    kind: ReportKind
    hours: int
    clause: str
    source: str
    standing: str
    major_only: bool = False
    zero_report: bool = False
    until: Until | None = None
    hazards: tuple[Hazard, ...] = ()


@dataclass(frozen=True)
class Verification:
    """Whether a division verifies its figures only once all its counties have (核报)."""

    after_counties: bool
    source: str
    standing: str


@dataclass(frozen=True)
class Ground(Words):
    """A circumstance in which the conditions may be lowered."""

    code: str = ""


@dataclass(frozen=True)
class LoweringRule:
    """The clause by which the conditions of a level may be lowered, and its grounds."""

    clause: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class OtherResponse(Words):
    """A response under another plan of the same government, by `code`."""

    code: str = ""


@dataclass(frozen=True)
class Linkage:
    """How the response hangs together with others.

    One of `consult_on` calls for consultation; a county's own start goes up to `county_start_to`;
    a start makes the counties concerned start too (`counties_start`) and is passed on to `told`.
    """

    clause: str
    consult_on: tuple[OtherResponse, ...]
    county_start_to: Party
    counties_start: bool
    told: tuple[Party, ...]


@dataclass(frozen=True)
class Release:
    """Who may release figures to the public."""

    clause: str
    by: Party


@dataclass(frozen=True)
class Termination:
    """Who proposes the end of a response; it is decided by whoever decides its start."""

    clause: str
    proposes: Party


@dataclass(frozen=True)
class DepotBasis:
    """The level whose needs the stock of relief goods must cover, and the margin in words."""

    clause: str
    level: Level
    margin: Words


@dataclass(frozen=True)
class Omission(Words):
    """Something that the plan's text rules and this record of it leaves out, and why."""

    clause: str = ""

    def as_dict(self) -> dict[str, str]:
        """The JSON shape."""
        return {"clause": self.clause, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Replaced:
    """The edition that a plan repeals."""

    document: str
    issued: date
