"""Reading the conditions of a level: what is summed, what it is a share of, where it starts."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from relief.document import Document, Table
from relief.edition import Condition
from relief.vocabulary import INDICATORS, Hazard, Level, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

BASES = ("agricultural_population", "population")
"""What a county's share may be taken of: attributes of the county, in people."""

_MEASURE_KEYS = {"of", "at_least", "below", "beside", "unit", "over", "otherwise", "hazards"}
Placed = tuple[str, Condition]


class ConditionDocument(Document):
    """Walks the conditions of one level after another."""

    def conditions(self, level: Level, table: Table, at: str) -> Iterator[Placed]:
        """The level's conditions, each with the pointer to it; a faulty one is left out."""
        entries = self.tables(table.get("conditions"), at, "A level has conditions.")
        for n, entry in enumerate(entries):
            clause = self.text(entry, "clause", f"{at}/{n}")
            for where, measure in self._measures(entry, f"{at}/{n}"):
                condition = self._condition(level, clause, measure, where)
                if condition:
                    yield where, condition

    def _measures(self, entry: Table, at: str) -> list[tuple[str, Table]]:
        """What a condition measures: itself, or its alternatives, each with its pointer."""
        if "alternatives" not in entry:
            return [(at, self.known(entry, _MEASURE_KEYS | {"clause"}, at))]
        self.known(entry, {"clause", "alternatives"}, at)
        at += "/alternatives"
        given = self.tables(entry["alternatives"], at, "Alternatives are a list of tables.")
        return [
            (f"{at}/{n}", self.known(measure, _MEASURE_KEYS, f"{at}/{n}"))
            for n, measure in enumerate(given)
        ]

    def _condition(self, level: Level, clause: str, table: Table, at: str) -> Condition | None:
        before = len(self.faults)
        unit = self.choice(Unit, table, "unit", at)
        over = self._base(table, unit, at)
        counted = Unit.PERSON if over else unit
        at_least = self._bound(table.get("at_least"), unit, f"{at}/at_least")
        condition = Condition(
            level=level,
            clause=clause,
            of=self._indicators(table, "of", counted, at),
            at_least=at_least,
            unit=unit or Unit.PERSON,
            below=self._optional_bound(table, "below", unit, at),
            over=over,
            otherwise=self._indicators(table, "otherwise", counted, at, optional=True),
            hazards=self.choices(Hazard, table, "hazards", at) if "hazards" in table else (),
            beside=self._optional_bound(table, "beside", unit, at),
        )
        if condition.beside is not None and condition.beside >= at_least:
            self.fault(f"{at}/beside", "Beside a neighbour that starts, less is enough.")
        return condition if len(self.faults) == before else None

    def _base(self, table: Table, unit: Unit | None, at: str) -> str | None:
        over = table.get("over")
        if (unit is Unit.PERCENT) != (over is not None):
            self.fault(f"{at}/unit", "A share states `over` and the unit percent, a sum neither.")
        if over is None or over in BASES:
            return over
        self.fault(f"{at}/over", f"Shares are taken of {', '.join(BASES)}.")
        return None

    def _bound(self, value: object, unit: Unit | None, at: str) -> Fraction:
        bound = self.amount(value, at, 100 if unit is Unit.PERCENT else 10**9)
        if unit is Unit.PERCENT and 0 < bound < 1:
            self.fault(at, "Write 30 % as 30, not as 0.30.")
        if unit is not None and unit.whole and bound.denominator != 1:
            self.fault(at, f"There is no fraction of one: state whole {unit.en}.")
        return bound

    def _optional_bound(
        self, table: Table, key: str, unit: Unit | None, at: str
    ) -> Fraction | None:
        return self._bound(table[key], unit, f"{at}/{key}") if key in table else None

    def _indicators(
        self, table: Table, key: str, unit: Unit | None, at: str, optional: bool = False
    ) -> tuple[str, ...]:
        codes = table.get(key)
        if codes is None and optional:
            return ()
        if not isinstance(codes, list) or not codes:
            self.fault(f"{at}/{key}", "A condition sums one indicator or more.")
            return ()
        for code in codes:
            known = INDICATORS.get(code) if isinstance(code, str) else None
            if known is None:
                self.fault(f"{at}/{key}", f"There is no indicator {code!r}.{_hint(code)}")
            elif unit is not None and known.unit is not unit:
                self.fault(f"{at}/{key}", f"{code} is not counted in {unit.en}.")
        if len(set(map(str, codes))) < len(codes):
            self.fault(f"{at}/{key}", "An indicator is summed once.")
        return tuple(codes)


def _hint(code: object) -> str:
    """The indicator that was probably meant, else all that there are."""
    close = get_close_matches(str(code), INDICATORS, n=1)
    return f" Do you mean {close[0]}?" if close else f" There are {', '.join(INDICATORS)}."
