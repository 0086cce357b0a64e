"""Figures by area: the area's own word first, sums with their coverage, silence kept as silence."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.casualties import casualties
from relief.reports import Statement
from relief.vocabulary import Stage

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
CITY, PINGDING, YUXIAN, SUBURB = "140300", "140321", "140322", "140311"
TREE = {
    CITY: None,
    PINGDING: CITY,
    YUXIAN: CITY,
    SUBURB: CITY,
    "140321100": PINGDING,
    "140321101": PINGDING,
}


def said(area, indicator, value, hours=0, stage=Stage.FOLLOW_UP):
    moment = NOON + timedelta(hours=hours)
    return Statement(area, indicator, value, moment, stage, moment, "应急局", f"{area}-{hours}")


def test_the_city_sums_its_counties_and_says_who_is_missing():
    city = casualties([said(PINGDING, "dead", 3), said(YUXIAN, "dead", 2)], TREE)[CITY]
    assert city.figures == {"dead": 5}
    assert city.by_indicator["dead"].parts.silent == (SUBURB,)
    assert not city.own_report
    assert city.reported


def test_a_county_s_own_figure_counts_and_the_sum_stands_beside_it():
    stated = [
        said(PINGDING, "dead", 4),
        said("140321100", "dead", 2),
        said("140321101", "dead", 1),
    ]
    county = casualties(stated, TREE)[PINGDING]
    assert county.figures == {"dead": 4}
    dead = county.by_indicator["dead"]
    assert (dead.parts.value, dead.parts.silent, dead.difference) == (3, (), 1)
    assert casualties(stated, TREE)[CITY].figures == {"dead": 4}


def test_townships_speak_for_a_county_that_is_silent():
    found = casualties([said("140321100", "dead", 2)], TREE)
    assert found[PINGDING].figures == {"dead": 2}
    assert found[PINGDING].by_indicator["dead"].parts.silent == ("140321101",)
    assert found[CITY].by_indicator["dead"].parts.silent == (SUBURB, "140321101", YUXIAN)


def test_silence_is_no_zero():
    found = casualties([said(PINGDING, "dead", 0)], TREE)
    assert (found[PINGDING].reported, found[PINGDING].figures) == (True, {"dead": 0})
    assert (found[YUXIAN].reported, found[YUXIAN].figures) == (False, {})
    assert found[YUXIAN].as_of is None


def test_the_city_s_own_figure_counts_where_it_states_one():
    stated = [said(CITY, "dead", 9), said(PINGDING, "dead", 3), said(PINGDING, "injured", 7)]
    city = casualties(stated, TREE)[CITY]
    assert city.figures == {"dead": 9, "injured": 7}
    assert city.by_indicator["dead"].difference == 6
    assert city.own_report


def test_time_and_stage_of_an_area_and_of_a_sum():
    stated = [
        said(PINGDING, "dead", 3, 1, Stage.VERIFIED),
        said(YUXIAN, "dead", 2, 4, Stage.INITIAL),
    ]
    found = casualties(stated, TREE)
    assert (found[PINGDING].as_of, found[PINGDING].stage) == (NOON + timedelta(hours=1), "verified")
    assert (found[CITY].as_of, found[CITY].stage) == (NOON + timedelta(hours=4), "initial")


def test_areas_outside_the_tree_count_nowhere():
    assert casualties([said("140100", "dead", 3)], TREE)[CITY].figures == {}


def test_short_codes_serve_as_well():
    found = casualties([said("140321", "dead", 3)], {"1403": None, "140321": "1403"})
    assert list(found) == ["1403", "140321"]
    assert found["1403"].figures == {"dead": 3}


@pytest.mark.parametrize("hours", [0, 5])
def test_the_answer_is_plain_json(hours):
    found = casualties([said(PINGDING, "crop_area_lost_ha", 0.1, hours)], TREE)
    shape = found[CITY].as_dict()
    assert json.loads(json.dumps(shape)) == shape
    assert shape["sums"]["crop_area_lost_ha"]["sum"]["covered"] == [PINGDING]
    assert found[PINGDING].as_dict()["sums"] == {}


stated = st.lists(
    st.builds(
        said,
        st.sampled_from(list(TREE)),
        st.sampled_from(["dead", "missing"]),
        st.integers(0, 99),
        st.integers(0, 9),
    )
)


@given(stated)
def test_every_figure_is_the_own_one_or_the_sum_of_its_parts(statements):
    found = casualties(statements, TREE)
    assert list(found) == list(TREE)
    for area, entry in found.items():
        parts = [found[code] for code, parent in TREE.items() if parent == area]
        for indicator, figure in entry.by_indicator.items():
            told = [part.figures[indicator] for part in parts if indicator in part.figures]
            assert figure.value == (figure.own.value if figure.own else sum(told))
            assert (figure.parts is None) == (not told)
