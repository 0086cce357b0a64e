"""The figures of a report, checked: what may be stated, and what cannot be true."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeAlias

from relief.errors import Fault, InvalidInput
from relief.vocabulary import INDICATORS, PARTITIONS, Indicator, Unit

Number: TypeAlias = int | float
Figures: TypeAlias = Mapping[str, Number]
"""Indicator code -> value. An indicator that is absent was not reported; 0 was reported as 0."""

_WHOLE = frozenset(code for code, indicator in INDICATORS.items() if indicator.unit.whole)

LARGEST = 10**9
"""No figure of one disaster in one country comes near it (people, rooms, ha or 10,000 CNY)."""


@dataclass(frozen=True)
class Imbalance:
    """Parts that are all stated and do not add up to their whole; a warning, not a refusal."""

    whole: str
    parts: tuple[str, ...]
    stated: Number
    summed: Number

    @property
    def difference(self) -> Number:
        """The whole less the sum of its parts."""
        return round(self.stated - self.summed, 4)


def figures_from_mapping(mapping: object, path: str = "/figures") -> Figures:
    """The validated figures, in the order of the vocabulary: people, rooms, households as int.

    Raises InvalidInput with every fault, each at its JSON pointer below `path`.
    """
    if not isinstance(mapping, Mapping):
        fault = Fault(path, 'Figures are an object such as {"dead": 3, "missing": 1}.')
        raise InvalidInput("The figures are not an object.", [fault])
    faults = [f for code, value in mapping.items() for f in _faults_of(code, value, path)]
    if not faults:
        faults = _parts_above_wholes(mapping, path)
    if faults:
        raise InvalidInput("The figures have faults; nothing was stored.", faults)
    return {code: figure(code, mapping[code]) for code in INDICATORS if code in mapping}


def figure(code: str, value: Number | Decimal) -> Number:
    """The value as the indicator counts it: int for whole things, else float."""
    return int(value) if code in _WHOLE else float(value)


def implausible(figures: Figures, population: int, path: str = "/figures") -> tuple[Fault, ...]:
    """The faults of figures that count more people than live there (`population`, in people)."""
    people = {c: v for c, v in figures.items() if INDICATORS[c].unit is Unit.PERSON}
    faults = [
        Fault(f"{path}/{code}", f"{value:,} is more than the {population:,} people who live there.")
        for code, value in people.items()
        if value > population
    ]
    lost = people.get("dead", 0) + people.get("missing", 0)
    if lost > population and not faults:
        detail = (
            f"Dead and missing are {lost:,}, more than the {population:,} people who live there."
        )
        faults.append(Fault(path, detail))
    return tuple(faults)


def imbalances(figures: Figures) -> tuple[Imbalance, ...]:
    """The wholes whose parts are all stated and add up to something else."""
    found = []
    for whole, parts in PARTITIONS.items():
        if whole in figures and all(part in figures for part in parts):
            summed = total(figures[part] for part in parts)
            if summed != total([figures[whole]]):
                found.append(Imbalance(whole, parts, figures[whole], summed))
    return tuple(found)


def total(values: Iterable[Number]) -> Number:
    """The sum of numbers, the same in any order; fractions to four places."""
    numbers = list(values)
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    return round(math.fsum(numbers), 4)


def pointer(path: str, key: object) -> str:
    """The JSON pointer (RFC 6901) of `key` below `path`, always printable and short."""
    text = str(key)[:60].encode("utf-8", "backslashreplace").decode()
    return f"{path}/{text.replace('~', '~0').replace('/', '~1')}"


def count_fault(value: object, at: str) -> Fault | None:
    """What is wrong with `value` as a number of people, rooms or households; None if nothing."""
    return _number_fault(value, at, Unit.PERSON)


def _faults_of(code: object, value: object, path: str) -> list[Fault]:
    at = pointer(path, code)
    if not isinstance(code, str) or code not in INDICATORS:
        return [Fault(at, f"There is no such indicator.{_nearest(str(code))}")]
    fault = _number_fault(value, at, INDICATORS[code].unit)
    return [fault] if fault else []


def _nearest(code: str) -> str:
    """A hint at the indicator that was probably meant, by code or by Chinese name."""
    names = {i.zh: i.code for i in INDICATORS.values()} | {c: c for c in INDICATORS}
    close = get_close_matches(code[:60].strip().lower(), names, n=1, cutoff=0.5)
    return f" Did you mean {names[close[0]]}?" if close else " The vocabulary lists them all."


def _number_fault(value: object, at: str, unit: Unit) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return Fault(at, "A figure is a number; leave it out when nothing was reported.")
    if not _finite(value):
        return Fault(at, "NaN and Infinity are no figures.")
    if value < 0:
        return Fault(at, "A figure is not negative.")
    if value > LARGEST:
        return Fault(at, f"More than {LARGEST:,} is absurd; check the unit ({unit.en}).")
    if unit.whole and value != int(value):
        return Fault(at, f"There is no fraction of one: state whole {unit.en}.")
    return None


def _finite(value: float | Decimal) -> bool:
    """Whether it is a number at all; neither huge integers nor a signalling NaN raise here."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) or math.isfinite(value)


def _parts_above_wholes(figures: Figures, path: str) -> list[Fault]:
    return [
        _too_large(INDICATORS[code], figures, path)
        for code in INDICATORS
        if (whole := INDICATORS[code].part_of)
        and code in figures
        and figures[code] > figures.get(whole, math.inf)
    ]


def _too_large(part: Indicator, figures: Figures, path: str) -> Fault:
    whole = part.part_of or ""
    detail = f"It is part of {whole}, so it is at most {figures[whole]:,}."
    return Fault(pointer(path, part.code), detail)
