"""The numbers of siting as data: distances, classes and limits, each with its source.

An administrator who holds another text replaces the file; nothing here is a bare constant.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from relief.errors import Fault, InvalidInput

STANDINGS = ("read", "partly", "memory", "assumption")
BUILDING_CLASSES = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
"""Building classes of GB 50223 by the letters that the API takes."""


@dataclass(frozen=True)
class Source:
    """Where a rule is written: `text` cites it, `standing` says how well that was checked."""

    text: str
    standing: str = "read"


@dataclass(frozen=True)
class FaultEdition:
    """One copy of the table of least distances to a fault.

    `distance_m` by (intensity, class); a pair that is not in it needs a special study. Below the
    intensity `exempt_below`, and for class D, nothing is asked.
    """

    id: str
    source: Source
    exempt_below: int
    exemptions: str
    distance_m: dict[tuple[int, str], float]

    def required_m(self, intensity: int, building_class: str) -> float | None:
        """Metres to keep; None where the table gives no number but calls for a special study."""
        if intensity < self.exempt_below or building_class == "D":
            return 0.0
        return self.distance_m.get((intensity, building_class))


@dataclass(frozen=True)
class ShelterClass:
    """A class of shelter; None where it has no such number."""

    code: str
    zh: str
    en: str
    ground_per_person_m2: float
    service_radius_m: float | None
    least_ground_m2: float | None
    source: Source


@dataclass(frozen=True)
class Stated:
    """A number with its source."""

    value: float
    source: Source


@dataclass(frozen=True)
class Standards:
    """All of the file; `avoid` are its tables as they stand, which siting_rules reads."""

    id: str
    avoid: tuple[dict[str, Any], ...]
    fault_editions: dict[str, FaultEdition]
    trace_errors: dict[str, Stated]
    shelter_classes: dict[str, ShelterClass]
    most_slope_percent: Stated


@cache
def siting_standards() -> Standards:
    """The standards that come with the program."""
    return standards_in((files("relief") / "standards" / "siting.toml").read_text("utf-8"))


def standards_in(text: str) -> Standards:
    """The standards that a TOML text holds; raises InvalidInput where it leaves something out."""
    try:
        table = tomllib.loads(text)
        return Standards(
            table["id"],
            tuple(table["avoid"]),
            {one["id"]: _edition(one) for one in table["fault_editions"]},
            {
                one["trace"]: Stated(_metres(one["error_m"]), source_in(one))
                for one in table["trace_errors"]
            },
            {one["code"]: _shelter_class(one) for one in table["shelter_classes"]},
            _stated(table["slope"], "most_percent"),
        )
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"The standards can't be read as TOML: {error}.") from None
    except KeyError as error:
        detail = f"The standards leave out {error.args[0]!r}."
        raise InvalidInput(detail, [Fault(str(error.args[0]), detail)]) from None


def source_in(table: dict[str, Any], name: str = "source") -> Source:
    """The source that a table of the file states, its standing being one of STANDINGS."""
    if table["standing"] not in STANDINGS:
        raise InvalidInput(f"standing = {table['standing']!r} is none of {', '.join(STANDINGS)}.")
    return Source(table[name], table["standing"])


def _metres(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise InvalidInput(f"{value!r} is no number of 0 or more.")
    return float(value)


def _stated(table: dict[str, Any], name: str) -> Stated:
    return Stated(_metres(table[name]), source_in(table))


def _edition(table: dict[str, Any]) -> FaultEdition:
    distances = {
        (one["intensity"], one["class"]): _metres(one["distance_m"]) for one in table["distances"]
    }
    return FaultEdition(
        table["id"], source_in(table), table["exempt_below"], table["exemptions"], distances
    )


def _shelter_class(table: dict[str, Any]) -> ShelterClass:
    radius, least = table.get("service_radius_m"), table.get("least_ground_m2")
    return ShelterClass(
        table["code"],
        table["zh"],
        table["en"],
        _metres(table["ground_per_person_m2"]),
        None if radius is None else _metres(radius),
        None if least is None else _metres(least),
        source_in(table),
    )
