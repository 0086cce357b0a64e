"""The demo prefecture on the ground: counties, townships and villages, with their people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.demo import sources
from geo.demo.outlines import sites, township_outlines
from geo.demo.plane import FloatArray, Workplane, apportioned, draws, one_scattered
from geo.demo.winding import Winding
from geo.divisions import as_multipolygon, published_outlines

_TOWN_DEG = 0.012
"""How far a city's streets lie from its centre, in degrees: about a kilometre."""
_URBAN_MEAN, _RURAL_LEAST = 6000, 300
"""Most people of a neighbourhood and fewest of a village, on average over a county."""


@dataclass(frozen=True)
class Township:
    """One township; `site_m` is where its outline grew from, `seat` what is shown as its seat.

    `inner_m` is the ground that things may stand on: not so near the border that rounding counts,
    nor that a border's long edge, straight in degrees, is bent in the plane.
    """

    code: str
    name: str
    kind: str
    site_m: FloatArray
    seat: Point
    seat_known: bool
    outline: MultiPolygon
    outline_m: MultiPolygon
    inner_m: BaseGeometry


@dataclass(frozen=True)
class Village:
    """One village or neighbourhood with its share of the county's people and households."""

    code: str
    name: str
    kind: str
    xy_m: FloatArray
    population: int
    households: int


@dataclass(frozen=True)
class Ground:
    """All divisions of the prefecture that the other layers are laid on, townships by code."""

    prefecture: str
    seed: int
    plane: Workplane
    settings: dict[str, Any]
    census: dict[str, sources.Census]
    counties: dict[str, MultiPolygon]
    townships: dict[str, Township]
    villages: tuple[Village, ...]

    @property
    def source(self) -> str:
        """What every invented row says of itself."""
        return f"synthetic, seed {self.seed}"

    def rng(self, subject: str) -> np.random.Generator:
        """The draws of one subject."""
        return draws(self.seed, subject)

    def population(self, prefix: str) -> int:
        """People of all villages whose code starts with `prefix`."""
        return sum(v.population for v in self.villages if v.code.startswith(prefix))


def ground_of(prefecture: str, seed: int) -> Ground:
    """Lays out a demo prefecture; the same seed gives the same ground to the last digit."""
    settings = sources.settings(prefecture)
    code = settings["code"]
    census = sources.census(code)
    published = {c: published_outlines("county")[c].polygon for c in sorted(census)}
    plane = Workplane(shapely.union_all(list(published.values())).centroid.x)
    streets = _streets(settings, seed)
    townships = _townships(draws(seed, "townships"), plane, settings, published, streets)
    villages = _villages(draws(seed, "villages"), townships, census)
    counties = {
        c: as_multipolygon(
            shapely.coverage_union_all([t.outline for t in townships.values() if t.code[:6] == c])
        )
        for c in published
    }
    return Ground(code, seed, plane, settings, census, counties, townships, villages)


def _streets(settings: dict[str, Any], seed: int) -> dict[str, Point]:
    """Where the streets of a city lie whose centre alone is known, by code: close together."""
    rng = draws(seed, "streets")
    return {
        place.code: Point(np.array(centre) + rng.normal(0, _TOWN_DEG, 2))
        for county, centre in settings.get("centres", {}).items()
        for place in sources.townships(county)
        if place.kind == "street"
    }


def _townships(
    rng: np.random.Generator,
    plane: Workplane,
    settings: dict[str, Any],
    counties: dict[str, MultiPolygon],
    streets: dict[str, Point],
) -> dict[str, Township]:
    known = {code: Point(lonlat) for code, lonlat in sources.seats(settings["code"]).items()}
    near = {code: plane.metres(place) for code, place in (streets | known).items()}
    places = {c: sources.townships(c) for c in counties}
    sites_m = {
        c: sites(rng, plane.metres(outline), [near.get(p.code) for p in places[c]])
        for c, outline in counties.items()
    }
    outlines = township_outlines(plane, Winding(rng), counties, sites_m)
    return {
        place.code: _township(
            plane, place, site_m, known.get(place.code), outline, settings["margin_m"]
        )
        for c in counties
        for place, site_m, outline in zip(places[c], sites_m[c], outlines[c], strict=True)
    }


def _township(
    plane: Workplane,
    place: sources.Place,
    site_m: FloatArray,
    seat: Point | None,
    outline: MultiPolygon,
    margin_m: float,
) -> Township:
    outline_m = plane.metres(outline)
    return Township(
        code=place.code,
        name=place.name,
        kind=place.kind,
        site_m=site_m,
        seat=seat or plane.degrees(Point(site_m)),
        seat_known=seat is not None,
        outline=outline,
        outline_m=outline_m,
        inner_m=outline_m.buffer(-margin_m),
    )


def _villages(
    rng: np.random.Generator, townships: dict[str, Township], census: dict[str, sources.Census]
) -> tuple[Village, ...]:
    laid: list[Village] = []
    for county in census.values():
        places = sources.villages(county.code)
        people = apportioned(county.population, _weights(rng, county, places))
        households = apportioned(county.households, people.astype(np.float64))
        spots = _spots(rng, [townships[p.code[:9]] for p in places], places)
        laid += [
            Village(p.code, p.name, p.kind, spot, int(n), int(h))
            for p, spot, n, h in zip(places, spots, people, households, strict=True)
        ]
    return tuple(laid)


def _weights(
    rng: np.random.Generator, county: sources.Census, places: list[sources.Place]
) -> FloatArray:
    """The county's urban people go to its neighbourhoods, the rest to its villages, unevenly."""
    urban = np.array([p.kind == "urban" for p in places])
    most = min(_URBAN_MEAN * urban.sum(), county.population - _RURAL_LEAST * (~urban).sum())
    stated = county.urban_share * county.population
    in_towns = county.population if urban.all() else min(stated, most)
    weight = rng.lognormal(0, np.where(urban, 0.35, 0.6))
    for kind, people in ((urban, in_towns), (~urban, county.population - in_towns)):
        weight[kind] *= people / max(weight[kind].sum(), 1e-9)
    return weight


def _spots(
    rng: np.random.Generator, townships: list[Township], places: list[sources.Place]
) -> list[FloatArray]:
    """Where each village lies (n, 2): neighbourhoods close around the seat, villages wider."""
    spots = []
    for township, place in zip(townships, places, strict=True):
        reach_m = (township.outline_m.area / np.pi) ** 0.5
        sigma_m = reach_m * (0.3 if place.kind == "urban" else 0.55)
        spots.append(one_scattered(rng, township.site_m, sigma_m, township.inner_m))
    return spots
