"""Who is beyond every service radius, and where one more shelter helps: against brute force."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relief.coverage import most_helpful, within_radius
from relief.demand import Candidates, Demand


def region(seed: int, places: int, sites: int) -> tuple[Demand, Candidates]:
    random = np.random.default_rng(seed)
    x_m, y_m = random.integers(0, 20, (2, places)) * 100.0
    people = Demand(x_m, y_m, random.integers(0, 50, places).astype(float))
    return people, Candidates(*(random.integers(0, 20, (2, sites)) * 100.0))


def reaches(demand: Demand, ground: Candidates, radius_m: np.ndarray) -> np.ndarray:
    away = np.hypot(
        demand.x_m[:, None] - ground.x_m[None, :], demand.y_m[:, None] - ground.y_m[None, :]
    )
    return away <= radius_m


sizes = (st.integers(0, 10**6), st.integers(0, 12), st.integers(0, 6))


@settings(deadline=None)
@given(*sizes)
def test_whoever_lies_within_a_radius_is_reached(seed: int, places: int, sites: int) -> None:
    people, ground = region(seed, places, sites)
    radius_m = np.random.default_rng(seed).integers(1, 10, sites) * 100.0
    expected = reaches(people, ground, radius_m).any(axis=1)
    assert within_radius(people, ground, radius_m).tolist() == expected.tolist()


@settings(deadline=None)
@given(*sizes, st.integers(1, 3))
def test_additions_are_near_the_best_and_the_bound_holds(
    seed: int, places: int, sites: int, count: int
) -> None:
    people, ground = region(seed, places, sites)
    found = most_helpful(people, ground, 400.0, count)
    near = reaches(people, ground, np.full(sites, 400.0))

    def reached(chosen: tuple[int, ...]) -> float:
        return float(people.weight[near[:, list(chosen)].any(axis=1)].sum())

    picked = [gain.candidate for gain in found.gains]
    got = sum(gain.people for gain in found.gains)
    assert got == reached(tuple(picked))
    best = max(map(reached, combinations(range(sites), min(count, sites))), default=0.0)
    assert got <= best <= found.at_most
    assert got >= (1 - 1 / np.e) * best
    if count == 1:
        assert got == best
    assert all(gain.people > 0 for gain in found.gains)
