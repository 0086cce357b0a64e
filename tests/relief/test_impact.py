"""What a report may state: every fault is named where it stands."""

import json
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.errors import InvalidInput
from relief.impact import figures_from_mapping, imbalances, implausible, total
from relief.vocabulary import INDICATORS


def faults_of(mapping):
    with pytest.raises(InvalidInput) as refusal:
        figures_from_mapping(mapping)
    return {fault.at: fault.detail for fault in refusal.value.faults}


def test_zero_is_kept_and_what_is_absent_stays_absent():
    assert figures_from_mapping({"missing": 0, "dead": 3}) == {"dead": 3, "missing": 0}


def test_whole_numbers_come_back_as_integers_whatever_the_store_gave():
    figures = figures_from_mapping({"dead": 3.0, "crop_area_lost_ha": Decimal("2.5")})
    assert json.dumps(figures) == '{"dead": 3, "crop_area_lost_ha": 2.5}'


@pytest.mark.parametrize(
    "value",
    [-1, 0.5, math.nan, math.inf, Decimal("sNaN"), True, "3", None, [], 10**9 + 1, 10**5000],
    ids=lambda value: str(value)[:8] if not isinstance(value, int) or value < 10**10 else "huge",
)
def test_what_is_no_number_of_people_is_refused(value):
    assert list(faults_of({"dead": value})) == ["/figures/dead"]


def test_every_fault_is_listed_at_its_pointer():
    faults = faults_of({"deed": 1, "missing": -1, "a/b~": 2, "\ud800": 1})
    assert faults["/figures/deed"].endswith("Did you mean dead?")
    assert set(faults) == {
        "/figures/deed",
        "/figures/missing",
        "/figures/a~1b~0",
        "/figures/\\ud800",
    }


def test_a_chinese_name_is_answered_with_the_code():
    assert "Did you mean dead?" in faults_of({"因灾死亡": 3})["/figures/因灾死亡"]


def test_a_part_is_not_greater_than_its_whole():
    faults = faults_of({"injured": 3, "seriously_injured": 4})
    assert faults == {"/figures/seriously_injured": "It is part of injured, so it is at most 3."}
    assert figures_from_mapping({"seriously_injured": 4})  # the whole is unknown, not zero


@pytest.mark.parametrize("body", [None, [], "dead", 3])
def test_figures_are_an_object(body):
    assert list(faults_of(body)) == ["/figures"]


def test_more_people_than_live_there_are_implausible():
    assert [f.at for f in implausible({"relocated": 101}, 100)] == ["/figures/relocated"]
    assert [f.at for f in implausible({"dead": 60, "missing": 41}, 100)] == ["/figures"]
    assert implausible({"dead": 60, "missing": 40, "collapsed_rooms": 900}, 100) == ()


def test_parts_that_do_not_add_up_are_named_with_the_difference():
    figures = {"relocated": 100, "relocated_collective": 60, "relocated_dispersed": 30}
    (found,) = imbalances(figures)
    assert (found.whole, found.difference) == ("relocated", 10)
    assert imbalances(figures | {"relocated_dispersed": 40}) == ()
    assert imbalances({"relocated": 100, "relocated_collective": 60}) == ()


@given(st.lists(st.floats(0, 1e6)), st.randoms())
def test_a_sum_is_the_same_in_any_order(values, chance):
    shuffled = values[:]
    chance.shuffle(shuffled)
    assert total(values) == total(shuffled)


@given(
    st.dictionaries(
        st.sampled_from(list(INDICATORS)) | st.text(),
        st.integers() | st.floats() | st.text() | st.none() | st.booleans() | st.decimals(),
    )
)
def test_whatever_is_sent_is_either_figures_or_a_readable_refusal(mapping):
    figures, faults = outcome(mapping)
    assert all(fault.at.startswith("/figures") and fault.detail for fault in faults)
    assert json.dumps([fault.at for fault in faults], ensure_ascii=False).encode()
    assert bool(faults) == (figures is None)
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def outcome(mapping):
    try:
        return figures_from_mapping(mapping), ()
    except InvalidInput as refusal:
        return None, refusal.faults
