"""The divisions as the store holds them: every province and prefecture, the counties around."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely import Point

from geo.demo import sources
from geo.demo.ground import Ground
from geo.demo.people import CENSUS_YEAR
from geo.demo.table import Columns, Table, geometries
from geo.divisions import as_multipolygon, published_outlines
from relief.divisions import LEVEL_BY_DIGITS, parent_code

_COLUMNS = {
    "name": None,
    "kind": None,
    "population": None,
    "households": None,
    "agricultural_population": None,
    "population_year": None,
    "seat": None,
    "geom": None,
    "seat_synthetic": False,
    "synthetic": False,
}
_Row = dict[str, Any]


def area_table(ground: Ground) -> Table:
    """The rows of all divisions, parents first."""
    rows = [*_provinces(), *_prefectures(ground), *_counties(ground)]
    rows += [*_townships(ground), *_villages(ground)]
    columns: Columns = {
        "code": [row["code"] for row in rows],
        "level": [LEVEL_BY_DIGITS[len(row["code"])] for row in rows],
        "parent": [parent_code(row["code"]) or None for row in rows],
        "source": [row["source"] for row in rows],
    }
    columns |= {name: [row.get(name, usual) for row in rows] for name, usual in _COLUMNS.items()}
    for name in ("seat", "geom"):
        columns[name] = geometries(columns[name])
    return Table("admin_areas", columns)


def _provinces() -> list[_Row]:
    names = sorted((o.code, o.name) for o in published_outlines("province").values())
    return [{"code": code, "name": name, "source": sources.OUTLINE_SOURCE} for code, name in names]


def _prefectures(ground: Ground) -> list[_Row]:
    """All of the country by name; the demo's own with people, seat and outline."""
    names = {code[:4]: county["prefecture"] for code, county in sources.county_names().items()}
    rows: dict[str, _Row]
    rows = {c: {"code": c, "name": n, "source": sources.CODES_SOURCE} for c, n in names.items()}
    rows[ground.prefecture] |= {
        "name": ground.settings["name"],
        "population": ground.population(""),
        "households": sum(c.households for c in ground.census.values()),
        "population_year": CENSUS_YEAR,
        "seat": ground.townships[min(ground.settings["seats"].values())].seat,
        "seat_synthetic": True,
        "geom": as_multipolygon(shapely.coverage_union_all(list(ground.counties.values()))),
        "source": f"{sources.CODES_SOURCE}; {sources.OUTLINE_SOURCE}; {sources.CENSUS_SOURCE}",
    }
    return [rows[code] for code in sorted(rows)]


def _counties(ground: Ground) -> list[_Row]:
    around = [_neighbour(code) for code in _codes_around(ground) if code not in ground.counties]
    return sorted([*around, *_own_counties(ground)], key=lambda row: str(row["code"]))


def _codes_around(ground: Ground) -> list[str]:
    """Counties of the demo's province, and others within `neighbours_km` of the prefecture."""
    whole = ground.plane.metres(shapely.union_all(list(ground.counties.values())))
    reach_m = 1000 * ground.settings["neighbours_km"]
    box = ground.plane.degrees(whole.envelope.buffer(reach_m))
    return [
        outline.code
        for outline in published_outlines("county").values()
        if outline.code[:2] == ground.prefecture[:2]
        or (
            shapely.intersects(outline.polygon, box)
            and ground.plane.metres(outline.polygon).distance(whole) <= reach_m
        )
    ]


def _neighbour(code: str) -> _Row:
    outline = published_outlines("county")[code]
    population = sources.county_populations().get(code)
    return {
        "code": code,
        "name": outline.name,
        "population": population,
        "population_year": CENSUS_YEAR if population is not None else None,
        "geom": outline.polygon,
        "source": f"{sources.OUTLINE_SOURCE}; {sources.CENSUS_SOURCE}",
    }


def _own_counties(ground: Ground) -> list[_Row]:
    rows = []
    for code, census in ground.census.items():
        seat = ground.townships[ground.settings["seats"][code]]
        rows.append(
            _neighbour(code)
            | {
                "households": census.households,
                "agricultural_population": round(census.population * (1 - census.urban_share)),
                "seat": seat.seat,
                "seat_synthetic": not seat.seat_known,
                "geom": ground.counties[code],
            }
        )
    return rows


def _townships(ground: Ground) -> list[_Row]:
    rows = []
    for township in ground.townships.values():
        own = [v for v in ground.villages if v.code[:9] == township.code]
        known = f"; {sources.SEAT_SOURCE}" if township.seat_known else ""
        rows.append(
            {
                "code": township.code,
                "name": township.name,
                "kind": township.kind,
                "population": sum(v.population for v in own),
                "households": sum(v.households for v in own),
                "seat": township.seat,
                "seat_synthetic": not township.seat_known,
                "geom": township.outline,
                "synthetic": True,
                "source": f"{sources.CODES_SOURCE}{known}; rest {ground.source}",
            }
        )
    return rows


def _villages(ground: Ground) -> list[_Row]:
    seats: list[Point] = ground.plane.points(np.array([v.xy_m for v in ground.villages]))
    return [
        {
            "code": village.code,
            "name": village.name,
            "kind": village.kind,
            "population": village.population,
            "households": village.households,
            "seat": seat,
            "seat_synthetic": True,
            "synthetic": True,
            "source": f"{sources.CODES_SOURCE}; rest {ground.source}",
        }
        for village, seat in zip(ground.villages, seats, strict=True)
    ]
