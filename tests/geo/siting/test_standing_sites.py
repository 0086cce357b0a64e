"""Sites that stand already count as open, and need not be chosen again."""

import pytest
import shapely

from geo.standing_sites import standing_sites
from relief.errors import InvalidInput


@pytest.fixture
async def settled(valley):
    """Shelters in both villages (the western one closed) and a depot in the eastern."""
    for one, east, state in (("S1", 2_900, "open"), ("S2", -2_900, "closed")):
        await valley.insert(
            "shelters", shapely.Point(valley.place(east, 0)), id=one, name=one, state=state,
            area="140321100001", level="village", capacity=500, occupancy=100,
        )  # fmt: skip
    await valley.insert(
        "depots", shapely.Point(valley.place(2_900, 0)), id="D1", name="D1", area="140321",
        level="county",
    )  # fmt: skip
    return valley


async def test_a_new_site_goes_where_no_shelter_stands(settled) -> None:
    ground = settled.ground(east=settled.square(2_500, 0), west=settled.square(-2_500, 0))
    alone = await settled.sites(ground)
    assert [f["id"] for f in alone["features"]] == ["east"]
    beside = await settled.sites(ground, fixed="existing")
    assert [f["id"] for f in beside["features"]] == ["west"]
    (standing,) = beside["fixed"]
    assert (standing["layer"], standing["id"], standing["serves_people"]) == (
        "shelters",
        "S1",
        3_000,
    )
    assert beside["features"][0]["properties"]["serves_people"] == 1_000
    assert beside["bound"] <= beside["objective_value"] < alone["objective_value"]


async def test_some_may_be_named_and_the_others_left_out(settled) -> None:
    ground = settled.ground(west=settled.square(-2_500, 0))
    found = await settled.sites(ground, fixed=["S1"])
    assert [one["id"] for one in found["fixed"]] == ["S1"]
    assert (await settled.sites(ground, fixed=[]))["fixed"] == []


@pytest.mark.parametrize("wrong", ["S2", "S9", "D1"])
async def test_one_that_is_closed_or_unknown_is_named(settled, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await standing_sites(settled.conn, "1403", "shelter", ("S1", wrong))
    assert [fault.at for fault in refused.value.faults] == ["/fixed/1"]
    assert wrong in refused.value.faults[0].detail


async def test_depots_stand_for_depots(settled) -> None:
    found = await standing_sites(settled.conn, "1403", "depot", "existing")
    assert (found.layer, found.ids) == ("depots", ("D1",))


async def test_where_places_are_limited_a_shelter_takes_only_its_free_ones(settled) -> None:
    found = await settled.sites(
        settled.ground(east=settled.square(2_500, 0), west=settled.square(-2_500, 0)),
        objective="capacitated_p_median",
        fixed="existing",
        count=2,
        ground_per_person_m2=8.0,
    )
    (standing,) = found["fixed"]
    assert standing["serves_people"] == 400
    served = {f["id"]: f["properties"]["serves_people"] for f in found["features"]}
    places = {f["id"]: f["properties"]["places"] for f in found["features"]}
    assert served == places
    assert found["people"] == 4_000
    assert found["unserved_people"] == 4_000 - 400 - sum(places.values())
