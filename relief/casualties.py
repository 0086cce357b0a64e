"""The figures of every area: its own word where it states one, else the sum of what lies inside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relief.divisions import normal_code
from relief.impact import total
from relief.reports import Statement, counted, newest
from relief.vocabulary import INDICATORS, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from relief.impact import Figures, Number


@dataclass(frozen=True)
class Sum:
    """The sum of an area's parts, by code: `covered` went in, `silent` stated nothing.

    Where a part is itself a sum, those who are silent inside it count as silent too.
    """

    value: Number
    covered: tuple[str, ...]
    silent: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "value": self.value,
            "covered": list(self.covered),
            "silent": list(self.silent),
        }


@dataclass(frozen=True)
class AreaFigure:
    """One figure of one area: what it states itself, and the sum of its parts beside it."""

    own: Statement | None
    parts: Sum | None

    @property
    def value(self) -> Number:
        """The figure that counts: the area's own, else the sum."""
        if self.own is not None:
            return self.own.value
        assert self.parts is not None
        return self.parts.value

    @property
    def difference(self) -> Number | None:
        """The area's own figure less the sum of its parts; None unless both exist."""
        if self.own is None or self.parts is None:
            return None
        return round(self.own.value - self.parts.value, 4)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape, for figures that have parts."""
        return {
            "value": self.value,
            "own": self.own.value if self.own else None,
            "sum": self.parts.as_dict() if self.parts else None,
            "difference": self.difference,
        }


@dataclass(frozen=True)
class AreaCasualties:
    """An area's figures by indicator (none: nobody reported), with their as-of time and stage.

    `as_of` is that of the newest report that counts; `stage` is its own newest report's, for sums
    the least checked among the parts.
    """

    admin_area: str
    by_indicator: Mapping[str, AreaFigure]
    as_of: datetime | None = None
    stage: Stage | None = None
    own_report: bool = False

    @property
    def reported(self) -> bool:
        """Whether anybody in it reported anything; what is absent is unknown, not zero."""
        return bool(self.by_indicator)

    @property
    def figures(self) -> Figures:
        """The figures that count, in the order of the vocabulary."""
        return {code: figure.value for code, figure in self.by_indicator.items()}

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape; `sums` tells of the figures that have parts beside or beneath them."""
        return {
            "area": self.admin_area,
            "figures": dict(self.figures),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "stage": self.stage.value if self.stage else None,
            "reported": self.reported,
            "own_report": self.own_report,
            "sums": {c: f.as_dict() for c, f in self.by_indicator.items() if f.parts is not None},
        }


def casualties(
    stated: Iterable[Statement], parents: Mapping[str, str | None]
) -> dict[str, AreaCasualties]:
    """The casualties of every area of the tree `parents` (code -> parent's code, None at the top).

    `stated` may be every statement or rows that the store has already reduced. A figure of an area
    outside the tree counts nowhere. The event's total is the entry of the event's own area.
    """
    own: dict[str, dict[str, Statement]] = defaultdict(dict)
    for (area, indicator), statement in counted(stated).items():
        own[area][indicator] = statement
    children: dict[str, list[str]] = defaultdict(list)
    for area, parent in parents.items():
        if parent is not None:
            children[parent].append(area)
    found: dict[str, AreaCasualties] = {}
    for area in sorted(parents, key=lambda code: -len(normal_code(code))):  # the parts first
        parts = [found[child] for child in children[area]]
        found[area] = _area_casualties(area, own[area], parts)
    return {area: found[area] for area in parents}


def _area_casualties(
    area: str, own: Mapping[str, Statement], parts: Sequence[AreaCasualties]
) -> AreaCasualties:
    below = {code for part in parts for code in part.by_indicator}
    figures = {
        code: AreaFigure(own.get(code), _sum_of(code, parts) if code in below else None)
        for code in INDICATORS
        if code in own or code in below
    }
    latest = newest(own.values())
    if latest is not None:
        return AreaCasualties(area, figures, latest.as_of, latest.stage, own_report=True)
    as_of = max((part.as_of for part in parts if part.as_of), default=None)
    stages = [part.stage for part in parts if part.stage]
    return AreaCasualties(area, figures, as_of, min(stages, key=lambda s: s.rank, default=None))


def _sum_of(code: str, parts: Sequence[AreaCasualties]) -> Sum:
    covered = [part for part in parts if code in part.by_indicator]
    silent = [part.admin_area for part in parts if code not in part.by_indicator]
    for part in covered:
        figure = part.by_indicator[code]
        if figure.own is None and figure.parts is not None:
            silent += figure.parts.silent
    return Sum(
        total(part.by_indicator[code].value for part in covered),
        tuple(part.admin_area for part in covered),
        tuple(sorted(silent)),
    )
