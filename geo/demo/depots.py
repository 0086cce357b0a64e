"""Depots and their stock: what the people of an area would need at response level II, or less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.demo.ground import Ground, Township
from geo.demo.plane import FloatArray, one_scattered
from geo.demo.table import Table, geometries, invented
from geo.divisions import published_outlines
from relief.plan import plan_by_id
from relief.supply import level_condition

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


@dataclass(frozen=True)
class _Depot:
    """One depot: its level, the area whose people it serves, that area's name, and its place."""

    level: str
    admin_area: str
    name: str
    xy_m: FloatArray
    people: int


def depot_tables(ground: Ground) -> tuple[Table, Table]:
    """The rows of the depots and of their stock; some fall short of what level II asks for."""
    rng = ground.rng("depots")
    depots = _depots(rng, ground)
    ids = [f"DP{i:03d}" for i in range(1, len(depots) + 1)]
    rows = Table(
        "depots",
        {
            "id": ids,
            "name": [f"样例·{d.name}救灾物资储备{_WORDS[d.level]}" for d in depots],
            "area": [d.admin_area for d in depots],
            "level": [d.level for d in depots],
            "floor_area_m2": [
                max(60, round(_M2_PER_10K[d.level] * d.people / 10_000)) for d in depots
            ],
            "geom": geometries(ground.plane.points(np.array([d.xy_m for d in depots]))),
            **invented(ground.source, len(ids), error_m=5.0),
        },
    )
    return rows, _stock(rng, dict(zip(ids, depots, strict=True)), ground)


def _depots(rng: np.random.Generator, ground: Ground) -> list[_Depot]:
    """The prefecture's, one a county, those of the largest other towns and of far villages."""
    seats = ground.settings["seats"]
    names = {c: published_outlines("county")[c].name for c in seats}
    by_people = sorted(ground.townships, key=lambda t: (-ground.population(t), t))
    towns = [t for t in by_people if t not in seats.values()]
    rural = [v for v in ground.villages if v.kind == "rural" and v.code[:9] in towns[-20:]]
    far = [rural[i] for i in sorted(rng.permutation(len(rural))[:_VILLAGE_DEPOTS].tolist())]
    wanted = [("prefecture", ground.prefecture, ground.settings["name"], min(seats.values()))]
    wanted += [("county", c, names[c], t) for c, t in seats.items()]
    wanted += [("township", t, ground.townships[t].name, t) for t in towns[:_TOWN_DEPOTS]]
    found = [
        _Depot(level, area, name, _beside(rng, ground, t), ground.population(area))
        for level, area, name, t in wanted
    ]
    return found + [_Depot("village", v.code, v.name, v.xy_m, v.population) for v in far]


def _beside(rng: np.random.Generator, ground: Ground, township: str) -> FloatArray:
    at: Township = ground.townships[township]
    return one_scattered(rng, at.site_m, 700.0, at.inner_m)


def _stock(rng: np.random.Generator, depots: dict[str, _Depot], ground: Ground) -> Table:
    plan = plan_by_id(ground.settings["event"]["plan"])
    in_need, people = float(level_condition(plan, "II").at_least), ground.population("")
    rows = [
        (id_, item, holder, form, int(need * rng.uniform(0.4, 1.3)), unit)
        for id_, depot in depots.items()
        for item, (norm, unit) in _ITEMS.items()
        for holder, form, need in _shares(
            item, norm * (_LEVELS[depot.level] * in_need * depot.people / people)
        )
    ]
    names = ("depot", "item", "holder", "form", "quantity", "unit")
    return Table("depot_stock", dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _shares(item: str, need: float) -> list[tuple[str, str, float]]:
    """Government stock on the shelf, and for some items what firms have agreed to deliver."""
    held = [("government", "physical", need)]
    return [*held, ("social", "capacity", need / 2)] if item in _SOCIAL else held
