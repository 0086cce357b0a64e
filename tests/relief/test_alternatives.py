"""Why not that one: every exchange that could be made, against trying each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relief.alternatives import alternatives
from relief.demand import Candidates, Demand, distances_m
from relief.placed_people import placed_people
from relief.siting import Objective, choose_sites

OBJECTIVES: list[Objective] = ["p_median", "p_center", "max_cover", "set_cover"]
RADIUS_M = 700.0


def region(seed: int, places: int = 7, sites: int = 6) -> tuple[Demand, Candidates]:
    random = np.random.default_rng(seed)
    x_m, y_m = random.integers(0, 20, (2, places)) * 100.0
    people = Demand(x_m, y_m, random.integers(0, 50, places).astype(float))
    at = random.integers(0, 20, (2, sites)) * 100.0
    return people, Candidates(*at, random.integers(10, 90, sites).astype(float))


def value(people: Demand, ground: Candidates, sites: list[int], objective: str) -> float:
    way = distances_m(people, ground.of(np.array(sites))).min(axis=1)
    if objective == "p_median":
        return float(way @ people.weight)
    if objective == "p_center":
        return float(way[people.weight > 0].max(initial=0.0))
    reached = float(people.weight[way <= RADIUS_M].sum())
    return reached if objective == "max_cover" else float(people.weight.sum()) - reached


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(OBJECTIVES), st.integers(0, 1))
def test_each_names_its_best_exchange_and_what_the_plan_is_then_worth(
    seed: int, objective: Objective, standing: int
) -> None:
    people, ground = region(seed)
    fixed = np.arange(standing)
    found = choose_sites(people, ground, 2, objective, RADIUS_M, fixed)
    listed = alternatives(people, ground, found, objective, RADIUS_M, standing)
    replaceable = found.chosen[standing:].tolist()
    if replaceable and people.weight.any():
        assert len(listed) == 6 - len(found.chosen)
    for one in listed:
        tried = [
            value(people, ground, [one.candidate, *set(found.chosen.tolist()) - {out}], objective)
            for out in replaceable
        ]
        best = max(tried) if objective == "max_cover" else min(tried)
        said = one.unserved_weight if objective == "set_cover" else one.objective_value
        assert said == pytest.approx(best)
        swapped = [one.candidate, *set(found.chosen.tolist()) - {one.instead_of}]
        assert value(people, ground, swapped, objective) == pytest.approx(best)
    if objective in {"p_median", "p_center"}:
        worth = [one.objective_value for one in listed]
        assert worth == sorted(worth)
        assert all(each >= found.bound - 1e-6 for each in worth)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_where_places_are_limited_an_exchange_is_worth_its_flow(seed: int) -> None:
    people, ground = region(seed)
    found = choose_sites(people, ground, 2, "capacitated_p_median")
    for one in alternatives(people, ground, found, "capacitated_p_median"):
        sites = np.where(found.chosen == one.instead_of, one.candidate, found.chosen)
        some = ground.of(sites)
        assert some.capacity is not None
        flow = placed_people(distances_m(people, some), people.weight, some.capacity)
        assert (one.objective_value, one.unserved_weight) == pytest.approx(
            (flow.value, flow.left_over.sum())
        )


def test_an_exchange_never_puts_two_sites_on_the_same_ground() -> None:
    people = Demand(np.array([0.0, 5_000.0]), np.zeros(2), np.array([10.0, 10.0]))
    ground = Candidates(np.array([0.0, 100.0, 5_000.0, 5_050.0]), np.zeros(4))
    neighbour = {0: [1], 1: [0], 2: [3], 3: [2]}
    found = choose_sites(people, ground, 2, overlaps=lambda one: np.array(neighbour[one]))
    assert sorted(found.chosen) == [0, 2]
    listed = alternatives(
        people, ground, found, "p_median", overlaps=lambda one: np.array(neighbour[one])
    )
    assert [(one.candidate, one.instead_of) for one in listed] == [(3, 2), (1, 0)]


def test_the_list_is_bounded_and_keeps_the_best() -> None:
    people, ground = region(5, 300, 80)
    found = choose_sites(people, ground, 5)
    every = alternatives(people, ground, found, "p_median", most=100)
    assert len(every) == 75
    assert alternatives(people, ground, found, "p_median", most=10) == every[:10]
