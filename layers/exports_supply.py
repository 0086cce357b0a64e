"""Supply as tables: stock against need, what goes where, requests with steps, and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.database import Row
from layers.briefing_words import clock_time
from layers.exports import Cell
from layers.exports_assignment import place_of
from layers.exports_features import FileColumn, FileTable, columns
from layers.exports_siting import asked_by

Json = Mapping[str, Any]

_HOLDERS = {"government": "政府储备", "social": "社会储备"}
_FORMS = {"physical": "实物", "capacity": "产能"}
_STATES = {
    "requested": "已申请",
    "sent": "已发出",
    "received": "已收到",
    "refused": "不予调拨",
    "cancelled": "已撤回",
    "compensated": "已补偿",
}
_BALANCES = columns(
    "area 区划代码",
    "area_name 区划",
    "people 需保障人数",
    "item 物资代码",
    "item_name 物资",
    "unit 单位",
    "need_at_level 等级需要量",
    "need 含余量需要量",
    "stock 库存",
    "requested 已被申请",
    "shortfall 缺口",
)
_MOVES = columns(
    "depot 储备库编号",
    "depot_name 储备库",
    "shelter 避难场所编号",
    "shelter_name 避难场所",
    "item 物资代码",
    "item_name 物资",
    "holder 归属",
    "form 形式",
    "quantity 数量",
    "unit 单位",
    "kg 重量（kg）",
    "distance_m 直线距离（m）",
)
_UNMET = columns(
    "shelter 避难场所编号",
    "shelter_name 避难场所",
    "item 物资代码",
    "item_name 物资",
    "quantity 缺少",
    "unit 单位",
    "reason 原因",
)
_REQUESTS = columns(
    "id 申请编号",
    "state 状态",
    "depot_name 储备库",
    "shelter_name 避难场所",
    "item 物资代码",
    "quantity 数量",
    "unit 单位",
    "received_quantity 实收",
    "steps 经过",
)
_TOWNSHIPS = columns(
    "area 区划代码",
    "name 乡镇",
    "people 人口",
    "beyond 服务半径外人数",
    "share_beyond 占比",
)
_ADDITIONS = columns(
    "rank 序号",
    "candidate 空地编号",
    "name 名称",
    "ground_area_m2 面积（m²）",
    "newly_reached 新覆盖人数",
)


def supply_tables(found: Json) -> list[FileTable]:
    """Every item of every division with a depot, need and stock side by side."""
    rows = [
        [area["area"], area["name"], area["people"], *_balance(item)]
        for area in found["areas"]
        for item in area["items"]
    ]
    return [
        FileTable("supply", "储备与需要", _BALANCES, rows),
        asked_by({"level": found["level"], **found["basis"]}, found),
    ]


def _balance(item: Json) -> list[Cell]:
    told = [item[c.name] for c in _BALANCES[5:]]
    return [item["item"], item["name"]["zh"], *told]


def dispatch_tables(
    plan: Json, depots: Mapping[str, bytes], shelters: Mapping[str, bytes]
) -> list[FileTable]:
    """What each depot sends to which shelter, as lines, and what stays unmet."""
    items = {item["item"]: item["name"]["zh"] for item in plan["items"]}
    moves = [_cells(_MOVES, _in_words(one, items)) for one in plan["moves"]]
    unmet = [
        _cells(_UNMET, _in_words(one, items) | {"reason": one["detail"]["zh"]})
        for one in plan["unmet"]
    ]
    lines = [
        _line(place_of(depots, one["depot"]), place_of(shelters, one["shelter"]))
        for one in plan["moves"]
    ]
    ends = [place_of(shelters, one["shelter"]) for one in plan["unmet"]]
    return [
        FileTable("moves", "调运", _MOVES, moves, lines),
        FileTable("unmet", "未满足", _UNMET, unmet, ends),
        asked_by(plan["parameters"], plan),
    ]


def request_tables(rows: Sequence[Row]) -> list[FileTable]:
    """Requests for goods, each with its steps in one cell."""
    cells = [
        _cells(_REQUESTS, row | {"state": _STATES[row["state"]], "steps": _steps(row["steps"])})
        for row in rows
    ]
    return [FileTable("requests", "调拨申请", _REQUESTS, cells)]


def coverage_tables(found: Json) -> list[FileTable]:
    """Townships by the people beyond every radius, and where one more shelter helps most."""
    sites = found["additions"]["sites"]
    points = [shapely.Point(one["lon"], one["lat"]) for one in sites]
    townships = [_cells(_TOWNSHIPS, one) for one in found["townships"]]
    return [
        FileTable("townships", "各乡镇服务缺口", _TOWNSHIPS, townships),
        FileTable(
            "additions", "建议增设", _ADDITIONS, [_cells(_ADDITIONS, s) for s in sites], points
        ),
        asked_by(found["parameters"], found),
    ]


def _in_words(one: Json, items: Mapping[str, str]) -> dict[str, Any]:
    words = {"item_name": items.get(one["item"], one["item"])}
    if "holder" in one:
        words |= {"holder": _HOLDERS[one["holder"]], "form": _FORMS[one["form"]]}
    return {**one, **words}


def _cells(named: Sequence[FileColumn], row: Json) -> list[Cell]:
    return [row[column.name] for column in named]


def _steps(steps: Sequence[Json]) -> str:
    return "；".join(f"{_STATES[s['state']]} {_when(s['at'])} {s['by']}" for s in steps)


def _when(at: str) -> str:
    return clock_time(datetime.fromisoformat(at), "zh")


def _line(start: BaseGeometry | None, end: BaseGeometry | None) -> BaseGeometry | None:
    return (
        None
        if start is None or end is None
        else shapely.LineString([start.coords[0], end.coords[0]])
    )
