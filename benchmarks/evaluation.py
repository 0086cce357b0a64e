"""The response level over every county of the country: 2,898 of them, drought county by county.

    python benchmarks/evaluation.py [--rounds 9]

Prints the least CPU time of the evaluation and of its JSON shape, for counties below every band,
spread over all bands, without a population on file, and silent.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence

from relief.county import County, CountyFigures
from relief.drought import CountyDrought
from relief.plan import plan_by_id
from relief.response_level import evaluate

LIMIT_MS = 20
COUNTIES = 2898
FIGURES = {"dead": 3, "missing": 1, "relocated": 3000}


def counties(most_percent: int, population: int | None = 100_000) -> list[CountyDrought]:
    """Counties of which up to `most_percent` need aid; every second states the government's."""
    chance = random.Random(1)
    needing = [chance.randrange(1000 * most_percent) for _ in range(COUNTIES)]
    return [
        CountyDrought(str(110_101 + n), aid, aid // 2 if n % 2 else None, population)
        for n, aid in enumerate(needing)
    ]


def least_ms(given: Sequence[County], hazard: str, rounds: int) -> tuple[float, float]:
    """Milliseconds of CPU for the evaluation and for its JSON shape."""
    plan = plan_by_id("yangquan-2026")
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        found = evaluate(plan, FIGURES, given, hazard=hazard)
        middle = time.process_time()
        found.as_dict()
        spent.append((middle - start, time.process_time() - middle))
    return tuple(1000 * min(column) for column in zip(*spent, strict=True))  # type: ignore[return-value]


def main() -> None:
    """Prints a line for each kind of counties."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    silent = [CountyFigures(county.admin_area, FIGURES, 1) for county in counties(1)]
    for name, given, hazard in (
        ("drought, below every band", counties(10), "drought"),
        ("drought, over all bands", counties(40), "drought"),
        ("drought, no population on file", counties(10, None), "drought"),
        ("drought, nobody speaks of it", silent, "drought"),
        ("flood, nobody speaks of drought", silent, "flood"),
    ):
        evaluated, shaped = least_ms(given, hazard, rounds)
        verdict = "within" if evaluated + shaped <= LIMIT_MS else "OVER"
        print(f"{name}: {evaluated:.1f} + {shaped:.1f} ms, {verdict} {LIMIT_MS} ms")


if __name__ == "__main__":
    main()
