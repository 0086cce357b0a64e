"""Depots and their stock: what the people of an area would need at response level II, or less."""

from __future__ import annotations

import numpy as np

from geo.demo.ground import Ground, Township
from geo.demo.plane import FloatArray, one_scattered
from geo.demo.table import Table, geometries, repeated

_PEOPLE_AT_LEVEL_II = 40_000  # the least number of people in need that calls for level II (5.2.1)
_ITEMS = {  # per person in need, and the unit: assumptions of the demo
    "tent": (0.25, "顶"),
    "cot": (1.0, "张"),
    "quilt": (1.0, "床"),
    "coat": (0.5, "件"),
    "food": (9.0, "份"),
    "water": (12.0, "瓶"),
    "flashlight": (0.25, "个"),
    "stove": (0.05, "台"),
}
_SOCIAL = ("food", "water", "quilt")
_LEVELS = {"prefecture": 0.5, "county": 0.4, "township": 0.3, "village": 0.6}
_M2_PER_10K = {"prefecture": 320, "county": 700, "township": 1500, "village": 1500}
_WORDS = {"prefecture": "库", "county": "库", "township": "库", "village": "点"}
_TOWN_DEPOTS, _VILLAGE_DEPOTS = 12, 8


def depot_tables(ground: Ground) -> tuple[Table, Table]:
    """The rows of the depots and of their stock; some fall short of what level II asks for."""
    rng = ground.rng("depots")
    sites = _sites(rng, ground)
    ids = [f"DP{i:03d}" for i in range(1, len(sites) + 1)]
    people = [ground.population(area) for _, area, _, _ in sites]
    xy = np.array([spot for *_, spot in sites])
    depots = Table(
        "depots",
        {
            "id": ids,
            "name": [f"样例·{name}救灾物资储备{_WORDS[level]}" for level, _, name, _ in sites],
            "area": [area for _, area, _, _ in sites],
            "level": [level for level, *_ in sites],
            "floor_area_m2": [
                max(60, round(_M2_PER_10K[level] * n / 10_000))
                for (level, *_), n in zip(sites, people, strict=True)
            ],
            "geom": geometries(ground.plane.points(xy)),
            "position_error_m": repeated(5.0, len(ids)),
            "synthetic": repeated(True, len(ids)),
            "source": repeated(ground.source, len(ids)),
        },
    )
    return depots, _stock(rng, ids, [level for level, *_ in sites], people, sum(people[:1]))


_Site = tuple[str, str, str, FloatArray]


def _sites(rng: np.random.Generator, ground: Ground) -> list[_Site]:
    """(level, area, name, place): the prefecture's, the counties', large towns', far villages'."""
    by_people = sorted(ground.townships, key=lambda t: (-ground.population(t), t))
    seats = ground.settings["seats"]
    names = ground.settings["county_names"]
    centre = _beside(rng, ground, min(seats.values()))
    found = [("prefecture", ground.prefecture, str(ground.settings["name"]), centre)]
    found += [("county", c, names[c], _beside(rng, ground, t)) for c, t in seats.items()]
    others = [t for t in by_people if t not in seats.values()]
    found += [
        ("township", t, ground.townships[t].name, _beside(rng, ground, t))
        for t in others[:_TOWN_DEPOTS]
    ]
    rural = [v for v in ground.villages if v.kind == "rural" and v.code[:9] in others[-20:]]
    far = [rural[i] for i in sorted(rng.permutation(len(rural))[:_VILLAGE_DEPOTS].tolist())]
    return found + [("village", v.code, v.name, v.xy_m) for v in far]


def _beside(rng: np.random.Generator, ground: Ground, township: str) -> FloatArray:
    at: Township = ground.townships[township]
    return one_scattered(rng, at.site_m, 700.0, at.inner_m)


def _stock(
    rng: np.random.Generator, ids: list[str], levels: list[str], people: list[int], all_people: int
) -> Table:
    rows = [
        (depot, item, holder, form, int(need * rng.uniform(0.4, 1.3)), unit)
        for depot, level, n in zip(ids, levels, people, strict=True)
        for item, (norm, unit) in _ITEMS.items()
        for holder, form, need in _shares(item, norm * _need(level, n, all_people))
    ]
    names = ("depot", "item", "holder", "form", "quantity", "unit")
    return Table("depot_stock", dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _need(level: str, people: int, all_people: int) -> float:
    return _LEVELS[level] * _PEOPLE_AT_LEVEL_II * people / all_people


def _shares(item: str, need: float) -> list[tuple[str, str, float]]:
    """Government stock on the shelf, and for some items what firms have agreed to deliver."""
    held = [("government", "physical", need)]
    return [*held, ("social", "capacity", need / 2)] if item in _SOCIAL else held
