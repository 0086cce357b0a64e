"""Columns that several layers share, and short ways to write one."""

from __future__ import annotations

from layers.layer import Column, Kind, Terms, Words
from relief.field_reports import Flag
from relief.vocabulary import (
    INDICATORS,
    AdminLevel,
    DamageGrade,
    KeyGroup,
    ShelterState,
    Stage,
    Term,
)


def column(
    name: str,
    kind: Kind,
    zh: str,
    en: str,
    *,
    tiled: bool = False,
    unit: str | None = None,
    terms: Terms | None = None,
    queryable: bool = True,
) -> Column:
    """A column with its title in both languages."""
    return Column(name, kind, Words(zh, en), tiled, unit, terms or {}, queryable)


def terms_of(vocabulary: type[Term]) -> Terms:
    """The codes of a vocabulary with their words."""
    return {term.value: Words(term.zh, term.en) for term in vocabulary}


def figure_column(indicator: str) -> Column:
    """The column of an indicator, titled as the vocabulary names it; tiles carry it."""
    found = INDICATORS[indicator]
    kind: Kind = "integer" if found.unit.whole else "number"
    return Column(found.code, kind, Words(found.zh, found.en), tiled=True, unit=found.unit.zh)


LEVELS = terms_of(AdminLevel)
STAGES = terms_of(Stage)
SHELTER_STATES = terms_of(ShelterState)
DAMAGE = terms_of(DamageGrade)
KEY_GROUPS = terms_of(KeyGroup)
DEPOT_STATES = {"open": Words("开放", "open"), "closed": Words("关闭", "closed")}
HAZARD_STATES = {"open": Words("在册", "on the register"), "closed": Words("已销号", "closed")}
GRADES = {
    "very_high": Words("极高", "very high"),
    "high": Words("高", "high"),
    "medium": Words("中", "medium"),
    "low": Words("低", "low"),
}
SHELTER_KINDS = {"outdoor": Words("室外", "outdoor"), "indoor": Words("室内", "indoor")}
HAZARD_KINDS = {
    "landslide": Words("滑坡", "landslide"),
    "collapse": Words("崩塌", "rockfall"),
    "debris_flow": Words("泥石流", "debris flow"),
    "subsidence": Words("地面塌陷", "subsidence"),
    "ground_fissure": Words("地裂缝", "ground fissure"),
    "chemical": Words("危险化学品", "dangerous chemicals"),
    "fire_source": Words("火源", "fire source"),
    "other": Words("其他", "other"),
}
ZONE_KINDS = {
    "geological": Words("地质灾害", "geological"),
    "flash_flood": Words("山洪", "flash flood"),
    "fire": Words("火灾", "fire"),
}
GROUND_KINDS = {
    "school_yard": Words("学校操场", "school yard"),
    "square": Words("广场", "square"),
    "park": Words("公园", "park"),
    "field": Words("空地", "field"),
    "other": Words("其他", "other"),
}
ROAD_CLASSES = {
    "motorway": Words("高速公路", "motorway"),
    "national": Words("国道", "national road"),
    "provincial": Words("省道", "provincial road"),
    "county": Words("县道", "county road"),
    "township": Words("乡道", "township road"),
    "village": Words("村道", "village road"),
}
ROAD_DIRECTIONS = {
    "both": Words("双向", "both ways"),
    "forward": Words("顺画线方向单行", "one-way as drawn"),
    "backward": Words("逆画线方向单行", "one-way against the drawing"),
}
REPORT_KINDS = {
    "casualty": Words("人员伤亡", "casualties"),
    "damage": Words("房屋损坏", "damage"),
    "need": Words("救助需求", "need"),
    "hazard": Words("次生险情", "hazard"),
    "road": Words("道路中断", "road"),
    "other": Words("其他", "other"),
}
REPORT_STATES = {
    "new": Words("待核", "new"),
    "verified": Words("已核实", "verified"),
    "rejected": Words("不实", "rejected"),
    "duplicate": Words("重复", "duplicate"),
}
REPORT_FLAGS = terms_of(Flag)
PURPOSES = {
    "settlement": Words("集中安置点", "settlement"),
    "shelter": Words("避难场所", "shelter"),
    "depot": Words("储备库", "depot"),
}

ID = column("id", "string", "编号", "Id", tiled=True)
NAME = column("name", "string", "名称", "Name", tiled=True)
AREA = column("area", "string", "行政区划代码", "Division code")
SYNTHETIC = column("synthetic", "boolean", "合成数据", "Synthetic", tiled=True)
SOURCE = column("source", "string", "数据来源", "Source")
UPDATED = column("updated_at", "date-time", "更新时间", "Updated")
POSITION_ERROR = column("position_error_m", "number", "位置误差", "Position error", unit="m")
ORIGIN = (SYNTHETIC, SOURCE)
"""Where a feature comes from: on every layer, for every role."""
REGISTERED = (POSITION_ERROR, *ORIGIN, UPDATED)
"""What every register ends with."""
