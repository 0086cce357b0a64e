"""Whole households to shelters beside what else could do it, on clustered towns.

    python benchmarks/assignment.py [HOUSEHOLDSxSHELTERS ...] [--flow]

The nearest shelters overflow: places are 1.1 x the people, but not where the people are. Prints
CPU seconds (one thread counts; two cores may be shared), gap, and peak memory so far. `--flow`
adds OR-Tools' min-cost flow on the 64 nearest ways of each household, which takes long.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.spatial import cKDTree

from relief.assignment import Households, Shelters, assign

NEAREST = 64
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
    return f"{homes.persons.sum() - placed:,} people left over; {solver.optimal_cost() / 1e3:.6g} m"


def measured(label: str, work: object) -> None:
    """Prints CPU seconds, peak memory so far and what the work says of itself."""
    begin = time.process_time()
    told = work()  # type: ignore[operator]
    spent = time.process_time() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {label:<34}{spent:8.2f} s {peak_mb:7.0f} MB  {told}")


def planned(homes: Households, places: Shelters) -> str:
    plan = assign(homes, places)
    left = f"{plan.unassigned_people:,} people left over"
    return f"gap {plan.gap:.4%}; {left}; {plan.person_metres:.6g} m"


def joined(homes: Households, places: Shelters) -> str:
    shelter = nearest(homes, places, 1)[1]
    over = np.bincount(shelter, homes.persons, len(places.capacity)) > places.capacity
    return f"{over.mean():.0%} of the shelters overfull"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["10000x200", "100000x200", "1000000x200"])
    parser.add_argument("--flow", action="store_true", help="add min-cost flow on nearest ways")
    chosen = parser.parse_args()
    for size in chosen.sizes:
        homes, places = towns(*map(int, size.split("x")))
        print(f"{size} households x shelters, {homes.persons.sum():,} people")
        measured("cKDTree nearest join", lambda h=homes, p=places: joined(h, p))
        measured("reliefmap", lambda h=homes, p=places: planned(h, p))
        if chosen.flow:
            measured(
                f"min-cost flow, {NEAREST} nearest", lambda h=homes, p=places: nearest_flow(h, p)
            )


if __name__ == "__main__":
    main()
