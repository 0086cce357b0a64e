"""The words that files use for the codes of the store, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from relief.vocabulary import AdminLevel, Term

Words = Mapping[str, str]


def words(*entries: str) -> Words:
    """`"indoor 室内 室内型"`: the code, then other words for it."""
    return MappingProxyType({w: e.split()[0] for e in entries for w in e.split()})


def words_of(terms: Iterable[Term], *more: str) -> Words:
    """The codes and names of a vocabulary, and `more` as in `words`."""
    known = {word: t.value for t in terms for word in (t.value, t.zh, t.en)}
    return MappingProxyType({**known, **words(*more)})


ADMIN_LEVELS = words_of(
    AdminLevel,
    "province 省级",
    "prefecture 市级 地级 地市级",
    "county 区 区级 县级 区县 区县级",
    "township 乡 镇 乡级 镇级 乡镇级 街道 街道级",
    "village 村级 社区 社区级",
)
GRADES = words(
    "very_high 极高 极高风险 特高",
    "high 高 高风险",
    "medium 中 中等 中风险",
    "low 低 低风险",
)
FACILITIES = words(
    "water 供水 水 饮水",
    "signs 标识 标志 指示牌",
    "power 供电 电 电力",
    "sewage 排污 污水 厕所",
    "stock 物资 储备 物资储备",
    "fire_safety 消防",
    "medical 医疗 医疗救护",
    "security 治安 安保 安全保卫",
)
TEAM_SKILLS = words(
    "search 搜救 搜寻 搜索",
    "medical 医疗 急救",
    "water 水上 水域 水上救援",
    "climbing 绳索 攀登 高空",
    "digging 破拆 挖掘 工程机械",
    "fire 灭火 消防",
    "drone 无人机",
    "radio 通信 应急通信",
    "power 电力 供电",
    "transport 运输 转运",
    "information 信息报送 灾情报送",
)
REGISTER_STATES = words("open 在册 未销号 正常 启用 开放", "closed 销号 已销号 停用 关闭")
HAZARD_KINDS = words(
    "landslide 滑坡",
    "collapse 崩塌",
    "debris_flow 泥石流",
    "subsidence 地面塌陷 塌陷 地面沉降",
    "ground_fissure 地裂缝",
    "chemical 化工厂 危化品 危险化学品",
    "fire_source 火源 火灾危险源",
    "other 其他",
)
ROAD_CLASSES = words(
    "motorway 高速 高速公路",
    "national 国道",
    "provincial 省道",
    "county 县道",
    "township 乡道",
    "village 村道",
)
ROAD_DIRECTIONS = words(
    "both 双向 双向通行 no 0 false 否",
    "forward 单向 单行 顺向 yes 1 true 是",
    "backward 逆向 反向 -1 reverse",
)
GROUND_KINDS = words(
    "school_yard 学校 操场 学校操场",
    "square 广场",
    "park 公园 绿地",
    "field 农田 田地 空地",
    "other 其他",
)
TOWNSHIP_KINDS = words(
    "street 街道 街道办事处",
    "town 镇 建制镇",
    "township 乡 民族乡 苏木",
    "other 其他 农场 林场 牧场 团场",
)
VILLAGE_KINDS = words("urban 社区 居委会 居民委员会", "rural 村 行政村 村委会 嘎查")
