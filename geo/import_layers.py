"""What can be imported: the layers, their columns, and the words that files use for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.import_columns import Column, Kind
from geo.import_words import (
    ADMIN_LEVELS,
    FACILITIES,
    GRADES,
    GROUND_KINDS,
    HAZARD_KINDS,
    REGISTER_STATES,
    ROAD_CLASSES,
    ROAD_DIRECTIONS,
    TEAM_SKILLS,
    TOWNSHIP_KINDS,
    VILLAGE_KINDS,
    Words,
    words,
    words_of,
)
from geo.tokens import Role
from relief.errors import NotFound
from relief.teams import TeamKind, TeamState
from relief.vocabulary import KeyGroup, ShelterState


@dataclass(frozen=True)
class ImportLayer:
    """A layer that takes files; `shape` is its geometry, `role` the least that may import.

    `code_digits` is the length of a division's code; 0: the rows are no divisions. Divisions take
    outlines as well as points.
    """

    name: str
    shape: str
    role: Role
    columns: tuple[Column, ...]
    code_digits: int = 0

    @property
    def table(self) -> str:
        """The table of the store that its rows go to."""
        return "admin_areas" if self.code_digits else self.name

    @property
    def key(self) -> str:
        """The column of that table that holds the `id`."""
        return "code" if self.code_digits else "id"

    @property
    def geometry(self) -> str:
        """What its places may be."""
        return f"{self.shape} or MultiPolygon" if self.code_digits else self.shape

    @property
    def has_area(self) -> bool:
        """Whether its rows carry the code of the division that they lie in."""
        return any(column.kind is Kind.AREA for column in self.columns)

    @property
    def measures_ground(self) -> bool:
        """Whether its rows are measured where the file gives no ground area."""
        return self.shape == "MultiPolygon" and any(
            column.name == "ground_area_m2" for column in self.columns
        )

    @property
    def column_names(self) -> list[str]:
        """The names that a mapping may point to."""
        place = ["lon", "lat"] if self.shape == "Point" else []
        return [column.name for column in self.columns] + place


LON_HEADERS = ("lon", "经度", "东经", "lng", "long", "longitude", "x")
LAT_HEADERS = ("lat", "纬度", "北纬", "latitude", "y")

_ID = Column("id", Kind.TEXT, ("编号", "编码", "唯一编号"), required=True)
_NAME = Column("name", Kind.TEXT, ("名称", "点名", "地名"), required=True)
_OPTIONAL_NAME = Column("name", Kind.TEXT, ("名称",))
_AREA = Column("area", Kind.AREA, ("行政区划代码", "区划代码", "行政区代码", "area_code"))
_LEVEL = Column("level", Kind.WORD, ("级别", "层级", "等级"), required=True, words=ADMIN_LEVELS)
_ORIGIN = (
    Column("position_error_m", Kind.NUMBER, ("位置误差", "定位误差", "定位精度")),
    Column("synthetic", Kind.FLAG, ("合成", "是否合成", "模拟"), default="false"),
    Column("source", Kind.TEXT, ("来源", "数据来源", "出处")),
    Column("updated_at", Kind.INSTANT, ("更新时间", "更新日期", "登记日期", "核查日期")),
)


def _layer(name: str, shape: str, *columns: Column, role: Role = Role.PLANNER) -> ImportLayer:
    return ImportLayer(name, shape, role, (_ID, *columns, *_ORIGIN))


def _divisions(name: str, code_digits: int, kinds: Words) -> ImportLayer:
    """Divisions below the county; only administrators shape the map that everything lies on."""
    columns = (
        Column("id", Kind.TEXT, (*_AREA.headers, *_ID.headers, "code", "代码"), required=True),
        _NAME,
        Column("kind", Kind.WORD, ("类型", "类别"), words=kinds),
        Column("population", Kind.WHOLE, ("人口", "常住人口", "人数")),
        Column("households", Kind.WHOLE, ("户数", "家庭户数")),
        Column("agricultural_population", Kind.WHOLE, ("农业人口",)),
        Column("population_year", Kind.WHOLE, ("人口年份", "人口数据年份"), least=1900, most=2200),
        *(column for column in _ORIGIN if column.name in ("synthetic", "source")),
    )
    return ImportLayer(name, "Point", Role.ADMIN, columns, code_digits)


def _state(words: Words) -> Column:
    return Column("state", Kind.WORD, ("状态",), words=words, default="open")


_LAYERS = (
    _divisions("townships", 9, TOWNSHIP_KINDS),
    _divisions("villages", 12, VILLAGE_KINDS),
    _layer(
        "shelters",
        "Point",
        _NAME,
        _AREA,
        _LEVEL,
        Column(
            "kind",
            Kind.WORD,
            ("类型", "场所类型"),
            words=words("indoor 室内 室内型", "outdoor 室外 室外型 露天"),
            default="outdoor",
        ),
        Column("capacity", Kind.WHOLE, ("容量", "可容纳人数", "容纳人数"), required=True),
        Column("occupancy", Kind.WHOLE, ("已安置", "已安置人数", "在住人数"), default="0"),
        Column("ground_area_m2", Kind.NUMBER, ("面积", "有效面积", "有效避难面积"), most=1e9),
        Column("service_radius_m", Kind.NUMBER, ("服务半径",), least=1, most=1e6),
        Column("facilities", Kind.WORDS, ("设施", "配套设施"), words=FACILITIES, default="{}"),
        _state(words_of(ShelterState, "open 启用 正常")),
    ),
    _layer(
        "depots",
        "Point",
        _NAME,
        _AREA,
        _LEVEL,
        Column("floor_area_m2", Kind.NUMBER, ("面积", "建筑面积", "库房面积"), most=1e9),
        _state(REGISTER_STATES),
    ),
    _layer(
        "hazard_points",
        "Point",
        _NAME,
        _AREA,
        Column(
            "kind", Kind.WORD, ("类型", "灾害类型", "隐患类型"), required=True, words=HAZARD_KINDS
        ),
        Column("grade", Kind.WORD, ("级别", "风险等级", "险情等级"), words=GRADES),
        Column("threatened_people", Kind.WHOLE, ("威胁人数", "威胁人口")),
        _state(REGISTER_STATES),
    ),
    _layer(
        "risk_zones",
        "MultiPolygon",
        _NAME,
        Column(
            "kind",
            Kind.WORD,
            ("类型", "灾害类型"),
            words=words("geological 地质 地质灾害", "flash_flood 山洪", "fire 火灾 森林草原火灾"),
            default="geological",
        ),
        Column("grade", Kind.WORD, ("级别", "风险等级"), required=True, words=GRADES),
    ),
    _layer(
        "faults",
        "MultiLineString",
        _OPTIONAL_NAME,
        Column("slip_type", Kind.TEXT, ("性质", "断层性质")),
        Column("activity", Kind.TEXT, ("活动时代", "活动性")),
        Column("catalogue", Kind.TEXT, ("目录", "图集", "catalog_name")),
    ),
    _layer(
        "flood_areas",
        "MultiPolygon",
        _NAME,
        Column("return_period_years", Kind.WHOLE, ("重现期",), least=1),
    ),
    _layer(
        "open_ground",
        "MultiPolygon",
        _NAME,
        _AREA,
        Column("kind", Kind.WORD, ("类型", "场地类型"), required=True, words=GROUND_KINDS),
        Column("ground_area_m2", Kind.NUMBER, ("面积", "占地面积"), least=0.01, most=1e9),
        Column("slope_percent", Kind.NUMBER, ("坡度", "坡度百分比"), most=1000),
    ),
    _layer(
        "roads",
        "MultiLineString",
        _OPTIONAL_NAME,
        Column(
            "class", Kind.WORD, ("级别", "道路等级", "技术等级"), required=True, words=ROAD_CLASSES
        ),
        Column(
            "oneway",
            Kind.WORD,
            ("单行", "单行道", "通行方向"),
            words=ROAD_DIRECTIONS,
            default="both",
        ),
        Column("vehicle_kmh", Kind.NUMBER, ("车速", "行车速度", "设计速度", "限速"), most=200),
        Column("walking_kmh", Kind.NUMBER, ("步行速度",), most=15),
    ),
    _layer(
        "households",
        "Point",
        _AREA,
        Column("head_name", Kind.TEXT, ("户主", "户主姓名", "姓名", "name", "名称")),
        Column("address", Kind.TEXT, ("住址", "地址", "家庭住址")),
        Column("telephone", Kind.TEXT, ("电话", "联系电话", "手机")),
        Column("persons", Kind.WHOLE, ("人数", "人口", "家庭人口"), required=True, most=100),
        Column(
            "key_groups",
            Kind.WORDS,
            ("重点人群", "人群类别", "priority"),
            words=words_of(KeyGroup, "elderly 老年人 65岁以上"),
            default="{}",
        ),
        role=Role.OPERATOR,
    ),
    _layer(
        "teams",
        "Point",
        _NAME,
        _AREA,
        Column(
            "kind",
            Kind.WORD,
            ("类型", "队伍类型"),
            words=words_of(TeamKind, "rescue 救援队伍", "information 信息员"),
            required=True,
        ),
        Column("people", Kind.WHOLE, ("人数", "队员人数"), least=1, most=100_000),
        Column("skills", Kind.WORDS, ("专长", "技能"), words=TEAM_SKILLS, default="{}"),
        Column("contact", Kind.TEXT, ("联系人", "负责人", "队长")),
        Column("telephone", Kind.TEXT, ("电话", "联系电话", "手机")),
        Column("state", Kind.WORD, ("状态",), words=words_of(TeamState), default="ready"),
        role=Role.OPERATOR,
    ),
)

LAYERS: Mapping[str, ImportLayer] = MappingProxyType({layer.name: layer for layer in _LAYERS})


def import_layer(name: str) -> ImportLayer:
    """The layer of that name; raises NotFound naming those that take files."""
    if layer := LAYERS.get(name):
        return layer
    raise NotFound(f"'{name[:60]}' takes no files. These layers do: {', '.join(LAYERS)}.")
