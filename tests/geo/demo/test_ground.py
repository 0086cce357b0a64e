"""Divisions: what is invented fits what is known."""

import numpy as np
import pytest
import shapely

from geo.demo.areas import area_table
from geo.demo.ground import Ground, ground_of
from geo.demo.hazards import hazards_of
from geo.demo.load import SEED
from geo.demo.people import people
from geo.demo.plane import apportioned
from geo.demo.sources import census, seats
from geo.divisions import published_outlines


def test_townships_cover_their_counties_without_gap_or_overlap(ground: Ground) -> None:
    outlines = [t.outline for t in ground.townships.values()]
    assert len(outlines) == 43
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    for code, county in ground.counties.items():
        parts = [t.outline for t in ground.townships.values() if t.code[:6] == code]
        assert sum(p.area for p in parts) == pytest.approx(county.area, rel=1e-9)


def test_counties_keep_their_published_outlines_to_a_centimetre(ground: Ground) -> None:
    for code, county in ground.counties.items():
        published = published_outlines("county")[code].polygon
        assert shapely.hausdorff_distance(county, published) < 1e-7  # degrees
        assert county.area == pytest.approx(published.area, rel=1e-5)


def test_seats_that_are_known_are_kept_and_the_other_38_are_marked(ground: Ground) -> None:
    known = seats("1403")
    for code, township in ground.townships.items():
        assert township.seat_known == (code in known)
        if township.seat_known:
            assert (township.seat.x, township.seat.y) == known[code]
        else:
            assert township.outline.contains(township.seat)
    assert sum(not t.seat_known for t in ground.townships.values()) == 38


def test_villages_hold_all_people_of_the_census(ground: Ground) -> None:
    for code, county in census("1403").items():
        assert ground.population(code) == county.population
    assert ground.population("1403") == 1_318_505
    assert all(v.population > 0 for v in ground.villages)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(ground: Ground) -> None:
    again, other = ground_of("yangquan", SEED), ground_of("yangquan", SEED + 1)
    assert area_table(again) == area_table(ground)
    assert hazards_of(again).tables == hazards_of(ground).tables
    first, second = (next(people(g, 0.01)) for g in (ground, again))
    assert first[1:] == second[1:]
    assert area_table(other) != area_table(ground)


@pytest.mark.parametrize("total", [0, 1, 7, 1000])
def test_apportioning_adds_up(total: int) -> None:
    shares = apportioned(total, [0.2, 3.0, 1.1])
    assert shares.sum() == total
    assert np.abs(shares - np.array([0.2, 3.0, 1.1]) / 4.3 * total).max() < 1
