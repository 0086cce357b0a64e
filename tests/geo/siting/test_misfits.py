"""Ground that no rule forbids and that still won't do: steep, narrow, or somewhere else."""

import pytest
import shapely

from geo.sites import candidates_for


async def test_the_largest_circle_inside_is_measured(valley) -> None:
    found = await valley.sites(valley.ground(yard=valley.box(900, 0, 300, 80)))
    assert found["features"][0]["properties"]["widest_circle_m"] == pytest.approx(80, rel=0.01)


async def test_ground_too_narrow_is_refused_with_its_width(valley) -> None:
    strip, yard = valley.box(900, 0, 1_000, 20), valley.square(2_000, 0)
    found = await valley.sites(valley.ground(strip=strip, yard=yard), min_width_m=50)
    assert [f["id"] for f in found["features"]] == ["yard"]
    (narrow,) = found["too_narrow"]
    assert (narrow["candidate"], narrow["required_m"]) == ("strip", 50)
    assert narrow["widest_circle_m"] == pytest.approx(20, rel=0.02)


async def test_ground_too_steep_is_refused_and_unknown_slopes_are_said(valley) -> None:
    ground = valley.ground(
        slopes={"steep": 12.0, "flat": 3.0},
        steep=valley.square(900, 0),
        flat=valley.square(1_500, 0),
        unknown=valley.square(2_500, 0),
    )
    found = await valley.sites(ground, max_slope_percent=7.0, count=2)
    assert {f["id"]: f["properties"]["slope_percent"] for f in found["features"]} == {
        "flat": 3.0,
        "unknown": None,
    }
    (steep,) = found["too_steep"]
    assert (steep["candidate"], steep["slope_percent"], steep["most_percent"]) == ("steep", 12, 7)
    assert any("No slope is known of unknown" in said for said in found["warnings"])


async def test_the_slope_of_open_ground_comes_from_the_store(valley) -> None:
    await valley.insert(
        "open_ground", valley.square(900, 0), id="G", name="坡地", area="140321100001",
        kind="field", ground_area_m2=10_000, slope_percent=8.5,
    )  # fmt: skip
    found = await candidates_for(valley.conn, valley.request(), None)
    assert found.slopes.tolist() == [8.5]


@pytest.fixture
async def bounded(valley):
    """The valley with its prefecture's outline: 5 km around the crossing, a hole in the east."""
    outline = valley.box(-5_000, -5_000, 10_000, 10_000).difference(valley.square(3_000, 0, 1_000))
    await valley.conn.execute(
        "UPDATE admin_areas SET geom = ST_Multi(ST_GeomFromText(%s, 4490)) WHERE code = '1403'",
        [outline.wkt],
    )
    return valley


async def test_a_candidate_outside_the_area_is_refused_in_words(bounded) -> None:
    ground = bounded.ground(
        inside=bounded.square(900, 0),
        beyond=bounded.square(6_000, 0),
        hole=bounded.square(3_400, 400),
    )
    found = await bounded.sites(ground, count=3)
    assert [f["id"] for f in found["features"]] == ["inside"]
    assert {one["candidate"]: one["outside_share"] for one in found["outside"]} == {
        "beyond": 1.0,
        "hole": 1.0,
    }
    assert "2 lie outside the area" in found["warnings"][0]


async def test_a_candidate_across_the_border_is_taken_and_said(bounded) -> None:
    found = await bounded.sites(bounded.ground(edge=bounded.box(4_930, 0, 100, 100)))
    assert [f["id"] for f in found["features"]] == ["edge"]
    assert any("Part of edge lies outside" in said for said in found["warnings"])


async def test_where_no_outline_is_known_nothing_is_outside(valley) -> None:
    far = shapely.box(113.0, 37.0, 113.001, 37.001)
    found = await valley.sites(valley.ground(far=far))
    assert found["outside"] == []
    assert [f["id"] for f in found["features"]] == ["far"]
