"""The second demo, 塔城地区: its hole, its neighbours of other trees, its distances, its marks."""

from typing import Any, LiteralString

import pytest
import shapely
from pyproj import Geod

from geo.database import Connection
from geo.demo.areas import area_table
from geo.demo.damage import shaking_of
from geo.demo.ground import Ground, ground_of
from geo.demo.hazards import hazards_of
from geo.demo.load import SEED, load_demo
from geo.demo.open_ground import open_ground
from geo.demo.people import people
from geo.demo.shelters import shelter_table
from geo.demo.sources import census, county_populations
from geo.divisions import division_index, published_outlines
from relief.errors import Conflict

GRS80 = Geod(ellps="GRS80")
OWN = {"654201", "654202", "654203", "654221", "654224", "654225", "654226"}
IN_THE_HOLE = {
    "650202": "独山子区",
    "650203": "克拉玛依区",
    "650204": "白碱滩区",
    "650205": "乌尔禾区",
    "654003": "奎屯市",
    "659010": "胡杨河市",
}
CORPS_CITY = "659012"  # 白杨市, between 塔城市 and 裕民县
BEFORE_THE_SHOCK = "shelters depots hazard_points risk_zones flood_areas open_ground roads"


async def rows(conn: Connection, question: LiteralString) -> list[Any]:
    return await (await conn.execute(question)).fetchall()


def area_km2(shape: Any) -> float:
    return abs(GRS80.geometry_area_perimeter(shape)[0]) / 1e6


def test_a_county_that_became_a_city_keeps_its_people() -> None:
    counted = census("6542")
    assert set(counted) == OWN
    assert counted["654203"].population == county_populations()["654203"] == 301_046
    assert "654223" not in county_populations()


def test_townships_cover_their_counties_without_gap_or_overlap(far_ground: Ground) -> None:
    outlines = [t.outline for t in far_ground.townships.values()]
    assert len(outlines) == 120
    assert shapely.coverage_is_valid(outlines)
    for code, county in far_ground.counties.items():
        published = published_outlines("county")[code].polygon
        assert shapely.hausdorff_distance(county, published) < 1e-7  # degrees
        own = [t.outline for t in far_ground.townships.values() if t.code[:6] == code]
        assert sum(p.area for p in own) == pytest.approx(county.area, rel=1e-9)
    assert far_ground.population("") == 1_108_747


def test_the_streets_of_a_city_lie_together(far_ground: Ground) -> None:
    for county in ("654201", "654202", "654203"):
        streets = [
            t for t in far_ground.townships.values() if t.code[:6] == county and t.kind == "street"
        ]
        for street in streets:
            assert shapely.Point(street.site_m).distance(shapely.Point(streets[0].site_m)) < 8000


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(far_ground: Ground) -> None:
    again, other = ground_of("tacheng", SEED), ground_of("tacheng", SEED + 1)
    assert area_table(again) == area_table(far_ground)
    assert hazards_of(again).tables == hazards_of(far_ground).tables
    assert next(people(again, 0.01))[1:] == next(people(far_ground, 0.01))[1:]
    assert area_table(other) != area_table(far_ground)


async def test_the_prefecture_has_a_hole_of_nine_thousand_square_kilometres(
    far_demo: Connection,
) -> None:
    (row,) = await rows(
        far_demo, "SELECT ST_AsBinary(geom) AS outline FROM admin_areas WHERE code = '6542'"
    )
    (polygon,) = shapely.from_wkb(row["outline"]).geoms
    (hole,) = polygon.interiors
    assert area_km2(shapely.Polygon(hole)) == pytest.approx(8_898, abs=10)
    inside = sum(area_km2(published_outlines("county")[c].polygon) for c in IN_THE_HOLE)
    assert inside == pytest.approx(8_898, abs=10)


async def test_what_lies_in_the_hole_belongs_to_others(far_demo: Connection) -> None:
    """By code seven counties, by the outline with its hole filled thirteen."""
    by_code = await rows(
        far_demo, "SELECT code FROM admin_areas WHERE level = 'county' AND code LIKE '6542%'"
    )
    assert {row["code"] for row in by_code} == OWN
    within = await rows(
        far_demo,
        "SELECT c.code, c.name, c.parent FROM admin_areas AS c JOIN admin_areas AS p"
        " ON p.code = '6542' AND ST_Covers("
        "   ST_MakePolygon(ST_ExteriorRing(ST_GeometryN(p.geom, 1))), ST_PointOnSurface(c.geom))"
        " WHERE c.level = 'county'",
    )
    assert {row["code"] for row in within} == OWN | set(IN_THE_HOLE)
    for row in within:
        if row["code"] in IN_THE_HOLE:
            assert row["name"] == IN_THE_HOLE[row["code"]]
            assert row["parent"] == row["code"][:4] != "6542"


