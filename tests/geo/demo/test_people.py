"""Households and persons: as the census counts them, and nobody real."""

import numpy as np
import pytest

from geo.demo.ground import Ground
from geo.demo.key_groups import RULES
from geo.demo.people import people


def test_households_are_as_large_and_as_often_alone_as_the_census_says(ground: Ground) -> None:
    for households, _, persons in people(ground, 0.05):
        county = ground.census[households.county]
        assert len(households) == round(county.households * 0.05)
        assert households.persons.sum() == round(county.population * 0.05) == len(persons)
        alone = (households.persons == 1).mean()
        assert alone == pytest.approx(county.one_person_share, abs=1e-3)
        assert households.persons.min() >= 1


def test_ages_follow_the_census(ground: Ground) -> None:
    for households, _, persons in people(ground, 0.05):
        county = ground.census[households.county]
        age = 2026 - np.array(persons.columns["birth_year"])
        counted = sum(county.age_shares[14:]) / sum(county.age_shares)
        assert (age >= 65).mean() == pytest.approx(counted, abs=0.05)


def test_no_id_number_can_be_real(ground: Ground) -> None:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    _, _, persons = next(people(ground, 0.01))
    for number in persons.columns["id_number"]:
        assert len(number) == 18
        assert number.startswith("000000")
        total = sum(int(d) * w for d, w in zip(number, weights, strict=False))
        assert number[17] != "10X98765432"[total % 11]
    assert all(name.startswith("样例") for name in persons.columns["name"])


def test_key_groups_are_those_of_their_ages(ground: Ground) -> None:
    _, _, persons = next(people(ground, 0.05))
    oldest = {r.code: r.oldest for r in RULES if r.code in ("orphan", "left_behind_child")}
    for groups, year in zip(
        persons.columns["key_groups"], persons.columns["birth_year"], strict=True
    ):
        assert ("elderly" in groups) == (2026 - year >= 65)
        assert all(2026 - year <= limit for code, limit in oldest.items() if code in groups)
