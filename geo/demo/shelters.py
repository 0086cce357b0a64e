"""Shelters: mostly on open ground, with places in proportion to the people around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import Point

from geo.demo.damage import Shaking
from geo.demo.ground import Ground, Township
from geo.demo.open_ground import Plot
from geo.demo.plane import Flags, FloatArray, apportioned, one_scattered
from geo.demo.table import Table, geometries, invented

_PLACES_PER_PERSON = 0.15  # GB 55028-2022 4.2: fixed shelters for at least 15 % of the population


@dataclass(frozen=True)
class Class:
    """One level's class by GB 51143 (from memory, to be checked), and its part of all places."""

    level: str
    word: str
    m2_per_person: float
    service_radius_m: float
    part: float
    facilities: tuple[str, ...]


_BASIC = ("water", "power", "signs")
_FULL = (*_BASIC, "sewage", "stock", "medical", "fire_safety", "security")
_CLASSES = {
    "prefecture": Class("prefecture", "长期避难场所", 4.5, 2500, 0.05, _FULL),
    "county": Class("county", "中期避难场所", 3.0, 1500, 0.20, _FULL),
    "township": Class("township", "短期避难场所", 2.0, 1000, 0.35, (*_BASIC, "sewage", "medical")),
    "village": Class("village", "紧急避难场所", 0.5, 500, 0.40, _BASIC),
}
_VILLAGE_SHELTERS = 4
_PREFERRED = {
    "prefecture": ("park", "field"),
    "county": ("park", "field", "square"),
    "township": ("square", "park", "school_yard"),
    "village": ("school_yard", "field"),
}


@dataclass(frozen=True)
class _Site:
    level: str
    township: Township
    place: Point
    indoor: bool
    weight: float


def shelter_table(ground: Ground, plots: list[Plot], share: float, shaking: Shaking) -> Table:
    """The rows of all shelters some hours after the earthquake.

    Places are in proportion to the people that the store holds: `share` thins both alike. Where
    it shook hard many places are taken and some buildings closed.
    """
    rng = ground.rng("shelters")
    sites = _sites(rng, ground, plots)
    capacity = _capacities(ground, sites, share)
    xy = np.array([(s.place.x, s.place.y) for s in sites])
    indoor = np.array([s.indoor for s in sites])
    state, taken = _first_night(rng, shaking.intensities(xy) >= 7, indoor)
    of = [_CLASSES[s.level] for s in sites]
    return Table(
        "shelters",
        {
            "id": [f"SH{i:04d}" for i in range(1, len(sites) + 1)],
            "name": [_name(i, s) for i, s in enumerate(sites, 1)],
            "area": [s.township.code for s in sites],
            "level": [s.level for s in sites],
            "kind": np.where(indoor, "indoor", "outdoor").tolist(),
            "capacity": capacity,
            "occupancy": [int(c * t) for c, t in zip(capacity, taken, strict=True)],
            "ground_area_m2": [c * k.m2_per_person for c, k in zip(capacity, of, strict=True)],
            "service_radius_m": [k.service_radius_m for k in of],
            "facilities": [list(k.facilities) for k in of],
            "state": state,
            "geom": geometries(ground.plane.points(xy)),
            **invented(ground.source, len(sites), error_m=5.0),
        },
    )


def _first_night(
    rng: np.random.Generator, hard: Flags, indoor: Flags
) -> tuple[list[str], FloatArray]:
    """State and taken share of each shelter: fuller, full or closed where it shook hard."""
    count = len(hard)
    closed = hard & indoor & (rng.random(count) < 0.4)
    taken = np.where(hard, rng.uniform(0.55, 0.9, count), rng.uniform(0, 0.15, count))
    taken[hard & (rng.random(count) < 0.08)] = 1.0
    taken[closed] = 0.0
    return np.where(closed, "closed", np.where(taken == 1.0, "full", "open")).tolist(), taken


def _name(number: int, site: _Site) -> str:
    return f"样例·{site.township.name}{_CLASSES[site.level].word}{number}"


def _sites(rng: np.random.Generator, ground: Ground, plots: list[Plot]) -> list[_Site]:
    """One for the prefecture, two a county, one a township and some in its villages."""
    free = {t: [p for p in plots if p.township.code == t] for t in ground.townships}
    seat_of = ground.settings["seats"]
    first_seat = seat_of[min(seat_of)]
    wanted = [("prefecture", first_seat, 1.0)]
    wanted += [("county", t, ground.population(c)) for c, t in seat_of.items() for _ in range(2)]
    wanted += [("township", t, ground.population(t)) for t in ground.townships]
    wanted += [
        ("village", t, ground.population(t))
        for t in ground.townships
        for _ in range(_VILLAGE_SHELTERS)
    ]
    return [_site(rng, ground, free, *wish) for wish in wanted]


def _site(
    rng: np.random.Generator,
    ground: Ground,
    free: dict[str, list[Plot]],
    level: str,
    code: str,
    weight: float,
) -> _Site:
    """On the best free plot of the township, else in a building beside a village."""
    township = ground.townships[code]
    fitting = [p for kind in _PREFERRED[level] for p in free[code] if p.kind == kind]
    if fitting:
        plot = fitting[0] if level != "village" else fitting[rng.integers(min(6, len(fitting)))]
        free[code].remove(plot)
        indoor = plot.kind == "school_yard" and rng.random() < 0.45
        return _Site(level, township, plot.outline_m.centroid, indoor, weight)
    villages = [v for v in ground.villages if v.code.startswith(code)]
    near = villages[rng.integers(len(villages))].xy_m
    spot = one_scattered(rng, near, 150.0, township.inner_m)
    return _Site(level, township, Point(spot), True, weight)


def _capacities(ground: Ground, sites: list[_Site], share: float) -> list[int]:
    total = _PLACES_PER_PERSON * share * ground.population("")
    capacity = np.zeros(len(sites), dtype=np.int64)
    for level, shelter_class in _CLASSES.items():
        which = [i for i, s in enumerate(sites) if s.level == level]
        places = round(total * shelter_class.part)
        capacity[which] = apportioned(places, [sites[i].weight for i in which])
    return [int(c) for c in capacity]
