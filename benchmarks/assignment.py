"""Whole households to shelters beside what else could do it, on clustered towns.

    python benchmarks/assignment.py [HOUSEHOLDSxSHELTERS ...] [--without flow]

The nearest shelters overflow: places are 1.1 x the people, but not where the people are. Prints
CPU seconds, the peak memory of a process of its own, and what each method achieves. OR-Tools'
min-cost flow on the 64 nearest ways of each household takes long and much memory at a million.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.spatial import cKDTree

from relief.assignment import Households, Shelters, assign

NEAREST = 64
GREEDY_NEAREST = 32
SIZES = (1, 2, 3, 4, 5, 6, 7, 8)
SHARES = (0.2, 0.25, 0.25, 0.15, 0.08, 0.04, 0.02, 0.01)


def towns(households: int, shelters: int, seed: int = 1) -> tuple[Households, Shelters]:
    """Twelve towns in 50 km x 50 km, uneven in people; shelters spread evenly over the towns."""
    random = np.random.default_rng(seed)
    centre = random.uniform(0, 50_000, (12, 2))
    spread = random.uniform(500, 3_000, 12)
    home = random.choice(12, households, p=random.dirichlet(np.ones(12)))
    site = random.choice(12, shelters)
    at = centre[home] + random.normal(size=(households, 2)) * spread[home, None]
    ground = centre[site] + random.normal(size=(shelters, 2)) * spread[site, None] * 1.5
    persons = random.choice(SIZES, households, p=SHARES)
    share = random.uniform(0.5, 2.0, shelters)
    capacity = np.floor(share / share.sum() * persons.sum() * 1.1).astype(np.int64) + 1
    return Households(*at.T, persons), Shelters(*ground.T, capacity)


def nearest(homes: Households, places: Shelters, count: int) -> tuple[np.ndarray, np.ndarray]:
    """cKDTree's join: metres and shelters, one thread, capacity ignored."""
    tree = cKDTree(np.column_stack([places.x_m, places.y_m]))
    return tree.query(np.column_stack([homes.x_m, homes.y_m]), k=count)


def nearest_flow(homes: Households, places: Shelters) -> str:
    """Min-cost flow over the nearest ways; people may split, and whoever finds no way is out."""
    metres, shelter = nearest(homes, places, min(NEAREST, len(places.capacity)))
    size, count = metres.shape
    sink = size + len(places.capacity)
    solver = SimpleMinCostFlow()
    ways = solver.add_arcs_with_capacity_and_unit_cost(
        np.repeat(np.arange(size), count),
        size + shelter.ravel(),
        np.repeat(homes.persons, count),
        np.rint(metres.ravel() * 1000).astype(np.int64),
    )
    every = np.arange(size, sink)
    solver.add_arcs_with_capacity_and_unit_cost(
        every, np.full(len(every), sink), places.capacity, np.zeros(len(every), np.int64)
    )
    solver.set_nodes_supplies(np.arange(size), homes.persons)
    solver.set_node_supply(sink, -int(homes.persons.sum()))
    solver.solve_max_flow_with_min_cost()
    placed = int(np.asarray(solver.flows(ways)).sum())
    return told(homes, placed, solver.optimal_cost() / 1e3)


def greedy(homes: Households, places: Shelters) -> str:
    """What is done by hand: one household after the other to the nearest shelter with room."""
    count = min(GREEDY_NEAREST, len(places.capacity))
    free, walked, placed = places.capacity.tolist(), 0.0, 0
    for part in np.array_split(np.arange(len(homes.persons)), 1 + len(homes.persons) // 100_000):
        some = Households(homes.x_m[part], homes.y_m[part], homes.persons[part])
        metres, shelter = nearest(some, places, count)
        rows = zip(some.persons.tolist(), metres.tolist(), shelter.tolist(), strict=True)
        for persons, ways, order in rows:
            for way, one in zip(ways, order, strict=True):
                if free[one] >= persons:
                    free[one] -= persons
                    walked, placed = walked + way * persons, placed + persons
                    break
    return told(homes, placed, walked)


def planned(homes: Households, places: Shelters) -> str:
    plan = assign(homes, places)
    return f"{told(homes, plan.assigned_people, plan.person_metres)}; gap {plan.gap:.4%}"


def joined(homes: Households, places: Shelters) -> str:
    shelter = nearest(homes, places, 1)[1]
    over = np.bincount(shelter, homes.persons, len(places.capacity)) > places.capacity
    return f"{over.mean():.0%} of the shelters overfull"


def told(homes: Households, placed: int, walked: float) -> str:
    return f"{homes.persons.sum() - placed:,} people left over; {walked:.6g} person-metres"


METHODS: dict[str, Callable[[Households, Shelters], str]] = {
    "cKDTree nearest join": joined,
    "nearest with room, in turn": greedy,
    "reliefmap": planned,
    f"min-cost flow, {NEAREST} nearest": nearest_flow,
}


def measured(name: str, households: int, shelters: int, seed: int) -> str:
    """CPU seconds, peak memory of a process of its own, and what the method says of itself."""
    homes, places = towns(households, shelters, seed)
    begin = time.process_time()
    says = METHODS[name](homes, places)
    spent = time.process_time() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"  {name:<28}{spent:8.2f} s {peak_mb:7.0f} MB  {says}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["10000x200", "100000x200", "1000000x200"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", default="", help="methods whose name holds this word are out")
    chosen = parser.parse_args()
    for size in chosen.sizes:
        households, shelters = map(int, size.split("x"))
        print(f"{size} households x shelters")
        for name in METHODS:
            if chosen.without and chosen.without in name:
                continue
            with get_context("spawn").Pool(1) as alone:
                print(alone.apply(measured, (name, households, shelters, chosen.seed)), flush=True)


if __name__ == "__main__":
    main()
