"""Sites with only so many places: against every choice there is, each at its cheapest flow."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from relief.demand import Candidates, Demand, distances_m
from relief.placed_people import placed_people
from relief.siting import choose_sites


def region(seed: int, places: int, sites: int, room: float) -> tuple[Demand, Candidates]:
    random = np.random.default_rng(seed)
    weight = random.integers(0, 60, places).astype(float)
    share = random.uniform(0.3, 1.7, sites)
    capacity = np.floor(share * room * weight.sum() / sites)
    people = Demand(*random.uniform(0, 5_000, (2, places)), weight)
    return people, Candidates(*random.uniform(0, 5_000, (2, sites)), capacity)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.4, 1.0, 2.0, 5.0]))
def test_people_are_placed_as_the_exact_programme_places_them(seed: int, room: float) -> None:
    people, ground = region(seed, 6, 4, room)
    assert ground.capacity is not None
    table = distances_m(people, ground)
    flow = placed_people(table, people.weight, ground.capacity)
    assert (flow.people.sum(axis=0) <= ground.capacity).all()
    assert (flow.people.sum(axis=1) + flow.left_over).tolist() == people.weight.tolist()
    placed = min(people.weight.sum(), ground.capacity.sum())
    by_place = np.kron(np.eye(6), np.ones(4))
    by_site = np.kron(np.ones(6), np.eye(4))
    exact = linprog(
        table.ravel(),
        A_ub=np.vstack([by_place, by_site]),
        b_ub=np.concatenate([people.weight, ground.capacity]),
        A_eq=np.ones((1, 24)),
        b_eq=[placed],
    )
    assert flow.people.sum() == placed
    assert flow.value == pytest.approx(exact.fun, abs=0.1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.5, 1.5, 3.0]), st.sampled_from([[], [2]]))
def test_small_choices_are_the_best_there_are(seed: int, room: float, fixed: list[int]) -> None:
    people, ground = region(seed, 6, 6, room)
    assert ground.capacity is not None
    table, standing = distances_m(people, ground), np.array(fixed, np.int64)
    found = choose_sites(people, ground, 2, "capacitated_p_median", fixed=standing)
    flows = [
        placed_people(table[:, some], people.weight, ground.capacity[some])
        for some in map(list, combinations(range(6), 2 + len(fixed)))
        if set(fixed) <= set(some)
    ]
    fewest, least = min((flow.left_over.sum(), flow.value) for flow in flows)
    assert found.served_weight.sum() == people.weight.sum() - fewest
    assert found.objective_value == pytest.approx(least, rel=1e-5, abs=0.1)
    assert found.bound <= least * (1 + 1e-6) + 0.1
    assert (found.served_weight <= ground.capacity[found.chosen]).all()
    assert set(fixed) <= set(found.chosen.tolist())


@pytest.mark.parametrize("room", [8.0, 20.0])
def test_a_prefecture_is_close_to_its_bound(room: float) -> None:
    people, ground = region(3, 1_500, 60, room)
    found = choose_sites(people, ground, 10, "capacitated_p_median")
    assert ground.capacity is not None
    assert (found.served_weight <= ground.capacity[found.chosen]).all()
    assert found.bound <= found.objective_value <= found.bound * 1.04


def test_nobody_to_place_is_no_error() -> None:
    ground = Candidates(np.zeros(2), np.zeros(2), np.ones(2))
    nobody = Demand(np.zeros(0), np.zeros(0), np.zeros(0))
    found = choose_sites(nobody, ground, 1, "capacitated_p_median")
    assert found.objective_value == found.bound == 0
