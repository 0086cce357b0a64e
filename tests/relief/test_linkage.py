"""Clauses 5.6 and 5.7: what other responses ask for, what a start brings, who ends it."""

import json
import tomllib
from pathlib import Path

import pytest

from relief.errors import InvalidInput, UnknownArea
from relief.linkage import OtherActive, linked, on_start
from relief.plan import plan_by_id
from relief.vocabulary import Authority, Level

PLAN = plan_by_id("yangquan-2026")
SCENARIOS = tomllib.loads(Path(__file__).with_name("linkage.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", SCENARIOS["under_way"], ids=lambda case: case["says"])
def test_what_a_response_under_way_calls_for(case):
    found = linked(PLAN, [OtherActive(case["kind"], case["area"])])
    assert [c.call for c in found] == ([] if case["calls"] == "none" else [case["calls"]])
    assert {c.clause for c in found} <= {"5.6"}
    assert [c.to.authority for c in found if c.to] == ([case["to"]] if "to" in case else [])


@pytest.mark.parametrize("case", SCENARIOS["start"], ids=lambda case: case["says"])
def test_what_a_start_brings(case):
    duties = on_start(
        PLAN, next(level for level in Level if level == case["level"]), case["counties"]
    ).as_dict()
    assert json.loads(json.dumps(duties)) == duties
    assert (duties["level"], duties["clause"]) == (case["level"], "5.6")
    assert duties["counties_start"] == case["counties_start"]
    assert [party["zh"] for party in duties["told"]] == case["told"]


@pytest.mark.parametrize("code", ["140100", "140121", "140300", "140321100", "nowhere", ""])
def test_only_counties_of_the_area_start(code):
    with pytest.raises(InvalidInput) as refusal:
        on_start(PLAN, Level.II, ["140321", code])
    assert [fault.at for fault in refusal.value.faults] == ["/counties/1"]


def test_a_plan_without_the_clause_asks_nothing_and_tells_whom_the_level_names():
    county = plan_by_id("example-county")
    assert linked(county, [OtherActive("earthquake", "990001")]) == ()
    duties = on_start(county, Level.III, ["990001"])
    assert (duties.clause, duties.counties_start) == (None, ())
    assert [party.zh for party in duties.told] == ["分管副县长"]
    with pytest.raises(InvalidInput, match="no level IV"):
        on_start(county, Level.IV, [])


def test_an_area_that_is_none_is_refused():
    with pytest.raises(UnknownArea):
        linked(PLAN, [OtherActive("earthquake", "nowhere")])


def test_consequences_are_plain_json():
    consult, report = linked(
        PLAN, [OtherActive("weather", "140300"), OtherActive("relief", "140322")]
    )
    assert json.loads(json.dumps(consult.as_dict())) == consult.as_dict()
    assert report.as_dict()["to"]["authority"] == "office"


def test_the_office_proposes_the_end():
    assert PLAN.termination.clause == "5.7"
    assert PLAN.termination.proposes.authority is Authority.OFFICE
