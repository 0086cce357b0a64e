"""Where one measure stands among the bands of a plan by itself, whatever the others reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relief.measurement import Measurement, pooled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relief.county_shares import CountyShares
    from relief.edition import Condition
    from relief.impact import Figures


@dataclass(frozen=True)
class Position:
    """A measure on its own: the condition it meets, and the one next above it; None = none.

    `measured` is its value under the condition met, else under the lowest; a share's is that of
    the county that stands highest.
    """

    measured: Measurement
    met: Condition | None
    above: Measurement | None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        shape = self.measured.as_dict()
        del shape["threshold"]
        return shape | {
            "level": self.met.level.value if self.met else None,
            "clause": self.met.clause if self.met else None,
            "next": self._next(),
        }

    def _next(self) -> dict[str, Any] | None:
        if self.above is None:
            return None
        return self.above.condition.facts | {"missing": self.above.lacking}


def position(bands: Sequence[Condition], figures: Figures, shares: CountyShares) -> Position:
    """Where the measure of these conditions (the highest level first) stands."""
    measured = [
        shares.leader(condition) if condition.over else pooled(condition, figures)
        for condition in bands
    ]
    reached = next((n for n, m in enumerate(measured) if m.met), len(bands))
    at = measured[min(reached, len(bands) - 1)]
    met = at.condition if reached < len(bands) else None
    return Position(at, met, measured[reached - 1] if reached else None)
