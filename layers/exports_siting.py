"""A siting as tables: the sites, what was refused and why, and by which question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from layers.exports import Cell
from layers.exports_features import FileTable, columns
from relief.siting_rules import AVOID_RULES

Json = Mapping[str, Any]

_SITES = columns(
    "rank 序号",
    "candidate 候选地编号",
    "name 名称",
    "purpose 用途",
    "ground_area_m2 面积（m²）",
    "serves_people 服务人数",
    "survey_required 需现场勘查",
    "engineering_required 需工程措施",
    "nearest 最近的危险源",
)
_REFUSED = columns(
    "candidate 候选地编号",
    "name 名称",
    "layer 避让对象",
    "feature 对象编号",
    "distance_m 距离（m）",
    "required_m 要求（m）",
    "clause 依据",
)
_SMALL = columns(
    "candidate 候选地编号", "name 名称", "ground_area_m2 面积（m²）", "required_m2 要求（m²）"
)
_PURPOSES = {"settlement": "安置点", "shelter": "避难场所", "depot": "物资库"}


def siting_tables(result: Json, names: Mapping[str, str]) -> list[FileTable]:
    """Tables of a siting job's result; `names` are those of open ground by id."""
    features = sorted(result["features"], key=lambda one: one["properties"]["rank"])
    refused = [*result["excluded"], *result["allowed_with_engineering"]]
    return [
        FileTable(
            "sites",
            "选址结果",
            _SITES,
            [_site(one["properties"], names) for one in features],
            _places(features),
        ),
        FileTable(
            "refused",
            "排除的候选地",
            _REFUSED,
            [_refusal(one, names) for one in refused],
            _places(refused),
        ),
        FileTable(
            "too_small",
            "面积不够的候选地",
            _SMALL,
            [_small(one, names) for one in result["too_small"]],
            _places(result["too_small"]),
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


def _site(one: Json, names: Mapping[str, str]) -> list[Cell]:
    near = (f"{layer_name(n['layer'])} {n['id']} {n['distance_m']} m" for n in one["nearest"])
    return [
        one["rank"],
        one["candidate"],
        names.get(one["candidate"]),
        _PURPOSES.get(one["purpose"], one["purpose"]),
        one["ground_area_m2"],
        one["serves_people"],
        one["survey_required"],
        one["engineering_required"],
        "；".join(near),
    ]


def _refusal(one: Json, names: Mapping[str, str]) -> list[Cell]:
    name = names.get(one["candidate"])
    told = [one[key] for key in ("feature", "distance_m", "required_m", "clause")]
    return [one["candidate"], name, layer_name(one["layer"]), *told]


def _small(one: Json, names: Mapping[str, str]) -> list[Cell]:
    candidate = one["candidate"]
    return [candidate, names.get(candidate), one["ground_area_m2"], one["required_m2"]]


def layer_name(layer: str) -> str:
    """What people call what is kept away from."""
    rule = AVOID_RULES.get(layer)
    return rule.zh if rule else layer


def _places(rows: Iterable[Json]) -> list[BaseGeometry | None]:
    return [_place(row.get("geometry")) for row in rows]


def _place(geometry: Json | None) -> BaseGeometry | None:
    return shapely.from_geojson(orjson.dumps(geometry)) if geometry else None
