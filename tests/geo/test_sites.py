"""Siting as a planner asks it: what is refused and why, what is chosen, and what stays unsaid."""

from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from pyproj import Geod

from geo.candidates import Candidates, given_candidates
from geo.crs_zones import Plane
from geo.database import Connection
from geo.sites import candidates_for, sites
from geo.siting_survey import SitingRequest
from relief.errors import InvalidGeometry, InvalidInput, TooLarge

GEOD = Geod(ellps="GRS80")
LON, LAT = 113.6, 37.9


def request(**changes: Any) -> SitingRequest:
    asked: dict[str, Any] = {
        "admin_area": "1403",
        "purpose": "settlement",
        "avoid": {"faults": 200.0},
        "min_ground_area_m2": 5_000.0,
        "count": 1,
        "objective": "p_median",
    }
    return SitingRequest(**(asked | changes))


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """The place so many metres from the crossing of fault and valley, by geodesics."""
    lon, lat, _ = GEOD.fwd(LON, LAT, 90 if east_m >= 0 else 270, abs(east_m))
    lon, lat, _ = GEOD.fwd(lon, lat, 0 if north_m >= 0 else 180, abs(north_m))
    return lon, lat


def square(east_m: float, north_m: float, side_m: float = 100.0) -> shapely.Polygon:
    """A square whose south-west corner lies so many metres from the crossing."""
    corners = [(0, 0), (side_m, 0), (side_m, side_m), (0, side_m)]
    return shapely.Polygon([place(east_m + e, north_m + n) for e, n in corners])


def ground(**squares: shapely.Polygon) -> Candidates:
    geometry = np.empty(len(squares), object)
    geometry[:] = list(squares.values())
    return Candidates(tuple(squares), geometry)


async def insert(conn: Connection, table: str, geometry: shapely.Geometry, **row: Any) -> None:
    columns = {"source": "test"} | row
    names = ", ".join([*columns, "geom"])
    marks = ", ".join(["%s"] * len(columns))
    multi = "ST_Multi" if table not in {"hazard_points", "households"} else ""
    await conn.execute(
        f"INSERT INTO {table} ({names})"  # type: ignore[arg-type]
        f" VALUES ({marks}, {multi}(ST_GeomFromText(%s, 4490)))",
        [*columns.values(), geometry.wkt],
    )


@pytest.fixture
async def land(conn: Connection) -> Connection:
    """Two villages of a county, and a fault that runs north through the crossing."""
    await conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, population, seat, source) VALUES"
        " ('14', 'province', NULL, '山西省', NULL, NULL, 'test'),"
        " ('1403', 'prefecture', '14', '阳泉市', 1300000, NULL, 'test'),"
        " ('140321', 'county', '1403', '平定县', 300000, NULL, 'test'),"
        " ('140321100', 'township', '140321', '冠山镇', 9000, NULL, 'test'),"
        " ('140321100001', 'village', '140321100', '东村', 3000, ST_Point(%s, %s, 4490), 'test'),"
        " ('140321100002', 'village', '140321100', '西村', 1000, ST_Point(%s, %s, 4490), 'test')",
        [*place(3000, 0), *place(-3000, 0)],
    )
    line = shapely.LineString([place(0, -20_000), place(0, 0), place(0, 20_000)])
    await insert(conn, "faults", line, id="F1", position_error_m=0)
    return conn


async def test_ground_nearer_than_asked_is_refused_with_feature_and_distance(
    land: Connection,
) -> None:
    found = await sites(land, request(), ground(near=square(150, 0), far=square(250, 0)))
    assert [f["id"] for f in found["features"]] == ["far"]
    (refusal,) = found["excluded"]
    assert (refusal["candidate"], refusal["layer"], refusal["feature"]) == ("near", "faults", "F1")
    assert refusal["distance_m"] == pytest.approx(150, abs=0.2)
    assert refusal["required_m"] == 200
    assert refusal["clause"] == "6.2.3"
    assert refusal["geometry"]["type"] == "Polygon"


async def test_the_distance_runs_from_edge_to_edge(land: Connection) -> None:
    found = await sites(land, request(), ground(wide=square(-300, 0, side_m=120)))
    assert found["excluded"][0]["distance_m"] == pytest.approx(180, abs=0.2)


async def test_the_sources_position_error_is_added(land: Connection) -> None:
    await land.execute("UPDATE faults SET position_error_m = 15")
    found = await sites(land, request(), ground(a=square(210, 0), b=square(220, 0)))
    assert [(c["candidate"], c["required_m"]) for c in found["excluded"]] == [("a", 215)]


async def test_an_unknown_position_error_asks_for_a_survey(land: Connection) -> None:
    await land.execute("UPDATE faults SET position_error_m = NULL")
    found = await sites(land, request(count=2), ground(near=square(220, 0), far=square(9000, 0)))
    assert found["survey_required"]
    marks = {f["id"]: f["properties"]["survey_required"] for f in found["features"]}
    assert marks == {"near": True, "far": False}


