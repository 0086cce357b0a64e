"""The words of a briefing in its two languages, and how its values are written in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from relief.edition import Condition
from relief.vocabulary import INDICATORS
from relief.wording import Words

Language = Literal["zh", "en"]
BEIJING = ZoneInfo("Asia/Shanghai")

TITLE = Words("灾情简报", "Situation briefing")
UNREPORTED = Words("未报", "not reported")
DEMO = Words("演示（数据为虚构）", "DEMO (invented data)")
EXERCISE = Words("演练", "EXERCISE")
NO_LEVEL = Words("未达到任何级别的启动条件", "no level is reached")
NOT_STARTED = Words("未启动响应", "no response started")
NOBODY = Words("无", "none")
NOW = Words("最新", "latest")

STATES = {
    "none": NOT_STARTED,
    "recommended": Words("系统建议，待会商决定", "recommended, not decided"),
    "proposed": Words("已提出建议，待决定", "proposed, not decided"),
    "decided": Words("已启动", "started"),
    "adjusted": Words("已调整", "adjusted"),
    "refused": Words("建议未获批准", "proposal refused"),
    "ended": Words("已终止", "ended"),
}
ACTS = {
    "proposal": Words("建议", "proposed"),
    "start": Words("启动（调整）", "started or adjusted"),
    "refusal": Words("不予启动", "refused"),
    "termination": Words("终止", "ended"),
}
PUNCTUALITY = {
    "late": Words("逾期", "late"),
    "due": Words("待报", "due"),
    "on_time": Words("按时", "on time"),
}
SHELTER_STATES = {
    "open": Words("开放", "open"),
    "full": Words("已满", "full"),
    "closed": Words("关闭", "closed"),
}
_SHARE = {"agricultural_population": Words("占农业人口", "of the agricultural population")}


class Phrase(Protocol):
    """Anything that has its name in both languages."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


def said(phrase: Phrase, language: Language) -> str:
    """The phrase in that language."""
    return phrase.zh if language == "zh" else phrase.en


def mark_of(event: dict[str, Any], language: Language) -> str:
    """What every page of an exercise or a demo carries; empty for the real thing."""
    kinds = [EXERCISE] if event["exercise"] else []
    kinds += [DEMO] if event["demo"] else []
    return " · ".join(said(kind, language) for kind in kinds)


def clock_time(moment: datetime | None, language: Language) -> str:
    """The moment in Beijing time, to the minute; what is newest where none is given."""
    if moment is None:
        return said(NOW, language)
    local = moment.astimezone(BEIJING)
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M} (UTC+8)"


def measure_of(condition: Condition, language: Language) -> str:
    """What a condition measures: the indicators that it sums, or the share that they are."""
    summed = " + ".join(said(INDICATORS[code], language) for code in condition.of)
    if condition.over is None:
        return summed
    whole = _SHARE.get(condition.over, Words(condition.over, condition.over))
    return f"{summed} {said(whole, language)}"
