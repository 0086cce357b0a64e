"""Item norms as data: what one person in need is given, where that is written, how sure it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from relief.document import Document
from relief.errors import Fault, InvalidInput
from relief.toml_lines import line_of
from relief.wording import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relief.document import Table

_KEYS = {"id", "title", "days", "margin_percent", "items"}
_ITEM_KEYS = {"code", "zh", "en", "unit", "amount", "per", "kg", "source", "standing"}
_STATED = {"value", "source", "standing"}


class Standing(StrEnum):
    """How well a number was checked."""

    READ = "read"  # in a copy of the text
    PARTLY = "partly"  # confirmed in part
    MEMORY = "memory"  # to be checked before anyone relies on it
    ASSUMPTION = "assumption"  # ours, until somebody sets it


class Per(StrEnum):
    """What an amount is for: a person, or a person's day."""

    PERSON = "person"
    PERSON_DAY = "person_day"


@dataclass(frozen=True)
class Stated:
    """A number with its source and standing."""

    value: Fraction
    source: str
    standing: Standing

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {**vars(self), "value": number(self.value)}


@dataclass(frozen=True)
class ItemNorm(Words):
    """How many units of an item a person gets (`amount`, per person or per day) and what one
    weighs in kg."""

    code: str = ""
    unit: str = ""
    amount: Fraction = Fraction(1)
    per: Per = Per.PERSON
    kg: Fraction = Fraction(1)
    source: str = ""
    standing: Standing = Standing.ASSUMPTION

    def units(self, people: int, days: int, margin_percent: Fraction = Fraction(0)) -> int:
        """Whole units that `people` need for `days`, with the margin, rounded up."""
        each = self.amount * (days if self.per is Per.PERSON_DAY else 1)
        wanted = people * each * (1 + margin_percent / 100)
        return -(-wanted.numerator // wanted.denominator)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {**vars(self), "amount": number(self.amount), "kg": number(self.kg)}


@dataclass(frozen=True)
class Norms:
    """The norms in force: items in the order in which they are served, and what goes with them.

    `digest` is the SHA-256 of the `text`, in hex.
    """

    id: str
    title: Words
    days: Stated
    margin_percent: Stated
    items: tuple[ItemNorm, ...]
    digest: str = ""
    text: str = ""

    def of(self, codes: Sequence[str], at: str) -> tuple[ItemNorm, ...]:
        """The items of these codes in that order; raises InvalidInput for unknown ones, twice."""
        known = {item.code: item for item in self.items}
        faults = [
            Fault(f"{at}/{n}", f"There is no norm for it; there are {', '.join(known)}.")
            for n, code in enumerate(codes)
            if code not in known
        ]
        faults += [
            Fault(f"{at}/{n}", "It is named twice.")
            for n, code in enumerate(codes)
            if code in codes[:n]
        ]
        if faults:
            raise InvalidInput("The items can't all be used.", faults)
        return tuple(known[code] for code in codes)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape, without the text."""
        return {
            "id": self.id,
            "title": vars(self.title),
            "digest": self.digest,
            "days": self.days.as_dict(),
            "margin_percent": self.margin_percent.as_dict(),
            "items": [item.as_dict() for item in self.items],
        }


@cache
def shipped_norms() -> Norms:
    """The starting values that come with the product."""
    path = files("relief").joinpath("norms", "starting-values.toml")
    return norms_from_toml(path.read_text(encoding="utf-8"))


def norms_from_toml(text: str) -> Norms:
    """The norms that a TOML document states; raises InvalidInput with every fault and its line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("The norms are not TOML.", [Fault("", str(error))]) from error
    reader = _Reader()
    found = reader.norms(table)
    if reader.faults:
        raise InvalidInput("The norms have faults.", [_with_line(f, text) for f in reader.faults])
    return replace(found, digest=sha256(text.encode()).hexdigest(), text=text)


def number(value: Fraction) -> int | float:
    """A fraction as a plain number."""
    return int(value) if value.denominator == 1 else float(value)


def _with_line(fault: Fault, text: str) -> Fault:
    line = line_of(text, fault.at)
    return fault if line is None else Fault(fault.at, f"{fault.detail} (line {line})")


class _Reader(Document):
    """Walks the document of norms; each method reads one kind of table."""

    def norms(self, table: Table) -> Norms:
        self.known(table, _KEYS, "")
        title = self.known(self.table(table.get("title"), "/title"), {"zh", "en"}, "/title")
        items = self.tables(table.get("items"), "/items", "Norms have items.")
        days = self._stated(table, "days", 365)
        if days.value.denominator != 1:
            self.fault("/days/value", "Days are whole.")
        return Norms(
            self._code(table, "id", ""),
            Words(self.text(title, "zh", "/title"), self.text(title, "en", "/title")),
            days,
            self._stated(table, "margin_percent", 1000, least=0),
            self._items(items),
        )

    def _stated(self, table: Table, key: str, most: int, least: int = 1) -> Stated:
        at = f"/{key}"
        stated = self.known(self.table(table.get(key), at, f"{key} is missing."), _STATED, at)
        value = stated.get("value")
        amount = Fraction(0)
        if not (value == 0 == least and not isinstance(value, bool)):
            amount = self.amount(value, f"{at}/value", most)
        source = self.text(stated, "source", at)
        return Stated(amount, source, self._standing(stated, at))

    def _items(self, tables: list[Table]) -> tuple[ItemNorm, ...]:
        items = tuple(self._item(table, f"/items/{n}") for n, table in enumerate(tables))
        codes = [item.code for item in items]
        for n, code in enumerate(codes):
            if code and code in codes[:n]:
                self.fault(f"/items/{n}/code", f"{code} has a norm already.")
        return items

    def _item(self, table: Table, at: str) -> ItemNorm:
        self.known(table, _ITEM_KEYS, at)
        return ItemNorm(
            self.text(table, "zh", at),
            self.text(table, "en", at),
            self._code(table, "code", at),
            self.text(table, "unit", at),
            self.amount(table.get("amount"), f"{at}/amount", 10_000),
            self.choice(Per, table, "per", at) or Per.PERSON,
            self.amount(table.get("kg"), f"{at}/kg", 100_000),
            self.text(table, "source", at),
            self._standing(table, at),
        )

    def _standing(self, table: Table, at: str) -> Standing:
        return self.choice(Standing, table, "standing", at) or Standing.ASSUMPTION

    def _code(self, table: Table, key: str, at: str) -> str:
        text = self.text(table, key, at)
        if text and not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", text):
            self.fault(f"{at}/{key}", "It has small letters, digits, - and _.")
        return text
