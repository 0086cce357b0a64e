"""A kept plan's places: who counts as being there already, and what stays for others."""

import numpy as np
import pytest

from geo.assignment_kept import KeptPlan
from geo.households import PlacedHouseholds
from geo.shelters import OpenShelters


def homes(**persons: int) -> PlacedHouseholds:
    size = len(persons)
    return PlacedHouseholds(
        tuple(persons),
        (None,) * size,
        np.zeros(size),
        np.zeros(size),
        np.array([*persons.values()], np.int64),
        (frozenset[str](),) * size,
    )


def shelters(occupancy: list[int], full: list[bool] | None = None) -> OpenShelters:
    size = len(occupancy)
    return OpenShelters(
        tuple("ABC"[:size]),
        tuple("ABC"[:size]),
        np.zeros(size),
        np.zeros(size),
        np.full(size, 10, np.int64),
        np.array(occupancy, np.int64),
        np.zeros(size, np.int64),
        np.array(full or [False] * size),
    )


PLAN = KeptPlan("p", {"H1": "A", "H2": "A", "H3": "B"}, {"A": 2, "B": 0}, {"A": 6, "B": 4}, {})
HOMES = homes(H1=3, H2=3, H3=4)


@pytest.mark.parametrize(
    ("occupancy", "arrived", "free"),
    [
        ([2, 0], True, [8, 10]),  # nobody has come yet
        ([8, 4], True, [8, 10]),  # all have come, nobody else
        ([10, 4], True, [6, 10]),  # two others came as well
        ([5, 0], True, [8, 10]),  # some have come
        ([8, 4], False, [2, 6]),  # who came are others
        ([0, 0], True, [10, 10]),  # those of before have left
    ],
)
def test_whoever_came_by_the_plan_takes_no_place_of_others(
    occupancy: list[int], arrived: bool, free: list[int]
) -> None:
    found = PLAN.places(HOMES, shelters(occupancy), arrived=arrived)
    assert found.free.tolist() == free


def test_a_full_shelter_keeps_its_own_people_and_takes_nobody_else() -> None:
    found = PLAN.places(HOMES, shelters([8, 4], [True, False]), arrived=True)
    assert found.free.tolist() == [6, 10]


def test_who_is_not_asked_about_keeps_the_place_whether_arrived_or_not() -> None:
    plan = KeptPlan("p", PLAN.shelter_of, PLAN.occupancy, PLAN.assigned, {"A": 3})
    asked = homes(H1=3, H3=4)
    for occupancy in ([2, 0], [8, 4]):
        found = plan.places(asked, shelters(occupancy), arrived=True)
        assert found.free.tolist() == [5, 10]


def test_a_shelter_that_is_out_leaves_its_people_without() -> None:
    only = shelters([2])
    assert PLAN.former(HOMES, only).tolist() == [0, 0, -1]
    assert PLAN.former(homes(H9=2), only).tolist() == [-1]


def test_a_share_kept_free_is_whole_places() -> None:
    found = shelters([0, 4]).reserving(0.3)
    assert found.reserved.tolist() == [3, 3]
    assert found.free.tolist() == [7, 3]
    assert shelters([9]).reserving(0.25).free.tolist() == [0]
