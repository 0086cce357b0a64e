"""Which report counts: the rules of 4.1, and that the order of arrival changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from relief.reports import (
    Report,
    Statement,
    counted,
    disagreements,
    newest,
    standing_reports,
    statements,
)
from relief.vocabulary import Stage

DAWN = datetime(2026, 6, 2, 6, tzinfo=UTC)


def hour(number):
    return DAWN + timedelta(hours=number)


def report(name, figures, as_of=0, recorded=None, stage=Stage.FOLLOW_UP, **more):
    """A report of 平定县 with times in hours; recorded as it became true unless said otherwise."""
    known = as_of if recorded is None else recorded
    more = {"admin_area": "140321", "source": "县应急局"} | more
    return Report(
        id=name, figures=figures, as_of=hour(as_of), recorded_at=hour(known), stage=stage, **more
    )


def values(reports, **clocks):
    chosen = counted(statements(standing_reports(reports, **clocks)))
    return {indicator: statement.value for (_, indicator), statement in chosen.items()}


def test_figures_may_fall_when_the_missing_are_found_alive():
    reports = [report("a", {"dead": 2, "missing": 5}), report("b", {"missing": 1}, 3)]
    assert values(reports) == {"dead": 2, "missing": 1}


def test_zero_replaces_and_absence_keeps():
    reports = [report("a", {"dead": 2, "missing": 5}), report("b", {"dead": 0}, 3)]
    assert values(reports) == {"dead": 0, "missing": 5}


def test_a_late_report_keeps_the_time_at_which_it_was_true():
    by_phone = report("late", {"dead": 9}, as_of=1, recorded=8)
    assert values([report("a", {"dead": 4}, 5), by_phone]) == {"dead": 4}


def test_at_one_time_the_higher_stage_counts_then_the_later_record():
    checked = report("checked", {"dead": 3}, stage=Stage.VERIFIED)
    quick = report("quick", {"dead": 5}, recorded=2)
    assert values([checked, quick]) == {"dead": 3}
    assert values([quick, report("again", {"dead": 6}, recorded=3)]) == {"dead": 6}


def test_a_lower_stage_of_a_later_hour_counts():
    verified = report("a", {"dead": 3}, stage=Stage.VERIFIED)
    assert values([verified, report("b", {"dead": 4}, 1, stage=Stage.INITIAL)]) == {"dead": 4}


def test_a_correction_withdraws_the_whole_report_that_it_supersedes():
    wrong = report("wrong", {"dead": 30, "injured": 2})
    right = report("right", {"dead": 3}, recorded=2, supersedes="wrong")
    again = report("again", {"dead": 4}, recorded=3, supersedes="right")
    assert values([wrong, right]) == {"dead": 3}
    assert values([again, right, wrong]) == {"dead": 4}


def test_what_was_true_then_and_what_was_known_then():
    first = report("first", {"dead": 1}, as_of=0, recorded=0)
    late = report("late", {"dead": 5}, as_of=1, recorded=6)
    last = report("last", {"dead": 7}, as_of=8, recorded=8, supersedes=None)
    reports = [first, late, last]
    assert values(reports, as_of=hour(2)) == {"dead": 5}
    assert values(reports, known_at=hour(2)) == {"dead": 1}
    assert values(reports, as_of=hour(2), known_at=hour(2)) == {"dead": 1}
    assert values(reports, as_of=hour(-1)) == {}
    assert values(reports) == {"dead": 7}


def test_before_a_correction_was_known_the_wrong_report_stands():
    wrong = report("wrong", {"dead": 30})
    right = report("right", {"dead": 3}, recorded=4, supersedes="wrong")
    assert values([wrong, right], known_at=hour(3)) == {"dead": 30}
    assert values([wrong, right], known_at=hour(4)) == {"dead": 3}


def test_the_own_bureau_counts_and_the_other_source_is_kept_beside_it():
    own = report("own", {"dead": 3, "missing": 1})
    police = report("police", {"dead": 5, "missing": 1, "injured": 8}, 4, source="公安", own=False)
    stated = statements([own, police])
    assert values([police, own]) == {"dead": 3, "missing": 1, "injured": 8}
    (dispute,) = disagreements(stated)
    assert dispute.as_dict() == {
        "area": "140321",
        "indicator": "dead",
        "counted": {
            "value": 3,
            "source": "县应急局",
            "as_of": "2026-06-02T06:00:00+00:00",
            "stage": "follow_up",
            "report": "own",
        },
        "other": {
            "value": 5,
            "source": "公安",
            "as_of": "2026-06-02T10:00:00+00:00",
            "stage": "follow_up",
            "report": "police",
        },
        "difference": 2,
    }


def test_a_source_does_not_disagree_with_its_own_earlier_word():
    assert disagreements(statements([report("a", {"dead": 3}), report("b", {"dead": 4}, 1)])) == []


def test_the_newest_statement_gives_time_and_stage():
    stated = statements([report("a", {"dead": 3}, 5), report("b", {"injured": 4}, 1)])
    assert newest(stated).report_id == "a"
    assert newest([]) is None


reports = st.lists(
    st.builds(
        report,
        st.uuids().map(str),
        st.dictionaries(st.sampled_from(["dead", "missing", "injured"]), st.integers(0, 9)),
        st.integers(0, 5),
        st.integers(0, 9),
        st.sampled_from(Stage),
        admin_area=st.sampled_from(["140321", "140322"]),
        source=st.sampled_from(["县应急局", "公安"]),
        own=st.booleans(),
    ),
    max_size=8,
)


@given(reports, st.randoms(), st.integers(0, 9))
def test_the_order_of_arrival_changes_nothing(arrived, chance, clock):
    arrived = [
        replace(later, supersedes=earlier.id) if later.figures else later
        for earlier, later in zip(arrived[::2], arrived[1::2], strict=False)
    ] + arrived[::2]
    shuffled = arrived[:]
    chance.shuffle(shuffled)
    for clocks in ({}, {"as_of": hour(clock)}, {"known_at": hour(clock)}):
        one, other = (statements(standing_reports(r, **clocks)) for r in (arrived, shuffled))
        assert counted(one) == counted(other)
        assert disagreements(one) == disagreements(other)


@given(reports, st.integers(0, 9))
def test_the_past_as_it_was_known_never_changes(arrived, clock):
    before = [r for r in arrived if r.recorded_at <= hour(clock)]
    assert values(arrived, known_at=hour(clock)) == values(before, known_at=hour(clock))


@given(reports)
def test_rows_that_the_store_reduced_give_the_same(arrived):
    stated = statements(arrived)
    reduced: list[Statement] = list(counted(stated).values())
    assert counted(reduced) == counted(stated)
