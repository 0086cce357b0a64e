"""Drought figures come county by county, over a population that is known."""

import pytest

from relief.drought import CountyDrought, county_drought, drought_from_sequence
from relief.errors import InvalidInput

COUNTY = {"area": "140321", "needing_aid": 30, "agricultural_population": 100}


def test_a_county_with_the_government_figure_and_without_it():
    stated = COUNTY | {"needing_government_aid": 22}
    assert drought_from_sequence([stated]) == (CountyDrought("140321", 30, 22, 100),)
    assert drought_from_sequence([COUNTY]) == (CountyDrought("140321", 30, None, 100),)
    assert drought_from_sequence(None) == ()


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"agricultural_population": 0}, "/drought/0/agricultural_population"),
        ({"agricultural_population": None}, "/drought/0/agricultural_population"),
        ({"needing_aid": 0.3}, "/drought/0/needing_aid"),
        ({"needing_aid": 101}, "/drought/0/needing_aid"),
        ({"needing_aid": float("nan")}, "/drought/0/needing_aid"),
        ({"needing_government_aid": 31}, "/drought/0/needing_government_aid"),
        ({"area": "140300"}, "/drought/0/area"),
        ({"area": "nowhere"}, "/drought/0/area"),
        ({"area": 140321}, "/drought/0/area"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(change, at):
    with pytest.raises(InvalidInput) as refusal:
        drought_from_sequence([COUNTY | change])
    assert [fault.at for fault in refusal.value.faults] == [at]


@pytest.mark.parametrize("body", ["140321", {"area": "140321"}, 3, ["x"], [None], [COUNTY, COUNTY]])
def test_drought_is_a_list_of_different_counties(body):
    with pytest.raises(InvalidInput):
        drought_from_sequence(body)


def test_a_county_that_reported_no_drought_has_none():
    assert county_drought("140321", {"dead": 1}, 100) is None
    assert county_drought("140321", {"drought_needing_aid": 5}, 0) == CountyDrought(
        "140321", 5, None, None
    )
