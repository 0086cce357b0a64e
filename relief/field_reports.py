"""Reports from the field (现场上报): their words, and what about one a checker should ask.

A report is kept whatever is odd about it, as somebody may wait for help behind it; what is odd is
flagged. Only what can't be stored at all is refused.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from relief.errors import Fault
from relief.vocabulary import Term

LONGEST_TEXT = 4_000
CLOCK_SKEW = timedelta(minutes=5)
"""A phone whose clock differs by more is said to be off."""

BEFORE_EVENT = timedelta(days=1)
"""Observations may be a little older than the event: cracks are seen before the slide."""

WORST_ACCURACY_M = 500.0
SHIFT_M = 200.0
"""GCJ-02 lies 300 to 600 m beside WGS 84; what is nearer than this is no shift."""

PHOTO_REACH_M = 1_000.0
PHOTO_AGE = timedelta(days=1)
"""A photo of what is reported is taken near it and within a day of it."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Any clock of a phone lies between them; 1970 is kept and flagged."""


class ReportKind(Term):
    """类型, what a report is about."""

    CASUALTY = "casualty", "人员伤亡", "casualties"
    DAMAGE = "damage", "房屋损坏", "damage"
    NEED = "need", "救助需求", "need"
    HAZARD = "hazard", "次生险情", "hazard"
    ROAD = "road", "道路中断", "road"
    OTHER = "other", "其他", "other"


class ReportState(Term):
    """核实状态."""

    NEW = "new", "待核", "new"
    VERIFIED = "verified", "已核实", "verified"
    REJECTED = "rejected", "不实", "rejected"
    DUPLICATE = "duplicate", "重复", "duplicate"


class Flag(Term):
    """What a checker should ask about."""

    SWAPPED = (
        "location_swapped",
        "经纬度写反，已对调",
        "longitude and latitude were swapped",
    )
    FAR = "location_far", "位置不在我国境内", "the place is far away"
    OUTSIDE_EVENT = (
        "location_outside_event",
        "位置不在灾区",
        "the place is outside the event",
    )
    AREA_DIFFERS = "area_differs", "位置与所报区划不符", "the place is not in the division stated"
    GCJ02 = "gcj02_suspected", "疑为火星坐标（GCJ-02）", "the place looks like GCJ-02"
    IMPRECISE = "location_imprecise", "定位误差大", "the place is imprecise"
    NO_PLACE = "location_missing", "没有坐标，按区划定位", "no coordinates; placed by its division"
    CLOCK_AHEAD = "clock_ahead", "手机时间超前", "the phone's clock is ahead"
    CLOCK_BEHIND = "clock_behind", "观察时间早于灾害", "observed before the event"
    CLOCK_OFF = "clock_off", "手机时钟不准", "the phone's clock is off"
    TEXT_CLEANED = "text_cleaned", "文字含控制字符，已去除", "control characters were taken out"
    IMPLAUSIBLE = "figures_implausible", "数字超过当地人口", "figures exceed the population"
    PHOTO_ELSEWHERE = "photo_elsewhere", "照片拍摄地点不符", "a photo was taken elsewhere"
    PHOTO_OTHER_TIME = "photo_other_time", "照片拍摄时间不符", "a photo was taken at another time"


KINDS = {kind.value: kind for kind in ReportKind}
FLAGS = {flag.value: flag for flag in Flag}
"""Every kind and every flag by its code."""

ODD_CLOCK = frozenset({Flag.CLOCK_AHEAD.value, Flag.CLOCK_BEHIND.value, Flag.CLOCK_OFF.value})
"""With one of these the server's clock tells better when something was seen."""


def clean_text(text: str) -> str:
    """`text` without control characters but tabs and line ends, and without bidi overrides.

    HTML and emoji stay as they are: text is shown as text.
    """
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or _is_printed(c))


def _is_printed(character: str) -> bool:
    if "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return False
    return unicodedata.category(character) not in {"Cc", "Cs"}


def text_fault(text: str, at: str) -> Fault | None:
    """What is wrong with the length of a text; None when nothing is."""
    if len(text) <= LONGEST_TEXT:
        return None
    return Fault(at, f"{len(text):,} characters are too many; {LONGEST_TEXT:,} are taken.")


def clock_flags(
    observed_at: datetime, now: datetime, began_at: datetime, sent_at: datetime | None = None
) -> list[Flag]:
    """What is odd about the phone's clock; `sent_at` is what it showed when it sent the report."""
    flags = []
    if observed_at > now + CLOCK_SKEW:
        flags.append(Flag.CLOCK_AHEAD)
    if observed_at < began_at - BEFORE_EVENT:
        flags.append(Flag.CLOCK_BEHIND)
    if sent_at is not None and abs(now - sent_at) > CLOCK_SKEW:
        flags.append(Flag.CLOCK_OFF)
    return flags


@dataclass(frozen=True)
class Sighting:
    """(lon, lat) in degrees and time, as a person or a camera states them; None: not stated."""

    place: tuple[float, float] | None
    at: datetime | None


NOWHERE = Sighting(None, None)
"""What nobody stated."""


def photo_flags(
    stated: Sighting,
    accuracy_m: float,
    camera: Sighting,
    unshifted: tuple[float, float] | None,
) -> list[Flag]:
    """Where a camera contradicts the report that its photo belongs to.

    `unshifted` is the stated place, had it been GCJ-02: if the camera stood there, it was.
    """
    flags = []
    if stated.place and camera.place:
        apart_m = distance_m(stated.place, camera.place)
        if unshifted and apart_m > SHIFT_M and distance_m(unshifted, camera.place) < SHIFT_M / 2:
            flags.append(Flag.GCJ02)
        elif apart_m > PHOTO_REACH_M + accuracy_m:
            flags.append(Flag.PHOTO_ELSEWHERE)
    if stated.at and camera.at and abs(stated.at - camera.at) > PHOTO_AGE:
        flags.append(Flag.PHOTO_OTHER_TIME)
    return flags


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two (lon, lat) on a sphere of 6,371 km, within 0.5 %."""
    (x1, y1), (x2, y2) = (tuple(map(math.radians, place)) for place in (one, other))
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(h)))


def instant_fault(instant: datetime, at: str) -> Fault | None:
    """What keeps a time from being stored; None when nothing does."""
    if EARLIEST <= instant < LATEST:
        return None
    return Fault(at, "No clock shows that; give a time between 1900 and 2200.")
