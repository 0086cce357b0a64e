"""Whole households to shelters: against brute force and the exact transport problem."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from relief.assignment import Assignment, Households, RoadWays, Shelters, Split, assign
from relief.errors import InvalidInput
from relief.progress import Stopped


def households(
    at: list[tuple[float, float]], persons: list[int], priority: list[int] | None = None
) -> Households:
    x_m, y_m = np.array(at, float).reshape(-1, 2).T
    ranked = None if priority is None else np.array(priority, np.int64)
    return Households(x_m, y_m, np.array(persons, np.int64), ranked)


def shelters(at: list[tuple[float, float]], capacity: list[int]) -> Shelters:
    x_m, y_m = np.array(at, float).reshape(-1, 2).T
    return Shelters(x_m, y_m, np.array(capacity, np.int64))


def town(seed: int, size: int, places: int, ratio: float) -> tuple[Households, Shelters]:
    """Households around five town centres; shelters with `ratio` places a person."""
    random = np.random.default_rng(seed)
    centre = random.uniform(0, 30_000, (5, 2))
    home = centre[random.integers(0, 5, size)] + random.normal(0, 1_500, (size, 2))
    site = centre[random.integers(0, 5, places)] + random.normal(0, 2_500, (places, 2))
    persons = random.integers(1, 7, size)
    share = random.dirichlet(np.full(places, 4.0))
    capacity = np.ceil(share * persons.sum() * ratio).astype(np.int64)
    return Households(*home.T, persons), Shelters(*site.T, capacity)


def load(plan: Assignment, homes: Households, places: Shelters) -> np.ndarray:
    inside = plan.shelter_of_household >= 0
    return np.bincount(
        plan.shelter_of_household[inside], homes.persons[inside], len(places.capacity)
    )


def distances(homes: Households, places: Shelters) -> np.ndarray:
    return np.hypot(
        homes.x_m[:, None] - places.x_m[None, :], homes.y_m[:, None] - places.y_m[None, :]
    )


def best_by_trying_all(
    homes: Households, places: Shelters, away: np.ndarray
) -> tuple[tuple[int, ...], float, float]:
    """(people placed, then by class), its least walking, and the least with classes ignored."""
    priority = homes.priority if homes.priority is not None else np.zeros(len(homes.persons), int)
    classes = np.unique(priority)[::-1]
    best: dict[tuple[int, ...], float] = {}
    for seats in product(range(-1, len(places.capacity)), repeat=len(homes.persons)):
        inside = [(h, s) for h, s in enumerate(seats) if s >= 0]
        room = places.capacity.copy()
        for h, s in inside:
            room[s] -= homes.persons[h]
        if (room < 0).any() or any(away[h, s] == np.inf for h, s in inside):
            continue
        placed = [h for h, _ in inside]
        in_class = [
            int(homes.persons[[h for h in placed if priority[h] == c]].sum()) for c in classes
        ]
        aim = (sum(in_class), *in_class)
        walked = sum(away[h, s] * homes.persons[h] for h, s in inside)
        best[aim] = min(best.get(aim, np.inf), walked)
    top = max(best)
    return top, best[top], min(w for aim, w in best.items() if aim[0] == top[0])


metre = st.integers(0, 40).map(lambda n: 50.0 * n)
spot = st.tuples(metre, metre)


@st.composite
def small_case(draw: st.DrawFn) -> tuple[Households, Shelters, float | None]:
    homes = draw(
        st.lists(st.tuples(spot, st.integers(1, 5), st.integers(0, 1)), min_size=1, max_size=5)
    )
    places = draw(st.lists(st.tuples(spot, st.integers(0, 9)), min_size=1, max_size=3))
    limit = draw(st.sampled_from([None, None, 700.0, 1500.0]))
    return (
        households([h[0] for h in homes], [h[1] for h in homes], [h[2] for h in homes]),
        shelters([p[0] for p in places], [p[1] for p in places]),
        limit,
    )


@settings(max_examples=80, deadline=None)
@given(small_case())
def test_small_plans_are_the_best_there_are(
    case: tuple[Households, Shelters, float | None],
) -> None:
    homes, places, limit = case
    away = distances(homes, places)
    away[away > (limit or np.inf)] = np.inf
    assert_best(assign(homes, places, limit), homes, places, away)


@settings(max_examples=80, deadline=None)
@given(small_case(), st.data())
def test_small_plans_by_road_are_the_best_there_are(
    case: tuple[Households, Shelters, float | None], data: st.DataObject
) -> None:
    homes, places, limit = case
    homes_count, sites = len(homes.persons), len(places.capacity)
    length = st.sampled_from([0.0, 100.0, 250.0, 800.0, np.inf])
    row = st.lists(length, min_size=sites, max_size=sites)
    metres = np.array(data.draw(st.lists(row, min_size=1, max_size=3)), np.float32)
    node = st.integers(-1, len(metres) - 1)
    nodes = np.array(data.draw(st.lists(node, min_size=homes_count, max_size=homes_count)))
    access_m = np.arange(homes_count) * 7.0
    away = np.where(nodes[:, None] >= 0, metres[nodes] + access_m[:, None], np.inf)
    away[away > (limit or np.inf)] = np.inf
    plan = assign(homes, places, limit, roads=RoadWays(nodes, access_m, metres))
    assert_best(plan, homes, places, away)


def assert_best(plan: Assignment, homes: Households, places: Shelters, away: np.ndarray) -> None:
    aim, walked, walked_by_any = best_by_trying_all(homes, places, away)
    assert plan.assigned_people == aim[0]
    key = (homes.priority == 1) & (plan.shelter_of_household >= 0)
    if (homes.priority == 1).any():
        assert homes.persons[key].sum() == aim[1]
    assert plan.person_metres == pytest.approx(walked, abs=1e-6)
    assert plan.lower_bound <= walked_by_any + 1e-6
    assert (load(plan, homes, places) <= places.capacity).all()
    outside = set(np.flatnonzero(plan.shelter_of_household < 0))
    assert {one.household for one in plan.leftovers} == outside


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.7, 1.0, 1.1, 1.5]))
def test_the_bound_and_the_plan_are_those_of_the_exact_programmes(seed: int, ratio: float) -> None:
    homes, places = town(seed, 60, 6, ratio)
    plan = assign(homes, places)
    away = distances(homes, places)
    count, sites = away.shape
    fits = (homes.persons[:, None] <= places.capacity).ravel()
    whole = np.kron(np.eye(count), np.ones(sites))
    room = np.kron(np.ones(count), np.eye(sites))
    exact = linprog(
        away.ravel(),
        A_ub=np.vstack([whole, room]),
        b_ub=np.concatenate([homes.persons, places.capacity]),
        A_eq=np.ones((1, count * sites)),
        b_eq=[plan.assigned_people],
        bounds=np.column_stack([np.zeros(fits.size), np.where(fits, np.inf, 0.0)]),
    )
    assert plan.lower_bound >= exact.fun * (1 - 1e-6)
    people = np.repeat(homes.persons, sites)
    rules = [
        LinearConstraint(whole, ub=1),
        LinearConstraint(room * people, ub=places.capacity),
    ]
    most = milp(-people, integrality=np.ones(len(people)), bounds=Bounds(0, 1), constraints=rules)
    assert most.status == 0
    assert plan.assigned_people == round(-most.fun)
    best = milp(
        people * np.where(fits, away.ravel(), 0.0),
        integrality=np.ones(len(people)),
        bounds=Bounds(0, fits.astype(float)),
        constraints=[*rules, LinearConstraint(people[None, :], lb=plan.assigned_people)],
    )
    assert best.status == 0
    assert plan.lower_bound <= best.fun * (1 + 1e-6)
    assert plan.person_metres <= best.fun * (1 + 4e-4)


@pytest.mark.parametrize(("ratio", "gap"), [(1.1, 0.003), (1.0, 0.02)])
def test_two_thousand_households_come_close_to_the_bound(ratio: float, gap: float) -> None:
    homes, places = town(7, 2_000, 50, ratio)
    plan = assign(homes, places)
    assert plan.unassigned_people == 0
    assert plan.gap <= gap
    assert (load(plan, homes, places) <= places.capacity).all()


def test_scarce_places_go_to_households_near_them() -> None:
    homes, places = town(7, 2_000, 50, 0.1)
    plan = assign(homes, places)
    assert plan.assigned_people == places.capacity.sum()
    assert plan.gap <= 0.05


@pytest.mark.parametrize(
    ("seed", "size", "places", "ratio"), [(22, 200, 80, 0.45), (23, 150, 50, 1.15)]
)
def test_shelters_for_a_few_households_are_packed_whole_and_proven_so(
    seed: int, size: int, places: int, ratio: float
) -> None:
    homes, rooms = town(seed, size, places, ratio)
    plan = assign(homes, rooms)
    assert (load(plan, homes, rooms) <= rooms.capacity).all()
    assert plan.assigned_people == min(homes.persons.sum(), rooms.capacity.sum())
    assert plan.gap <= 0.005


@pytest.mark.parametrize(
    ("ratio", "gap"), [(1.1, 0.01), (1.0, 0.02), (0.8, 0.02), (0.3, 0.002), (0.1, 0.005)]
)
def test_very_many_households_are_planned_over_cells(ratio: float, gap: float) -> None:
    homes, places = town(11, 40_000, 80, ratio)
    plan = assign(homes, places)
    assert (load(plan, homes, places) <= places.capacity).all()
    assert plan.assigned_people == min(homes.persons.sum(), places.capacity.sum())
    assert plan.gap <= gap


def test_a_shelter_without_places_troubles_no_proof() -> None:
    homes, places = town(11, 40_000, 80, 0.3)
    places.capacity[:5] = 0
    with np.errstate(all="raise"):
        plan = assign(homes, places)
    assert (load(plan, homes, places)[:5] == 0).all()
    assert plan.gap <= 0.002


def test_roads_as_the_crow_flies_give_the_straight_plan() -> None:
    homes, places = town(13, 30_000, 100, 1.1)
    ways = RoadWays(np.arange(30_000), np.zeros(30_000), distances(homes, places).astype("f4"))
    straight, road = assign(homes, places), assign(homes, places, roads=ways)
    assert road.assigned_people == straight.assigned_people
    assert road.lower_bound == pytest.approx(straight.lower_bound, rel=5e-4)
    assert road.gap <= 0.003
    assert (load(road, homes, places) <= places.capacity).all()


def test_a_bent_road_over_very_many_households_is_bounded_over_all_ways() -> None:
    homes, places = town(14, 30_000, 100, 1.0)
    random = np.random.default_rng(3)
    node = random.integers(-1, 900, 30_000)
    metres = random.uniform(100, 20_000, (900, 100)).astype("f4")
    metres[random.random(metres.shape) < 0.2] = np.inf
    access_m = random.uniform(0, 300, 30_000)
    plan = assign(homes, places, roads=RoadWays(node, access_m, metres))
    off_road = homes.persons[node < 0].sum()
    assert plan.unassigned_people == off_road
    assert plan.gap <= 0.003
    assert (load(plan, homes, places) <= places.capacity).all()


@pytest.mark.parametrize("limit_m", [1_500, 12_000])
def test_a_limit_holds_for_very_many_households(limit_m: float) -> None:
    homes, places = town(12, 40_000, 80, 1.0)
    plan = assign(homes, places, limit_m)
    inside = plan.shelter_of_household >= 0
    assert plan.distance_m[inside].max() <= limit_m
    assert (load(plan, homes, places) <= places.capacity).all()
    assert len(plan.leftovers) == (~inside).sum()


def test_a_shortage_is_told_by_the_smallest_cut() -> None:
    homes = households([(0, 0)] * 4 + [(50_000, 0)] * 2, [3, 3, 3, 3, 2, 2])
    places = shelters([(100, 0), (200, 0), (50_100, 0)], [4, 4, 10])
    plan = assign(homes, places, max_distance_m=1_000)
    assert plan.assigned_people == 10
    assert {one.reason for one in plan.leftovers} == {"all_reachable_shelters_full"}
    assert plan.leftovers[0].numbers == {"people": 12, "shelters": 2, "places": 8, "short": 4}


def test_two_shortages_are_told_apart_and_each_by_its_own_cut() -> None:
    homes = households([(0, 0)] * 3 + [(50_000, 0)] * 2 + [(51_000, 0)], [3, 3, 3, 2, 2, 2])
    places = shelters([(100, 0), (50_100, 0), (51_700, 0)], [6, 2, 2])
    plan = assign(homes, places, max_distance_m=1_000)
    cuts = {one.shortage: dict(one.numbers) for one in plan.leftovers}
    assert sorted(cuts.values(), key=lambda cut: cut["people"]) == [
        {"people": 4, "shelters": 1, "places": 2, "short": 2},
        {"people": 9, "shelters": 1, "places": 6, "short": 3},
    ]


def test_a_place_that_somebody_could_leave_for_is_part_of_the_cut() -> None:
    homes = households([(0, 0), (800, 0), (800, 0)], [2, 2, 2])
    plan = assign(homes, shelters([(400, 0), (1_200, 0)], [2, 2]), max_distance_m=500)
    assert plan.leftovers[0].numbers == {"people": 6, "shelters": 2, "places": 4, "short": 2}


def test_each_reason_has_its_code() -> None:
    homes = households([(0, 0), (90_000, 0), (0, 0)], [30, 2, 4])
    plan = assign(homes, shelters([(10, 0), (20, 0)], [6, 5]), max_distance_m=5_000)
    reasons = {one.household: (one.reason, dict(one.numbers)) for one in plan.leftovers}
    assert reasons[0] == ("larger_than_any_free_place", {"persons": 30, "largest_free": 6})
    assert reasons[1] == ("no_shelter_within_max_distance", {"persons": 2})
    assert plan.shelter_of_household[2] == 0


def test_places_too_scattered_for_a_whole_household_are_named() -> None:
    homes = households([(0, 0)] * 3, [4, 4, 4])
    plan = assign(homes, shelters([(10, 0), (20, 0)], [6, 6]))
    assert [one.reason for one in plan.leftovers] == ["larger_than_any_free_place"]
    assert plan.leftovers[0].numbers == {"persons": 4, "largest_free": 2}


def test_key_groups_are_kept_in_even_where_they_live_farther() -> None:
    homes = households([(0, 0), (900, 0)], [2, 2], [0, 1])
    plan = assign(homes, shelters([(0, 0)], [2]))
    assert plan.shelter_of_household.tolist() == [-1, 0]
    assert plan.lower_bound == 0
    assert plan.gap == np.inf


@pytest.mark.parametrize("capacity", [[], [0, 0]])
def test_without_a_place_everybody_is_left_over(capacity: list[int]) -> None:
    homes = households([(0, 0), (1, 1)], [3, 0])
    plan = assign(homes, shelters([(0.0, 0.0)] * len(capacity), capacity))
    assert plan.assigned_people == 0
    assert plan.unassigned_people == 3
    assert plan.gap == 0
    assert [one.household for one in plan.leftovers] == [0, 1]


def test_no_household_is_an_empty_plan() -> None:
    plan = assign(households([], []), shelters([(0, 0)], [5]))
    assert plan.assigned_people == 0
    assert plan.lower_bound == 0
    assert plan.leftovers == ()


def test_an_empty_household_goes_to_the_nearest_open_shelter() -> None:
    homes = households([(0, 0)], [0])
    plan = assign(homes, shelters([(1, 0), (5, 0)], [0, 3]))
    assert plan.shelter_of_household.tolist() == [1]
    assert plan.person_metres == 0


def test_everybody_in_one_point_fills_every_place() -> None:
    homes = households([(5, 5)] * 90, [3, 2, 1] * 30)
    plan = assign(homes, shelters([(5, 5), (10, 5), (15, 5)], [61, 60, 59]))
    assert plan.assigned_people == 180
    assert plan.gap <= 1e-9


@pytest.mark.parametrize(
    ("x_m", "persons"),
    [
        ([np.nan], [1]),
        ([np.inf], [1]),
        ([1e9], [1]),
        ([0.0], [-1]),
        ([0.0], [1.5]),
        ([0.0], [1, 2]),
    ],
)
def test_poison_is_refused_with_its_place(x_m: list[float], persons: list[float]) -> None:
    homes = Households(np.array(x_m), np.zeros(1), np.array(persons))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refusal:
        assign(homes, shelters([(0, 0)], [5]))
    assert refusal.value.faults[0].at.startswith("households.")


@pytest.mark.parametrize("limit", [-1.0, np.nan])
def test_a_senseless_limit_is_refused(limit: float) -> None:
    with pytest.raises(InvalidInput, match="max_distance_m"):
        assign(households([(0, 0)], [1]), shelters([(0, 0)], [1]), limit)


def test_progress_rises_to_one_and_a_cancelled_plan_stops() -> None:
    homes, places = town(1, 100, 4, 1.1)
    seen: list[float] = []
    assign(homes, places, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    with pytest.raises(Stopped):
        assign(homes, places, cancelled=lambda: True)


def test_the_same_input_gives_the_same_plan() -> None:
    homes, places = town(3, 300, 8, 1.0)
    first, second = assign(homes, places), assign(homes, places)
    assert (first.shelter_of_household == second.shelter_of_household).all()


def test_a_family_goes_to_one_shelter_even_where_it_is_farther() -> None:
    homes = households([(0, 0), (0, 0), (90, 0)], [3, 3, 2])
    places = shelters([(10, 0), (200, 0)], [5, 8])
    kept = assign(replace(homes, group=np.array([7, 7, -1])), places)
    assert kept.shelter_of_household.tolist() == [1, 1, 0]
    assert kept.split == ()
    assert kept.lower_bound <= assign(homes, places).person_metres


def test_a_village_that_no_shelter_takes_whole_is_split_and_named() -> None:
    homes = replace(households([(0, 0)] * 4, [3, 3, 3, 1]), group=np.array([0, 0, 0, -1]))
    plan = assign(homes, shelters([(10, 0), (20, 0)], [7, 4]))
    assert plan.unassigned_people == 0
    numbers = {"persons": 9, "largest": 7}
    assert plan.split == (Split(0, "larger_than_any_shelter_within_reach", numbers),)


def test_a_family_with_no_shelter_within_reach_of_all_is_split_and_named() -> None:
    homes = replace(households([(0, 0), (5_000, 0)], [3, 3]), group=np.array([0, 0]))
    plan = assign(homes, shelters([(10, 0), (5_010, 0)], [9, 9]), max_distance_m=1_000)
    assert plan.shelter_of_household.tolist() == [0, 1]
    assert plan.split == (Split(0, "no_shelter_within_reach_of_all", {"persons": 6}),)


def test_a_family_is_split_rather_than_left_over_when_room_runs_out() -> None:
    homes = replace(households([(0, 0)] * 4, [3, 3, 3, 3]), group=np.array([0, 0, 1, 1]))
    plan = assign(homes, shelters([(10, 0), (20, 0)], [9, 3]))
    assert plan.unassigned_people == 0
    assert [one.reason for one in plan.split] == ["no_room_left_for_all"]


def test_many_villages_stay_whole_and_the_bound_still_holds() -> None:
    homes, places = town(15, 1_200, 12, 1.1)
    village = (homes.x_m // 700 * 100 + homes.y_m // 700).astype(np.int64) - 10_000
    village -= village.min()
    family = np.where(np.arange(1_200) % 3 == 0, -1, np.arange(1_200) // 2)
    for group in (family, village):
        plan = assign(replace(homes, group=group), places)
        assert plan.unassigned_people == 0
        assert (load(plan, homes, places) <= places.capacity).all()
        named = {one.group for one in plan.split}
        for number in np.unique(group[group >= 0]):
            roofs = len(np.unique(plan.shelter_of_household[group == number]))
            assert (roofs > 1) == (number in named)
        assert len(named) <= 0.02 * len(np.unique(group))
        assert plan.lower_bound <= assign(homes, places).person_metres * (1 + 1e-9)


def test_weight_two_brings_the_weak_nearer_and_never_enters_the_figures() -> None:
    homes, places = town(16, 2_000, 20, 1.1)
    weak = np.arange(2_000) % 10 == 0
    plain = assign(homes, places)
    plan = assign(replace(homes, weight=np.where(weak, 2.0, 1.0)), places)
    assert plan.distance_m[weak].mean() < 0.9 * plain.distance_m[weak].mean()
    assert plan.person_metres == pytest.approx(np.dot(plan.distance_m, homes.persons))
    assert plan.lower_bound == pytest.approx(plain.lower_bound)
    assert plain.person_metres <= plan.person_metres < 1.03 * plain.person_metres
