"""How hard each place was shaken, and what that did to each household's house."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.demo.ground import Ground
from geo.demo.people import Households
from geo.demo.plane import FloatArray, IntArray
from geo.demo.table import Table, repeated
from geo.intensity import intensity_zones
from relief.intensity import zone_of_province

GRADES = ("collapsed", "severe", "slight")
_SHARES = {
    6: (0.0004, 0.004, 0.04),
    7: (0.012, 0.060, 0.20),
    8: (0.080, 0.200, 0.35),
    9: (0.200, 0.300, 0.30),
    10: (0.500, 0.300, 0.15),
}
"""Households by intensity whose house collapses, is severely or slightly damaged: an assumption of
the demo in the order of magnitude of GB/T 17742-2020's words (few, some, many), not a vulnerability
study. Neighbourhoods take 0.6 of it, villages 1.4."""
_BY_KIND = {"urban": 0.6, "rural": 1.4}


@dataclass(frozen=True)
class Shaking:
    """The zones of the demo's earthquake in metres, weakest first."""

    zones_m: list[tuple[int, BaseGeometry]]

    def intensities(self, xy: FloatArray) -> IntArray:
        """The intensity at each point (n, 2); 0 below the weakest zone."""
        found = np.zeros(len(xy), dtype=np.int64)
        for grade, zone in self.zones_m:
            found[shapely.contains_xy(zone, xy[:, 0], xy[:, 1])] = grade
        return found


@dataclass
class Toll:
    """What the damage in one township adds up to, as far as the store's households tell."""

    households: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rooms: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def shaking_of(ground: Ground) -> Shaking:
    """The estimated zones of the demo's earthquake."""
    quake = ground.settings["event"]
    lon, lat = quake["epicentre"]
    zone = zone_of_province(ground.prefecture)
    zones = intensity_zones(zone, quake["magnitude"], (lon, lat), quake["strike_deg"])
    return Shaking([(grade, ground.plane.metres(shape)) for grade, shape in zones])


def damage(
    ground: Ground, shaking: Shaking, households: Households, tolls: dict[str, Toll]
) -> Table:
    """The damaged houses of one county's households; what they add up to goes into `tolls`."""
    rng = ground.rng(f"damage {households.county}")
    urban = {v.code for v in ground.villages if v.kind == "urban"}
    kind = np.array([_BY_KIND["urban" if v in urban else "rural"] for v in households.village])
    grade = _grades(rng, shaking.intensities(households.xy_m), kind)
    mean = ground.census[households.county].rooms_per_household
    rooms = 1 + rng.poisson(mean - 1, len(households))
    hit = np.flatnonzero(grade < len(GRADES))
    for i in hit.tolist():
        toll, word = tolls.setdefault(households.village[i][:9], Toll()), GRADES[grade[i]]
        toll.households[word] += 1
        toll.rooms[word] += int(rooms[i])
        toll.people[word] += int(households.persons[i])
    event = ground.settings["event"]
    recorded: datetime = event["occurred_at"]
    return Table(
        "house_damage",
        {
            "event": repeated(event["id"], len(hit)),
            "household": [households.ids[i] for i in hit.tolist()],
            "grade": [GRADES[g] for g in grade[hit].tolist()],
            "rooms": rooms[hit].tolist(),
            "synthetic": repeated(True, len(hit)),
            "source": repeated(ground.source, len(hit)),
            "recorded_at": repeated(recorded, len(hit)),
        },
    )


def _grades(rng: np.random.Generator, intensity: IntArray, kind: FloatArray) -> IntArray:
    """Each house's place in GRADES, len(GRADES) where it stands undamaged."""
    drawn = rng.random(len(intensity))
    grade = np.full(len(intensity), len(GRADES))
    for level, shares in _SHARES.items():
        here = np.minimum(intensity, max(_SHARES)) == level
        limits = np.cumsum(np.outer(kind[here], shares), axis=1)
        grade[here] = (drawn[here, None] >= limits).sum(axis=1)
    return grade
