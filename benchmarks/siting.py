"""The choice of sites: seconds, value and bound for each objective, beside an exact programme.

    python benchmarks/siting.py [--exact]

`--exact` adds scipy's HiGHS on the full p-median programme of 1,000 x 300, which takes a while.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from relief.exact_median import Median, exact_median
from relief.siting import Candidates, Demand, choose_sites

QUESTIONS = (
    ("p_median", 1_000, 300, 20, None),
    ("p_median", 2_500, 500, 30, None),
    ("p_median", 50_000, 500, 30, None),
    ("p_center", 500, 100, 10, None),
    ("p_center", 2_500, 500, 30, None),
    ("max_cover", 2_500, 500, 30, 2_000.0),
    ("set_cover", 2_500, 500, 30, 4_000.0),
)


def region(places: int, sites: int, seed: int = 1) -> tuple[Demand, Candidates]:
    """Villages around twelve towns, candidate grounds anywhere in 40 km x 40 km."""
    random = np.random.default_rng(seed)
    town = random.uniform(0, 40_000, (12, 2))
    village = town[random.integers(0, 12, places)] + random.normal(0, 3_000, (places, 2))
    ground = random.uniform(0, 40_000, (sites, 2))
    return Demand(*village.T, random.integers(1, 500, places).astype(float)), Candidates(*ground.T)


def exact(places: int, sites: int, count: int) -> tuple[float, float]:
    """HiGHS from nothing: value and bound."""
    people, ground = region(places, sites)
    away = np.hypot(people.x_m[:, None] - ground.x_m, people.y_m[:, None] - ground.y_m)
    nothing = Median(np.arange(count), np.inf, 0.0, np.zeros(places))
    found = exact_median(away * people.weight[:, None], np.zeros(0, np.int64), nothing)
    return found.value, found.bound


def row(label: str, seconds: float, value: float, bound: float) -> None:
    gap = abs(value / bound - 1) if bound else 0.0
    print(f"{label:<34}{seconds:8.2f} s  value {value:14,.1f}  bound {bound:14,.1f}  gap {gap:.3%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exact", action="store_true", help="add HiGHS on the whole programme")
    chosen = parser.parse_args()
    for objective, places, sites, count, radius_m in QUESTIONS:
        people, ground = region(places, sites)
        begin = time.process_time()
        found = choose_sites(people, ground, count, objective, radius_m)
        spent = time.process_time() - begin
        row(f"{objective} {places} x {sites}, {count}", spent, found.objective_value, found.bound)
    if chosen.exact:
        begin = time.process_time()
        value, bound = exact(1_000, 300, 20)
        row("HiGHS p_median 1000 x 300, 20", time.process_time() - begin, value, bound)


if __name__ == "__main__":
    main()
