"""Drought, county by county: who needs aid among the people who farm there, never pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relief.divisions import LEVEL_BY_DIGITS, normal_code
from relief.errors import Fault, InvalidInput, UnknownArea
from relief.impact import Figures, Number, count_fault

_COUNTS = ("needing_aid", "needing_government_aid", "agricultural_population")


@dataclass(frozen=True)
class CountyDrought:
    """One county's people in need (people; None = not reported) and its agricultural population.

    The population is None where none is on file: then the county's share is unknown.
    """

    admin_area: str
    needing_aid: int | None
    needing_government_aid: int | None
    agricultural_population: int | None
    population: int | None = None

    @property
    def figures(self) -> Figures:
        """The reported numbers under their indicator codes."""
        stated = {
            "drought_needing_aid": self.needing_aid,
            "drought_needing_government_aid": self.needing_government_aid,
        }
        return {code: value for code, value in stated.items() if value is not None}


def county_drought(
    admin_area: str, figures: Mapping[str, Number], agricultural_population: int | None
) -> CountyDrought | None:
    """The drought of one county from its reported figures; None when it reported none of it."""
    aid = figures.get("drought_needing_aid")
    government = figures.get("drought_needing_government_aid")
    if aid is None and government is None:
        return None
    return CountyDrought(
        admin_area,
        None if aid is None else int(aid),
        None if government is None else int(government),
        agricultural_population or None,
    )


def drought_from_sequence(items: object, path: str = "/drought") -> tuple[CountyDrought, ...]:
    """The validated counties of `[{"area", "needing_aid", "needing_government_aid"?,
    "agricultural_population"}]`; None and [] give ().

    Raises InvalidInput with every fault at its JSON pointer; a population of 0 is one.
    """
    if items is None:
        return ()
    if isinstance(items, str | bytes) or not isinstance(items, Sequence):
        raise InvalidInput("drought is not a list.", [Fault(path, "A list of counties is meant.")])
    faults = [fault for n, item in enumerate(items) for fault in _faults_of(item, f"{path}/{n}")]
    if not faults:
        faults = _repeated(items, path)
    if faults:
        raise InvalidInput("The drought figures have faults.", faults)
    return tuple(_county(item) for item in items)


def _county(item: Mapping[str, int]) -> CountyDrought:
    aid, government, population = (
        int(item[key]) if item.get(key) is not None else None for key in _COUNTS
    )
    return CountyDrought(str(item["area"]), aid, government, population)


def _faults_of(item: object, at: str) -> list[Fault]:
    if not isinstance(item, Mapping):
        return [Fault(at, "A county's drought is an object with area, needing_aid and so on.")]
    faults = _area_faults(item.get("area"), f"{at}/area")
    faults += [
        Fault(f"{at}/{key}", f"{key} is missing.")
        for key in ("needing_aid", "agricultural_population")
        if item.get(key) is None
    ]
    given = [(key, item[key]) for key in _COUNTS if item.get(key) is not None]
    faults += [f for key, value in given if (f := count_fault(value, f"{at}/{key}"))]
    return faults or _impossible(item, at)


def _area_faults(code: object, at: str) -> list[Fault]:
    try:
        if isinstance(code, str) and LEVEL_BY_DIGITS[len(normal_code(code))] == "county":
            return []
    except UnknownArea:
        pass
    return [Fault(at, "Drought is judged county by county: give a county's code of 6 digits.")]


def _impossible(item: Mapping[str, int], at: str) -> list[Fault]:
    population, aid = item["agricultural_population"], item["needing_aid"]
    if population == 0:
        detail = "A share of nobody has no meaning: give the county's agricultural population."
        return [Fault(f"{at}/agricultural_population", detail)]
    if aid > population:
        detail = f"It is more than the agricultural population of {population:,}."
        return [Fault(f"{at}/needing_aid", detail)]
    if (item.get("needing_government_aid") or 0) > aid:
        detail = f"They are among those who need aid, so at most {aid:,}."
        return [Fault(f"{at}/needing_government_aid", detail)]
    return []


def _repeated(items: Sequence[Mapping[str, str]], path: str) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for n, item in enumerate(items):
        if item["area"] in seen:
            faults.append(Fault(f"{path}/{n}/area", f"{item['area']} is listed twice."))
        seen.add(item["area"])
    return faults
