"""Reports from the field in the first hours: where houses fell, roads broke and people wait."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from psycopg.types.json import Jsonb

from geo.demo.damage import Shaking
from geo.demo.ground import Ground, Village
from geo.demo.plane import FloatArray, one_scattered
from geo.demo.table import Columns, Table, geometries, repeated

_TEXTS = {
    "casualty": ("样例：有人受伤，已送医", {"injured": 2}),
    "damage": ("样例：土坯房倒塌，砖房开裂", {"collapsed_rooms": 3}),
    "need": ("样例：缺帐篷、棉被和饮水", {"in_need": 40}),
    "hazard": ("样例：坡上有新裂缝和落石", {}),
    "road": ("样例：塌方堵路，车辆不能通行", {}),
    "other": ("样例：通信中断，改用卫星电话", {}),
}
_REPORTS = 36


def field_report_table(ground: Ground, shaking: Shaking) -> Table:
    """The rows of the field reports, all from where it shook with intensity VII and more."""
    rng = ground.rng("field reports")
    centres = np.array([v.xy_m for v in ground.villages])
    shaken = np.flatnonzero(shaking.intensities(centres) >= 7)
    villages = [ground.villages[i] for i in rng.choice(shaken, _REPORTS).tolist()]
    kinds = rng.choice(list(_TEXTS), _REPORTS, p=(0.14, 0.34, 0.22, 0.12, 0.12, 0.06)).tolist()
    event = ground.settings["event"]
    seen = [event["occurred_at"] + timedelta(minutes=m) for m in _minutes(rng)]
    late = rng.exponential(25, _REPORTS).tolist()
    columns: Columns = {
        "id": [str(uuid5(NAMESPACE_URL, f"{event['id']}/field/{i}")) for i in range(_REPORTS)],
        "event": repeated(event["id"], _REPORTS),
        "kind": kinds,
        "state": np.where(rng.random(_REPORTS) < 0.4, "verified", "new").tolist(),
        "area": [v.code for v in villages],
        "observed_at": seen,
        "received_at": [s + timedelta(minutes=round(d)) for s, d in zip(seen, late, strict=True)],
        "geom": geometries(ground.plane.points(_places(rng, ground, villages))),
        "accuracy_m": rng.integers(4, 60, _REPORTS).tolist(),
        "text": [_TEXTS[k][0] for k in kinds],
        "figures": [Jsonb(_TEXTS[k][1]) for k in kinds],
    }
    columns["body_sha256"] = [sha256(i.encode()).digest() for i in columns["id"]]
    return Table("field_reports", columns)


def _minutes(rng: np.random.Generator) -> list[int]:
    return sorted(rng.integers(15, 600, _REPORTS).tolist())


def _places(rng: np.random.Generator, ground: Ground, villages: list[Village]) -> FloatArray:
    inner = [ground.townships[v.code[:9]].inner_m for v in villages]
    spots = [one_scattered(rng, v.xy_m, 200.0, i) for v, i in zip(villages, inner, strict=True)]
    return np.array(spots)
