"""An assignment in words: why a household was left over, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from geo.road_reasons import CUT_OFF, NO_ROAD_NEARBY
from relief.leftovers import FULL, NONE_WITHIN_REACH, TOO_LARGE

_SENTENCES = {
    NO_ROAD_NEARBY: (
        "本户 {persons} 人周围 {limit_m} 米内没有可通行的道路。",
        "No road that this household of {persons} can take runs within {limit_m} m.",
    ),
    CUT_OFF: (
        "本户 {persons} 人所在的路网到不了任何避难场所。",
        "The roads around this household of {persons} reach no shelter: they are cut off.",
    ),
    NONE_WITHIN_REACH: (
        "可达范围内没有开放且有空位的避难场所（本户 {persons} 人）。",
        "No open shelter with free places lies within reach of this household of {persons}.",
    ),
    TOO_LARGE: (
        "本户 {persons} 人须整户安置，可达的单个避难场所最多只剩 {largest_free} 个空位。",
        "The household of {persons} stays together, and no shelter within reach has more than"
        " {largest_free} places left.",
    ),
    FULL: (
        "{people} 人只能到达 {shelters} 处避难场所、共 {places} 个空位，缺 {short} 个。",
        "{people} people reach only {shelters} shelters with {places} places: {short} short.",
    ),
}


def reason_words(reason: str, numbers: Mapping[str, float] | None) -> dict[str, str]:
    """The reason as a sentence in `zh` and `en`, with its numbers."""
    whole = {name: f"{value:.0f}" for name, value in (numbers or {}).items()}
    zh, en = _SENTENCES[reason]
    return {"zh": zh.format(**whole), "en": en.format(**whole)}