async def test_stated_errors_ask_for_no_survey(land: Connection) -> None:
    found = await sites(land, request(), ground(b=square(220, 0)))
    assert not found["survey_required"]
    assert not found["features"][0]["properties"]["survey_required"]


async def test_every_conflict_is_listed_not_only_the_first(land: Connection) -> None:
    for number, east in enumerate((180, 190)):
        await insert(
            land, "hazard_points", shapely.Point(place(east, -10)), id=f"H{number}", name="滑坡",
            kind="landslide", position_error_m=0,
        )  # fmt: skip
    asked = request(avoid={"faults": 200.0, "hazard_points": 100.0})
    found = await sites(land, asked, ground(a=square(150, 0), b=square(900, 0)))
    assert {(c["layer"], c["feature"]) for c in found["excluded"]} == {
        ("faults", "F1"),
        ("hazard_points", "H0"),
        ("hazard_points", "H1"),
    }


async def test_a_hazard_point_that_is_closed_refuses_nothing(land: Connection) -> None:
    await insert(
        land, "hazard_points", shapely.Point(place(950, 50)), id="H", name="已销号",
        kind="landslide", state="closed",
    )  # fmt: skip
    asked = request(avoid={"hazard_points": 100.0})
    found = await sites(land, asked, ground(b=square(900, 0)))
    assert found["excluded"] == []


async def test_ground_inside_a_flood_area_is_refused_at_distance_nought(land: Connection) -> None:
    await insert(land, "flood_areas", square(400, -500, 2000), id="W", name="河谷")
    asked = request(avoid={"flood_areas": 0.0})
    found = await sites(land, asked, ground(wet=square(900, 0), dry=square(-900, 0)))
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
    land: Connection, purpose: str, kind: str, allowed: bool
) -> None:
    await insert(
        land, "risk_zones", square(400, -500, 2000), id="Z", name="高风险区", kind=kind,
        grade="high",
    )  # fmt: skip
    asked = request(avoid={"risk_zones": 0.0}, purpose=purpose)
    found = await sites(land, asked, ground(inside=square(900, 0)))
    assert [f["properties"]["engineering_required"] for f in found["features"]] == (
        [True] if allowed else []
    )
    assert bool(found["excluded"]) is not allowed
    assert bool(found["allowed_with_engineering"]) is allowed


async def test_ground_that_needs_engineering_waits_behind_clear_ground(land: Connection) -> None:
    await insert(land, "risk_zones", square(400, -500, 2000), id="Z", name="区", grade="very_high")
    asked = request(avoid={"risk_zones": 0.0})
    found = await sites(land, asked, ground(inside=square(900, 0), clear=square(-2500, 0)))
    assert [f["id"] for f in found["features"]] == ["clear"]


async def test_a_medium_risk_zone_is_none_the_rule_speaks_of(land: Connection) -> None:
    await insert(land, "risk_zones", square(400, -500, 2000), id="Z", name="区", grade="medium")
    found = await sites(land, request(avoid={"risk_zones": 0.0}), ground(a=square(900, 0)))
    assert [f["id"] for f in found["features"]] == ["a"]


async def test_too_small_ground_is_told_its_size(land: Connection) -> None:
    asked = request(min_ground_area_m2=8_000)
    found = await sites(land, asked, ground(small=square(900, 0, 80), large=square(1500, 0)))
    (small,) = found["too_small"]
    assert small["candidate"] == "small"
    assert small["ground_area_m2"] == pytest.approx(6_400, rel=2e-3)
    assert found["features"][0]["properties"]["ground_area_m2"] == pytest.approx(10_000, rel=2e-3)


async def test_the_census_is_counted_once_at_its_finest_divisions(land: Connection) -> None:
    asked = request(count=2)
    found = await sites(land, asked, ground(east=square(2500, 0), west=square(-2500, 0)))
    served = {f["id"]: f["properties"]["serves_people"] for f in found["features"]}
    assert served == {"east": 3000, "west": 1000}
    assert [f["properties"]["rank"] for f in found["features"]] == [1, 2]
    assert found["bound"] <= found["objective_value"] * (1 + 1e-9)
    assert found["unserved_people"] == 0


async def test_with_an_event_its_homeless_are_served(land: Connection) -> None:
    await land.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES"
        " ('e', 'earthquake', '9.15 地震', now(), 'yangquan-2026', '1403')"
    )
    for one, east, grade in (("a", 3000, "slight"), ("b", -3000, "collapsed"), ("c", 0, "severe")):
        home = shapely.Point(place(east, 0))
        await insert(land, "households", home, id=one, area="140321100001", persons=4)
        await land.execute(
            "INSERT INTO house_damage (event, household, grade, source) VALUES ('e', %s, %s, 't')",
            [one, grade],
        )
    found = await sites(land, request(event="e"), ground(a=square(900, 0)))
    assert found["features"][0]["properties"]["serves_people"] == 8


async def test_nobody_to_serve_is_said(land: Connection) -> None:
    with pytest.raises(InvalidInput, match="leave `event` out"):
        await sites(land, request(event="e"), ground(a=square(900, 0)))


