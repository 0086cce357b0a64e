"""How alike two reports are, and what a camera or a clock says against a report."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relief.field_report_matches import LIKELY, Sighted, likely_duplicates, likeness
from relief.field_reports import (
    Flag,
    ReportKind,
    Sighting,
    clean_text,
    clock_flags,
    distance_m,
    photo_flags,
)

NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)
HERE = (113.7, 37.8)


def sighted(name: str = "a", **changes: object) -> Sighted:
    values: dict[str, object] = {
        "kind": ReportKind.DAMAGE,
        "place": HERE,
        "accuracy_m": 10.0,
        "at": NOON,
        "figures": {"collapsed_rooms": 3},
    }
    return Sighted(name, **(values | changes))  # type: ignore[arg-type]


def north(metres: float) -> tuple[float, float]:
    return (HERE[0], HERE[1] + metres / 111_195)


def test_the_same_house_seen_twice_is_likely_one() -> None:
    other = sighted("b", place=north(40), at=NOON + timedelta(hours=1))
    assert likeness(sighted(), other).score > 0.9


@pytest.mark.parametrize(
    "changes",
    [
        {"place": north(1200)},
        {"kind": ReportKind.ROAD},
        {"figures": {"collapsed_rooms": 90}, "at": NOON + timedelta(hours=12), "place": north(120)},
    ],
)
def test_another_place_kind_or_count_is_another_thing(changes: dict[str, object]) -> None:
    assert likeness(sighted(), sighted("b", **changes)).score < LIKELY


def test_a_house_and_the_people_under_it_are_likely_one() -> None:
    people = sighted("b", kind=ReportKind.CASUALTY, figures={"injured": 2})
    found = likeness(sighted(), people)
    assert found.score >= LIKELY
    assert (found.same_kind, found.figures) == (False, None)


def test_poor_accuracy_explains_distance() -> None:
    rough = sighted("b", place=north(400), accuracy_m=400.0)
    sharp = sighted("b", place=north(400))
    assert likeness(sighted(), rough).score > likeness(sighted(), sharp).score


def test_the_likeliest_comes_first_and_none_is_its_own_duplicate() -> None:
    others = [sighted("a"), sighted("b", place=north(80)), sighted("c"), sighted("d", place=(0, 0))]
    assert [pair.other for pair in likely_duplicates(sighted("a"), others)] == ["c", "b"]


places = st.tuples(st.floats(72, 137), st.floats(3, 55))
reports = st.builds(
    sighted,
    kind=st.sampled_from(list(ReportKind)),
    place=st.one_of(places, st.floats(-500, 500).map(north)),
    accuracy_m=st.floats(0, 5000),
    at=st.timedeltas(timedelta(-9), timedelta(9)).map(lambda d: NOON + d),
    figures=st.dictionaries(st.sampled_from(["dead", "injured"]), st.integers(0, 10**6)),
)


@settings(deadline=None)
@given(reports, reports)
def test_likeness_is_a_share_and_the_same_both_ways(one: Sighted, other: Sighted) -> None:
    score = likeness(one, other).score
    assert 0 <= score <= 1
    assert likeness(other, one).score == pytest.approx(score, abs=2e-3)
    assert score <= likeness(one, one).score


def test_distance() -> None:
    assert distance_m((113.0, 37.0), (113.0, 38.0)) == pytest.approx(111_195, rel=1e-3)
    assert distance_m(HERE, HERE) == 0


def test_a_camera_beside_the_report() -> None:
    def flags(place: tuple[float, float], hours: float = 0) -> list[Flag]:
        camera = Sighting(place, NOON + timedelta(hours=hours))
        return photo_flags(Sighting(HERE, NOON), 10, camera, north(-500))

    assert flags(HERE) == []
    assert flags(north(-490)) == [Flag.GCJ02]
    assert flags(north(490)) == []
    assert flags(north(5000)) == [Flag.PHOTO_ELSEWHERE]
    assert flags(HERE, 30) == [Flag.PHOTO_OTHER_TIME]
    nothing = Sighting(None, None)
    assert photo_flags(Sighting(HERE, NOON), 10, nothing, None) == []


def test_clocks() -> None:
    began = NOON - timedelta(hours=3)
    assert clock_flags(NOON, NOON, began) == []
    assert clock_flags(NOON + timedelta(minutes=6), NOON, began) == [Flag.CLOCK_AHEAD]
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    assert clock_flags(long_ago, NOON, began, long_ago) == [Flag.CLOCK_BEHIND, Flag.CLOCK_OFF]


def test_text_keeps_everything_that_can_be_seen() -> None:
    assert clean_text("<b>桥</b> 🏚️\ttab\r\nnext") == "<b>桥</b> 🏚️\ttab\nnext"
    assert clean_text("a\x00\x07\x1b[31m\u202eb\u2066c\x85") == "a[31mbc"
