"""Re-planning after a change: the cheapest plan with a price on moving, against trying all."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from relief.assignment import Households, RoadWays, Shelters, assign
from relief.errors import InvalidInput
from relief.progress import Stopped
from relief.replan import Replan, replan

OUT = -1


def households(at: list[tuple[float, float]], persons: list[int]) -> Households:
    x_m, y_m = np.array(at, float).reshape(-1, 2).T
    return Households(x_m, y_m, np.array(persons, np.int64))


def shelters(at: list[tuple[float, float]], capacity: list[int]) -> Shelters:
    x_m, y_m = np.array(at, float).reshape(-1, 2).T
    return Shelters(x_m, y_m, np.array(capacity, np.int64))


def town(seed: int, size: int, places: int, ratio: float) -> tuple[Households, Shelters]:
    random = np.random.default_rng(seed)
    centre = random.uniform(0, 20_000, (4, 2))
    home = centre[random.integers(0, 4, size)] + random.normal(0, 1_500, (size, 2))
    site = centre[random.integers(0, 4, places)] + random.normal(0, 2_500, (places, 2))
    persons = random.integers(1, 7, size)
    share = random.dirichlet(np.full(places, 4.0))
    capacity = np.ceil(share * persons.sum() * ratio).astype(np.int64)
    return Households(*home.T, persons), Shelters(*site.T, capacity)


def away_m(homes: Households, places: Shelters) -> np.ndarray:
    return np.hypot(
        homes.x_m[:, None] - places.x_m[None, :], homes.y_m[:, None] - places.y_m[None, :]
    )


def share_of(homes: Households, places: Shelters) -> np.ndarray:
    """The least and the most people of a household on each way: none where the shelter can never
    hold the household whole."""
    fits = homes.persons[:, None] <= places.capacity
    return np.column_stack([np.zeros(fits.size), np.where(fits, np.inf, 0.0).ravel()])


def require_sound(plan: Replan, homes: Households, places: Shelters) -> None:
    inside = plan.shelter_of_household >= 0
    seats = plan.shelter_of_household[inside]
    load = np.bincount(seats, homes.persons[inside], len(places.capacity))
    assert (load <= places.capacity).all()
    walked = away_m(homes, places)[inside, seats] @ homes.persons[inside]
    assert plan.person_metres == pytest.approx(walked)
    assert plan.assigned_people == homes.persons[inside].sum()
    assert plan.assigned_people + plan.unassigned_people == homes.persons.sum()
    assert {one.household for one in plan.leftovers} == set(np.flatnonzero(~inside))


def cheapest_by_trying_all(
    homes: Households, places: Shelters, former: np.ndarray, price_m: float
) -> dict[int, float]:
    """The least cost of placing each number of people."""
    away, best = away_m(homes, places), dict[int, float]()
    stays = (former != OUT) & (places.capacity[former] >= homes.persons)
    former = np.where(stays, former, OUT)  # moving costs nothing where nobody could stay
    for seats in product(range(-1, len(places.capacity)), repeat=len(homes.persons)):
        room, people, cost = places.capacity.copy(), 0, 0.0
        for h, s in enumerate(seats):
            if s == OUT:
                continue
            room[s] -= homes.persons[h]
            people += int(homes.persons[h])
            moves = former[h] not in (OUT, s)
            cost += homes.persons[h] * (away[h, s] + price_m * moves)
        if (room >= 0).all():
            best[people] = min(best.get(people, np.inf), cost)
    return best


metre = st.integers(0, 40).map(lambda n: 50.0 * n)
spot = st.tuples(metre, metre)


@st.composite
def small_case(draw: st.DrawFn) -> tuple[Households, Shelters, np.ndarray, float]:
    """Places enough for all, and where everybody is now; a shelter may be closed or overfull."""
    homes = draw(st.lists(st.tuples(spot, st.integers(1, 3)), min_size=1, max_size=5))
    places = draw(st.lists(st.tuples(spot, st.integers(0, 8)), min_size=1, max_size=3))
    former = [draw(st.integers(-1, len(places) - 1)) for _ in homes]
    price_m = draw(st.sampled_from([0.0, 100.0, 1000.0]))
    return (
        households([h[0] for h in homes], [h[1] for h in homes]),
        shelters([p[0] for p in places], [p[1] for p in places]),
        np.array(former),
        price_m,
    )


@settings(max_examples=150, deadline=None)
@given(small_case())
def test_small_plans_are_sound_and_their_bound_holds(
    case: tuple[Households, Shelters, np.ndarray, float],
) -> None:
    homes, places, former, price_m = case
    plan = replan(homes, places, former, price_m)
    require_sound(plan, homes, places)
    best = cheapest_by_trying_all(homes, places, former, price_m)
    assert plan.cost_bound_m <= best[plan.assigned_people] + 1e-3
    assert plan.cost_m >= best[plan.assigned_people] - 1e-6
    assert plan.assigned_people >= max(best) - 2  # whole households of three at most


@settings(max_examples=100, deadline=None)
@given(small_case())
def test_single_people_are_placed_at_the_least_cost(
    case: tuple[Households, Shelters, np.ndarray, float],
) -> None:
    homes, places, former, price_m = case
    homes = Households(homes.x_m, homes.y_m, np.ones_like(homes.persons))
    plan = replan(homes, places, former, price_m)
    best = cheapest_by_trying_all(homes, places, former, price_m)
    assert plan.assigned_people == max(best)
    if plan.unassigned_people == 0:
        assert plan.cost_m == pytest.approx(best[plan.assigned_people], abs=0.1)
        assert plan.cost_bound_m == pytest.approx(plan.cost_m, abs=0.5 * len(homes.persons))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 300.0, 3_000.0]), st.booleans())
def test_the_cost_lies_between_its_bound_and_little_above_the_exact_programme(
    seed: int, price_m: float, closes: bool
) -> None:
    homes, places = town(seed, 60, 6, 1.3)
    random = np.random.default_rng(seed)
    former = assign(homes, places).shelter_of_household
    former[random.random(60) < 0.1] = OUT
    capacity = places.capacity.copy()
    if closes:
        capacity[random.integers(0, 6)] = 0
    there = Shelters(places.x_m, places.y_m, capacity)
    plan = replan(homes, there, former, price_m)
    require_sound(plan, homes, there)
    stays = (former != OUT) & (capacity[former] >= homes.persons)
    moves = stays[:, None] & (former[:, None] != np.arange(6))
    cost_m = (away_m(homes, there) + price_m * moves).ravel()
    roofs, rooms = np.kron(np.eye(60), np.ones(6)), np.kron(np.ones(60), np.eye(6))
    exact = linprog(
        cost_m,
        A_ub=np.vstack([roofs, rooms]),
        b_ub=np.concatenate([homes.persons, capacity]),
        A_eq=np.ones((1, 360)),
        b_eq=[plan.assigned_people],
        bounds=share_of(homes, there),
    )
    people = np.repeat(homes.persons, 6)
    best = milp(
        people * cost_m,
        integrality=np.ones(360),
        bounds=Bounds(0, np.repeat(homes.persons, 6) <= np.tile(capacity, 60)),
        constraints=[
            LinearConstraint(roofs, ub=1),
            LinearConstraint(rooms * people, ub=capacity),
            LinearConstraint(people[None, :], lb=plan.assigned_people),
        ],
    )
    assert best.status == 0
    assert plan.cost_bound_m <= best.fun * (1 + 1e-6)
    if plan.unassigned_people == 0:
        assert plan.cost_bound_m >= exact.fun * (1 - 2e-4) - 0.01 * homes.persons.sum()
        assert plan.cost_m <= best.fun * (1 + 5e-4)
    most = min(homes.persons.sum(), capacity.sum())
    assert most - 5 <= plan.assigned_people <= most


def test_nothing_changed_moves_nobody() -> None:
    homes, places = town(3, 600, 12, 1.1)
    first = assign(homes, places)
    again = replan(homes, places, first.shelter_of_household)
    assert (again.shelter_of_household == first.shelter_of_household).all()
    assert again.moved_people == 0
    assert again.cost_m == pytest.approx(first.person_metres)


@pytest.mark.parametrize("price_m", [0.0, 200.0, 2_000.0])
def test_a_closed_shelter_moves_few_others(price_m: float) -> None:
    homes, places = town(4, 2_000, 25, 1.1)
    former = assign(homes, places).shelter_of_household
    closed = int(np.argmin(np.bincount(former, minlength=25)))
    open_places = Shelters(
        places.x_m, places.y_m, np.where(np.arange(25) == closed, 0, places.capacity)
    )
    plan = replan(homes, open_places, former, price_m)
    require_sound(plan, homes, open_places)
    assert not (former[plan.moved] == closed).any()
    assert plan.unassigned_people == 0
    assert plan.cost_m <= plan.cost_bound_m * 1.003
    fresh = assign(homes, open_places)
    assert plan.person_metres >= fresh.lower_bound
    if price_m:
        others = (fresh.shelter_of_household != former) & (former != closed)
        assert plan.moved_people < homes.persons[others].sum()
        assert plan.cost_m < fresh.person_metres + price_m * homes.persons[others].sum()
    else:
        assert plan.person_metres <= fresh.person_metres * 1.003


def test_someone_makes_way_only_where_that_is_worth_the_price() -> None:
    homes = households([(0, 0), (0, 0), (2_000, 0)], [2, 2, 2])
    places = shelters([(0, 0), (150, 0), (5_000, 0)], [2, 2, 9])
    former = np.array([0, OUT, 1])
    dear = replan(homes, places, former, 6_000)
    assert dear.shelter_of_household.tolist() == [0, 2, 1]
    assert dear.moved_people == 0
    cheap = replan(homes, places, former, 10)
    assert cheap.shelter_of_household.tolist() == [0, 1, 2]
    assert cheap.moved.tolist() == [2]
    assert cheap.cost_m == 2 * 150 + 2 * 3_000 + 2 * 10


def test_whoever_lives_by_a_new_shelter_moves_for_enough_gain_alone() -> None:
    homes = households([(0, 0), (3_000, 0), (9_000, 0)], [3, 3, 3])
    places = shelters([(0, 0), (9_000, 0)], [9, 9])
    plan = replan(homes, places, np.array([0, 0, 0]), 4_000)
    assert plan.shelter_of_household.tolist() == [0, 0, 1]
    assert plan.moved.tolist() == [2]


def test_an_overfull_shelter_lets_the_cheapest_go_and_nobody_else() -> None:
    homes = households([(0, 0), (10, 0), (400, 0)], [3, 3, 3])
    places = shelters([(0, 0), (500, 0)], [6, 9])
    plan = replan(homes, places, np.array([0, 0, 0]), 1_000)
    assert plan.shelter_of_household.tolist() == [0, 0, 1]


def test_whoever_has_a_place_keeps_one_before_a_newcomer_of_a_key_group() -> None:
    homes = households([(0, 0), (0, 0)], [3, 3])
    homes = Households(homes.x_m, homes.y_m, homes.persons, np.array([0, 5]))
    plan = replan(homes, shelters([(10, 0)], [3]), np.array([0, OUT]))
    assert plan.shelter_of_household.tolist() == [0, OUT]
    assert [one.reason for one in plan.leftovers] == ["all_reachable_shelters_full"]


def test_a_new_limit_lets_those_beyond_it_go_elsewhere() -> None:
    homes, places = town(5, 400, 10, 1.3)
    former = assign(homes, places).shelter_of_household
    plan = replan(homes, places, former, max_distance_m=2_500)
    inside = plan.shelter_of_household >= 0
    assert plan.distance_m[inside].max() <= 2_500
    require_sound(plan, homes, places)


def test_very_many_households_are_planned_by_prices_of_a_sample() -> None:
    homes, places = town(6, 60_000, 40, 1.1)
    former = assign(homes, places).shelter_of_household
    closed = int(np.argmin(np.bincount(former, minlength=40)))
    fewer = Shelters(places.x_m, places.y_m, np.where(np.arange(40) == closed, 0, places.capacity))
    plan = replan(homes, fewer, former)
    require_sound(plan, homes, fewer)
    assert plan.unassigned_people == 0
    assert plan.cost_m <= plan.cost_bound_m * 1.005


def test_a_cut_road_sends_those_behind_it_elsewhere() -> None:
    homes = households([(0, 0), (0, 0)], [2, 2])
    places = shelters([(100, 0), (900, 0)], [4, 4])
    metres = np.array([[100.0, 900.0], [np.inf, 950.0]], np.float32)
    ways = RoadWays(np.array([0, 1]), np.zeros(2), metres)
    plan = replan(homes, places, np.array([0, 0]), roads=ways)
    assert plan.shelter_of_household.tolist() == [0, 1]
    assert plan.moved_people == 0


def test_nobody_and_nowhere_are_plans_too() -> None:
    nobody = replan(households([], []), shelters([(0, 0)], [3]), np.zeros(0, np.int64))
    assert nobody.assigned_people == 0
    nowhere = replan(households([(0, 0)], [3]), shelters([(0, 0)], [0]), np.array([0]))
    assert nowhere.unassigned_people == 3
    none = replan(households([(0, 0)], [3]), shelters([], []), np.array([OUT]))
    assert none.unassigned_people == 3


@pytest.mark.parametrize(
    ("former", "price_m", "at"),
    [
        ([1], 0.0, "former"),
        ([-2], 0.0, "former"),
        ([0, 0], 0.0, "former"),
        ([0.5], 0.0, "former"),
        ([0], -1.0, "moving_price_m"),
        ([0], np.nan, "moving_price_m"),
        ([0], np.inf, "moving_price_m"),
    ],
)
def test_what_can_not_be_is_refused(former: list[float], price_m: float, at: str) -> None:
    homes, places = households([(0, 0)], [1]), shelters([(0, 0)], [1])
    with pytest.raises(InvalidInput) as refusal:
        replan(homes, places, np.array(former), price_m)  # type: ignore[arg-type]
    assert refusal.value.faults[0].at == at


def test_progress_rises_to_one_and_a_cancelled_plan_stops() -> None:
    homes, places = town(8, 300, 6, 1.1)
    former = np.full(300, OUT)
    seen: list[float] = []
    replan(homes, places, former, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    with pytest.raises(Stopped):
        replan(homes, places, former, cancelled=lambda: True)


def test_the_same_question_gives_the_same_plan() -> None:
    homes, places = town(9, 500, 9, 1.0)
    former = np.random.default_rng(1).integers(-1, 9, 500)
    one, other = replan(homes, places, former), replan(homes, places, former)
    assert (one.shelter_of_household == other.shelter_of_household).all()
