"""What one condition of a plan measures on given figures: a sum, or a county's share.

All arithmetic is exact, so that 30 % is neither less nor more; what nobody reported is unknown.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from relief.impact import total
from relief.vocabulary import INDICATORS

if TYPE_CHECKING:
    from relief.edition import Condition
    from relief.impact import Figures, Number


class Measurement(NamedTuple):
    """What one condition measures: a sum, or `persons` of a county's `population`.

    `counted` are the indicators that went in, `silent` those that nobody reported; a share has its
    county, and `substituted` when another numerator had to stand in.
    """

    condition: Condition
    sum: Fraction | None = None
    counted: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    admin_area: str | None = None
    persons: int | None = None
    population: int | None = None
    substituted: bool = False

    @property
    def known(self) -> bool:
        """Whether there is anything to compare."""
        return self.sum is not None or self.population is not None

    @property
    def value(self) -> Fraction | None:
        """The value in the condition's unit, exact; None = unknown."""
        if self.persons is None or self.population is None:
            return self.sum
        return Fraction(100 * self.persons, self.population)

    @property
    def met(self) -> bool:
        """Whether the condition holds on what is known."""
        if self.persons is None or self.population is None:
            return self.sum is not None and self.sum >= self.condition.at_least
        bound = self.condition.at_least
        return 100 * self.persons * bound.denominator >= bound.numerator * self.population

    @property
    def lacking(self) -> Number | None:
        """How much more reaches the condition, for a share in people; None = unknown."""
        bound = self.condition.at_least
        if self.persons is None or self.population is None:
            return None if self.sum is None else _number(max(bound - self.sum, Fraction(0)))
        enough = -(-bound.numerator * self.population // (100 * bound.denominator))  # rounded up
        return max(enough - self.persons, 0)

    @property
    def number(self) -> Number | None:
        """The value as a plain number."""
        if self.persons is None or self.population is None:
            return None if self.sum is None else _number(self.sum)
        whole, rest = divmod(100 * self.persons, self.population)
        return 100 * self.persons / self.population if rest else whole

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a finding; `value` and `threshold` in `unit`."""
        shape = self.condition.facts | {
            "value": self.number,
            "counted": list(self.counted),
            "not_reported": list(self.silent),
        }
        return shape if self.admin_area is None else shape | self._share()

    def _share(self) -> dict[str, Any]:
        share = {"area": self.admin_area, "persons": self.persons, "population": self.population}
        if not self.substituted:
            return share
        absent = " + ".join(INDICATORS[code].zh for code in self.condition.of)
        taken = " + ".join(INDICATORS[code].zh for code in self.counted)
        return share | {"substituted": True, "note": f"{absent}未报，以{taken}代替"}


def pooled(condition: Condition, figures: Figures) -> Measurement:
    """The sum of what was reported: with a part unknown it is at least that much."""
    counted = tuple(code for code in condition.of if code in figures)
    silent = tuple(code for code in condition.of if code not in figures)
    value = Fraction(str(total(figures[code] for code in counted))) if counted else None
    return Measurement(condition, value, counted, silent)


def _number(value: Fraction) -> Number:
    return int(value) if value.denominator == 1 else float(value)
