"""Typed reading of a document's tables: what is not as it should be is noted with its pointer."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from relief.errors import Fault
from relief.impact import pointer

_Choice = TypeVar("_Choice", bound=StrEnum)
Table = dict[str, Any]


class Document:
    """Gathers the faults met on the way; a value read wrongly comes back empty or None."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, at: str, detail: str) -> None:
        """Notes that something is wrong at the pointer `at`."""
        self.faults.append(Fault(at, detail))

    def known(self, table: Table, keys: Set[str], at: str) -> Table:
        """The table itself; a fault for every key that it has besides `keys`."""
        for key in sorted(table.keys() - keys):
            close = get_close_matches(key, keys, n=1)
            hint = f"do you mean {close[0]}?" if close else f"there are {', '.join(sorted(keys))}."
            self.fault(pointer(at, key), f"There is no such key; {hint}")
        return table

    def table(self, value: object, at: str, missing: str = "A table is meant.") -> Table:
        """The value as a table; {} and a fault when it is none."""
        if isinstance(value, dict):
            return value
        self.fault(at, missing)
        return {}

    def tables(self, value: object, at: str, missing: str | None = None) -> list[Table]:
        """The value as a list of tables; with `missing` an empty list is a fault too."""
        if value is None and missing is None:
            return []
        if not isinstance(value, list) or (missing and not value):
            self.fault(at, missing or "A list of tables is meant.")
            return []
        return [self.table(entry, f"{at}/{n}") for n, entry in enumerate(value)]

    def text(self, table: Table, key: str, at: str) -> str:
        """The text under `key`; blank is missing."""
        value = table.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(f"{at}/{key}", f"{key} is missing.")
        return ""

    def flag(self, table: Table, key: str, at: str, default: bool = False) -> bool:
        """The true or false under `key`; `default` where it is absent."""
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(f"{at}/{key}", f"{key} is true or false, without quotation marks.")
        return default

    def choice(self, kind: type[_Choice], table: Table, key: str, at: str) -> _Choice | None:
        """The member of `kind` under `key`."""
        found = [member for member in kind if member == table.get(key)]
        if found:
            return found[0]
        self.fault(f"{at}/{key}", f"{key} is one of {', '.join(kind)}.")
        return None

    def choices(self, kind: type[_Choice], table: Table, key: str, at: str) -> tuple[_Choice, ...]:
        """The members of `kind` listed under `key`, at least one."""
        given = table.get(key)
        members = {member.value: member for member in kind}
        known = isinstance(given, list) and all(
            isinstance(code, str) and code in members for code in given
        )
        if known and given:
            return tuple(members[code] for code in given)
        self.fault(f"{at}/{key}", f"A list from {', '.join(kind)} is meant.")
        return ()

    def day(self, value: object, at: str) -> date:
        """The value as a date without a time."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.fault(at, "A date is meant, such as 2026-05-08.")
        return date.min

    def amount(self, value: object, at: str, largest: int = 10**9) -> Fraction:
        """The value as an exact number above 0: 12.5 is taken by its decimal digits."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value <= largest:  # type: ignore[operator]
            self.fault(at, f"A number above 0 and up to {largest:,} is meant.")
            return Fraction(0)
        return Fraction(str(value))
