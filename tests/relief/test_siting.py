"""The choice of sites: against every choice there is, and the bound that comes with it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relief.chosen_sites import honest_bound
from relief.errors import InvalidInput
from relief.progress import Stopped
from relief.siting import Candidates, Demand, Objective, Sites, choose_sites

OBJECTIVES: list[Objective] = ["p_median", "p_center", "max_cover", "set_cover"]


def demand(at: list[tuple[float, float]], weight: list[float]) -> Demand:
    x_m, y_m = np.array(at, float).reshape(-1, 2).T
    return Demand(x_m, y_m, np.array(weight, float))


def candidates(at: list[tuple[float, float]]) -> Candidates:
    return Candidates(*np.array(at, float).reshape(-1, 2).T)


def region(seed: int, places: int, sites: int) -> tuple[Demand, Candidates]:
    """Villages around a few towns, candidate grounds anywhere."""
    random = np.random.default_rng(seed)
    town = random.uniform(0, 40_000, (6, 2))
    village = town[random.integers(0, 6, places)] + random.normal(0, 3_000, (places, 2))
    ground = random.uniform(0, 40_000, (sites, 2))
    return Demand(*village.T, random.integers(1, 500, places).astype(float)), Candidates(*ground.T)


def distances(people: Demand, ground: Candidates) -> np.ndarray:
    return np.hypot(
        people.x_m[:, None] - ground.x_m[None, :], people.y_m[:, None] - ground.y_m[None, :]
    )


def measured(table: np.ndarray, weight: np.ndarray, sites: list[int], radius: float) -> dict:
    way = table[:, sites].min(axis=1)
    return {
        "p_median": float(np.dot(way, weight)),
        "p_center": float(way[weight > 0].max(initial=0.0)),
        "max_cover": float(weight[way <= radius].sum()),
    }


metre = st.integers(0, 30).map(lambda n: 100.0 * n)
spot = st.tuples(metre, metre)


@st.composite
def small_case(draw: st.DrawFn) -> tuple[Demand, Candidates, int, float, np.ndarray]:
    homes = draw(st.lists(st.tuples(spot, st.integers(0, 9)), min_size=1, max_size=8))
    ground = draw(st.lists(spot, min_size=2, max_size=7))
    fixed = draw(st.sampled_from([[], [], [1]]))
    count = draw(st.integers(1, 3))
    radius = draw(st.sampled_from([0.0, 400.0, 900.0, 2_000.0]))
    people = demand([h[0] for h in homes], [h[1] for h in homes])
    return people, candidates(ground), count, radius, np.array(fixed, np.int64)


@settings(max_examples=60, deadline=None)
@given(small_case(), st.sampled_from(["p_median", "p_center", "max_cover"]))
def test_small_choices_are_the_best_there_are(
    case: tuple[Demand, Candidates, int, float, np.ndarray], objective: str
) -> None:
    people, ground, count, radius, fixed = case
    table = distances(people, ground)
    sites = range(len(ground.x_m))
    others = [site for site in sites if site not in fixed]
    values = [
        measured(table, people.weight, [*fixed, *more], radius)[objective]
        for more in combinations(others, min(count, len(others)))
    ]
    best = max(values) if objective == "max_cover" else min(values)
    found = choose_sites(people, ground, count, objective, radius, fixed)
    again = measured(table, people.weight, found.chosen.tolist(), radius)[objective]
    assert found.objective_value == pytest.approx(again, abs=1e-6)
    assert len(found.chosen) == len(set(found.chosen)) == len(fixed) + min(count, len(others))
    assert found.chosen[: len(fixed)].tolist() == fixed.tolist()
    assert found.objective_value == pytest.approx(best, abs=1e-6)
    sign = -1 if objective == "max_cover" else 1
    assert sign * found.bound <= sign * best + 1e-6


@settings(max_examples=40, deadline=None)
@given(small_case())
def test_a_set_cover_takes_as_few_sites_as_possible(
    case: tuple[Demand, Candidates, int, float, np.ndarray],
) -> None:
    people, ground, count, radius, fixed = case
    within = (distances(people, ground) <= radius)[people.weight > 0]
    within = within[within.any(axis=1)]
    sites = range(len(ground.x_m))
    fewest = min(
        len(chosen)
        for size in range(len(sites) + 1)
        for chosen in combinations(sites, size)
        if set(fixed) <= set(chosen) and within[:, list(chosen)].any(axis=1).all()
    )
    found = choose_sites(people, ground, count, "set_cover", radius, fixed)
    assert within[:, found.chosen].any(axis=1).all()
    assert found.objective_value == fewest == len(found.chosen)
    assert found.bound == fewest


@settings(max_examples=60, deadline=None)
@given(small_case(), st.sampled_from(OBJECTIVES))
def test_overlapping_candidates_are_never_both_chosen(
    case: tuple[Demand, Candidates, int, float, np.ndarray], objective: Objective
) -> None:
    """Neighbours in the list share ground here."""
    people, ground, count, radius, _ = case
    size = len(ground.x_m)

    def neighbours(one: int) -> np.ndarray:
        return np.array([other for other in (one - 1, one + 1) if 0 <= other < size])

    found = choose_sites(people, ground, count, objective, radius, overlaps=neighbours)
    chosen = sorted(found.chosen.tolist())
    assert all(later - earlier > 1 for earlier, later in pairwise(chosen))
    if objective == "set_cover":
        return
    table = distances(people, ground)
    apart = [
        list(some)
        for n in range(1, min(count, size) + 1)
        for some in combinations(range(size), n)
        if all(later - earlier > 1 for earlier, later in pairwise(some))
    ]
    values = [measured(table, people.weight, some, radius)[objective] for some in apart]
    if objective == "max_cover":
        assert found.bound >= max(values) - 1e-6
    else:
        assert found.bound <= min(values) + 1e-6


def served_consistently(found: Sites, people: Demand, ground: Candidates) -> None:
    served = found.site_of_demand >= 0
    assert found.served_weight.sum() == pytest.approx(people.weight[served].sum())
    table = distances(people, ground)
    nearest = table[:, found.chosen].min(axis=1)
    assert np.allclose(found.distance_m[served], nearest[served])
    assert np.isnan(found.distance_m[~served]).all()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_everybody_is_counted_at_the_nearest_site(objective: str) -> None:
    people, ground = region(4, 120, 25)
    found = choose_sites(people, ground, 5, objective, 6_000)
    served_consistently(found, people, ground)


def test_a_p_median_of_a_prefecture_is_close_to_its_bound() -> None:
    people, ground = region(5, 400, 80)
    found = choose_sites(people, ground, 10)
    assert found.bound <= found.objective_value <= found.bound * 1.015


def test_many_demand_points_keep_the_bound_below_the_value() -> None:
    people, ground = region(6, 12_000, 60)
    found = choose_sites(people, ground, 8)
    table = distances(people, ground)
    value = measured(table, people.weight, found.chosen.tolist(), 0)["p_median"]
    assert found.objective_value == pytest.approx(value)
    assert found.bound <= found.objective_value <= found.bound * 1.08


def test_a_choice_that_leaves_nothing_to_its_bound_is_proven() -> None:
    people, ground = region(3, 60, 12)
    found = choose_sites(people, ground, 3)
    assert found.proven
    assert found.gap == 0
    open_question = replace(found, bound=found.bound / 2)
    assert not open_question.proven
    assert open_question.gap == pytest.approx(1.0)
    assert replace(found, bound=0.0).gap is None


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_bound_past_the_value_is_an_error_not_a_result(objective: Objective) -> None:
    wrong = 9.0 if objective == "max_cover" else 11.0
    with pytest.raises(ArithmeticError):
        honest_bound(wrong, 10.0, objective)
    assert honest_bound(10.0 + 1e-9, 10.0, "p_median") == 10.0


def test_the_first_rank_helps_most() -> None:
    people = demand([(0, 0), (5_000, 0), (9_000, 0)], [10, 1_000, 100])
    ground = candidates([(0, 0), (5_000, 0), (9_000, 0)])
    assert choose_sites(people, ground, 3).chosen.tolist()[0] == 1


def test_more_sites_than_candidates_takes_all() -> None:
    people, ground = region(1, 20, 3)
    assert sorted(choose_sites(people, ground, 9).chosen) == [0, 1, 2]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_nobody_to_serve_is_no_error(objective: str) -> None:
    found = choose_sites(demand([], []), candidates([(0, 0), (1, 1)]), 1, objective, 100)
    assert found.objective_value == found.bound == 0


@pytest.mark.parametrize("objective", ["max_cover", "set_cover"])
def test_demand_beyond_every_site_stays_unserved(objective: str) -> None:
    people = demand([(0, 0), (90_000, 0)], [3, 4])
    found = choose_sites(people, candidates([(10, 0)]), 1, objective, 500)
    assert found.site_of_demand.tolist() == [0, -1]
    assert found.served_weight.tolist() == [3]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"count": 0}, "count"),
        ({"objective": "nearest"}, "objective"),
        ({"objective": "max_cover", "radius_m": None}, "radius_m"),
        ({"radius_m": np.nan}, "radius_m"),
        ({"radius_m": -5.0}, "radius_m"),
        ({"candidates": candidates([])}, "candidates"),
        ({"candidates": candidates([(np.nan, 0)])}, "candidates.x_m/0"),
        ({"demand": demand([(0, 0)], [-1])}, "demand.weight"),
        ({"demand": demand([(0, np.inf)], [1])}, "demand.y_m/0"),
        ({"objective": "capacitated_p_median"}, "candidates.capacity"),
        ({"fixed": np.array([7])}, "fixed"),
        ({"fixed": np.array([0, 0])}, "fixed"),
    ],
)
def test_a_senseless_question_is_refused_with_its_place(change: dict, at: str) -> None:
    question = {"demand": demand([(0, 0)], [1]), "candidates": candidates([(1, 1)]), "count": 1}
    with pytest.raises(InvalidInput) as refusal:
        choose_sites(**(question | change))
    assert refusal.value.faults[0].at == at


def test_too_many_candidates_are_refused_rather_than_tried() -> None:
    people = demand([(0, 0)] * 3_000, [1] * 3_000)
    ground = Candidates(np.arange(1e6), np.zeros(1_000_000))
    with pytest.raises(InvalidInput, match="too many"):
        choose_sites(people, ground, 3)


def test_progress_rises_and_a_cancelled_choice_stops() -> None:
    people, ground = region(2, 60, 15)
    seen: list[float] = []
    choose_sites(people, ground, 4, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    with pytest.raises(Stopped):
        choose_sites(people, ground, 4, cancelled=lambda: True)
