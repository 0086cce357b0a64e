"""Reading what a plan says around its levels; whatever is stated has its clause."""

from __future__ import annotations

from collections.abc import Set

from relief.document import Document, Table
from relief.plan_rules import (
    DepotBasis,
    Ground,
    Linkage,
    LoweringRule,
    Omission,
    OtherResponse,
    Release,
    Replaced,
    ReportingRule,
    ReportKind,
    Termination,
    Until,
    Verification,
)
from relief.vocabulary import Authority, Hazard, Level
from relief.wording import Party, Words

_WORDS = {"zh", "en"}
_PARTY = _WORDS | {"authority"}
_REPORTING = {
    "kind", "hours", "clause", "source", "standing", "major_only", "zero_report", "until",
    "hazards",
}  # fmt: skip
_LINKAGE = {"clause", "consult_on", "county_start_to", "counties_start", "told"}


class RulesDocument(Document):
    """Walks the tables that stand beside the levels; each method reads one, None where absent."""

    def words(self, value: object, at: str, more: Set[str] = frozenset()) -> Words:
        """A phrase in zh and en; its table may hold `more` keys."""
        stated = self.known(self.table(value, at, "It is stated in zh and en."), _WORDS | more, at)
        return Words(self.text(stated, "zh", at), self.text(stated, "en", at))

    def party(self, value: object, at: str) -> Party:
        """Someone with names, and an authority where a token may stand for them."""
        table = self.known(self.table(value, at, "A party has its names in zh and en."), _PARTY, at)
        given = "authority" in table
        authority = self.choice(Authority, table, "authority", at) if given else None
        return Party(self.text(table, "zh", at), self.text(table, "en", at), authority)

    def parties(self, value: object, at: str) -> tuple[Party, ...]:
        """A list of parties; none where it is absent."""
        return tuple(self.party(p, f"{at}/{n}") for n, p in enumerate(self.tables(value, at)))

    def reporting(self, table: Table) -> tuple[ReportingRule, ...]:
        """The deadlines for reports."""
        rules = self.tables(table.get("reporting"), "/reporting")
        return tuple(self._deadline(rule, f"/reporting/{n}") for n, rule in enumerate(rules))

    def _deadline(self, table: Table, at: str) -> ReportingRule:
        self.known(table, _REPORTING, at)
        kind = self.choice(ReportKind, table, "kind", at) or ReportKind.FIRST
        return ReportingRule(
            kind,
            self._hours(table, kind, at),
            self.text(table, "clause", at),
            self.text(table, "source", at),
            self.text(table, "standing", at),
            major_only=self.flag(table, "major_only", at),
            zero_report=self.flag(table, "zero_report", at),
            until=self.choice(Until, table, "until", at) if "until" in table else None,
            hazards=self.choices(Hazard, table, "hazards", at) if "hazards" in table else (),
        )

    def _hours(self, table: Table, kind: ReportKind, at: str) -> int:
        if kind is ReportKind.AT_ONCE:
            if "hours" in table:
                self.fault(f"{at}/hours", "At once has no hours; leave them out.")
            return 0
        hours = self.amount(table.get("hours"), f"{at}/hours", 10_000)
        if hours.denominator != 1:
            self.fault(f"{at}/hours", "A deadline is a whole number of hours.")
        return int(hours)

    def verification(self, table: Table) -> Verification | None:
        """The order in which divisions verify."""
        stated, at = self._stated(table, "verification", {"after_counties", "source", "standing"})
        if stated is None:
            return None
        after = self.flag(stated, "after_counties", at)
        return Verification(
            after, self.text(stated, "source", at), self.text(stated, "standing", at)
        )

    def release(self, table: Table) -> Release | None:
        """Who releases figures."""
        stated, at = self._stated(table, "release", {"clause", "by"})
        if stated is None:
            return None
        return Release(self.text(stated, "clause", at), self.party(stated.get("by"), f"{at}/by"))

    def lowering(self, table: Table) -> LoweringRule | None:
        """The grounds on which conditions may be lowered."""
        stated, at = self._stated(table, "lowering", {"clause", "grounds"})
        if stated is None:
            return None
        grounds = self.tables(stated.get("grounds"), f"{at}/grounds", "Lowering has its grounds.")
        return LoweringRule(
            self.text(stated, "clause", at),
            tuple(
                Ground(*self._coded(ground, f"{at}/grounds/{n}"))
                for n, ground in enumerate(grounds)
            ),
        )

    def linkage(self, table: Table) -> Linkage | None:
        """How the response hangs together with others."""
        stated, at = self._stated(table, "linkage", _LINKAGE)
        if stated is None:
            return None
        others = self.tables(stated.get("consult_on"), f"{at}/consult_on")
        return Linkage(
            self.text(stated, "clause", at),
            tuple(
                OtherResponse(*self._coded(other, f"{at}/consult_on/{n}"))
                for n, other in enumerate(others)
            ),
            self.party(stated.get("county_start_to"), f"{at}/county_start_to"),
            self.flag(stated, "counties_start", at),
            self.parties(stated.get("told"), f"{at}/told"),
        )

    def termination(self, table: Table) -> Termination | None:
        """Who proposes the end."""
        stated, at = self._stated(table, "termination", {"clause", "proposes"})
        if stated is None:
            return None
        proposes = self.party(stated.get("proposes"), f"{at}/proposes")
        return Termination(self.text(stated, "clause", at), proposes)

    def depots(self, table: Table) -> DepotBasis | None:
        """What the stock must cover."""
        stated, at = self._stated(table, "depots", {"clause", "level", "margin"})
        if stated is None:
            return None
        level = self.choice(Level, stated, "level", at) or Level.II
        margin = self.words(stated.get("margin"), f"{at}/margin")
        return DepotBasis(self.text(stated, "clause", at), level, margin)

    def omitted(self, table: Table) -> tuple[Omission, ...]:
        """What the record leaves out of the text."""
        stated = self.tables(table.get("omitted"), "/omitted")
        return tuple(self._omission(entry, f"/omitted/{n}") for n, entry in enumerate(stated))

    def _omission(self, table: Table, at: str) -> Omission:
        words = self.words(table, at, {"clause"})
        return Omission(words.zh, words.en, self.text(table, "clause", at))

    def replaces(self, table: Table) -> Replaced | None:
        """The edition that this one repeals."""
        stated, at = self._stated(table, "replaces", {"document", "issued"})
        if stated is None:
            return None
        issued = self.day(stated.get("issued"), f"{at}/issued")
        return Replaced(self.text(stated, "document", at), issued)

    def _stated(self, table: Table, key: str, keys: set[str]) -> tuple[Table | None, str]:
        """The table under `key` with its pointer, its keys checked; None where it is absent."""
        at = f"/{key}"
        return (self.known(self.table(table[key], at), keys, at) if key in table else None), at

    def _coded(self, table: Table, at: str) -> tuple[str, str, str]:
        words = self.words(table, at, {"code"})
        return words.zh, words.en, self.text(table, "code", at)
