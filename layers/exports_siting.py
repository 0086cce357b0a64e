"""A siting as tables: the sites, what was refused and why, and by which question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from layers.exports import Cell
from layers.exports_features import FileColumn, FileTable, columns
from relief.siting_rules import AVOID_RULES

Json = Mapping[str, Any]

_GROUND = "candidate 候选地编号", "name 名称"
_SITES = columns(
    "rank 序号",
    *_GROUND,
    "part_of 原地块",
    "purpose 用途",
    "ground_area_m2 面积（m²）",
    "widest_circle_m 最宽处（m）",
    "slope_percent 坡度（%）",
    "serves_people 服务人数",
    "places 可容人数",
    "survey_required 需现场勘查",
    "engineering_required 需工程措施",
    "nearest 最近的危险源",
)
_FIXED = columns("id 编号", "name 名称", "serves_people 服务人数")
_ALTERNATIVES = columns(
    *_GROUND,
    "instead_of 换下的候选地",
    "instead_of_name 换下的名称",
    "objective_value 换后的目标值",
    "worse_by 差多少",
    "unserved_people 服务不到的人数",
)
_CONFLICTS = columns(
    *_GROUND,
    "layer 避让对象",
    "feature 对象编号",
    "distance_m 距离（m）",
    "required_m 要求（m）",
    "clause 依据",
    "allowed_with_engineering 采取工程措施后可用",
)
_UNFIT = {
    "too_small": ("面积不够的候选地", "ground_area_m2 面积（m²）", "required_m2 要求（m²）"),
    "too_narrow": ("太窄的候选地", "widest_circle_m 最宽处（m）", "required_m 要求（m）"),
    "too_steep": ("太陡的候选地", "slope_percent 坡度（%）", "most_percent 最大（%）"),
    "outside": ("在范围之外的候选地", "area 范围", "outside_share 在外的比例"),
}
_PURPOSES = {"settlement": "安置点", "shelter": "避难场所", "depot": "物资库"}
_NAMED = ("excluded", "allowed_with_engineering", "trimmed", "alternatives", *_UNFIT)


def ground_in(result: Json) -> set[str]:
    """The ids of all ground that a siting speaks of, and of what its parts were cut from."""
    told = [one for part in _NAMED for one in result.get(part, [])]
    chosen = [one["properties"] for one in result["features"]]
    ids = {one["candidate"] for one in [*told, *chosen]}
    return ids | {_whole(one) for one in ids}


def _whole(candidate: str) -> str:
    """The ground that a part was cut from, by the part's id."""
    return candidate.rpartition("#")[0] or candidate


def siting_tables(result: Json, names: Mapping[str, str]) -> list[FileTable]:
    """Tables of a siting job's result; `names` are those of open ground by id.

    What the result does not speak of, as those of earlier releases, has a table without rows.
    """
    sites = sorted(map(_site, result["features"]), key=lambda one: one["rank"])
    refused = [*result["excluded"], *result["allowed_with_engineering"]]
    others, trimmed = result.get("alternatives", []), result.get("trimmed", [])
    return [
        _of_ground("sites", "选址结果", _SITES, sites, names),
        _standing(result.get("fixed", [])),
        _of_ground("alternatives", "可用而没有选中的", _ALTERNATIVES, others, names),
        _of_ground("refused", "排除的候选地", _CONFLICTS, refused, names),
        _of_ground("trimmed", "退让的地块", _CONFLICTS[:-1], trimmed, names),
        *(
            _of_ground(part, title, columns(*_GROUND, *own), result.get(part, []), names)
            for part, (title, *own) in _UNFIT.items()
        ),
        asked_by(result["parameters"], result),
    ]


def asked_by(parameters: Json, result: Json) -> FileTable:
    """What a result was asked by, and what data it rests on, as names and values."""
    told = ("objective_value", "bound", "gap", "proven", "distances_in", "data_version")
    rows = [*parameters.items(), *((name, result[name]) for name in told if name in result)]
    return FileTable(
        "parameters",
        "参数",
        columns("name 参数", "value 值"),
        [[name, _plain(value)] for name, value in rows],
    )


def _plain(value: Any) -> Cell:
    plain = value is None or isinstance(value, str | int | float)
    return value if plain else orjson.dumps(value, default=str).decode()


def _site(feature: Json) -> Json:
    one = feature["properties"]
    near = (f"{layer_name(n['layer'])} {n['id']} {n['distance_m']} m" for n in one["nearest"])
    purpose = _PURPOSES.get(one["purpose"], one["purpose"])
    geometry = feature["geometry"]
    return {**one, "purpose": purpose, "nearest": "；".join(near), "geometry": geometry}


def _of_ground(
    part: str,
    title: str,
    own: tuple[FileColumn, ...],
    rows: Sequence[Json],
    names: Mapping[str, str],
) -> FileTable:
    """A table of candidates with what is told of each."""
    cells = [_cells(own, one, names) for one in rows]
    return FileTable(part, title, own, cells, [_place(one.get("geometry")) for one in rows])


def _cells(own: tuple[FileColumn, ...], one: Json, names: Mapping[str, str]) -> list[Cell]:
    told = {"name": _name(one["candidate"], names), **one}
    if "layer" in one:
        told["layer"] = layer_name(one["layer"])
    if "instead_of" in one:
        told["instead_of_name"] = _name(one["instead_of"], names)
    return [told.get(column.name) for column in own]


def _name(candidate: str, names: Mapping[str, str]) -> str | None:
    return names.get(candidate) or names.get(_whole(candidate))


def _standing(sites: Sequence[Json]) -> FileTable:
    rows = [[one["id"], one["name"], one["serves_people"]] for one in sites]
    points = [shapely.Point(one["lon"], one["lat"]) for one in sites]
    return FileTable("fixed", "已有的场所", _FIXED, rows, points)


def layer_name(layer: str) -> str:
    """What people call what is kept away from."""
    rule = AVOID_RULES.get(layer)
    return rule.zh if rule else layer


def _place(geometry: Json | None) -> BaseGeometry | None:
    return shapely.from_geojson(orjson.dumps(geometry)) if geometry else None
