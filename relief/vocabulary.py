"""The words of disaster relief: hazards, stages, levels, and the indicators that reports may state.

Terms follow 自然灾害情况统计调查制度 (the national statistical regime of natural disasters) and the
plans in `relief/plans`; every term has its stable code, its Chinese and its English name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Term(StrEnum):
    """A code that knows its names; members rank in the order they are written, first = 0."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        term = str.__new__(cls, code)
        term._value_ = code
        term.zh = zh
        term.en = en
        return term

    @property
    def rank(self) -> int:
        """The place of this term in its list, from 0."""
        return list(type(self)).index(self)


class Hazard(Term):
    """灾种, as the plans list them (Yangquan 2026, 8.1)."""

    FLOOD = "flood", "洪涝", "flood"
    DROUGHT = "drought", "干旱", "drought"
    WIND_HAIL = "wind_hail", "风雹", "wind and hail"
    LOW_TEMPERATURE = "low_temperature", "低温冷冻", "low temperature"
    HEAT = "heat", "高温", "heat"
    SNOW = "snow", "雪灾", "snow"
    DUST = "dust", "沙尘暴", "dust storm"
    EARTHQUAKE = "earthquake", "地震", "earthquake"
    GEOLOGICAL = "geological", "崩塌、滑坡、泥石流", "collapse, landslide, debris flow"
    WILDFIRE = "wildfire", "森林草原火灾", "forest or grassland fire"
    BIOLOGICAL = "biological", "重大生物灾害", "biological"


class Stage(Term):
    """报告阶段: the later in this list, the more a figure has been checked."""

    INITIAL = "initial", "首报", "initial"
    FOLLOW_UP = "follow_up", "续报", "follow-up"
    VERIFIED = "verified", "核报", "verified"
    FINAL = "final", "终报", "final"


class Level(Term):
    """响应等级, the highest first: rank 0 is level I."""

    I = "I", "一级", "level I"  # noqa: E741 - the plans write it so
    II = "II", "二级", "level II"
    III = "III", "三级", "level III"
    IV = "IV", "四级", "level IV"


class Authority(Term):
    """Who may decide a level, as the plans name them and as a token carries it."""

    OFFICE = "office", "防减救灾办", "the relief office"
    DEPUTY = "deputy", "常务副主任或分管副主任", "a deputy director of the commission"
    DIRECTOR = "director", "主任", "the director of the commission"
    GOVERNMENT = "government", "党委、政府", "the party committee and the government"


class AdminLevel(Term):
    """行政层级, province to village (GB/T 2260, GB/T 10114)."""

    PROVINCE = "province", "省", "province"
    PREFECTURE = "prefecture", "市", "prefecture"
    COUNTY = "county", "县", "county"
    TOWNSHIP = "township", "乡镇", "township"
    VILLAGE = "village", "村", "village"


class ShelterState(Term):
    """避难场所状态."""

    OPEN = "open", "开放", "open"
    FULL = "full", "已满", "full"
    CLOSED = "closed", "关闭", "closed"


class DamageGrade(Term):
    """房屋损坏等级, the worst first."""

    COLLAPSED = "collapsed", "倒塌", "collapsed"
    SEVERE = "severe", "严重损坏", "severely damaged"
    SLIGHT = "slight", "一般损坏", "slightly damaged"
    NONE = "none", "基本完好", "sound"

    @property
    def homeless(self) -> bool:
        """Whether a household in such a house needs another place to sleep."""
        return self in (DamageGrade.COLLAPSED, DamageGrade.SEVERE)


class KeyGroup(Term):
    """重点人群, who are looked after first."""

    SUBSISTENCE_ALLOWANCE = "subsistence_allowance", "低保对象", "on subsistence allowance"
    DESTITUTE = "destitute", "分散供养特困人员", "destitute, supported at home"
    HOMELESS = "homeless", "反复流浪乞讨人员", "homeless"
    LEFT_BEHIND_CHILD = "left_behind_child", "农村留守儿童", "left-behind child"
    LEFT_BEHIND_ELDER = "left_behind_elder", "农村留守老年人", "left-behind elder"
    ORPHAN = "orphan", "散居孤儿", "orphan in a family"
    DISABLED = "disabled", "残疾人", "disabled"
    REBUILDING = "rebuilding", "因灾倒房重建户", "rebuilding after a disaster"
    PREFERENTIAL_CARE = "preferential_care", "重点优抚对象", "entitled to preferential care"
    VETERAN_OLD_DISABLED = "veteran_old_disabled", "高龄残疾退役军人", "old or disabled veteran"
    MILITARY_FAMILY = "military_family", "军属", "military family"


