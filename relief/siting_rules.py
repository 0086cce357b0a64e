"""What a site keeps away from, and where that is written.

Distances here are starting values that the planner may change; each carries its citation and its
standing: "read" in a copy of the text, or "memory", to be checked before anyone relies on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PURPOSES = ("settlement", "shelter", "depot")
OBJECTIVES = ("p_median", "p_center", "max_cover", "set_cover")


@dataclass(frozen=True)
class Source:
    """Where a rule is written: `text` cites it, `standing` says how well that was checked."""

    text: str
    standing: str = "read"


@dataclass(frozen=True)
class AvoidRule:
    """Sites keep away from `layer`.

    `default_distance_m` is what the desk proposes. `grades` are those the rule speaks of (empty:
    all). For the purposes of `engineering_for` a site that can't avoid it is allowed with
    engineering measures, where the feature is of one of `engineering_kinds`.
    """

    layer: str
    zh: str
    en: str
    default_distance_m: float
    clause: str
    sources: tuple[Source, ...]
    grades: frozenset[str] = frozenset()
    engineering_for: frozenset[str] = frozenset()
    engineering_kinds: frozenset[str] = frozenset()

    def allows_with_engineering(self, purpose: str, kind: str | None) -> bool:
        """Whether a site for `purpose` may stand by such a feature with engineering measures."""
        return purpose in self.engineering_for and kind in self.engineering_kinds


_PLAN = "阳泉市自然灾害救助应急预案 (yangquan-2026)"
_RULES = (
    AvoidRule(
        "faults",
        "活动断层",
        "active faults",
        200.0,
        "6.2.3",
        (
            Source(f"{_PLAN} 6.2.3: 避开地震断裂带"),
            Source("GB 50011 table 4.1.7: 200 m for class 乙 at intensity VIII, 400 m at IX"),
            Source("GB 55028-2022 4.3.2: shelter buildings 500 m or more from a fault zone"),
        ),
    ),
    AvoidRule(
        "hazard_points",
        "地质灾害隐患点及其他危险源",
        "hazard points",
        100.0,
        "7.4.3",
        (
            Source(f"{_PLAN} 5.1.3(6), 6.2.3, 7.4.3: 避开地质灾害隐患点"),
            Source("GB 55028-2022 4.2: 30 m or more from ordinary fire sources"),
        ),
    ),
    AvoidRule(
        "risk_zones",
        "极高、高风险区",
        "very high and high risk zones",
        0.0,
        "6.2.3",
        (Source(f"{_PLAN} 6.2.3: 避让极高和高风险区; unavoidable ones need engineering"),),
        grades=frozenset({"very_high", "high"}),
        engineering_for=frozenset({"settlement"}),
        engineering_kinds=frozenset({"geological"}),
    ),
    AvoidRule(
        "flood_areas",
        "洪水淹没区",
        "flood areas",
        0.0,
        "7.4.3",
        (Source(f"{_PLAN} 5.1.3(6), 6.2.3, 7.4.3: 避开山洪和洪涝灾害高风险区"),),
    ),
    AvoidRule(
        "roads",
        "道路",
        "roads",
        10.0,
        "7.4.3",
        (Source(f"{_PLAN} 7.4.3: other danger areas; the distance is the planner's", "memory"),),
    ),
)

AVOID_RULES: Mapping[str, AvoidRule] = MappingProxyType({rule.layer: rule for rule in _RULES})
"""The rule of every layer that a site can be kept away from."""
