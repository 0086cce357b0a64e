"""Which report from the field to check first, with the reasons for its place in the queue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

from relief.field_reports import ReportKind
from relief.impact import Figures

BASE = MappingProxyType(
    {
        ReportKind.CASUALTY: 50.0,
        ReportKind.HAZARD: 35.0,
        ReportKind.NEED: 30.0,
        ReportKind.ROAD: 25.0,
        ReportKind.DAMAGE: 20.0,
        ReportKind.OTHER: 5.0,
    }
)
"""Life first, then what threatens it, then what keeps help away; a house that fell stays fallen."""

PER_DOUBLING = MappingProxyType(
    {
        "missing": 8.0,
        "seriously_injured": 8.0,
        "injured": 6.0,
        "dead": 5.0,
        "in_need": 2.0,
        "in_need_now": 2.0,
        "relocated": 1.0,
        "collapsed_rooms": 1.5,
        "collapsed_households": 1.5,
    }
)
"""Points for one, and again for each doubling: the missing can still be saved."""

POINTS_PER_HOUR, MOST_FOR_WAITING = 10.0, 30.0
TRUST_SPAN = 10.0
"""Between a reporter whose reports were never borne out and one whose always were."""


@dataclass(frozen=True)
class Trust:
    """How many of a reporter's reports were checked, and how many of these were verified."""

    verified: int = 0
    checked: int = 0

    @property
    def share(self) -> float:
        """The share that will likely be verified: 0.5 for a stranger, after Laplace."""
        return (self.verified + 1) / (self.checked + 2)


@dataclass(frozen=True)
class Urgency:
    """Points by reason; the highest sum is checked first."""

    kind: float
    figures: float
    waiting: float
    trust: float

    @property
    def points(self) -> float:
        """The sum."""
        return round(self.kind + self.figures + self.waiting + self.trust, 1)

    def as_dict(self) -> dict[str, float]:
        """The JSON shape."""
        return {"points": self.points, **{k: round(v, 1) for k, v in vars(self).items()}}


def urgency(kind: ReportKind, figures: Figures, waiting_h: float, trust: Trust) -> Urgency:
    """How urgently a report of that kind wants to be checked that came `waiting_h` hours ago."""
    counted = [
        points * (1 + math.log2(figures[code]))
        for code, points in PER_DOUBLING.items()
        if figures.get(code, 0) >= 1
    ]
    return Urgency(
        BASE[kind],
        sum(counted),
        min(max(0.0, waiting_h) * POINTS_PER_HOUR, MOST_FOR_WAITING),
        (trust.share - 0.5) * TRUST_SPAN,
    )
