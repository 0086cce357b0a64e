"""The words: every code has its names, and parts know their wholes."""

import pytest

from relief.vocabulary import INDICATORS, PARTITIONS, DamageGrade, Hazard, Level, Stage, Tense


@pytest.mark.parametrize("terms", [Hazard, Level, Stage, DamageGrade])
def test_every_term_has_both_names(terms):
    assert all(term.zh and term.en for term in terms)
    assert [term.rank for term in terms] == list(range(len(terms)))


def test_stages_rank_by_how_much_they_were_checked():
    assert Stage.INITIAL.rank < Stage.FOLLOW_UP.rank < Stage.VERIFIED.rank < Stage.FINAL.rank


def test_a_term_is_its_code_in_json_and_in_the_store():
    assert Stage("follow_up") is Stage.FOLLOW_UP
    assert Level.III == "III"
    assert f"{Hazard.WIND_HAIL}" == "wind_hail"


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.code)
def test_a_part_is_counted_in_the_unit_of_its_whole(indicator):
    assert indicator.zh
    assert indicator.en
    if indicator.part_of:
        assert INDICATORS[indicator.part_of].unit is indicator.unit


def test_the_parts_of_a_partition_name_their_whole():
    for whole, parts in PARTITIONS.items():
        assert [INDICATORS[part].part_of for part in parts] == [whole] * len(parts)
    assert len(PARTITIONS["direct_economic_loss_10k_cny"]) == 6


def test_cumulative_and_current_are_two_figures():
    assert INDICATORS["relocated"].tense is Tense.CUMULATIVE
    assert INDICATORS["relocated_now"].tense is Tense.CURRENT


def test_collapsed_and_severely_damaged_homes_leave_people_without_one():
    homeless = [grade for grade in DamageGrade if grade.homeless]
    assert homeless == [DamageGrade.COLLAPSED, DamageGrade.SEVERE]
