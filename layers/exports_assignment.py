"""An assignment as tables: by household, by shelter, and by which question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.database import Row
from layers.assignment import reason_words
from layers.exports import Cell
from layers.exports_features import FileTable, columns
from layers.exports_siting import asked_by

_HOUSEHOLDS = columns(
    "household 住户编号",
    "area 区划代码",
    "area_name 所在区划",
    "persons 人数",
    "shelter 避难场所编号",
    "shelter_name 避难场所",
    "distance_m 距离（m）",
    "reason 未安置的原因",
)
_PERSONAL = columns("head_name 户主", "address 住址", "telephone 电话")
_SHELTERS = columns(
    "shelter 避难场所编号",
    "name 避难场所",
    "capacity 容量",
    "occupancy 原有人数",
    "assigned_people 本方案安置",
    "free 剩余",
)


def household_tables(plan: Row, rows: Sequence[Row], *, personal: bool) -> list[FileTable]:
    """Each household with its shelter, or why it has none; names and telephones if `personal`."""
    named = (*_HOUSEHOLDS, *_PERSONAL) if personal else _HOUSEHOLDS
    cells = [_household(row, personal=personal) for row in rows]
    homes = [shapely.from_wkb(bytes(row["wkb"])) for row in rows]
    return [FileTable("households", "按户", named, cells, homes), _asked(plan)]


def shelter_tables(plan: Row, rows: Sequence[Row], points: Mapping[str, bytes]) -> list[FileTable]:
    """Each shelter with its places and how many of them the plan takes."""
    cells: list[list[Cell]] = [[row[column.name] for column in _SHELTERS] for row in rows]
    found = [place_of(points, row["shelter"]) for row in rows]
    return [FileTable("shelters", "按避难场所", _SHELTERS, cells, found), _asked(plan)]


def place_of(points: Mapping[str, bytes], one: str) -> BaseGeometry | None:
    """Where a shelter or depot lies; None where it is no longer on file."""
    return shapely.from_wkb(points[one]) if one in points else None


def _household(row: Row, *, personal: bool) -> list[Cell]:
    why = reason_words(row["reason"], row["reason_numbers"])["zh"] if row["reason"] else None
    names = ("household", "area", "area_name", "persons", "shelter", "shelter_name")
    own = [row[column.name] for column in _PERSONAL] if personal else []
    metres = None if row["distance_m"] is None else round(row["distance_m"], 1)
    return [*(row[name] for name in names), metres, why, *own]


def _asked(plan: Row) -> FileTable:
    told: dict[str, Any] = dict(plan)
    figures = ("assigned_people", "unassigned_people", "person_metres", "lower_bound", "gap")
    return asked_by({**told["parameters"], **{name: told[name] for name in figures}}, told)