class Unit(Term):
    """What an indicator counts; things that come whole have no fractions."""

    PERSON = "person", "人", "people"
    ROOM = "room", "间", "rooms"
    HOUSEHOLD = "household", "户", "households"
    HECTARE = "hectare", "公顷", "ha"
    CNY_10K = "cny_10k", "万元", "10,000 CNY"
    PERCENT = "percent", "%", "%"

    @property
    def whole(self) -> bool:
        """Whether a fraction of one makes no sense."""
        return self in (Unit.PERSON, Unit.ROOM, Unit.HOUSEHOLD)


class Tense(StrEnum):
    """累计值 grows over the whole process, 实时值 is what holds at the as-of time."""

    CUMULATIVE = "cumulative"
    CURRENT = "current"


@dataclass(frozen=True)
class Indicator:
    """One figure that a report may state; `part_of` is the code of the figure that contains it."""

    code: str
    zh: str
    en: str
    unit: Unit
    part_of: str | None = None
    tense: Tense = Tense.CUMULATIVE


_P, _R, _H, _HA, _W = Unit.PERSON, Unit.ROOM, Unit.HOUSEHOLD, Unit.HECTARE, Unit.CNY_10K
_LOSS = "direct_economic_loss_10k_cny"
_INDICATORS = (
    Indicator("dead", "因灾死亡人口", "dead", _P),
    Indicator("missing", "因灾失踪人口", "missing", _P, tense=Tense.CURRENT),
    Indicator("injured", "因灾受伤人口", "injured", _P),
    Indicator("seriously_injured", "重伤人口", "seriously injured", _P, "injured"),
    Indicator("affected", "受灾人口", "affected", _P),
    Indicator("relocated", "紧急转移安置人口", "urgently relocated", _P),
    Indicator("relocated_collective", "集中安置人口", "in collective sites", _P, "relocated"),
    Indicator("relocated_dispersed", "分散安置人口", "dispersed", _P, "relocated"),
    Indicator("relocated_now", "当前转移安置人口", "relocated now", _P, "relocated", Tense.CURRENT),
    Indicator("in_need", "需紧急生活救助人口", "in urgent need", _P),
    Indicator("in_need_now", "当前需紧急生活救助人口", "in need now", _P, "in_need", Tense.CURRENT),
    Indicator("transition_relief", "需过渡期生活救助人口", "in need of transitional relief", _P),
    Indicator("drought_needing_aid", "因旱需生活救助人口", "needing aid in drought", _P),
    Indicator(
        "drought_needing_government_aid",
        "因旱需政府救助人口",
        "needing the government's aid in drought",
        _P,
        "drought_needing_aid",
    ),
    Indicator("collapsed_rooms", "倒塌房屋间数", "rooms collapsed", _R),
    Indicator("collapsed_households", "倒塌房屋户数", "households with collapsed homes", _H),
    Indicator("severely_damaged_rooms", "严重损坏房屋间数", "rooms severely damaged", _R),
    Indicator("severely_damaged_households", "严重损坏房屋户数", "homes severely damaged", _H),
    Indicator("slightly_damaged_rooms", "一般损坏房屋间数", "rooms slightly damaged", _R),
    Indicator("slightly_damaged_households", "一般损坏房屋户数", "homes slightly damaged", _H),
    Indicator("crop_area_affected_ha", "农作物受灾面积", "crop area affected", _HA),
    Indicator("crop_area_lost_ha", "农作物绝收面积", "crops lost", _HA, "crop_area_affected_ha"),
    Indicator(_LOSS, "直接经济损失", "direct economic loss", _W),
    Indicator("loss_housing_10k_cny", "房屋及家庭财产损失", "housing and belongings", _W, _LOSS),
    Indicator("loss_agriculture_10k_cny", "农林牧渔业损失", "farming and forestry", _W, _LOSS),
    Indicator("loss_industry_10k_cny", "工矿商贸业损失", "industry, mining, trade", _W, _LOSS),
    Indicator("loss_infrastructure_10k_cny", "基础设施损失", "infrastructure", _W, _LOSS),
    Indicator("loss_public_services_10k_cny", "公共服务损失", "public services", _W, _LOSS),
    Indicator("loss_other_10k_cny", "其他损失", "other losses", _W, _LOSS),
)

INDICATORS: Mapping[str, Indicator] = MappingProxyType({i.code: i for i in _INDICATORS})
"""Every indicator by code, in the order in which tables show them."""

PARTITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "relocated": ("relocated_collective", "relocated_dispersed"),
        _LOSS: tuple(i.code for i in _INDICATORS if i.part_of == _LOSS),
    }
)
"""Wholes whose parts, all of them stated, should add up to them."""
