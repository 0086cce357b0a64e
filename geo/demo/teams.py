"""Teams of the demo: rescue, medical and repair teams of each county, and information officers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from geo.database import Row
from geo.demo.ground import Ground
from geo.demo.plane import FloatArray, one_scattered
from geo.demo.table import Columns, Table, geometries, invented, repeated
from geo.divisions import published_outlines

_OF_COUNTY = (  # kind, name, people, skills
    ("rescue", "综合救援队", 45, ["search", "digging", "fire"]),
    ("rescue", "社会应急救援队", 18, ["search", "climbing", "drone"]),
    ("medical", "医疗救护队", 12, ["medical", "transport"]),
    ("repair", "电力通信抢修队", 16, ["power", "radio"]),
)
_OFFICERS = 18
_SENT = {"casualty": "搜救伤员", "hazard": "查看险情", "road": "打通道路"}
"""Reports that somebody is sent to, and with which words."""


@dataclass(frozen=True)
class _Team:
    """One team at home."""

    kind: str
    name: str
    admin_area: str
    home_m: FloatArray
    people: int = 1
    skills: list[str] = field(default_factory=lambda: ["information"])


def team_tables(ground: Ground, reports: Table) -> tuple[Table, Table]:
    """The rows of the teams, some sent to the reports given, and of where some of them are."""
    rng = ground.rng("teams")
    teams = _teams(rng, ground)
    rows = _register(ground, teams, _sent(teams, reports))
    return rows, _positions(rng, ground, teams, rows)


def _register(ground: Ground, teams: list[_Team], sent: Mapping[int, Row]) -> Table:
    numbers = range(1, len(teams) + 1)
    goals = [sent.get(i) for i in range(len(teams))]
    return Table(
        "teams",
        {
            "id": [f"TM{i:03d}" for i in numbers],
            "name": [f"样例·{t.name}" for t in teams],
            "kind": [t.kind for t in teams],
            "area": [t.admin_area for t in teams],
            "people": [t.people for t in teams],
            "skills": [t.skills for t in teams],
            "contact": [f"样例联系人{i}" for i in numbers],
            # No mobile number of the country begins with 10.
            "telephone": [f"100{i:08d}" for i in numbers],
            "state": ["deployed" if r else "ready" for r in goals],
            "event": [ground.settings["event"]["id"] if r else None for r in goals],
            "geom": geometries(ground.plane.points(np.array([t.home_m for t in teams]))),
            "task": [_SENT[r["kind"]] if r else None for r in goals],
            "task_report": [r["id"] if r else None for r in goals],
            "task_geom": [r["geom"] if r else None for r in goals],
            "task_at": [r["received_at"] + timedelta(minutes=10) if r else None for r in goals],
            **invented(ground.source, len(teams), error_m=10.0),
        },
    )


def _positions(rng: np.random.Generator, ground: Ground, teams: list[_Team], rows: Table) -> Table:
    """Those who were sent out are there; information officers are at home."""
    register = rows.columns
    located = [
        i for i, t in enumerate(teams) if register["task_geom"][i] or t.kind == "information"
    ]
    began = ground.settings["event"]["occurred_at"]
    when = [began + timedelta(minutes=m) for m in rng.integers(600, 720, len(located)).tolist()]
    columns: Columns = {
        "team": [register["id"][i] for i in located],
        "at": when,
        "received_at": when,
        "geom": [register["task_geom"][i] or register["geom"][i] for i in located],
        "accuracy_m": repeated(12.0, len(located)),
    }
    return Table("team_positions", columns)


def _teams(rng: np.random.Generator, ground: Ground) -> list[_Team]:
    found = []
    for county, seat in ground.settings["seats"].items():
        name = published_outlines("county")[county].name
        town = ground.townships[seat]
        for kind, words, people, skills in _OF_COUNTY:
            home = one_scattered(rng, town.site_m, 700.0, town.inner_m)
            found.append(_Team(kind, f"{name}{words}", county, home, people, skills))
    rural = [v for v in ground.villages if v.kind == "rural"]
    chosen = sorted(rng.permutation(len(rural))[:_OFFICERS].tolist())
    for village in (rural[i] for i in chosen):
        name = f"{village.name}灾害信息员"
        found.append(_Team("information", name, village.code, village.xy_m))
    return found


def _sent(teams: list[_Team], reports: Table) -> dict[int, Row]:
    """By the number of a team the report that it was sent to: one of its county."""
    free = [i for i, team in enumerate(teams) if team.kind == "rescue"]
    sent: dict[int, Row] = {}
    for values in zip(*reports.columns.values(), strict=True):
        report = dict(zip(reports.columns, values, strict=True))
        own = (i for i in free if report["area"].startswith(teams[i].admin_area) and i not in sent)
        if report["kind"] in _SENT and (team := next(own, None)) is not None:
            sent[team] = report
    return sent
