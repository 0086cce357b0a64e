"""Reports of one disaster process, and which of them counts for an area's figure.

Two clocks are kept apart: `as_of`, when a figure was true, and `recorded_at`, when the centre came
to know it. Reports arrive in any order; the order never changes what counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from relief.vocabulary import INDICATORS, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from datetime import datetime

    from relief.impact import Figures, Number

_Key = TypeVar("_Key", bound="Hashable")


@dataclass(frozen=True)
class Report:
    """One report of one area; `supersedes` names the report that it corrects.

    `own` tells the area's own bureau from other sources, whose word is kept beside it (4.1.5);
    `settles` names the reports between which a consultation decided (4.1.8).
    """

    id: str
    admin_area: str
    stage: Stage
    as_of: datetime
    recorded_at: datetime
    source: str
    figures: Figures = field(hash=False)
    supersedes: str | None = None
    own: bool = True
    settles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One figure that one report states; a row of the store serves as well as a report."""

    admin_area: str
    indicator: str
    value: Number
    as_of: datetime
    stage: Stage
    recorded_at: datetime
    source: str
    report_id: str
    own: bool = True
    settles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """Another source's word on a figure: `counted` is used, `other` is kept until it is settled."""

    counted: Statement
    other: Statement

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "area": self.counted.admin_area,
            "indicator": self.counted.indicator,
            "counted": _voice(self.counted),
            "other": _voice(self.other),
            "difference": round(self.other.value - self.counted.value, 4),
        }


def standing_reports(
    reports: Iterable[Report], as_of: datetime | None = None, known_at: datetime | None = None
) -> list[Report]:
    """The reports that stand: recorded by `known_at`, superseded by none of those, true by `as_of`.

    `as_of` alone: true at that time, as known today; `known_at` alone: what had been recorded by
    then; both: what was thought then. A correction withdraws what it corrects at once, also where
    the correction itself is of a later hour than `as_of`.
    """
    known = [r for r in reports if known_at is None or r.recorded_at <= known_at]
    superseded = {report.supersedes for report in known}
    return [
        report
        for report in known
        if report.id not in superseded and (as_of is None or report.as_of <= as_of)
    ]


def statements(reports: Iterable[Report]) -> list[Statement]:
    """Every figure of every report, one by one; an absent indicator states nothing."""
    return [
        Statement(
            report.admin_area,
            code,
            value,
            report.as_of,
            report.stage,
            report.recorded_at,
            report.source,
            report.id,
            report.own,
            report.settles,
        )
        for report in reports
        for code, value in report.figures.items()
    ]


def counted(stated: Iterable[Statement]) -> dict[tuple[str, str], Statement]:
    """The statement that counts for each (admin_area, indicator).

    The area's own bureau before other sources, then the newest as-of time, the higher stage, the
    later record: never the largest number. An indicator that a later report leaves out keeps the
    value of the last one that stated it.
    """
    return _last(stated, lambda s: (s.admin_area, s.indicator))


def disagreements(stated: Iterable[Statement]) -> list[Disagreement]:
    """The other sources' last words that differ from the figures that count, by area and table.

    A word of the area's own bureau disagrees only with one of the same hour: an older one has been
    followed up. Another source's stands until it says otherwise, or until a report that settles it
    states that figure.
    """
    held = list(stated)
    chosen = counted(held)
    settled = {(s.admin_area, s.indicator, report) for s in held for report in s.settles}
    last = _last(held, lambda s: (s.admin_area, s.indicator, s.source))
    found = [
        Disagreement(chosen[area, indicator], statement)
        for (area, indicator, _), statement in last.items()
        if _contradicts(statement, chosen[area, indicator])
        and (area, indicator, statement.report_id) not in settled
    ]
    return sorted(found, key=_place)


def _contradicts(statement: Statement, chosen: Statement) -> bool:
    same_hour = statement.as_of == chosen.as_of
    return statement.value != chosen.value and (same_hour or not statement.own)


def newest(stated: Iterable[Statement]) -> Statement | None:
    """The statement of the newest report among them, for its as-of time and stage; None of none."""
    return max(stated, key=_standing, default=None)


def _last(stated: Iterable[Statement], key: Callable[[Statement], _Key]) -> dict[_Key, Statement]:
    last: dict[_Key, Statement] = {}
    for statement in stated:
        place = key(statement)
        if place not in last or _standing(statement) > _standing(last[place]):
            last[place] = statement
    return last


def _standing(statement: Statement) -> tuple[bool, datetime, int, datetime, str]:
    """What makes one statement count before another; the id only breaks a perfect tie."""
    s = statement
    return s.own, s.as_of, s.stage.rank, s.recorded_at, s.report_id


def _place(found: Disagreement) -> tuple[str, int, str]:
    row = list(INDICATORS).index(found.other.indicator)
    return found.other.admin_area, row, found.other.source


def _voice(statement: Statement) -> dict[str, Any]:
    return {
        "value": statement.value,
        "source": statement.source,
        "as_of": statement.as_of.isoformat(),
        "stage": statement.stage.value,
        "report": statement.report_id,
    }
