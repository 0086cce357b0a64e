"""Reading a plan from its TOML document: every fault is found and named before it is used."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from relief.bands import band_faults
from relief.condition_document import ConditionDocument, Placed
from relief.divisions import NATION, normal_code
from relief.edition import Discretion, LevelRule, Plan, Procedure, Proposal, Start
from relief.errors import Fault, InvalidPlan, UnknownArea
from relief.rules_document import RulesDocument
from relief.toml_lines import line_of
from relief.vocabulary import Hazard, Level

if TYPE_CHECKING:
    from datetime import date

    from relief.document import Table

_KEYS = {
    "id", "title", "document", "issuer", "issued", "in_force_from", "in_force_until", "admin_area",
    "hazards", "standing", "automatic", "replaces", "levels", "reporting", "verification",
    "release", "lowering", "linkage", "termination", "depots", "omitted",
}  # fmt: skip
_LEVEL_KEYS = {"start", "corresponds", "discretion", "conditions", "procedure"}
_PROCEDURE_KEYS = {"clause", "proposal", "proposes", "decides", "told"}


def plan_from_toml(text: str) -> Plan:
    """The plan that the TOML document states, with its text and the digest of it.

    Raises InvalidPlan as plan_from_table does; each fault also tells its line.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPlan("The plan is not TOML.", [Fault("", str(error))]) from error
    try:
        plan = plan_from_table(table)
    except InvalidPlan as refusal:
        faults = [_with_line(fault, text) for fault in refusal.faults]
        raise InvalidPlan(refusal.detail, faults) from None
    return replace(plan, digest=sha256(text.encode()).hexdigest(), text=text)


def plan_from_table(table: Table) -> Plan:
    """The plan that the document's table states.

    Raises InvalidPlan with every fault at its pointer: what is missing (a clause above all),
    unknown keys and indicators, and bands with a gap, an overlap or a level that a lower figure
    outranks.
    """
    reader = _Reader()
    plan = reader.plan(table)
    if reader.faults or plan is None:
        raise InvalidPlan("The plan has faults.", reader.faults)
    return plan


def _with_line(fault: Fault, text: str) -> Fault:
    line = line_of(text, fault.at)
    return fault if line is None else Fault(fault.at, f"{fault.detail} (line {line})")


class _Reader(ConditionDocument, RulesDocument):
    """Walks a plan's document from the top; each method reads one kind of table."""

    def plan(self, table: Table) -> Plan | None:
        self.known(table, _KEYS, "")
        levels = self._levels(table)
        first, last = self._days(table)
        plan = Plan(
            id=self._id(table),
            title=self.words(table.get("title"), "/title"),
            document=self.text(table, "document", ""),
            issuer=self.words(table.get("issuer"), "/issuer"),
            issued=self.day(table.get("issued"), "/issued"),
            in_force_from=first,
            in_force_until=last,
            admin_area=self._admin_area(table),
            hazards=self.choices(Hazard, table, "hazards", ""),
            standing=self.text(table, "standing", ""),
            levels=levels,
            automatic=self.flag(table, "automatic", "", default=True),
            replaces=self.replaces(table),
            reporting=self.reporting(table),
            verification=self.verification(table),
            release=self.release(table),
            lowering=self.lowering(table),
            linkage=self.linkage(table),
            termination=self.termination(table),
            depots=self.depots(table),
            omitted=self.omitted(table),
        )
        return None if self.faults else plan

    def _id(self, table: Table) -> str:
        text = self.text(table, "id", "")
        if text and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
            self.fault("/id", "An id has small letters, digits and hyphens: yangquan-2026.")
        return text

    def _days(self, table: Table) -> tuple[date, date | None]:
        """The first day in force, and the last one where there is one."""
        first = self.day(table.get("in_force_from"), "/in_force_from")
        if "in_force_until" not in table:
            return first, None
        last = self.day(table["in_force_until"], "/in_force_until")
        if last < first:
            self.fault("/in_force_until", "It is the last day, so not before the first.")
        return first, last

    def _levels(self, table: Table) -> tuple[LevelRule, ...]:
        conditions: list[Placed] = []
        rules = [
            self._level_rule(level, rule, conditions)
            for level, rule in self._level_tables(table.get("levels"))
        ]
        self.faults += band_faults(conditions)
        return tuple(rule for rule in rules if rule)

    def _level_tables(self, value: object) -> list[tuple[Level, Table]]:
        given = self.table(value, "/levels", "A plan has levels, I the highest.")
        for name in sorted(given.keys() - set(Level)):
            self.fault(f"/levels/{name}", "Levels are named I, II, III and IV.")
        if not given and not self.faults:
            self.fault("/levels", "A plan has levels, I the highest.")
        return [(lv, self.table(given[lv], f"/levels/{lv}")) for lv in Level if lv in given]

    def _level_rule(self, level: Level, table: Table, conditions: list[Placed]) -> LevelRule | None:
        at = f"/levels/{level}"
        self.known(table, _LEVEL_KEYS, at)
        own = list(self.conditions(level, table, f"{at}/conditions"))
        conditions += own
        start = self.choice(Start, table, "start", at)
        procedure = self._procedure(table.get("procedure"), f"{at}/procedure")
        discretion = self._discretion(table, at) if "discretion" in table else None
        above = self.choice(Level, table, "corresponds", at) if "corresponds" in table else None
        if start is None or procedure is None:
            return None
        stated = tuple(condition for _, condition in own)
        return LevelRule(level, start, stated, procedure, discretion, above)

    def _procedure(self, value: object, at: str) -> Procedure | None:
        if not isinstance(value, dict):
            self.fault(at, "A level says who decides it.")
            return None
        self.known(value, _PROCEDURE_KEYS, at)
        decides = self.party(value.get("decides"), f"{at}/decides")
        if decides.authority is None:
            self.fault(f"{at}/decides", "Who decides a level needs an authority.")
        proposal = self.choice(Proposal, value, "proposal", at) or Proposal.NONE
        if (proposal is Proposal.NONE) == ("proposes" in value):
            self.fault(f"{at}/proposes", "It says who proposes unless there is no proposal.")
        return Procedure(
            self.text(value, "clause", at),
            proposal,
            decides,
            self.party(value["proposes"], f"{at}/proposes") if "proposes" in value else None,
            self.parties(value.get("told"), f"{at}/told"),
        )

    def _discretion(self, table: Table, at: str) -> Discretion:
        at = f"{at}/discretion"
        stated = self.table(table["discretion"], at)
        words = self.words(stated, at, {"clause"})
        return Discretion(words.zh, words.en, self.text(stated, "clause", at))

    def _admin_area(self, table: Table) -> str:
        code = self.text(table, "admin_area", "")
        try:
            normal_code(code if code else NATION)
        except UnknownArea as error:
            self.fault("/admin_area", error.detail)
        return code
