"""Shares are judged county by county, exactly, and in thousands of counties at once."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from relief.county import CountyFigures
from relief.county_shares import CountyShares
from relief.drought import CountyDrought
from relief.plan import plan_by_id
from relief.response_level import evaluate

PLAN = plan_by_id("yangquan-2026")
COUNTY_PLAN = plan_by_id("example-county")
BANDS = [condition for condition in PLAN.conditions if condition.over]
persons = st.none() | st.integers(0, 10**9)
counties = st.builds(
    CountyDrought, st.sampled_from(["140321", "140322"]), persons, persons, st.integers(1, 10**9)
)


def share_of(county, condition):
    """A county's share in percent by the definition, slowly."""
    for codes in (condition.of, condition.otherwise):
        if codes and all(code in county.figures for code in codes):
            counted = sum(county.figures[code] for code in codes)
            return Fraction(100 * counted, county.agricultural_population)
    return None


@given(st.lists(counties, max_size=4))
def test_the_highest_band_of_each_county_is_the_one_by_definition(given_counties):
    expected = []
    for county in given_counties:
        shares = [(c, share_of(county, c)) for c in BANDS]
        met = [c.level for c, share in shares if share is not None and share >= c.at_least]
        expected += met[:1]
    assert [m.condition.level for m in CountyShares(given_counties).highest(BANDS)] == expected


@given(st.lists(counties, min_size=1, max_size=4))
def test_the_leader_stands_highest(given_counties):
    for condition in BANDS:
        shares = [share_of(county, condition) for county in given_counties]
        known = [share for share in shares if share is not None]
        leader = CountyShares(given_counties).leader(condition)
        assert leader.value == (max(known) if known else None)


def test_an_absent_part_cannot_hide_more_than_its_whole_shows():
    aid = CountyDrought("140321", 24, None, 100)
    found = evaluate(PLAN, {}, [aid], hazard="drought")
    assert found.level == "III"
    assert not [u for u in found.unknown if u.admin_area]
    government = CountyDrought("140321", None, 14, 100)
    hidden = evaluate(PLAN, {}, [government], hazard="drought").unknown
    assert [(u.indicator, u.could_hide) for u in hidden if u.admin_area] == [
        ("drought_needing_aid", "III")
    ]


def test_a_population_that_is_not_on_file_is_unknown_for_its_county():
    county = CountyFigures("990001", {"affected": 90})
    found = evaluate(COUNTY_PLAN, {}, [county])
    unknown = {(u.indicator, u.admin_area, u.could_hide) for u in found.unknown}
    assert ("population", "990001", "I") in unknown


def test_a_sum_of_a_share_that_is_known_in_part_is_at_least_that_much():
    (condition,) = (c for c in COUNTY_PLAN.conditions if c.over and c.level == "III")
    both = replace(condition, of=("affected", "injured"))
    (share,) = CountyShares([CountyFigures("990001", {"affected": 9}, 100)]).every(both)
    assert (share.met, share.counted, share.silent) == (True, ("affected",), ("injured",))
