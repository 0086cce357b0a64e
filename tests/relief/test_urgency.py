"""Who waits longest for help is looked at first."""

from relief.field_reports import ReportKind
from relief.urgency import Trust, urgency

STRANGER = Trust()


def points(
    kind: ReportKind, waiting_h: float = 0, trust: Trust = STRANGER, **figures: int
) -> float:
    return urgency(kind, figures, waiting_h, trust).points


def test_people_come_before_houses() -> None:
    assert points(ReportKind.CASUALTY) > points(ReportKind.HAZARD) > points(ReportKind.DAMAGE)


def test_the_missing_press_most_and_numbers_press_ever_less() -> None:
    buried = points(ReportKind.CASUALTY, missing=4)
    assert buried > points(ReportKind.CASUALTY, dead=4)
    more = points(ReportKind.CASUALTY, missing=8) - buried
    assert more == points(ReportKind.CASUALTY, missing=4) - points(ReportKind.CASUALTY, missing=2)


def test_waiting_lifts_a_report_to_a_limit() -> None:
    assert points(ReportKind.ROAD, 2) == points(ReportKind.ROAD) + 20
    assert points(ReportKind.ROAD, 300) == points(ReportKind.ROAD) + 30
    assert points(ReportKind.ROAD, -5) == points(ReportKind.ROAD)


def test_a_reporter_who_was_right_is_heard_sooner() -> None:
    right, wrong = Trust(9, 9), Trust(0, 9)
    assert (
        points(ReportKind.NEED, 0, right)
        > points(ReportKind.NEED)
        > points(ReportKind.NEED, 0, wrong)
    )
    assert (STRANGER.share, right.share) == (0.5, 10 / 11)


def test_nothing_counted_is_nothing_added() -> None:
    assert points(ReportKind.CASUALTY, dead=0) == points(ReportKind.CASUALTY)
