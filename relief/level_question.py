"""A question for the response level as it comes from outside: figures to hold against a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from relief.county import CountyFigures
from relief.divisions import LEVEL_BY_DIGITS, normal_code
from relief.drought import drought_from_sequence
from relief.errors import Fault, InvalidInput, UnknownArea
from relief.impact import count_fault, figures_from_mapping, implausible, pointer
from relief.response_level import Basis, Evaluation, evaluate
from relief.vocabulary import Hazard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relief.county import County
    from relief.edition import Plan
    from relief.impact import Figures

_Kind = TypeVar("_Kind", bound=StrEnum)
_KEYS = ("figures", "drought", "counties", "basis", "hazard")
_COUNTY_KEYS = ("area", "figures", "population", "agricultural_population")
_POPULATIONS = ("population", "agricultural_population")


@dataclass(frozen=True)
class LevelQuestion:
    """Checked figures of one disaster process: totals, and its counties one by one."""

    figures: Figures
    counties: tuple[County, ...]
    basis: Basis
    hazard: Hazard | None

    def answered_by(self, plan: Plan) -> Evaluation:
        """The level that the figures reach under the plan."""
        return evaluate(plan, self.figures, self.counties, self.basis, self.hazard)


def question_from_mapping(body: object) -> LevelQuestion:
    """The question in `{"figures", "drought"?, "counties"?, "basis"?, "hazard"?}`.

    `drought` lists counties with their drought alone, `counties` `{"area", "figures",
    "population"?, "agricultural_population"?}` with anything. A mapping of indicators alone is
    taken as the figures. Raises InvalidInput with every fault of the first part that has any.
    """
    if not isinstance(body, Mapping):
        fault = Fault("", 'An object is meant, such as {"figures": {"dead": 3, "missing": 1}}.')
        raise InvalidInput("The question is not an object.", [fault])
    if body and not any(key in body for key in _KEYS):
        body = {"figures": body}
    unknown = [
        Fault(pointer("", k), f"Known are {', '.join(_KEYS)}.") for k in body if k not in _KEYS
    ]
    if unknown:
        raise InvalidInput("The question has parts that are not known.", unknown)
    counties: tuple[County, ...] = (
        *drought_from_sequence(body.get("drought")),
        *_counties(body.get("counties")),
    )
    _once([county.admin_area for county in counties])
    return LevelQuestion(
        figures_from_mapping(body.get("figures", {})),
        counties,
        _member(Basis, body, "basis") or Basis.REPORTED,
        _member(Hazard, body, "hazard"),
    )


def _once(codes: Sequence[str]) -> None:
    """Refuses a county that comes twice, under drought or counties or both."""
    twice = [code for code, number in Counter(codes).items() if number > 1]
    if twice:
        faults = [Fault("/counties", f"{code} is listed twice; list it once.") for code in twice]
        raise InvalidInput("A county is listed twice.", faults)


def _member(kind: type[_Kind], body: Mapping[str, Any], key: str) -> _Kind | None:
    value = body.get(key)
    found = [member for member in kind if member == value]
    if value is None or found:
        return found[0] if found else None
    fault = Fault(f"/{key}", f"It is one of {', '.join(kind)}.")
    raise InvalidInput(f"{key} is not known.", [fault])


def _counties(items: object) -> tuple[CountyFigures, ...]:
    if items is None:
        return ()
    if not isinstance(items, list):
        raise InvalidInput("counties is no list.", [Fault("/counties", "A list is meant.")])
    return tuple(_county(item, f"/counties/{n}") for n, item in enumerate(items))


def _county(item: object, at: str) -> CountyFigures:
    if not isinstance(item, Mapping):
        raise InvalidInput(
            "A county is an object.", [Fault(at, "An object with area and figures.")]
        )
    figures = figures_from_mapping(item.get("figures", {}), f"{at}/figures")
    faults = [
        Fault(pointer(at, key), f"Known are {', '.join(_COUNTY_KEYS)}.")
        for key in item
        if key not in _COUNTY_KEYS
    ]
    faults += _area_faults(item.get("area"), f"{at}/area") + _population_faults(item, at)
    population = item.get("population")
    if not faults and population is not None:
        faults += implausible(figures, population, f"{at}/figures")
    if faults:
        raise InvalidInput("A county's figures have faults.", faults)
    return CountyFigures(item["area"], figures, population, item.get("agricultural_population"))


def _population_faults(item: Mapping[str, Any], at: str) -> list[Fault]:
    given = [(key, item[key]) for key in _POPULATIONS if item.get(key) is not None]
    faults = [f for key, value in given if (f := count_fault(value, f"{at}/{key}"))]
    detail = "A share of nobody has no meaning: leave it out where it is not known."
    return faults or [Fault(f"{at}/{key}", detail) for key, value in given if value == 0]


def _area_faults(code: object, at: str) -> list[Fault]:
    try:
        if isinstance(code, str) and LEVEL_BY_DIGITS[len(normal_code(code))] == "county":
            return []
    except UnknownArea:
        pass
    return [Fault(at, "Give a county's code of 6 digits.")]
