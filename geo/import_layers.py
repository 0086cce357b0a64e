"""What can be imported: the layers, their columns, and the words that files use for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from geo.import_words import (
    ADMIN_LEVELS,
    FACILITIES,
    GRADES,
    GROUND_KINDS,
    HAZARD_KINDS,
    REGISTER_STATES,
    ROAD_CLASSES,
    ROAD_DIRECTIONS,
    Words,
    words,
    words_of,
)
from geo.tokens import Role
from relief.errors import NotFound
from relief.vocabulary import KeyGroup, ShelterState


class Kind(Enum):
    """What the texts of a column mean."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    WORD = auto()  # one code of a list
    WORDS = auto()  # several
    FLAG = auto()
    INSTANT = auto()
    AREA = auto()


@dataclass(frozen=True)
class Column:
    """A column of the store: `headers` are the other names that files use for it.

    Numbers lie in `least`..`most`; `words` maps every accepted word to the code that is stored;
    `default` is what an empty cell stands for, as PostgreSQL writes it.
    """

    name: str
    kind: Kind
    headers: tuple[str, ...] = ()
    required: bool = False
    words: Words = field(default_factory=dict)
    default: str | None = None
    least: float = 0
    most: float = 2**31 - 1


@dataclass(frozen=True)
class ImportLayer:
    """A layer that takes files; `shape` is its geometry, `role` the least that may import."""

    name: str
    shape: str
    role: Role
    columns: tuple[Column, ...]

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


def _state(words: Words) -> Column:
    return Column("state", Kind.WORD, ("状态",), words=words, default="open")


_LAYERS = (
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
)

LAYERS: Mapping[str, ImportLayer] = MappingProxyType({layer.name: layer for layer in _LAYERS})


def import_layer(name: str) -> ImportLayer:
    """The layer of that name; raises NotFound naming those that take files."""
    if layer := LAYERS.get(name):
        return layer
    raise NotFound(f"'{name[:60]}' takes no files. These layers do: {', '.join(LAYERS)}.")
