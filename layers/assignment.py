"""An assignment in words: who was left over or moves, and why, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.database import Row
from geo.road_reasons import CUT_OFF, NO_ROAD_NEARBY
from relief.leftovers import FULL, NONE_WITHIN_REACH, TOO_LARGE
from relief.together import NO_COMMON_SHELTER, NO_ROOM_TOGETHER, TOO_LARGE_TOGETHER

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


_TOGETHER = {
    NO_ROAD_NEARBY: (
        "{households} 户 {persons} 人附近没有可通行的道路。",
        "{persons} people in {households} households have no road near them.",
    ),
    CUT_OFF: (
        "{households} 户 {persons} 人所在的路网到不了任何避难场所。",
        "The roads around {persons} people in {households} households reach no shelter.",
    ),
    NONE_WITHIN_REACH: (
        "{households} 户 {persons} 人可达范围内没有开放且有空位的避难场所。",
        "{persons} people in {households} households have no open shelter with free places"
        " within reach.",
    ),
    TOO_LARGE: (
        "{households} 户 {persons} 人须整户安置，可达的单个避难场所都容不下整户。",
        "{persons} people in {households} households stay together, and no single shelter within"
        " reach has places left for all of a household.",
    ),
    FULL: (
        "{people} 人只能到达 {shelters} 处避难场所、共 {places} 个空位，缺 {short} 个；"
        "其中 {households} 户 {persons} 人未安置。",
        "{people} people reach only {shelters} shelters with {places} places: {short} short;"
        " {persons} of them, in {households} households, have no place.",
    ),
}


def unplaced_shown(row: Row) -> dict[str, Any]:
    """A household without a place, with its reason in words."""
    own = {name: row[name] for name in ("household", "persons", "reason")}
    return own | {"detail": reason_words(row["reason"], row["reason_numbers"])}


def shortage_shown(row: Row) -> dict[str, Any]:
    """Those without a place for one reason, taken together, with a sentence in `zh` and `en`."""
    numbers = {name: f"{value:.0f}" for name, value in (row["numbers"] or {}).items()}
    counts = {"households": row["households"], "persons": row["persons"]}
    zh, en = _TOGETHER[row["reason"]]
    told = {**numbers, **counts}
    return {**row, "detail": {"zh": zh.format(**told), "en": en.format(**told)}}


_BECAUSE = {
    "closed": ("原避难场所已关闭。", "The shelter has closed."),
    "unsafe": ("原避难场所位于危险区内。", "The shelter stands within a hazard."),
    "not_on_file": ("原避难场所已不在册。", "The shelter is no longer on file."),
    "not_asked": ("本次未选用原避难场所。", "The shelter is not among those asked for."),
    "worth_moving": (
        "原避难场所仍开放；调整后节省的路程大于搬迁代价，或为他人腾出位置。",
        "The shelter is still open; moving saves more than it costs, or makes room for others.",
    ),
    "new": ("原方案中没有这一户。", "The household was not in the plan before."),
    "placed": ("原方案未能安置这一户。", "The plan before had no place for the household."),
    "left_over": ("没有位置了。", "No place is left."),
    "gone": ("本次不再需要安置这一户。", "The household no longer needs a place."),
}


def move_shown(row: Row, shelters_out: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A household whose place differs, with the reason as a code and in words."""
    out: dict[str | None, str] = {one["shelter"]: one["reason"] for one in shelters_out}
    otherwise: str = "worth_moving" if row["kind"] == "moved" else row["kind"]
    because: str = out.get(row["from"], otherwise) if row["kind"] != "gone" else "gone"
    zh, en = _BECAUSE[because]
    return {**row, "because": because, "detail": {"zh": zh, "en": en}}


_SPLIT = {
    NO_COMMON_SHELTER: (
        "全村 {persons} 人没有都能到达的同一避难场所，已分开安置。",
        "No shelter lies within reach of all {persons} people of the village; they are split.",
    ),
    TOO_LARGE_TOGETHER: (
        "全村 {persons} 人，可达的避难场所最多只能容纳 {largest} 人，已分开安置。",
        "The village has {persons} people and no shelter within reach of all takes more than"
        " {largest}; they are split.",
    ),
    NO_ROOM_TOGETHER: (
        "全村 {persons} 人，可达的避难场所最多只剩 {largest_free} 个空位，已分开安置。",
        "The village has {persons} people and no shelter within reach of all has more than"
        " {largest_free} places left; they are split.",
    ),
}


def split_shown(one: Mapping[str, Any]) -> dict[str, Any]:
    """A village that is not under one roof, with the reason in words."""
    whole = {name: f"{value:.0f}" for name, value in one["numbers"].items()}
    zh, en = _SPLIT[one["reason"]]
    return {**one, "detail": {"zh": zh.format(**whole), "en": en.format(**whole)}}
