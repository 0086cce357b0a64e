"""Reports that are likely of one and the same thing: a score with its grounds, never a merger."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relief.field_reports import ReportKind, distance_m
from relief.impact import Figures

LIKELY = 0.6
"""From here on a pair is shown to the people who check."""

NEAR_M = 150.0
"""At this distance, beyond what the phones' accuracy explains, a pair is e times less likely."""

SOON_H = 6.0
"""The same in time: people report one collapse all through a shift."""

FARTHEST_M = 2_000.0
_RELATED = frozenset({ReportKind.CASUALTY, ReportKind.DAMAGE})


@dataclass(frozen=True)
class Sighted:
    """What of a report tells it from others; `place` is (lon, lat), `at` the time observed."""

    id: str
    kind: ReportKind
    place: tuple[float, float]
    accuracy_m: float
    at: datetime
    figures: Figures


@dataclass(frozen=True)
class Likeness:
    """How likely two reports are of one thing (0 to 1), and why."""

    other: str
    score: float
    distance_m: float
    hours_apart: float
    same_kind: bool
    figures: float | None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "score": self.score,
            "grounds": {
                "distance_m": self.distance_m,
                "hours_apart": self.hours_apart,
                "same_kind": self.same_kind,
                "figures_alike": self.figures,
            },
        }


def likely_duplicates(report: Sighted, others: Iterable[Sighted]) -> list[Likeness]:
    """Those of the others that are LIKELY the same thing as the report, the likeliest first."""
    found = [likeness(report, other) for other in others if other.id != report.id]
    likely = [pair for pair in found if pair.score >= LIKELY]
    return sorted(likely, key=lambda pair: (-pair.score, pair.other))


def likeness(one: Sighted, other: Sighted) -> Likeness:
    """How alike two reports are; the same whichever comes first."""
    apart_m = distance_m(one.place, other.place)
    unexplained_m = max(0.0, apart_m - one.accuracy_m - other.accuracy_m)
    apart_h = abs((one.at - other.at).total_seconds()) / 3600
    alike = _figures_alike(one.figures, other.figures)
    nearness, soonness = math.exp(-unexplained_m / NEAR_M), math.exp(-apart_h / SOON_H)
    weight = 0.5 * nearness + 0.2 * soonness + 0.3 * (0.7 if alike is None else alike)
    score = _kinds_alike(one.kind, other.kind) * weight * (unexplained_m <= FARTHEST_M)
    return Likeness(
        other.id,
        round(score, 3),
        round(apart_m, 1),
        round(apart_h, 2),
        one.kind is other.kind,
        None if alike is None else round(alike, 2),
    )


def _kinds_alike(one: ReportKind, other: ReportKind) -> float:
    """A fallen house and the people under it are often reported apart."""
    if one is other:
        return 1.0
    return 0.8 if {one, other} <= _RELATED else 0.5


def _figures_alike(one: Figures, other: Figures) -> float | None:
    """The mean ratio of the figures that both state, 1 for equal ones; None if they share none."""
    shared = [code for code in one if code in other]
    if not shared:
        return None
    pairs = [sorted((float(one[code]), float(other[code]))) for code in shared]
    return sum(low / high if high else 1.0 for low, high in pairs) / len(pairs)
