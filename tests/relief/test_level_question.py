"""Questions from outside: read whole, or refused at the place of each fault."""

import tomllib
from pathlib import Path

import pytest

from relief.errors import InvalidInput
from relief.level_question import question_from_mapping
from relief.plan import plan_by_id

CASES = tomllib.loads(Path(__file__).with_name("other_plans.toml").read_text("utf-8"))["case"]
COUNTY = {"area": "990001", "figures": {"affected": 8}, "population": 100}


def level_of(plan, body):
    return question_from_mapping(body).answered_by(plan_by_id(plan)).level


def test_figures_alone_or_with_their_parts():
    assert level_of("yangquan-2026", {"dead": 3}) == "IV"
    assert level_of("yangquan-2026", {"figures": {"dead": 3}}) == "IV"
    assert level_of("yangquan-2026", {}) is None
    assert level_of("yangquan-2026", {"counties": [COUNTY]}) is None


def test_drought_alone_or_among_all_of_a_county_s_figures():
    drought = {"area": "140321", "needing_aid": 20, "agricultural_population": 100}
    stated = {
        "area": "140321",
        "figures": {"drought_needing_aid": 20},
        "agricultural_population": 100,
    }
    assert level_of("yangquan-2026", {"drought": [drought]}) == "III"
    assert level_of("yangquan-2026", {"counties": [stated]}) == "III"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_cases_under_other_plans(case):
    parts = {key: case[key] for key in ("figures", "counties") if key in case}
    found = question_from_mapping(parts).answered_by(plan_by_id(case["plan"]))
    assert (found.level or "none") == case["level"]
    if "clause" in case:
        assert found.findings[0].condition.clause == case["clause"]
    assert {u.indicator for u in found.unknown} >= set(case.get("unknown", []))


@pytest.mark.parametrize(
    ("people", "level"), [(7, None), (8, "III"), (19, "III"), (20, "II"), (40, "I")]
)
def test_a_share_of_everyone_who_lives_there(people, level):
    county = COUNTY | {"figures": {"affected": people}}
    assert level_of("example-county", {"counties": [county]}) == level


def test_basis_and_hazard():
    question = question_from_mapping({"basis": "anticipated", "hazard": "earthquake"})
    assert (question.basis, question.hazard) == ("anticipated", "earthquake")


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ([], ""),
        ("dead", ""),
        ({"deed": 3}, "/figures/deed"),
        ({"figures": {"dead": 3}, "Drought": []}, "/Drought"),
        ({"figures": {"dead": 1.5}}, "/figures/dead"),
        ({"figures": None}, "/figures"),
        ({"basis": "guessed"}, "/basis"),
        ({"basis": ["reported"]}, "/basis"),
        ({"hazard": "meteorite"}, "/hazard"),
        ({"counties": {}}, "/counties"),
        ({"counties": [3]}, "/counties/0"),
        ({"counties": [COUNTY | {"area": "140300"}]}, "/counties/0/area"),
        ({"counties": [COUNTY | {"area": None}]}, "/counties/0/area"),
        ({"counties": [COUNTY | {"populace": 3}]}, "/counties/0/populace"),
        ({"counties": [COUNTY | {"population": 0}]}, "/counties/0/population"),
        ({"counties": [COUNTY | {"population": "100"}]}, "/counties/0/population"),
        ({"counties": [COUNTY | {"population": 7}]}, "/counties/0/figures/affected"),
        ({"counties": [COUNTY | {"figures": {"affected": -1}}]}, "/counties/0/figures/affected"),
        ({"counties": [COUNTY, COUNTY]}, "/counties"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(body, at):
    with pytest.raises(InvalidInput) as refusal:
        question_from_mapping(body)
    assert at in {fault.at for fault in refusal.value.faults}
