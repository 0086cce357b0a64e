"""How one response hangs together with others: who consults, who starts too, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relief.divisions import LEVEL_BY_DIGITS, contains, normal_code
from relief.errors import Fault, InvalidInput, UnknownArea
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relief.edition import Plan
    from relief.wording import Party

RELIEF = "relief"
"""The code of a response under a relief plan itself, such as a county's own."""


@dataclass(frozen=True)
class OtherActive:
    """A response that is under way: of what kind (a plan's code, or `relief`), and where."""

    kind: str
    admin_area: str


class Call(StrEnum):
    """What another response asks of us: nothing but these, and a start least of all."""

    CONSULT = "consult"  # 会商
    REPORT_UP = "report_up"  # 县级启动后报告


@dataclass(frozen=True)
class Consequence:
    """What follows from a response under way, by which clause; `to` is who hears of it."""

    call: Call
    response: OtherActive
    clause: str
    zh: str
    en: str
    to: Party | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "call": self.call.value,
            "kind": self.response.kind,
            "area": self.response.admin_area,
            "clause": self.clause,
            "zh": self.zh,
            "en": self.en,
            "to": self.to.as_dict() if self.to else None,
        }


@dataclass(frozen=True)
class StartDuties:
    """What a start brings with it: the counties that start at once too, and who is told."""

    level: Level
    clause: str | None
    counties_start: tuple[str, ...]
    told: tuple[Party, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "level": self.level.value,
            "clause": self.clause,
            "counties_start": list(self.counties_start),
            "told": [party.as_dict() for party in self.told],
        }


def linked(plan: Plan, active: Iterable[OtherActive]) -> tuple[Consequence, ...]:
    """What the responses under way call for by the plan; what it doesn't name calls for nothing.

    A response of the plan's own government calls for consultation, a county's own relief response
    is reported up, and neither starts a level. A plan without linkage has nothing to say.
    """
    if plan.linkage is None:
        return ()
    found = (_consultation(plan, other) or _county_start(plan, other) for other in active)
    return tuple(consequence for consequence in found if consequence)


def on_start(plan: Plan, level: Level, counties: Sequence[str]) -> StartDuties:
    """Who must start and who is told once `level` is decided for these counties (their codes).

    Raises InvalidInput for a level that the plan hasn't, and for what is no county of its area.
    """
    rule = plan.rule(level)
    if rule is None:
        fault = Fault("/level", f"Its levels are {', '.join(r.level for r in plan.levels)}.")
        raise InvalidInput(f"The plan {plan.id} has no level {level}.", [fault])
    faults = [f for n, code in enumerate(counties) for f in _county_faults(plan, code, n)]
    if faults:
        raise InvalidInput("Some of these are not counties under the plan.", faults)
    linkage = plan.linkage
    if linkage is None:
        return StartDuties(level, None, (), rule.procedure.told)
    starting = tuple(dict.fromkeys(counties)) if linkage.counties_start else ()
    return StartDuties(level, linkage.clause, starting, (*rule.procedure.told, *linkage.told))


def _consultation(plan: Plan, other: OtherActive) -> Consequence | None:
    linkage = plan.linkage
    if linkage is None or normal_code(other.admin_area) != plan.division:
        return None
    for kind in linkage.consult_on:
        if kind.code == other.kind:
            zh = f"{kind.zh}已启动：加强灾情会商，必要时按预案启动救助应急响应"
            en = f"{kind.en} is under way: consult, and start a relief response if need be"
            return Consequence(Call.CONSULT, other, linkage.clause, zh, en)
    return None


def _county_start(plan: Plan, other: OtherActive) -> Consequence | None:
    code = normal_code(other.admin_area)
    below = contains(plan.division, code) and code != plan.division
    if plan.linkage is None or other.kind != RELIEF or not below:
        return None
    to = plan.linkage.county_start_to
    zh, en = f"县级救助应急响应已启动：向{to.zh}报告", f"a county has started: reported to {to.en}"
    return Consequence(Call.REPORT_UP, other, plan.linkage.clause, zh, en, to)


def _county_faults(plan: Plan, code: str, n: int) -> list[Fault]:
    at = f"/counties/{n}"
    try:
        normal = normal_code(code)
    except UnknownArea as error:
        return [Fault(at, error.detail)]
    if LEVEL_BY_DIGITS[len(normal)] != "county":
        return [Fault(at, f"{code} is no county: give a county's code of 6 digits.")]
    if not contains(plan.division, normal):
        return [Fault(at, f"{code} lies outside of {plan.admin_area}, where the plan rules.")]
    return []
