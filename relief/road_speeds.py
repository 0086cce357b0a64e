"""How fast one gets along on a road that states no speed of its own, by class."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Travel(StrEnum):
    """How people get there: by vehicle, which keeps to one-way roads, or on foot."""

    VEHICLE = "vehicle"
    WALKING = "walking"


@dataclass(frozen=True)
class RoadSpeeds:
    """km/h by class of road, 0 where one may not go, with where that is written."""

    vehicle_kmh: Mapping[str, float]
    walking_kmh: Mapping[str, float]
    source: str
    standing: str


@cache
def shipped_road_speeds() -> RoadSpeeds:
    """The speeds that the program comes with."""
    path = files("relief").joinpath("norms", "road-speeds.toml")
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return RoadSpeeds(told["vehicle_kmh"], told["walking_kmh"], told["source"], told["standing"])