async def test_when_all_is_refused_the_answer_says_so(land: Connection) -> None:
    found = await sites(land, request(), ground(a=square(50, 0)))
    assert found["features"] == []
    assert found["objective_value"] is None
    assert "0 of the 1 sites" in found["warnings"][0]
    assert len(found["excluded"]) == 1


async def test_overlapping_candidates_are_reported(land: Connection) -> None:
    found = await sites(land, request(), ground(a=square(900, 0), b=square(950, 0)))
    assert any("a and b overlap by 5" in said for said in found["warnings"])


async def test_open_ground_of_the_area_stands_in_for_candidates(land: Connection) -> None:
    await insert(
        land, "open_ground", square(900, 0), id="G1", name="操场", area="140321100001",
        kind="school_yard", ground_area_m2=10_000,
    )  # fmt: skip
    await insert(
        land, "open_ground", square(-900, 0), id="G2", name="广场", kind="square",
        ground_area_m2=10_000,
    )  # fmt: skip
    found = await candidates_for(land, request(), None)
    assert found.ids == ("G1",)
    with pytest.raises(InvalidInput, match="No open ground"):
        await candidates_for(land, request(admin_area="140322"), None)


async def test_distances_agree_with_geodesics(land: Connection) -> None:
    """PostGIS and the plane are left out: shapely finds the nearest points, Geod measures."""
    rng = np.random.default_rng(7)
    east, north = rng.uniform(-400, 400, 60), rng.uniform(-9000, 9000, 60)
    squares = {f"c{i}": square(e, n, 60) for i, (e, n) in enumerate(zip(east, north, strict=True))}
    found = await sites(land, request(min_ground_area_m2=0), ground(**squares))
    refused = {c["candidate"]: c["distance_m"] for c in found["excluded"]}
    edges = {f"c{i}": max(e, -(e + 60), 0.0) for i, e in enumerate(east)}
    assert set(refused) == {one for one, metres in edges.items() if metres < 200}
    for one, metres in refused.items():
        assert metres == pytest.approx(edges[one], abs=0.3)


def collection(*geometries: dict[str, Any]) -> dict[str, Any]:
    features = [{"type": "Feature", "geometry": g, "properties": {}} for g in geometries]
    return {"type": "FeatureCollection", "features": features}


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


GOOD = polygon((113.5, 37.8), (113.51, 37.8), (113.51, 37.81))


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (polygon((113.5, 37.8), (113.6, 37.9), (113.6, 37.8), (113.5, 37.9)), "113.55 37.85"),
        (polygon((37.8, 113.5), (37.81, 113.5), (37.81, 113.51)), "swapped"),
        (polygon((113.5, float("nan")), (113.6, 37.8), (113.6, 37.9)), "finite"),
        (polygon((113.5, float("inf")), (113.6, 37.8), (113.6, 37.9)), "NaN and Infinity"),
        ({"type": "Polygon", "coordinates": [[[113.5, 37.8], [113.6, 37.8]]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": [["a", "b", "c", "d"]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "can't be read"),
        ({"type": "Polygon"}, "can't be read"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Point", "coordinates": [113.5, 37.8]}, "Polygon or a MultiPolygon"),
        (polygon((1e9, 2), (1e9 + 5, 2), (1e9, 9)), "outside"),
    ],
)
def test_a_bad_candidate_is_refused_with_its_place(geometry: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidGeometry) as refused:
        given_candidates(collection(GOOD, geometry))
    (fault,) = refused.value.faults
    assert fault.at.startswith("/candidates/features/1/geometry")
    assert says in fault.detail


@pytest.mark.parametrize("wrong", [{}, {"type": "FeatureCollection"}, collection()])
def test_what_is_no_collection_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        given_candidates(wrong)


def test_an_id_given_twice_is_refused() -> None:
    twice = orjson.loads(orjson.dumps(collection(GOOD, GOOD)))
    for feature in twice["features"]:
        feature["id"] = "G1"
    with pytest.raises(InvalidGeometry) as refused:
        given_candidates(twice)
    assert "'G1' is given 2 times" in refused.value.faults[0].detail


def test_too_many_candidates_name_the_limit() -> None:
    with pytest.raises(TooLarge, match="at most 20000"):
        given_candidates({"type": "FeatureCollection", "features": [None] * 20_001})


def test_candidates_in_a_zones_metres_or_of_a_web_map_land_at_their_place() -> None:
    metres = polygon((4.0e5, 4.18e6), (4.01e5, 4.18e6), (4.01e5, 4.181e6))
    (outline,) = given_candidates(collection(metres), "EPSG:4547").geometry
    west, south, east, north = Plane(4547).projected([outline])[0].bounds
    assert (west, south) == pytest.approx((4.0e5, 4.18e6))
    assert (east, north) == pytest.approx((4.01e5, 4.181e6))
    shifted = given_candidates(collection(GOOD), "gcj02").geometry[0].bounds
    assert 300 < GEOD.inv(113.5, 37.8, shifted[0], shifted[1])[2] < 800
