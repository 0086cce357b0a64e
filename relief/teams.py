"""Teams (救援队伍、灾害信息员): their words, and which clock of a phone is believed."""

from __future__ import annotations

from datetime import datetime, timedelta

from relief.errors import Fault, InvalidInput
from relief.field_reports import CLOCK_SKEW
from relief.vocabulary import Term

OLDEST_POSITION = timedelta(days=1)
"""Where a team was before that helps nobody; a phone that says so has a wrong clock."""

STALE = timedelta(minutes=15)
"""A position older than this is shown as old: on foot a team is a kilometre away by then."""


class TeamKind(Term):
    """类型."""

    RESCUE = "rescue", "救援队", "rescue team"
    INFORMATION = "information", "灾害信息员", "village information officer"
    MEDICAL = "medical", "医疗队", "medical team"
    REPAIR = "repair", "抢修队", "repair crew"
    OTHER = "other", "其他", "other"


class TeamState(Term):
    """状态."""

    READY = "ready", "待命", "ready"
    DEPLOYED = "deployed", "出动", "deployed"
    RESTING = "resting", "休整", "resting"
    OFF_DUTY = "off_duty", "停用", "off duty"


def position_at(at: datetime, now: datetime, sent_at: datetime | None = None) -> datetime:
    """When a position was taken by the server's clock.

    `at` and `sent_at` are what the phone's clock showed when it took and when it sent it: a clock
    that is off is set right by them. Raises InvalidInput where what is left is no recent time.
    """
    right = at
    if sent_at is not None and abs(now - sent_at) > CLOCK_SKEW:
        right = at + (now - sent_at)
    if now - OLDEST_POSITION <= right <= now + CLOCK_SKEW:
        return min(right, now)
    detail = "It is no time of the last day; with `sent_at` a clock that is off is set right."
    raise InvalidInput("The position was not kept.", [Fault("/at", detail)])
