"""A plan made anew after a change beside solving all of it again, on clustered towns.

    python benchmarks/replan.py [HOUSEHOLDSxSHELTERS ...] [--price METRES]

A plan is made, then one of four things happens: a shelter of the middle size closes, the largest
one closes, a new one opens, 500 households come. Prints CPU seconds, how many people without need
are moved, the cost (person-metres and the price of each person moved) and how far above its bound
that is.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
from assignment import towns

from relief.assignment import OUTSIDE, Households, Shelters, assign
from relief.replan import DEFAULT_MOVING_PRICE_M, replan

COMING = 500


def changes(
    homes: Households, places: Shelters, former: np.ndarray
) -> Iterator[tuple[str, Households, Shelters, np.ndarray]]:
    """What happens, the households and shelters after it, and where everybody is."""
    inside = former != OUTSIDE
    load = np.bincount(former[inside], homes.persons[inside], len(places.capacity))
    by_load = np.argsort(load)
    for word, closed in (("middle", by_load[len(load) // 2]), ("largest", by_load[-1])):
        capacity = np.where(np.arange(len(load)) == closed, 0, places.capacity)
        yield (
            f"the {word} shelter closes",
            homes,
            Shelters(places.x_m, places.y_m, capacity),
            former,
        )
    random = np.random.default_rng(2)
    near = random.integers(0, len(former))
    opened = Shelters(
        np.append(places.x_m, homes.x_m[near]),
        np.append(places.y_m, homes.y_m[near]),
        np.append(places.capacity, int(np.median(places.capacity))),
    )
    yield "a shelter opens", homes, opened, former
    like = random.integers(0, len(former), COMING)
    more = Households(*(np.append(c, c[like]) for c in (homes.x_m, homes.y_m, homes.persons)))
    yield f"{COMING} households come", more, places, np.append(former, np.full(COMING, OUTSIDE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["10000x200", "100000x200", "1000000x200"])
    parser.add_argument("--price", type=float, default=DEFAULT_MOVING_PRICE_M)
    chosen = parser.parse_args()
    for size in chosen.sizes:
        homes, places = towns(*map(int, size.split("x")))
        begin = time.process_time()
        former = assign(homes, places).shelter_of_household
        print(f"{size} households x shelters; the first plan {time.process_time() - begin:.1f} s")
        for word, now, there, was in changes(homes, places, former):
            compare(word, now, there, was, chosen.price)


def compare(
    word: str, homes: Households, places: Shelters, former: np.ndarray, price_m: float
) -> None:
    """Prints both ways to answer one change."""
    print(f" {word}")
    begin = time.process_time()
    kept = replan(homes, places, former, price_m)
    spent = time.process_time() - begin
    over = kept.cost_m / kept.cost_bound_m - 1
    print(
        f"  re-planned   {spent:7.2f} s {kept.moved_people:9,} moved; cost {kept.cost_m:.7g} m,"
        f" {over:.3%} above its bound; {kept.unassigned_people:,} left over"
    )
    begin = time.process_time()
    fresh = assign(homes, places)
    spent = time.process_time() - begin
    shelter = fresh.shelter_of_household
    could = (former != OUTSIDE) & (places.capacity[former] > 0)
    moved = int(homes.persons[could & (shelter != former)].sum())
    cost_m = fresh.person_metres + price_m * moved
    print(
        f"  solved again {spent:7.2f} s {moved:9,} moved; cost {cost_m:.7g} m;"
        f" {fresh.unassigned_people:,} left over"
    )


if __name__ == "__main__":
    main()
