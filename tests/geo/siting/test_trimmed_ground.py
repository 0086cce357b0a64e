"""Ground cut back from what it must keep away from: what remains, to the metre."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

GEOD = Geod(ellps="GRS80")


async def test_ground_across_a_fault_falls_into_two_parts(valley) -> None:
    wide = valley.box(-500, 0, 1_000, 100)
    found = await valley.sites(valley.ground(field=wide), trim=True, count=2)
    parts = {f["id"]: f["properties"] for f in found["features"]}
    assert set(parts) == {"field#1", "field#2"}
    assert all(part["part_of"] == "field" for part in parts.values())
    assert all(part["ground_area_m2"] == pytest.approx(30_000, rel=0.01) for part in parts.values())
    assert all(part["nearest"][0]["distance_m"] >= 200 for part in parts.values())
    assert found["excluded"] == []
    (cut,) = found["trimmed"]
    assert (cut["candidate"], cut["layer"], cut["feature"]) == ("field", "faults", "F1")
    assert (cut["distance_m"], cut["required_m"]) == (0, 200)


async def test_what_remains_keeps_the_whole_distance_by_geodesics(valley) -> None:
    """shapely and pyproj alone measure the corners against the hazard point."""
    await valley.insert(
        "hazard_points", shapely.Point(valley.place(1_050, 50)), id="H", name="滑坡",
        kind="landslide", position_error_m=10,
    )  # fmt: skip
    found = await valley.sites(
        valley.ground(yard=valley.square(1_000, 0, 400)), trim=True, avoid={"hazard_points": 100.0}
    )
    outline = shapely.geometry.shape(found["features"][0]["geometry"])
    corners = shapely.get_coordinates(outline)
    lon, lat = valley.place(1_050, 50)
    _, _, metres = GEOD.inv(
        np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1]
    )
    assert min(metres) >= 110
    assert min(metres) == pytest.approx(110, abs=0.5)
    area_m2 = abs(GEOD.geometry_area_perimeter(outline)[0])
    assert found["features"][0]["properties"]["ground_area_m2"] == pytest.approx(area_m2, rel=1e-3)


async def test_ground_of_which_nothing_remains_is_refused_as_it_was(valley) -> None:
    found = await valley.sites(valley.ground(near=valley.square(50, 0)), trim=True)
    assert found["features"] == []
    assert found["trimmed"] == []
    assert [c["candidate"] for c in found["excluded"]] == ["near"]


async def test_a_part_that_is_left_too_small_says_so(valley) -> None:
    found = await valley.sites(
        valley.ground(strip=valley.box(150, 0, 90, 100)), trim=True, min_ground_area_m2=5_000
    )
    (small,) = found["too_small"]
    assert small["candidate"] == "strip"
    assert small["ground_area_m2"] == pytest.approx(4_000, rel=0.01)
    assert len(found["trimmed"]) == 1


async def test_ground_that_engineering_may_settle_is_not_cut(valley) -> None:
    await valley.insert(
        "risk_zones", valley.square(950, -500, 2_000), id="Z", name="区", grade="high"
    )
    found = await valley.sites(
        valley.ground(yard=valley.square(900, 0)), trim=True, avoid={"risk_zones": 0.0}
    )
    (site,) = found["features"]
    assert site["properties"]["engineering_required"]
    assert site["properties"]["ground_area_m2"] == pytest.approx(10_000, rel=0.01)


async def test_a_part_touches_no_zone_that_it_was_cut_from(valley) -> None:
    await valley.insert("flood_areas", valley.square(950, -500, 2_000), id="W", name="河谷")
    found = await valley.sites(
        valley.ground(yard=valley.square(900, 0, 200)), trim=True, avoid={"flood_areas": 0.0}
    )
    (site,) = found["features"]
    assert site["properties"]["ground_area_m2"] == pytest.approx(50 * 200, rel=0.01)
    assert found["excluded"] == []
