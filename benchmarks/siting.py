"""The choice of sites: seconds, value and bound for each objective, beside other programs.

    python benchmarks/siting.py [--exact] [--peers PYTHON] [--limit SECONDS] [NAME ...]

NAME picks questions (`p_median-2500`); none asks all. `--exact` adds scipy's HiGHS on the whole
p-median programme. `--peers` adds spopt with CBC, run by a Python that has them (siting_peers.py
says how to make one); CBC is stopped at `--limit` and its own bound is read, since it calls what
it has then optimal. Seconds are CPU seconds: ratios of one run count, not the numbers.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from geo.obstacles import Obstacle, Obstacles, conflicts
from relief.exact_median import Median, exact_median
from relief.siting import Candidates, Demand, Objective, choose_sites


@dataclass(frozen=True)
class Question:
    """One instance; `peer` where other programs are asked as well."""

    objective: Objective
    places: int
    sites: int
    count: int
    radius_m: float | None = None
    peer: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return f"{self.objective}-{self.places}"


QUESTIONS = (
    Question("p_median", 1_000, 300, 20, peer=True),
    Question("p_median", 2_500, 500, 30, peer=True),
    Question("p_median", 50_000, 500, 30),
    Question("capacitated_p_median", 800, 500, 30),
    Question("capacitated_p_median", 2_500, 500, 30),
    Question("p_center", 500, 100, 10, peer=True),
    Question("p_center", 2_500, 500, 30),
    Question("max_cover", 2_500, 500, 30, 2_000.0, peer=True),
    Question("set_cover", 2_500, 500, 30, 4_000.0, peer=True),
)


def region(places: int, sites: int, seed: int = 1) -> tuple[Demand, Candidates]:
    """Villages around twelve towns, candidate grounds anywhere in 40 km x 40 km; the largest
    thirtieth part of them would hold everybody with a tenth to spare."""
    random = np.random.default_rng(seed)
    town = random.uniform(0, 40_000, (12, 2))
    village = town[random.integers(0, 12, places)] + random.normal(0, 3_000, (places, 2))
    ground = random.uniform(0, 40_000, (sites, 2))
    weight = random.integers(1, 500, places).astype(float)
    room = np.floor(random.uniform(0.3, 1.7, sites) * weight.sum() * 1.1 / 30)
    return Demand(*village.T, weight), Candidates(*ground.T, room)


def ours(question: Question) -> None:
    """What choose_sites answers."""
    people, ground = region(question.places, question.sites)
    begin = time.process_time()
    found = choose_sites(people, ground, question.count, question.objective, question.radius_m)
    row("choose_sites", question, time.process_time() - begin, found.objective_value, found.bound)


def exact(question: Question) -> None:
    """HiGHS on the whole p-median programme, from nothing."""
    people, ground = region(question.places, question.sites)
    away = np.hypot(people.x_m[:, None] - ground.x_m, people.y_m[:, None] - ground.y_m)
    nothing = Median(np.arange(question.count), np.inf, 0.0, np.zeros(question.places))
    begin = time.process_time()
    found = exact_median(away * people.weight[:, None], np.zeros(0, np.int64), nothing)
    row("HiGHS", question, time.process_time() - begin, found.value, found.bound)


def peer(question: Question, python: str, limit_s: float) -> None:
    """spopt + CBC on the same distances, in a process of its own."""
    people, ground = region(question.places, question.sites)
    away = np.hypot(people.x_m[:, None] - ground.x_m, people.y_m[:, None] - ground.y_m)
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance.npz"
        np.savez(instance, away=away, weight=people.weight)
        script = Path(__file__).with_name("siting_peers.py")
        asked = [question.objective, question.count, question.radius_m or 0.0, limit_s, instance]
        said = subprocess.run(
            [python, script, *map(str, asked)], capture_output=True, text=True, check=True
        ).stdout.split()
    seconds, building, value, bound = map(float, said[:4])
    row(f"spopt + CBC ({said[4]})", question, seconds, value, bound)
    print(f"{'':<12}of these {building:.1f} s to build the programme")


def near_faults(candidates: int = 100_000, faults: int = 5_000, setback_m: float = 500.0) -> None:
    """Which of many candidates lie too near to which fault segments."""
    random = np.random.default_rng(1)
    corner = random.uniform(0, 200_000, (candidates, 2))
    side = random.uniform(20, 200, candidates)
    ground = shapely.box(*corner.T, corner[:, 0] + side, corner[:, 1] + side)
    start = random.uniform(0, 200_000, (faults, 2))
    end = start + random.normal(0, 2_000, (faults, 2))
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    items = tuple(Obstacle("faults", str(i), None, None, 0.0) for i in range(faults))
    obstacles = Obstacles(items, lines, np.full(faults, setback_m))
    begin = time.process_time()
    found = conflicts(ground, obstacles)
    spent = time.process_time() - begin
    refused = len({one.candidate for one in found})
    print(f"{candidates} candidates x {faults} fault segments, {setback_m:.0f} m: {spent:.2f} s,"
          f" {len(found)} conflicts, {refused} candidates refused")  # fmt: skip
    begin = time.process_time()
    shapely.STRtree(ground).query(shapely.union_all(shapely.buffer(lines, setback_m)), "intersects")
    print(f"{'':<12}one union of buffers instead: {time.process_time() - begin:.2f} s")


def row(who: str, question: Question, seconds: float, value: float, bound: float) -> None:
    gap = abs(value / bound - 1) if bound else 0.0
    what = f"{question.objective} {question.places} x {question.sites}, {question.count}"
    print(f"{what:<38}{who:<28}{seconds:8.2f} s  value {value:16,.1f}  bound {bound:16,.1f}"
          f"  gap {gap:.3%}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--exact", action="store_true", help="add HiGHS on the whole programme")
    parser.add_argument("--peers", metavar="PYTHON", help="add spopt with CBC")
    parser.add_argument("--limit", type=float, default=60.0, help="CBC's seconds at most")
    chosen = parser.parse_args()
    for question in QUESTIONS:
        if chosen.names and question.name not in chosen.names:
            continue
        ours(question)
        if chosen.exact and question.objective == "p_median" and question.peer:
            exact(question)
        if chosen.peers and question.peer:
            peer(question, chosen.peers, chosen.limit)
    if not chosen.names or "near_faults" in chosen.names:
        near_faults()


if __name__ == "__main__":
    main()
