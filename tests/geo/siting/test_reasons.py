"""Why this one and why not that one: rules by kind, alternatives, overlaps, bounds, data."""

import pytest
import shapely

from geo.sites import candidates_for
from geo.siting_scene import scene_of
from relief.errors import TooLarge
from relief.siting_rules import AVOID_RULES


async def hazard(valley, one: str, kind: str, east_m: float) -> None:
    await valley.insert(
        "hazard_points", shapely.Point(valley.place(east_m, 50)), id=one, name=one, kind=kind,
        position_error_m=0,
    )  # fmt: skip


async def test_each_kind_of_hazard_keeps_its_own_distance(valley) -> None:
    await hazard(valley, "fire", "fire_source", 1_240)
    await hazard(valley, "slide", "landslide", 1_240)
    await hazard(valley, "works", "chemical", 1_900)
    found = await valley.sites(
        valley.ground(yard=valley.square(1_100, 0)), avoid=AVOID_RULES["hazard_points"].proposed_m()
    )
    reasons = {c["feature"]: (c["kind"], c["required_m"]) for c in found["excluded"]}
    assert reasons == {"slide": ("landslide", 100), "works": ("chemical", 1_000)}
    rules = {(rule["layer"], rule["kind"]): rule for rule in found["rules"]}
    assert rules["hazard_points", "fire_source"]["distance_m"] == 30
    assert rules["hazard_points", "chemical"]["sources"][0]["standing"] == "memory"


async def test_one_kind_alone_can_be_kept_away_from(valley) -> None:
    await hazard(valley, "slide", "landslide", 1_240)
    await hazard(valley, "works", "chemical", 1_900)
    found = await valley.sites(
        valley.ground(yard=valley.square(1_100, 0)), avoid={"hazard_points/chemical": 800.0}
    )
    assert [c["feature"] for c in found["excluded"]] == ["works"]


async def test_the_standard_of_a_survey_stands_in_for_an_unstated_error(valley) -> None:
    await valley.conn.execute("UPDATE faults SET position_error_m = NULL")
    ground = valley.ground(yard=valley.square(210, 0))
    unknown = await valley.sites(ground)
    assert (unknown["survey_required"], unknown["excluded"]) == (True, [])
    buried = await valley.sites(ground, trace="buried")
    assert buried["survey_required"] is False
    assert [c["required_m"] for c in buried["excluded"]] == [215]
    assert (await valley.sites(ground, trace="exposed"))["excluded"] == []


async def test_each_other_ground_says_what_it_would_cost(valley) -> None:
    ground = valley.ground(
        best=valley.square(2_500, 0), near=valley.square(2_000, 0), far=valley.square(-9_000, 0)
    )
    found = await valley.sites(ground)
    assert [f["id"] for f in found["features"]] == ["best"]
    others = found["alternatives"]
    assert [one["candidate"] for one in others] == ["near", "far"]
    assert {one["instead_of"] for one in others} == {"best"}
    for one in others:
        only = await valley.sites(
            valley.ground(
                **{one["candidate"]: shapely.geometry.shape(one["geometry"])},
            )
        )
        assert one["objective_value"] == pytest.approx(only["objective_value"])
        assert one["worse_by"] == pytest.approx(one["objective_value"] - found["objective_value"])


async def test_two_sites_never_share_ground(valley) -> None:
    ground = valley.ground(
        east=valley.square(2_500, 0), also=valley.square(2_550, 0), west=valley.square(-2_500, 0)
    )
    found = await valley.sites(ground, count=3)
    assert {f["id"] for f in found["features"]} == {"also", "west"}
    assert "1 share ground with those chosen" in found["warnings"][0]
    assert any("at most one of them is chosen" in said for said in found["warnings"])
    assert found["bound"] <= found["objective_value"]


async def test_a_proven_choice_says_so(valley) -> None:
    found = await valley.sites(valley.ground(a=valley.square(900, 0), b=valley.square(-900, 0)))
    assert (found["proven"], found["gap"]) == (True, 0)


async def test_a_set_cover_says_how_far_the_count_goes(valley) -> None:
    ground = valley.ground(east=valley.square(2_500, 0), west=valley.square(-2_500, 0))
    found = await valley.sites(ground, objective="set_cover", radius_m=1_000, count=1)
    assert found["objective_value"] == 2
    assert found["within_count"] == {"count": 1, "people": 3_000}
    enough = await valley.sites(ground, objective="set_cover", radius_m=1_000, count=5)
    assert enough["within_count"]["people"] == 4_000
    assert (await valley.sites(ground))["within_count"] is None


async def test_places_that_are_too_few_are_said(valley) -> None:
    found = await valley.sites(
        valley.ground(yard=valley.square(2_500, 0)), ground_per_person_m2=10.0
    )
    assert found["features"][0]["properties"]["places"] == pytest.approx(1_000, abs=5)
    assert any("nearest for 4000 people" in said for said in found["warnings"])


async def test_the_data_version_moves_with_the_layers_read(valley) -> None:
    ground = valley.ground(yard=valley.square(900, 0))

    async def version() -> dict[str, str]:
        scene = await scene_of(valley.conn, valley.request(), ground)
        return scene.data_version

    before = await version()
    assert set(before) == {"admin_areas", "faults"}
    await valley.insert("flood_areas", valley.square(400, 0), id="W", name="河谷")
    assert await version() == before
    await valley.conn.execute("UPDATE faults SET position_error_m = 1")
    after = await version()
    assert after["faults"] != before["faults"]
    assert after["admin_areas"] == before["admin_areas"]


async def test_too_many_conflicts_are_counted_and_the_nearest_of_each_ground_kept(valley) -> None:
    await valley.conn.execute(
        "INSERT INTO hazard_points (id, name, kind, position_error_m, geom, source)"
        " SELECT 'H' || n, 'H', 'landslide', 0, ST_Point(%s + n * 1e-7, %s, 4490), 'test'"
        " FROM generate_series(1, 205) AS n",
        valley.place(900, 0),
    )
    squares = {f"c{i}": valley.square(900 + i / 10, 10, 20) for i in range(100)}
    found = await valley.sites(
        valley.ground(**squares), avoid={"hazard_points": 500.0}, min_ground_area_m2=0
    )
    assert len(found["excluded"]) == 20_000
    assert found["conflicts_left_out"] == 500
    assert {one["candidate"] for one in found["excluded"]} == set(squares)


async def test_more_open_ground_than_can_be_taken_names_the_limit(valley) -> None:
    await valley.conn.execute(
        "INSERT INTO open_ground (id, name, area, kind, ground_area_m2, geom, source)"
        " SELECT 'G' || n, 'G', '140321', 'field', 1, ST_Multi(ST_MakeEnvelope(113 + n * 1e-6,"
        " 37, 113 + (n + 0.5) * 1e-6, 37.00001, 4490)), 'test' FROM generate_series(1, 100001) AS n"
    )
    with pytest.raises(TooLarge, match="More than 100000 grounds"):
        await candidates_for(valley.conn, valley.request(), None)
