"""Reading a plan from its TOML document: every fault is found and named before it is used."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from relief.bands import band_faults
from relief.divisions import normal_code
from relief.edition import (
    Condition,
    Discretion,
    LevelRule,
    Party,
    Plan,
    Procedure,
    Proposal,
    ReportingRule,
    Start,
    Words,
)
from relief.errors import Fault, InvalidPlan, UnknownArea
from relief.vocabulary import INDICATORS, Authority, Hazard, Level, Unit

_Choice = TypeVar("_Choice", bound=StrEnum)
_Table = dict[str, Any]
_MEASURE_KEYS = {"of", "at_least", "below", "unit", "over", "otherwise", "hazards"}
_BASES = {"agricultural_population"}


def plan_from_toml(text: str) -> Plan:
    """The plan that the TOML document states.

    Raises InvalidPlan with every fault at its pointer: what is missing (a clause above all),
    unknown indicators, and bands with a gap, an overlap or a level that a lower figure outranks.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPlan("The plan is not TOML.", [Fault("", str(error))]) from error
    reader = _Reader()
    plan = reader.plan(table)
    if reader.faults:
        raise InvalidPlan("The plan has faults.", reader.faults)
    assert plan is not None
    return plan


class _Reader:
    """Walks the document and gathers its faults; what it returns counts only without any."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, at: str, detail: str) -> None:
        self.faults.append(Fault(at, detail))

    def plan(self, table: _Table) -> Plan | None:
        conditions: list[tuple[str, Condition]] = []
        levels = self.tables_by_level(table)
        rules = [self.level_rule(level, levels[level], conditions) for level in levels]
        self.faults += band_faults(conditions)
        reporting = [
            self.reporting(entry, f"/reporting/{n}")
            for n, entry in enumerate(table.get("reporting", []))
        ]
        head = self.head(table)
        if self.faults:
            return None
        return Plan(
            levels=tuple(rule for rule in rules if rule),
            reporting=tuple(rule for rule in reporting if rule),
            **head,
        )

    def head(self, table: _Table) -> _Table:
        """The particulars of the edition, under the names of Plan's fields."""
        until = table.get("in_force_until")
        return {
            "id": self.text(table, "id", ""),
            "title": self.words(table, "title", ""),
            "document": self.text(table, "document", ""),
            "issuer": self.words(table, "issuer", ""),
            "issued": self.day(table.get("issued"), "/issued"),
            "in_force_from": self.day(table.get("in_force_from"), "/in_force_from"),
            "in_force_until": None if until is None else self.day(until, "/in_force_until"),
            "admin_area": self.admin_area(table),
            "hazards": self.hazards(table, ""),
            "standing": self.text(table, "standing", ""),
        }

    def tables_by_level(self, table: _Table) -> dict[Level, _Table]:
        given = table.get("levels")
        if not isinstance(given, dict) or not given:
            self.fault("/levels", "A plan has levels, I the highest.")
            return {}
        for name in given:
            if name not in list(Level) or not isinstance(given[name], dict):
                self.fault(f"/levels/{name}", "Levels are tables named I, II, III and IV.")
        return {lv: given[lv] for lv in Level if isinstance(given.get(lv), dict)}

    def level_rule(
        self, level: Level, table: _Table, conditions: list[tuple[str, Condition]]
    ) -> LevelRule | None:
        at = f"/levels/{level}"
        own = self.conditions(level, table.get("conditions"), f"{at}/conditions")
        conditions += own
        start = self.choice(Start, table, "start", at)
        procedure = self.procedure(table.get("procedure"), f"{at}/procedure")
        discretion = self.discretion(table.get("discretion"), f"{at}/discretion")
        above = self.choice(Level, table, "corresponds", at) if "corresponds" in table else None
        if start is None or procedure is None:
            return None
        stated = tuple(condition for _, condition in own)
        return LevelRule(level, start, stated, procedure, discretion, above)

    def conditions(self, level: Level, entries: Any, at: str) -> list[tuple[str, Condition]]:
        if not isinstance(entries, list) or not entries:
            self.fault(at, "A level has conditions.")
            return []
        found = []
        for n, entry in enumerate(entries):
            clause = self.text(entry, "clause", f"{at}/{n}")
            measures = entry.get("alternatives")
            for where, measure in _measures(entry, measures, f"{at}/{n}"):
                condition = self.condition(level, clause, measure, where)
                found += [(where, condition)] if condition else []
        return found

    def condition(self, level: Level, clause: str, table: _Table, at: str) -> Condition | None:
        before = len(self.faults)
        for key in table.keys() - _MEASURE_KEYS:
            self.fault(f"{at}/{key}", "A condition has no such key.")
        unit = self.choice(Unit, table, "unit", at)
        over = table.get("over")
        if over is not None and over not in _BASES:
            self.fault(f"{at}/over", f"Shares are taken of {', '.join(sorted(_BASES))}.")
        if (unit is Unit.PERCENT) != (over is not None):
            self.fault(f"{at}/unit", "A share states `over` and the unit percent, a sum neither.")
        counted = Unit.PERSON if over else unit
        of = self.indicators(table, "of", counted, at)
        otherwise = self.indicators(table, "otherwise", counted, at) if "otherwise" in table else ()
        at_least = self.amount(table.get("at_least"), unit, f"{at}/at_least")
        below = table.get("below")
        bound = None if below is None else self.amount(below, unit, f"{at}/below")
        hazards = self.hazards(table, at) if "hazards" in table else ()
        if len(self.faults) > before or unit is None:
            return None
        return Condition(level, clause, of, at_least, unit, bound, over, otherwise, hazards)

    def indicators(self, table: _Table, key: str, unit: Unit | None, at: str) -> tuple[str, ...]:
        codes = table.get(key)
        if not isinstance(codes, list) or not codes:
            self.fault(f"{at}/{key}", "A condition sums one indicator or more.")
            return ()
        for code in codes:
            if code not in INDICATORS:
                self.fault(f"{at}/{key}", f"There is no indicator {code!r}.")
            elif unit is not None and INDICATORS[code].unit is not unit:
                self.fault(f"{at}/{key}", f"{code} is not counted in {unit.en}.")
        return tuple(codes)

    def amount(self, value: Any, unit: Unit | None, at: str) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            self.fault(at, "A number above 0 is meant.")
            return Fraction(0)
        if unit is Unit.PERCENT and not 1 <= value <= 100:
            self.fault(at, "Write 30 % as 30: a number from 1 to 100.")
            return Fraction(0)
        if value > 10**9:
            self.fault(at, "No figure ever reaches that.")
            return Fraction(0)
        return Fraction(str(value))  # by its decimal digits, so that 12.5 is exactly that

    def procedure(self, table: Any, at: str) -> Procedure | None:
        if not isinstance(table, dict):
            self.fault(at, "A level says who decides it.")
            return None
        clause = self.text(table, "clause", at)
        proposal = self.choice(Proposal, table, "proposal", at)
        proposes = self.party(table["proposes"], f"{at}/proposes") if "proposes" in table else None
        decides = self.party(table.get("decides"), f"{at}/decides")
        if decides is not None and decides.authority is None:
            self.fault(f"{at}/decides", "Who decides a level needs an authority.")
        told = [self.party(p, f"{at}/told/{n}") for n, p in enumerate(table.get("told", []))]
        if proposal is None or decides is None:
            return None
        return Procedure(clause, proposal, decides, proposes, tuple(p for p in told if p))

    def party(self, table: Any, at: str) -> Party | None:
        if not isinstance(table, dict):
            self.fault(at, "A party has its names in zh and en.")
            return None
        given = "authority" in table
        authority = self.choice(Authority, table, "authority", at) if given else None
        return Party(self.text(table, "zh", at), self.text(table, "en", at), authority)

    def discretion(self, table: Any, at: str) -> Discretion | None:
        if not isinstance(table, dict):
            return None
        return Discretion(*(self.text(table, key, at) for key in ("zh", "en", "clause")))

    def reporting(self, table: _Table, at: str) -> ReportingRule | None:
        hours = table.get("hours")
        if isinstance(hours, bool) or not isinstance(hours, int) or hours <= 0:
            self.fault(f"{at}/hours", "A deadline is a whole number of hours.")
            return None
        kind, clause, source, standing = (
            self.text(table, key, at) for key in ("kind", "clause", "source", "standing")
        )
        return ReportingRule(kind, hours, clause, source, standing)

    def hazards(self, table: _Table, at: str) -> tuple[Hazard, ...]:
        codes = table.get("hazards")
        if not isinstance(codes, list) or not codes or not set(codes) <= set(Hazard):
            self.fault(f"{at}/hazards", f"A list from {', '.join(Hazard)} is meant.")
            return ()
        return tuple(Hazard(code) for code in codes)  # type: ignore[call-arg]

    def admin_area(self, table: _Table) -> str:
        code = self.text(table, "admin_area", "")
        try:
            normal_code(code)
        except UnknownArea as error:
            self.fault("/admin_area", error.detail)
        return code

    def day(self, value: Any, at: str) -> date:
        if isinstance(value, datetime) or not isinstance(value, date):
            self.fault(at, "A date is meant, such as 2026-05-08.")
            return date.min
        return value

    def words(self, table: _Table, key: str, at: str) -> Words:
        given = table.get(key)
        if not isinstance(given, dict):
            self.fault(f"{at}/{key}", "It is stated in zh and en.")
            return Words("", "")
        return Words(self.text(given, "zh", f"{at}/{key}"), self.text(given, "en", f"{at}/{key}"))

    def text(self, table: Any, key: str, at: str) -> str:
        value = table.get(key) if isinstance(table, dict) else None
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{at}/{key}", f"{key} is missing.")
            return ""
        return value

    def choice(self, kind: type[_Choice], table: _Table, key: str, at: str) -> _Choice | None:
        value = table.get(key)
        if value not in list(kind):
            self.fault(f"{at}/{key}", f"{key} is one of {', '.join(kind)}.")
            return None
        return next(member for member in kind if member == value)


def _measures(entry: _Table, alternatives: Any, at: str) -> list[tuple[str, _Table]]:
    """The measures of one condition: itself, or its alternatives, each with its pointer."""
    if isinstance(alternatives, list):
        return [(f"{at}/alternatives/{n}", table) for n, table in enumerate(alternatives)]
    return [(at, {key: value for key, value in entry.items() if key != "clause"})]
