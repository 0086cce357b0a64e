"""Clause 5.5: lowered conditions stand beside the plan's own, and never in their place."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.drought import drought_from_sequence
from relief.errors import InvalidInput
from relief.lowering import Lowering, adjusted, lowered_plan
from relief.plan import plan_by_id
from relief.vocabulary import INDICATORS

PLAN = plan_by_id("yangquan-2026")
SCENARIOS = tomllib.loads(Path(__file__).with_name("lowering.toml").read_text("utf-8"))
figures = st.dictionaries(st.sampled_from(list(INDICATORS)), st.integers(0, 300_000))


def height(evaluation):
    return 0 if evaluation.level is None else 4 - evaluation.level.rank


def by(percent):
    return Lowering("sensitive_time", "office", "at the festival", percent)


@pytest.mark.parametrize("case", SCENARIOS["case"], ids=lambda case: case["says"])
def test_cases(case):
    drought = drought_from_sequence(case.get("drought"))
    found = adjusted(PLAN, Lowering(**case["lowering"]), case.get("figures", {}), drought)
    assert (found.unadjusted.level or "none") == case["before"]
    assert (found.adjusted.level or "none") == case["after"]


@pytest.mark.parametrize("case", SCENARIOS["refused"], ids=lambda case: case["says"])
def test_a_choice_that_the_clause_does_not_allow_is_refused(case):
    with pytest.raises(InvalidInput) as refusal:
        lowered_plan(PLAN, Lowering(**case["lowering"]))
    assert case["at"] in {fault.at for fault in refusal.value.faults}


def test_a_plan_without_the_clause_lowers_nothing():
    with pytest.raises(InvalidInput, match="lowered"):
        lowered_plan(plan_by_id("national-2024"), by(20))


def test_a_level_that_the_plan_has_not_cannot_be_lowered():
    choice = Lowering("night", "office", "no light", levels={"IV": 20})
    with pytest.raises(InvalidInput) as refusal:
        lowered_plan(plan_by_id("example-county"), choice)
    assert [fault.at for fault in refusal.value.faults] == ["/lowering/levels/IV"]


def test_both_evaluations_and_the_choice_are_told_with_the_clause():
    found = adjusted(PLAN, by(20), {"dead": 8, "missing": 0}).as_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["unadjusted"]["level"], found["adjusted"]["level"]) == ("IV", "III")
    assert found["unadjusted"]["findings"][0]["threshold"] == 3
    assert found["adjusted"]["findings"][0]["threshold"] == 8
    choice = found["lowering"]
    assert (choice["clause"], choice["ground"]["code"]) == ("5.5", "sensitive_time")
    assert (choice["by"], choice["reason"]) == ("office", "at the festival")
    assert choice["percent"] == {"I": 20, "II": 20, "III": 20, "IV": 20}


@given(figures, st.integers(1, 99), st.integers(1, 99))
def test_lower_conditions_never_lower_the_level(reported, one, other):
    less, more = (adjusted(PLAN, by(percent), reported) for percent in sorted((one, other)))
    assert height(less.unadjusted) <= height(less.adjusted) <= height(more.adjusted)
    assert less.unadjusted.as_dict() == more.unadjusted.as_dict()
