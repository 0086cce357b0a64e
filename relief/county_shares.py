"""Shares county by county, never pooled: what each reaches, lacks, and leaves unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from relief.measurement import Measurement
from relief.vocabulary import INDICATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relief.county import County
    from relief.edition import Condition
    from relief.impact import Figures


_Numerator: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], str | None]


class _Reading(NamedTuple):
    """A county under one numerator: `codes` are what is counted, nothing where none is stated."""

    county: County
    codes: tuple[str, ...]
    persons: int
    population: int | None


class CountyShares:
    """The counties of one disaster process, each numerator of a plan read once."""

    def __init__(self, counties: Iterable[County]) -> None:
        self._counties = [(county, county.figures) for county in counties]
        self._read: dict[_Numerator, list[_Reading]] = {}
        self._leaders: dict[_Numerator, _Reading | None] = {}

    def highest(self, series: Sequence[Condition]) -> Iterator[Measurement]:
        """Of each county the first condition that it meets; `series` has the highest one first."""
        bands = [(c, c.at_least.numerator, 100 * c.at_least.denominator) for c in series]
        for row in zip(*map(self._readings, series), strict=True):
            for (condition, percent, hundred), reading in zip(bands, row, strict=True):
                _, codes, persons, population = reading
                if population and codes and hundred * persons >= percent * population:
                    yield _share(condition, reading)
                    break

    def leader(self, condition: Condition) -> Measurement:
        """The share of the county that stands highest under this condition."""
        key = _numerator(condition)
        if key not in self._leaders:
            self._leaders[key] = _foremost(self._readings(condition))
        best = self._leaders[key]
        return _share(condition, best) if best else Measurement(condition, silent=condition.of)

    def every(self, condition: Condition, silent_too: bool = True) -> Iterator[Measurement]:
        """The condition's share of each county, with `silent_too` also those that are unknown."""
        if not self._counties and silent_too:
            yield Measurement(condition, silent=condition.of)
        for reading in self._readings(condition):
            if silent_too or (reading.codes and reading.population):
                yield _share(condition, reading)

    def unsaid(self, condition: Condition) -> Iterator[tuple[str, str | None]]:
        """(what, which county) nobody stated and could lift a county to this condition."""
        if not self._counties:
            yield from ((code, None) for code in condition.of)
        bounded = _parts_of(condition.of, condition.otherwise)
        for county, codes, _, population in self._readings(condition):
            at_most = bounded and codes == condition.otherwise and population
            if codes != condition.of and not at_most:
                for code in condition.of:
                    if code not in codes:
                        yield code, county.admin_area

    def unpeopled(self, condition: Condition) -> Iterator[tuple[str, str | None]]:
        """(which population, which county) is not on file."""
        for reading in self._readings(condition):
            if not reading.population:
                yield condition.over or "", reading.county.admin_area

    def _readings(self, condition: Condition) -> list[_Reading]:
        """Every county's reading; conditions with the same numerator share them."""
        key = _numerator(condition)
        if key not in self._read:
            self._read[key] = [_reading(condition, *county) for county in self._counties]
        return self._read[key]


def _numerator(condition: Condition) -> _Numerator:
    return condition.of, condition.otherwise, condition.over


def _foremost(readings: Iterable[_Reading]) -> _Reading | None:
    """The reading with the greatest share, by whole numbers; None where none is known."""
    persons, population, best = -1, 1, None
    for reading in readings:
        _, codes, some, of_all = reading
        if codes and of_all and some * population > persons * of_all:
            persons, population, best = some, of_all, reading
    return best


def _reading(condition: Condition, county: County, stated: Figures) -> _Reading:
    codes = _counted(condition, stated)
    persons = int(stated[codes[0]]) if len(codes) == 1 else _sum(codes, stated)
    return _Reading(county, codes, persons, getattr(county, condition.over or "") or None)


def _sum(codes: tuple[str, ...], stated: Figures) -> int:
    return sum(int(stated[code]) for code in codes) if codes else 0


def _counted(condition: Condition, stated: Figures) -> tuple[str, ...]:
    """The numerator that is there: the first where it is whole, the other one, else a part."""
    for codes in (condition.of, condition.otherwise):
        for code in codes:
            if code not in stated:
                break
        else:
            if codes:
                return codes
    return tuple(c for c in condition.of if c in stated) if len(condition.of) > 1 else ()


def _share(condition: Condition, reading: _Reading) -> Measurement:
    """One county's share; unknown where it states no numerator or has no population on file."""
    county, codes, persons, population = reading
    silent = () if codes == condition.of else tuple(c for c in condition.of if c not in codes)
    area = county.admin_area
    if population is None:
        silent += (condition.over or "",)
    if population is None or not codes:
        return Measurement(condition, silent=silent, admin_area=area)
    substituted = codes == condition.otherwise
    return Measurement(condition, None, codes, silent, area, persons, population, substituted)


def _parts_of(codes: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether each of `codes` is a part of one of `others`, so that it can't count more."""
    return all(INDICATORS[code].part_of in others for code in codes)