async def test_a_place_in_the_hole_is_found_in_its_own_county(far_demo: Connection) -> None:
    index = await division_index(far_demo)
    for code in (*IN_THE_HOLE, CORPS_CITY):
        inner = shapely.point_on_surface(published_outlines("county")[code].polygon)
        assert index.area_of_point(inner.x, inner.y) == code
    own = await division_index(far_demo, "6542")
    assert own.area_of_point(84.9, 45.6) is None  # 克拉玛依


async def test_the_city_of_the_corps_is_no_county_of_the_prefecture(far_demo: Connection) -> None:
    (city,) = await rows(
        far_demo,
        "SELECT name, parent, population, geom IS NOT NULL AS drawn FROM admin_areas"
        " WHERE code = '659012'",
    )
    assert city == {"name": "白杨市", "parent": "6590", "population": None, "drawn": True}


async def test_everything_invented_stands_on_the_prefecture_s_own_ground(
    far_demo: Connection,
) -> None:
    for question in (
        "SELECT count(*) AS astray FROM households AS t JOIN admin_areas AS a"
        " ON a.code = left(t.area, 9) WHERE NOT ST_Covers(a.geom, t.geom)",
        "SELECT count(*) AS astray FROM shelters AS t JOIN admin_areas AS a"
        " ON a.code = left(t.area, 9) WHERE NOT ST_Covers(a.geom, t.geom)",
        "SELECT count(*) AS astray FROM open_ground AS t JOIN admin_areas AS a"
        " ON a.code = left(t.area, 9) WHERE NOT ST_Covers(a.geom, t.geom)",
        "SELECT count(*) AS astray FROM depots AS t JOIN admin_areas AS a"
        " ON a.code = '6542' WHERE NOT ST_Covers(a.geom, t.geom)",
    ):
        assert (await rows(far_demo, question))[0]["astray"] == 0


async def test_every_register_is_filled_and_says_that_it_is_synthetic(
    far_demo: Connection,
) -> None:
    for table in (*BEFORE_THE_SHOCK.split(), "households", "house_damage"):
        (row,) = await rows(
            far_demo,
            f"SELECT count(*) AS n, bool_and(synthetic) AS marked FROM {table}",  # type: ignore[arg-type]
        )
        assert row["n"] > 10
        assert row["marked"] is True
    (stock,) = await rows(far_demo, "SELECT count(*) AS n FROM depot_stock")
    assert stock["n"] > 100
    (faults,) = await rows(far_demo, "SELECT count(*) AS n FROM faults WHERE NOT synthetic")
    assert faults["n"] == 12


async def test_the_event_is_a_demo_and_an_exercise_under_the_example_plan(
    far_demo: Connection,
) -> None:
    (event,) = await rows(far_demo, "SELECT name, demo, exercise, plan, area FROM events")
    assert event == {
        "name": "1.18 地震灾害（演示）",
        "demo": True,
        "exercise": True,
        "plan": "example-tacheng",
        "area": "6542",
    }
    (shaken,) = await rows(far_demo, "SELECT max(intensity) AS worst FROM intensity_zones")
    assert shaken["worst"] >= 8


async def test_silence_is_not_zero_and_one_county_corrected_itself(far_demo: Connection) -> None:
    said = await rows(far_demo, "SELECT DISTINCT left(area, 6) AS county FROM loss_reports")
    assert {row["county"] for row in said} == {"654201", "654221", "654224", "654226"}
    (fallen,) = await rows(
        far_demo,
        "SELECT bool_and(new.value < old.value) AS fell FROM loss_reports AS r"
        " JOIN loss_figures AS new ON new.report = r.id AND new.indicator = 'collapsed_rooms'"
        " JOIN loss_figures AS old ON old.report = r.supersedes"
        " AND old.indicator = 'collapsed_rooms'",
    )
    assert fallen["fell"] is True
    levels = await rows(far_demo, "SELECT level FROM level_assessments ORDER BY at")
    assert levels[-1]["level"] == "II"


def test_the_nearest_shelter_is_often_far(far_ground: Ground) -> None:
    """A default reach of five kilometres leaves villages out here."""
    shaking, hazards = shaking_of(far_ground), hazards_of(far_ground)
    shelters = shelter_table(far_ground, open_ground(far_ground, hazards), 0.1, shaking)
    places = shapely.from_wkb(list(shelters.columns["geom"]))
    in_metres = [far_ground.plane.metres(place) for place in places]
    tree = shapely.STRtree(in_metres)
    villages = shapely.points([v.xy_m for v in far_ground.villages if v.kind == "rural"])
    _, away_m = tree.query_nearest(villages, return_distance=True, all_matches=False)
    assert (away_m > 5_000).mean() > 0.2
    assert away_m.max() > 20_000


async def test_another_demo_is_refused_and_the_same_again_changes_nothing(
    far_url: str, far_demo: Connection
) -> None:
    with pytest.raises(Conflict, match="holds the demo tacheng"):
        await load_demo(far_url, share=0.001)
    assert not (await load_demo(far_url, prefecture="tacheng", share=0.001)).loaded
