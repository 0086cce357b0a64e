"""Reading a plan from its TOML document: every fault is found and named before it is used."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from relief.bands import band_faults
from relief.divisions import normal_code
from relief.document import Document, Table
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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

_MEASURE_KEYS = {"of", "at_least", "below", "unit", "over", "otherwise", "hazards"}
_BASES = {"agricultural_population"}
_Placed = tuple[str, Condition]


def plan_from_toml(text: str) -> Plan:
    """The plan that the TOML document states; raises InvalidPlan as plan_from_table does."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPlan("The plan is not TOML.", [Fault("", str(error))]) from error
    return plan_from_table(table)


def plan_from_table(table: Table) -> Plan:
    """The plan that the document's table states.

    Raises InvalidPlan with every fault at its pointer: what is missing (a clause above all),
    unknown indicators, and bands with a gap, an overlap or a level that a lower figure outranks.
    """
    reader = _Reader()
    plan = reader.plan(table)
    if reader.faults or plan is None:
        raise InvalidPlan("The plan has faults.", reader.faults)
    return plan


class _Reader(Document):
    """Walks a plan's document from the top; each method reads one kind of table."""

    def plan(self, table: Table) -> Plan | None:
        conditions: list[_Placed] = []
        rules = [
            self.level_rule(level, rule, conditions)
            for level, rule in self.levels(table.get("levels"))
        ]
        self.faults += band_faults(conditions)
        reporting = self.tables(table.get("reporting"), "/reporting")
        deadlines = [self.deadline(rule, f"/reporting/{n}") for n, rule in enumerate(reporting)]
        until = table.get("in_force_until")
        plan = Plan(
            id=self.text(table, "id", ""),
            title=self.words(table, "title"),
            document=self.text(table, "document", ""),
            issuer=self.words(table, "issuer"),
            issued=self.day(table.get("issued"), "/issued"),
            in_force_from=self.day(table.get("in_force_from"), "/in_force_from"),
            in_force_until=None if until is None else self.day(until, "/in_force_until"),
            admin_area=self.admin_area(table),
            hazards=self.choices(Hazard, table, "hazards", ""),
            standing=self.text(table, "standing", ""),
            levels=tuple(rule for rule in rules if rule),
            reporting=tuple(deadlines),
        )
        return None if self.faults else plan

    def levels(self, value: object) -> list[tuple[Level, Table]]:
        given = self.table(value, "/levels", "A plan has levels, I the highest.")
        for name in given.keys() - set(Level):
            self.fault(f"/levels/{name}", "Levels are named I, II, III and IV.")
        if not given and not self.faults:
            self.fault("/levels", "A plan has levels, I the highest.")
        return [(lv, self.table(given[lv], f"/levels/{lv}")) for lv in Level if lv in given]

    def level_rule(self, level: Level, table: Table, conditions: list[_Placed]) -> LevelRule | None:
        at = f"/levels/{level}"
        own = list(self.conditions(level, table, f"{at}/conditions"))
        conditions += own
        start = self.choice(Start, table, "start", at)
        procedure = self.procedure(table.get("procedure"), f"{at}/procedure")
        discretion = self.discretion(table, at) if "discretion" in table else None
        above = self.choice(Level, table, "corresponds", at) if "corresponds" in table else None
        if start is None or procedure is None:
            return None
        stated = tuple(condition for _, condition in own)
        return LevelRule(level, start, stated, procedure, discretion, above)

    def conditions(self, level: Level, table: Table, at: str) -> Iterator[_Placed]:
        entries = self.tables(table.get("conditions"), at, "A level has conditions.")
        for n, entry in enumerate(entries):
            clause = self.text(entry, "clause", f"{at}/{n}")
            for where, measure in self.measures(entry, f"{at}/{n}"):
                condition = self.condition(level, clause, measure, where)
                if condition:
                    yield where, condition

    def measures(self, entry: Table, at: str) -> list[tuple[str, Table]]:
        """What a condition measures: itself, or its alternatives, each with its pointer."""
        if "alternatives" not in entry:
            return [(at, {key: value for key, value in entry.items() if key != "clause"})]
        at += "/alternatives"
        given = self.tables(entry["alternatives"], at, "Alternatives are a list of tables.")
        return [(f"{at}/{n}", measure) for n, measure in enumerate(given)]

    def condition(self, level: Level, clause: str, table: Table, at: str) -> Condition | None:
        before = len(self.faults)
        for key in table.keys() - _MEASURE_KEYS:
            self.fault(f"{at}/{key}", "A condition has no such key.")
        unit = self.choice(Unit, table, "unit", at)
        over = self.base(table, unit, at)
        counted = Unit.PERSON if over else unit
        condition = Condition(
            level=level,
            clause=clause,
            of=self.indicators(table, "of", counted, at),
            at_least=self.bound(table.get("at_least"), unit, f"{at}/at_least"),
            unit=unit or Unit.PERSON,
            below=self.bound(table["below"], unit, f"{at}/below") if "below" in table else None,
            over=over,
            otherwise=self.indicators(table, "otherwise", counted, at, optional=True),
            hazards=self.choices(Hazard, table, "hazards", at) if "hazards" in table else (),
        )
        return condition if len(self.faults) == before else None

    def base(self, table: Table, unit: Unit | None, at: str) -> str | None:
        over = table.get("over")
        if (unit is Unit.PERCENT) != (over is not None):
            self.fault(f"{at}/unit", "A share states `over` and the unit percent, a sum neither.")
        if over is None or over in list(_BASES):
            return over
        self.fault(f"{at}/over", f"Shares are taken of {', '.join(sorted(_BASES))}.")
        return None

    def bound(self, value: object, unit: Unit | None, at: str) -> Fraction:
        bound = self.amount(value, at, 100 if unit is Unit.PERCENT else 10**9)
        if unit is Unit.PERCENT and 0 < bound < 1:
            self.fault(at, "Write 30 % as 30, not as 0.30.")
        return bound

    def indicators(
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
                self.fault(f"{at}/{key}", f"There is no indicator {code!r}.")
            elif unit is not None and known.unit is not unit:
                self.fault(f"{at}/{key}", f"{code} is not counted in {unit.en}.")
        return tuple(codes)

    def procedure(self, value: object, at: str) -> Procedure | None:
        if not isinstance(value, dict):
            self.fault(at, "A level says who decides it.")
            return None
        decides = self.party(value.get("decides"), f"{at}/decides")
        if decides.authority is None:
            self.fault(f"{at}/decides", "Who decides a level needs an authority.")
        told = self.tables(value.get("told"), f"{at}/told")
        proposal = self.choice(Proposal, value, "proposal", at)
        return Procedure(
            self.text(value, "clause", at),
            proposal or Proposal.NONE,
            decides,
            self.party(value["proposes"], f"{at}/proposes") if "proposes" in value else None,
            tuple(self.party(party, f"{at}/told/{n}") for n, party in enumerate(told)),
        )

    def party(self, value: object, at: str) -> Party:
        table = self.table(value, at, "A party has its names in zh and en.")
        given = "authority" in table
        authority = self.choice(Authority, table, "authority", at) if given else None
        return Party(self.text(table, "zh", at), self.text(table, "en", at), authority)

    def discretion(self, table: Table, at: str) -> Discretion:
        at = f"{at}/discretion"
        stated = self.table(table["discretion"], at)
        return Discretion(*(self.text(stated, key, at) for key in ("zh", "en", "clause")))

    def deadline(self, table: Table, at: str) -> ReportingRule:
        hours = self.amount(table.get("hours"), f"{at}/hours", 10_000)
        if hours.denominator != 1:
            self.fault(f"{at}/hours", "A deadline is a whole number of hours.")
        keys = ("clause", "source", "standing")
        return ReportingRule(
            self.text(table, "kind", at), int(hours), *(self.text(table, key, at) for key in keys)
        )

    def admin_area(self, table: Table) -> str:
        code = self.text(table, "admin_area", "")
        try:
            normal_code(code)
        except UnknownArea as error:
            self.fault("/admin_area", error.detail)
        return code

    def words(self, table: Table, key: str) -> Words:
        stated = self.table(table.get(key), f"/{key}", "It is stated in zh and en.")
        return Words(self.text(stated, "zh", f"/{key}"), self.text(stated, "en", f"/{key}"))
