"""Outlines from the installed package, and which division a point lies in."""

import numpy as np
import pytest
import shapely
from shapely import box

from geo.database import Connection
from geo.divisions import DivisionIndex, division_index, published_outlines

YANGQUAN = ["140302", "140303", "140311", "140321", "140322"]


def test_the_package_has_the_five_counties_of_yangquan_by_code() -> None:
    names = {c: published_outlines("county")[c].name for c in YANGQUAN}
    assert names == dict(zip(YANGQUAN, ["城区", "矿区", "郊区", "平定县", "盂县"], strict=True))
    assert shapely.coverage_is_valid([published_outlines("county")[c].polygon for c in YANGQUAN])


@pytest.mark.parametrize("level", ["province", "prefecture", "county"])
def test_every_outline_is_valid_and_boundary_lines_are_left_out(level: str) -> None:
    outlines = published_outlines(level).values()  # type: ignore[arg-type]
    assert shapely.is_valid([o.polygon for o in outlines]).all()
    digits = {"province": 2, "prefecture": 4, "county": 6}[level]
    assert all(len(o.code) == digits for o in outlines)


def test_the_finest_division_that_covers_a_point_wins() -> None:
    index = DivisionIndex({"140322": box(0, 0, 10, 10), "140322100": box(0, 0, 5, 10)})
    assert index.area_of_point(2, 2) == "140322100"
    assert index.area_of_point(7, 2) == "140322"
    assert index.area_of_point(11, 2) is None


def test_a_point_on_a_border_belongs_to_the_first_code() -> None:
    index = DivisionIndex({"140322101": box(5, 0, 10, 10), "140322100": box(0, 0, 5, 10)})
    assert index.area_of_point(5, 5) == "140322100"


def test_a_box_that_covers_a_point_is_not_enough() -> None:
    triangle = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    assert DivisionIndex({"140322": triangle}).area_of_point(9, 9) is None


def test_many_points_at_once_agree_with_each_alone() -> None:
    index = DivisionIndex({c: published_outlines("county")[c].polygon for c in YANGQUAN})
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(112.9, 114.1, 500), rng.uniform(37.6, 38.6, 500)
    together = index.areas_of_points(lon, lat)
    assert together == [index.area_of_point(*p) for p in zip(lon, lat, strict=True)]
    assert set(together) >= {None, "140311", "140321", "140322"}


def test_an_index_of_nothing_answers_nothing() -> None:
    assert DivisionIndex({}).areas_of_points(np.array([113.0]), np.array([38.0])) == [None]


async def test_the_index_of_an_empty_store(conn: Connection) -> None:
    assert (await division_index(conn)).area_of_point(113.4, 38.1) is None
