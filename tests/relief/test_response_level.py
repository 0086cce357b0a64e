"""The response level of the Yangquan plan of 2026: its cases, its boundaries, its laws."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.county import CountyFigures
from relief.drought import CountyDrought, drought_from_sequence
from relief.origin import Origin
from relief.plan import plan_by_id, plans
from relief.response_level import Basis, evaluate
from relief.vocabulary import INDICATORS, Level

PLAN = plan_by_id("yangquan-2026")
CASES = tomllib.loads(Path(__file__).with_name("response_level.toml").read_text("utf-8"))["case"]
SUMS = [condition for condition in PLAN.conditions if condition.over is None]

figures = st.dictionaries(st.sampled_from(list(INDICATORS)), st.integers(0, 300_000))
persons = st.none() | st.integers(0, 1000)
counties = st.builds(CountyDrought, st.sampled_from("abc"), persons, persons, st.integers(1, 1000))

judged = st.builds(
    CountyFigures,
    st.sampled_from(["990001", "990002"]),
    st.dictionaries(st.sampled_from(list(INDICATORS)), st.integers(0, 1000)),
    st.none() | st.integers(1, 1000),
    st.none() | st.integers(1, 1000),
)


def height(evaluation):
    """The level as a number that grows with it: none 0, IV 1, ... I 4."""
    return 0 if evaluation.level is None else 4 - evaluation.level.rank


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_cases(case):
    drought = drought_from_sequence(case.get("drought"))
    found = evaluate(PLAN, case.get("figures", {}), drought, hazard=case.get("hazard")).as_dict()
    assert (found["level"] or "none") == case["level"]
    if "clause" in case:
        lead = found["findings"][0]
        assert (lead["level"], lead["clause"]) == (case["level"], case["clause"])
        assert lead.get("substituted", False) == case.get("substituted", False)
    if "unknown" in case:
        names = {entry["indicator"] for entry in found["unknown"]}
        assert names >= set(case["unknown"])
        assert case["unknown"] or not names


@pytest.mark.parametrize("condition", SUMS, ids=lambda c: f"{c.level} {c.indicator}")
@pytest.mark.parametrize("part", [0, 1])
def test_above_includes_the_number_and_below_excludes_it(condition, part):
    threshold = int(condition.at_least)
    code, other = condition.of[part], condition.of[1 - part]
    assert evaluate(PLAN, {code: threshold, other: 0}).level is condition.level
    assert evaluate(PLAN, {code: threshold - 1, other: 1}).level is condition.level
    under = evaluate(PLAN, {code: threshold - 1, other: 0})
    assert height(under) == height(evaluate(PLAN, {code: threshold})) - 1
    if condition.below:
        assert evaluate(PLAN, {code: int(condition.below) - 1}).level is condition.level


@pytest.mark.parametrize("percent", [15, 20, 25, 30])
@given(population=st.integers(1, 10**9))
def test_shares_are_exact_at_every_boundary(percent, population):
    enough = -(-percent * population // 100)  # the least whole number of people
    at, under = (
        evaluate(PLAN, {}, [CountyDrought("140321", n, n, population)])
        for n in (enough, enough - 1)
    )
    assert height(at) >= (percent - 10) // 5
    assert height(under) < (percent - 10) // 5


@given(figures, st.sampled_from(list(INDICATORS)), st.integers(0, 300_000), st.lists(counties))
def test_a_greater_figure_never_lowers_the_level(reported, code, more, drought):
    raised = reported | {code: reported.get(code, 0) + more}
    assert height(evaluate(PLAN, raised, drought)) >= height(evaluate(PLAN, reported, drought))


@pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.id)
@given(figures, st.lists(judged, max_size=3), st.data())
def test_every_plan_is_monotone_in_every_figure_of_the_whole_and_of_a_county(
    plan, reported, given_counties, data
):
    code = data.draw(st.sampled_from(list(INDICATORS)))
    more = data.draw(st.integers(0, 300_000))
    before = evaluate(plan, reported, given_counties)
    raised = reported | {code: reported.get(code, 0) + more}
    assert height(evaluate(plan, raised, given_counties)) >= height(before)
    if given_counties and not code.startswith("drought"):
        county = given_counties[0]
        risen = county.figures | {code: county.figures.get(code, 0) + more}
        others = [county._replace(figures=risen), *given_counties[1:]]
        assert height(evaluate(plan, reported, others)) >= height(before)


@given(figures, st.permutations([CountyDrought(str(n), n, n, 40) for n in (3, 8, 11, 12)]))
def test_the_order_of_counties_changes_nothing(reported, order):
    found, again = (evaluate(PLAN, reported, each) for each in (order, sorted(order, key=repr)))
    assert found.findings == again.findings
    assert {p.measured for p in found.positions} == {p.measured for p in again.positions}


@given(figures, st.lists(counties, max_size=3, unique_by=lambda c: c.admin_area))
def test_what_is_unknown_could_hide_the_level_that_it_names(reported, drought):
    for unknown in evaluate(PLAN, reported, drought).unknown:
        if unknown.admin_area is None and "/" not in unknown.needed_for:
            filled = evaluate(PLAN, reported | {unknown.indicator: 10**9}, drought)
            assert height(filled) >= 4 - unknown.could_hide.rank


@given(figures)
def test_what_is_not_unknown_is_final(reported):
    found = evaluate(PLAN, reported, hazard="earthquake")
    could = {unknown.indicator for unknown in found.unknown}
    silent = [code for code in INDICATORS if code not in reported and code not in could]
    assert height(evaluate(PLAN, reported | dict.fromkeys(silent, 10**9))) == height(found)


@given(figures, st.lists(counties, max_size=3), counties)
def test_one_more_county_never_lowers_the_level(reported, drought, county):
    before = evaluate(PLAN, reported, drought)
    assert height(evaluate(PLAN, reported, [*drought, county])) >= height(before)


@given(figures, st.lists(counties, max_size=3))
def test_the_level_is_that_of_its_highest_finding(reported, drought):
    found = evaluate(PLAN, reported, drought)
    levels = [finding.condition.level for finding in found.findings]
    assert levels == sorted(levels, key=lambda level: level.rank)
    assert found.level is (levels[0] if levels else None)
    assert all(finding.value >= finding.condition.at_least for finding in found.findings)


@given(figures, st.lists(counties, max_size=3, unique_by=lambda c: c.admin_area))
def test_what_is_missing_reaches_exactly_the_next_level(reported, drought):
    found = evaluate(PLAN, reported, drought)
    for step in found.next:
        assert height(found) + 1 == 4 - step.condition.level.rank
        if step.condition.over is None and step.lacking is not None:
            code = step.condition.of[0]
            enough = reported | {code: reported.get(code, 0) + step.lacking}
            assert height(evaluate(PLAN, enough, drought)) >= height(found) + 1
            short = enough | {code: max(enough[code] - 1, 0)}
            assert height(evaluate(PLAN, short, drought)) == height(found)


@given(figures, st.lists(counties, max_size=3))
def test_the_answer_is_plain_json_of_the_agreed_shape(reported, drought):
    answer = evaluate(PLAN, reported, drought, basis="anticipated").as_dict()
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["plan"] == "yangquan-2026"
    assert answer["basis"] == "anticipated"
    keys = {"indicator", "value", "threshold", "level", "clause"}
    assert all(keys <= entry.keys() for entry in answer["findings"])
    assert all(keys | {"missing"} <= entry.keys() for entry in answer["next"])


def test_a_partial_sum_is_a_finding_that_says_what_is_missing_from_it():
    found = evaluate(PLAN, {"dead": 12})
    lead = found.findings[0].as_dict()
    assert (found.level, lead["counted"], lead["not_reported"]) == (
        Level.III,
        ["dead"],
        ["missing"],
    )
    assert ("missing", "dead+missing") in {(u.indicator, u.needed_for) for u in found.unknown}


def test_the_distance_to_the_next_level_of_every_indicator():
    figures = {"dead": 3, "missing": 1, "relocated": 1200, "in_need": 300, "collapsed_rooms": 300}
    found = evaluate(PLAN, figures, hazard="earthquake")
    assert found.level is Level.IV
    assert {step.condition.indicator: step.lacking for step in found.next} == {
        "dead+missing": 6,
        "relocated+in_need": 3500,
        "collapsed_rooms+severely_damaged_rooms": 900,
        "collapsed_households+severely_damaged_households": None,
    }
    assert evaluate(PLAN, {"dead": 50}).next == ()


def test_a_share_lacks_people_not_percent():
    (county,) = drought_from_sequence(
        [{"area": "140321", "needing_aid": 149, "agricultural_population": 1001}]
    )
    share = evaluate(PLAN, {}, [county]).next[-1].as_dict()
    assert share["clause"] == "5.4.1(4)"
    assert (share["area"], share["persons"], share["population"]) == ("140321", 149, 1001)
    assert evaluate(PLAN, {}, [county]).next[-1].lacking == 2


def test_a_county_without_its_population_is_unknown():
    found = evaluate(PLAN, {}, [CountyDrought("140321", 900, None, None)])
    assert found.level is None
    unknown = {(u.indicator, u.admin_area) for u in found.unknown}
    assert ("agricultural_population", "140321") in unknown
    assert ("drought_needing_government_aid", "140321") in unknown


def test_an_earthquake_does_not_wait_for_drought_figures():
    quake = evaluate(PLAN, {"dead": 3}, hazard="earthquake")
    assert not [u for u in quake.unknown if u.indicator.startswith("drought")]
    drought = evaluate(PLAN, {"dead": 3}, hazard="drought")
    assert [u for u in drought.unknown if u.indicator.startswith("drought")]


def test_who_decides_comes_with_the_level():
    decides = evaluate(PLAN, {"dead": 20}, basis=Basis.ANTICIPATED).as_dict()["decides"]
    assert (decides["authority"], decides["clause"]) == ("director", "5.2.2")
    assert (decides["start"], decides["proposal"]) == ("permitted", "required")
    assert decides["proposes"]["authority"] == "office"
    assert [party["authority"] for party in decides["told"]] == ["government"]
    assert evaluate(PLAN, {}).as_dict()["decides"] is None


def test_each_figure_tells_the_reports_behind_it():
    sources = {
        "dead": [Origin("r1", "140321", 2), Origin("r2", "140322", 1)],
        "drought_needing_aid": [Origin("r3", "140321", 20), Origin("r4", "140322", 0)],
    }
    drought = [CountyDrought("140321", 20, None, 100)]
    found = evaluate(PLAN, {"dead": 3, "missing": 0}, drought, sources=sources).as_dict()
    dry, dead = found["findings"]
    assert [source["report"] for source in dead["sources"]] == ["r1", "r2"]
    assert dry["sources"] == [
        {"indicator": "drought_needing_aid", "report": "r3", "area": "140321", "value": 20}
    ]
    assert found["next"][0]["sources"] == dead["sources"]
    assert evaluate(PLAN, {"dead": 3}).as_dict()["findings"][0]["sources"] == []


def test_every_measure_has_its_own_place_whatever_the_others_reach():
    figures = {"dead": 50, "missing": 0, "relocated": 4_999, "collapsed_rooms": 10}
    found = evaluate(PLAN, figures, [CountyDrought("140321", 16, 1, 100)]).as_dict()
    assert (found["level"], found["next"]) == ("I", [])
    place = {entry["indicator"]: entry for entry in found["indicators"]}
    assert len(place) == 5
    assert (place["dead+missing"]["level"], place["dead+missing"]["next"]) == ("I", None)
    relocated = place["relocated+in_need"]
    assert (relocated["level"], relocated["clause"]) == ("IV", "5.4.1(2)")
    assert (relocated["next"]["level"], relocated["next"]["missing"]) == ("III", 1)
    rooms = place["collapsed_rooms+severely_damaged_rooms"]
    assert (rooms["level"], rooms["next"]["clause"]) == (None, "5.4.1(3)")
    households = place["collapsed_households+severely_damaged_households"]
    assert (households["value"], households["next"]["missing"]) == (None, None)
    drought = place["drought_needing_aid/agricultural_population"]
    assert (drought["level"], drought["area"], drought["next"]["missing"]) == ("IV", "140321", 4)


def test_an_evaluation_tells_its_text_and_what_the_record_leaves_out():
    found = evaluate(plan_by_id("national-2024"), {"dead": 199}).as_dict()
    assert found["plan_digest"] == plan_by_id("national-2024").digest
    assert "5.2-5.4" in {omission["clause"] for omission in found["omitted"]}
    assert found["next"][0]["threshold_beside_neighbour"] == 160
    assert (found["level"], evaluate(PLAN, {}).as_dict()["omitted"]) == (None, [])
