"""Distances, classes and limits of siting, each as its text has it."""

from importlib.resources import files

import pytest

from relief.errors import InvalidInput
from relief.siting_rules import (
    AVOID_RULES,
    fault_distance_m,
    proposed_distances_m,
    required_m,
)
from relief.siting_standards import STANDINGS, siting_standards, standards_in

TEXT = (files("relief") / "standards" / "siting.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("intensity", "building_class", "metres"),
    [(8, "B", 200), (8, "C", 100), (9, "B", 400), (9, "C", 200), (7, "A", 0), (9, "D", 0)],
)
def test_a_fault_is_kept_away_from_as_table_4_1_7_has_it(
    intensity: int, building_class: str, metres: float
) -> None:
    assert fault_distance_m(intensity, building_class) == metres


def test_editions_differ_where_their_copies_do() -> None:
    assert fault_distance_m(9, "C", "gb50011-4.1.7-copy-300") == 300
    assert fault_distance_m(9, "B", "gb50011-4.1.7-copy-300") == 400


@pytest.mark.parametrize(("intensity", "building_class"), [(8, "A"), (9, "A"), (10, "B")])
def test_what_needs_a_special_study_has_no_number(intensity: int, building_class: str) -> None:
    with pytest.raises(InvalidInput, match="special study") as refused:
        fault_distance_m(intensity, building_class, at="/avoid/0/distance_m")
    assert refused.value.faults[0].at == "/avoid/0/distance_m"


def test_every_number_says_how_well_it_was_checked() -> None:
    standards = siting_standards()
    sources = [one.source for one in standards.fault_editions.values()]
    sources += [one.source for one in standards.shelter_classes.values()]
    sources += [one.source for one in standards.trace_errors.values()]
    sources += [source for rule in AVOID_RULES.values() for source in rule.sources]
    sources += [s for rule in AVOID_RULES.values() for k in rule.kinds.values() for s in k.sources]
    assert all(source.text and source.standing in STANDINGS for source in sources)
    assert standards.most_slope_percent.source.standing == "memory"


def test_a_kind_comes_before_its_layer_and_a_grade_may_be_none_of_the_rule() -> None:
    proposed = proposed_distances_m()
    assert required_m(proposed, "hazard_points", "fire_source", None) == 30
    assert required_m(proposed, "hazard_points", "landslide", None) == 100
    assert required_m({"hazard_points/chemical": 800.0}, "hazard_points", "landslide", None) is None
    assert required_m(proposed, "risk_zones", "geological", "medium") is None
    assert required_m(proposed, "risk_zones", "geological", "high") == 0


def test_every_kind_with_a_distance_is_a_known_one() -> None:
    for rule in AVOID_RULES.values():
        assert set(rule.kinds) <= set(rule.known_kinds)


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("error_m = 5", "", "error_m"),
        ("error_m = 5", "error_m = -5", "no number of 0 or more"),
        ("error_m = 5", 'error_m = "five"', "no number"),
        ('standing = "partly"', 'standing = "sure"', "none of read"),
        ("[slope]", "[incline]", "slope"),
        ("[slope]", "[slope", "TOML"),
    ],
)
def test_a_file_that_leaves_something_out_is_refused(written: str, instead: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        standards_in(TEXT.replace(written, instead, 1))
