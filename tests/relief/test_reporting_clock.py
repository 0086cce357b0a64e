"""The clock of reports, moved by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from relief.plan import plan_by_id
from relief.reporting_clock import Process, Punctuality, deadlines, worst

BEGAN = datetime(2026, 9, 15, tzinfo=UTC)
RULES = plan_by_id("yangquan-2026").reporting


def quake(state: str = "open", *, major: bool = True) -> Process:
    return Process("earthquake", BEGAN, major, state)


def at(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


def state_of(process: Process, reports: list[float], now: float) -> tuple[str, float]:
    owed = deadlines(RULES, process, [at(hour) for hour in reports], at(now))
    punctuality, late_by = worst(owed, at(now))
    return punctuality.value, late_by / timedelta(hours=1)


@pytest.mark.parametrize(
    ("reports", "now", "state"),
    [
        ([], 1, ("due", 0)),  # two hours are not over yet
        ([], 2, ("due", 0)),  # 以内: the second hour included
        ([], 3.5, ("late", 1.5)),  # silence is late, not zero
        ([1], 3.5, ("due", 0)),  # the next within 24 hours of the last
        ([1], 25, ("due", 0)),
        ([1], 30, ("late", 5)),
        ([1, 24, 47], 60, ("due", 0)),
    ],
)
def test_a_major_event_wants_a_first_report_and_one_a_day(reports, now, state) -> None:
    assert state_of(quake(), reports, now) == state


def test_when_stable_nothing_more_is_due() -> None:
    assert state_of(quake("stable"), [1], 300) == ("on_time", 0)
    assert state_of(quake(major=False), [1], 300) == ("on_time", 0)


def test_drought_reports_every_ten_days_until_it_is_over() -> None:
    drought = Process("drought", BEGAN, False, "stable")
    assert state_of(drought, [1], 240) == ("due", 0)
    assert state_of(drought, [1], 243) == ("late", 2)
    closed = Process("drought", BEGAN, False, "closed")
    assert state_of(closed, [1], 2400) == ("on_time", 0)


def test_a_first_report_that_came_late_says_by_how_much() -> None:
    first = deadlines(RULES, quake(), [at(5)], at(6))[0]
    assert first.as_dict(at(6))["late_s"] == 3 * 3600
    assert first.punctuality(at(6)) is Punctuality.ON_TIME
    assert first.as_dict(at(6))["source"]


def test_what_is_recorded_later_is_not_known_yet() -> None:
    assert state_of(quake(), [5], 3) == ("late", 1)
