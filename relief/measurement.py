"""What one condition of a plan measures on given figures: a sum, or a county's share.

All arithmetic is exact, so that 30 % is neither less nor more; what nobody reported is unknown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from relief.impact import total
from relief.vocabulary import INDICATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relief.drought import CountyDrought
    from relief.edition import Condition
    from relief.impact import Figures, Number


@dataclass(frozen=True)
class Measurement:
    """What one condition measures: `value` in the condition's unit, exact; None = unknown.

    `counted` are the indicators that went in, `silent` those that nobody reported; a share has its
    county, `persons` and `population`, and `substituted` when another numerator had to stand in.
    """

    condition: Condition
    value: Fraction | None
    counted: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    admin_area: str | None = None
    persons: int | None = None
    population: int | None = None
    substituted: bool = False

    @property
    def met(self) -> bool:
        """Whether the condition holds on what is known."""
        return self.value is not None and self.value >= self.condition.at_least

    @property
    def lacking(self) -> Number | None:
        """How much more reaches the condition, for a share in people; None = unknown."""
        if self.value is None:
            return None
        if self.population is None or self.persons is None:
            return _number(max(self.condition.at_least - self.value, Fraction(0)))
        enough = math.ceil(self.condition.at_least * self.population / 100)
        return max(enough - self.persons, 0)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a finding; `value` and `threshold` in `unit`."""
        condition = self.condition
        shape: dict[str, Any] = {
            "indicator": condition.indicator,
            "value": None if self.value is None else _number(self.value),
            "threshold": condition.threshold,
            "unit": condition.unit.value,
            "level": condition.level.value,
            "clause": condition.clause,
            "counted": list(self.counted),
            "not_reported": list(self.silent),
        }
        return shape | self._share()

    def _share(self) -> dict[str, Any]:
        if self.admin_area is None:
            return {}
        share = {"area": self.admin_area, "persons": self.persons, "population": self.population}
        if not self.substituted:
            return share
        absent = " + ".join(INDICATORS[code].zh for code in self.condition.of)
        taken = " + ".join(INDICATORS[code].zh for code in self.counted)
        return share | {"substituted": True, "note": f"{absent}未报，以{taken}代替"}


def measurements(
    condition: Condition, figures: Figures, drought: Sequence[CountyDrought]
) -> Iterator[Measurement]:
    """The condition's measurement on the totals, for a share one of each county of `drought`."""
    if condition.over is None:
        yield _sum(condition, figures)
        return
    for county in drought:
        yield _share(condition, county)
    if not drought:
        yield Measurement(condition, None, silent=condition.of)


def _sum(condition: Condition, figures: Figures) -> Measurement:
    """The sum of what was reported: with a part unknown it is at least that much."""
    counted = tuple(code for code in condition.of if code in figures)
    silent = tuple(code for code in condition.of if code not in figures)
    value = Fraction(str(total(figures[code] for code in counted))) if counted else None
    return Measurement(condition, value, counted, silent)


def _share(condition: Condition, county: CountyDrought) -> Measurement:
    """One county's share in percent, by the fallback numerator where the first is not reported."""
    of = condition.of
    substituted = not all(code in county.figures for code in of)
    if substituted:
        of = condition.otherwise
    population = county.agricultural_population
    silent = condition.of if substituted else ()
    silent += () if population or condition.over is None else (condition.over,)
    if not population or not of or not all(code in county.figures for code in of):
        return Measurement(condition, None, silent=silent, admin_area=county.admin_area)
    persons = int(total(county.figures[code] for code in of))
    value = Fraction(100 * persons, population)
    return Measurement(
        condition, value, of, silent, county.admin_area, persons, population, substituted
    )


def _number(value: Fraction) -> Number:
    return int(value) if value.denominator == 1 else float(value)
