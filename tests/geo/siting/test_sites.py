"""Siting as a planner asks it: what is refused and why, what is chosen, and what stays unsaid."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.sites import candidates_for
from relief.errors import InvalidInput

GEOD = Geod(ellps="GRS80")
LON, LAT = 113.6, 37.9


async def test_ground_nearer_than_asked_is_refused_with_feature_and_distance(
    valley,
) -> None:
    found = await valley.sites(valley.ground(near=valley.square(150, 0), far=valley.square(250, 0)))
    assert [f["id"] for f in found["features"]] == ["far"]
    (refusal,) = found["excluded"]
    assert (refusal["candidate"], refusal["layer"], refusal["feature"]) == ("near", "faults", "F1")
    assert refusal["distance_m"] == pytest.approx(150, abs=0.2)
    assert refusal["required_m"] == 200
    assert refusal["clause"] == "6.2.3"
    assert refusal["geometry"]["type"] == "Polygon"


async def test_the_distance_runs_from_edge_to_edge(valley) -> None:
    found = await valley.sites(valley.ground(wide=valley.square(-300, 0, side_m=120)))
    assert found["excluded"][0]["distance_m"] == pytest.approx(180, abs=0.2)


async def test_the_sources_position_error_is_added(valley) -> None:
    await valley.conn.execute("UPDATE faults SET position_error_m = 15")
    found = await valley.sites(valley.ground(a=valley.square(210, 0), b=valley.square(220, 0)))
    assert [(c["candidate"], c["required_m"]) for c in found["excluded"]] == [("a", 215)]


async def test_an_unknown_position_error_asks_for_a_survey(valley) -> None:
    await valley.conn.execute("UPDATE faults SET position_error_m = NULL")
    found = await valley.sites(
        valley.ground(near=valley.square(220, 0), far=valley.square(9000, 0)), count=2
    )
    assert found["survey_required"]
    marks = {f["id"]: f["properties"]["survey_required"] for f in found["features"]}
    assert marks == {"near": True, "far": False}


async def test_stated_errors_ask_for_no_survey(valley) -> None:
    found = await valley.sites(valley.ground(b=valley.square(220, 0)))
    assert not found["survey_required"]
    assert not found["features"][0]["properties"]["survey_required"]


async def test_every_conflict_is_listed_not_only_the_first(valley) -> None:
    for number, east in enumerate((180, 190)):
        await valley.insert(
            "hazard_points", shapely.Point(valley.place(east, -10)), id=f"H{number}", name="滑坡",
            kind="landslide", position_error_m=0,
        )  # fmt: skip
    found = await valley.sites(
        valley.ground(a=valley.square(150, 0), b=valley.square(900, 0)),
        avoid={"faults": 200.0, "hazard_points": 100.0},
    )
    assert {(c["layer"], c["feature"]) for c in found["excluded"]} == {
        ("faults", "F1"),
        ("hazard_points", "H0"),
        ("hazard_points", "H1"),
    }


async def test_a_hazard_point_that_is_closed_refuses_nothing(valley) -> None:
    await valley.insert(
        "hazard_points", shapely.Point(valley.place(950, 50)), id="H", name="已销号",
        kind="landslide", state="closed",
    )  # fmt: skip
    found = await valley.sites(
        valley.ground(b=valley.square(900, 0)), avoid={"hazard_points": 100.0}
    )
    assert found["excluded"] == []


async def test_ground_inside_a_flood_area_is_refused_at_distance_nought(valley) -> None:
    await valley.insert("flood_areas", valley.square(400, -500, 2000), id="W", name="河谷")
    found = await valley.sites(
        valley.ground(wet=valley.square(900, 0), dry=valley.square(-900, 0)),
        avoid={"flood_areas": 0.0},
    )
    assert [c["candidate"] for c in found["excluded"]] == ["wet"]
    assert found["excluded"][0]["distance_m"] == 0


@pytest.mark.parametrize(
    ("purpose", "kind", "allowed"),
    [
        ("settlement", "geological", True),
        ("settlement", "flash_flood", False),
        ("shelter", "geological", False),
    ],
)
async def test_a_graded_geological_zone_allows_a_settlement_with_engineering(
    valley, purpose: str, kind: str, allowed: bool
) -> None:
    await valley.insert(
        "risk_zones", valley.square(400, -500, 2000), id="Z", name="高风险区", kind=kind,
        grade="high",
    )  # fmt: skip
    found = await valley.sites(
        valley.ground(inside=valley.square(900, 0)), avoid={"risk_zones": 0.0}, purpose=purpose
    )
    assert [f["properties"]["engineering_required"] for f in found["features"]] == (
        [True] if allowed else []
    )
    assert bool(found["excluded"]) is not allowed
    assert bool(found["allowed_with_engineering"]) is allowed


async def test_ground_that_needs_engineering_waits_behind_clear_ground(valley) -> None:
    await valley.insert(
        "risk_zones", valley.square(400, -500, 2000), id="Z", name="区", grade="very_high"
    )
    found = await valley.sites(
        valley.ground(inside=valley.square(900, 0), clear=valley.square(-2500, 0)),
        avoid={"risk_zones": 0.0},
    )
    assert [f["id"] for f in found["features"]] == ["clear"]


async def test_a_medium_risk_zone_is_none_the_rule_speaks_of(valley) -> None:
    await valley.insert(
        "risk_zones", valley.square(400, -500, 2000), id="Z", name="区", grade="medium"
    )
    found = await valley.sites(valley.ground(a=valley.square(900, 0)), avoid={"risk_zones": 0.0})
    assert [f["id"] for f in found["features"]] == ["a"]


async def test_too_small_ground_is_told_its_size(valley) -> None:
    found = await valley.sites(
        valley.ground(small=valley.square(900, 0, 80), large=valley.square(1500, 0)),
        min_ground_area_m2=8_000,
    )
    (small,) = found["too_small"]
    assert small["candidate"] == "small"
    assert small["ground_area_m2"] == pytest.approx(6_400, rel=2e-3)
    assert found["features"][0]["properties"]["ground_area_m2"] == pytest.approx(10_000, rel=2e-3)


async def test_the_census_is_counted_once_at_its_finest_divisions(valley) -> None:
    found = await valley.sites(
        valley.ground(east=valley.square(2500, 0), west=valley.square(-2500, 0)), count=2
    )
    served = {f["id"]: f["properties"]["serves_people"] for f in found["features"]}
    assert served == {"east": 3000, "west": 1000}
    assert [f["properties"]["rank"] for f in found["features"]] == [1, 2]
    assert found["bound"] <= found["objective_value"] * (1 + 1e-9)
    assert found["unserved_people"] == 0


async def test_with_an_event_its_homeless_are_served(valley) -> None:
    await valley.conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES"
        " ('e', 'earthquake', '9.15 地震', now(), 'yangquan-2026', '1403')"
    )
    for one, east, grade in (("a", 3000, "slight"), ("b", -3000, "collapsed"), ("c", 0, "severe")):
        home = shapely.Point(valley.place(east, 0))
        await valley.insert("households", home, id=one, area="140321100001", persons=4)
        await valley.conn.execute(
            "INSERT INTO house_damage (event, household, grade, source) VALUES ('e', %s, %s, 't')",
            [one, grade],
        )
    found = await valley.sites(valley.ground(a=valley.square(900, 0)), event="e")
    assert found["features"][0]["properties"]["serves_people"] == 8


async def test_nobody_to_serve_is_said(valley) -> None:
    with pytest.raises(InvalidInput, match="leave `event` out"):
        await valley.sites(valley.ground(a=valley.square(900, 0)), event="e")


async def test_when_all_is_refused_the_answer_says_so(valley) -> None:
    found = await valley.sites(valley.ground(a=valley.square(50, 0)))
    assert found["features"] == []
    assert found["objective_value"] is None
    assert "0 of the 1 sites" in found["warnings"][0]
    assert len(found["excluded"]) == 1


async def test_overlapping_candidates_are_reported(valley) -> None:
    found = await valley.sites(valley.ground(a=valley.square(900, 0), b=valley.square(950, 0)))
    assert any("a and b overlap by 5" in said for said in found["warnings"])


async def test_open_ground_of_the_area_stands_in_for_candidates(valley) -> None:
    await valley.insert(
        "open_ground", valley.square(900, 0), id="G1", name="操场", area="140321100001",
        kind="school_yard", ground_area_m2=10_000,
    )  # fmt: skip
    await valley.insert(
        "open_ground", valley.square(-900, 0), id="G2", name="广场", kind="square",
        ground_area_m2=10_000,
    )  # fmt: skip
    found = await candidates_for(valley.conn, valley.request(), None)
    assert found.ids == ("G1",)
    with pytest.raises(InvalidInput, match="No open ground"):
        await candidates_for(valley.conn, valley.request(admin_area="140322"), None)


async def test_distances_agree_with_geodesics(valley) -> None:
    """PostGIS and the plane are left out: shapely finds the nearest points, Geod measures."""
    rng = np.random.default_rng(7)
    east, north = rng.uniform(-400, 400, 60), rng.uniform(-9000, 9000, 60)
    squares = {
        f"c{i}": valley.square(e, n, 60) for i, (e, n) in enumerate(zip(east, north, strict=True))
    }
    found = await valley.sites(valley.ground(**squares), min_ground_area_m2=0)
    refused = {c["candidate"]: c["distance_m"] for c in found["excluded"]}
    edges = {f"c{i}": max(e, -(e + 60), 0.0) for i, e in enumerate(east)}
    assert set(refused) == {one for one, metres in edges.items() if metres < 200}
    for one, metres in refused.items():
        assert metres == pytest.approx(edges[one], abs=0.3)
