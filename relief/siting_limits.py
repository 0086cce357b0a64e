"""What a siting question must keep to before anything is searched."""

from __future__ import annotations

from typing import Literal, NoReturn, TypeAlias, get_args

import numpy as np

from relief.chosen_sites import NEEDS_RADIUS
from relief.demand import Candidates, Demand
from relief.errors import Fault, InvalidInput
from relief.reach import IntArray

Objective: TypeAlias = Literal[
    "p_median", "p_center", "max_cover", "set_cover", "capacitated_p_median"
]

CELLS = 2_500
PLACED_CELLS = 800
_TABLE = 60_000_000
_MEDIAN_TABLE = 600_000_000
_FLOW_TABLE = 4_000_000
"""Distances in a table at most: over every demand, over the cells of the p-median, and over the
ways that the flows of a capacitated median choose from."""


def checked_fixed(fixed: IntArray | None, candidates: int) -> IntArray:
    """The fixed candidates as an array; refuses one named twice or not there."""
    standing = np.zeros(0, np.int64) if fixed is None else np.asarray(fixed, np.int64)
    if len(np.unique(standing)) < len(standing):
        _refuse("fixed", "A fixed site is named twice.")
    if len(standing) and not (standing.min() >= 0 and standing.max() < candidates):
        _refuse("fixed", f"fixed names a candidate outside 0..{candidates - 1}.")
    return standing


def check_question(
    count: int, objective: Objective, radius_m: float | None, demand: Demand, ground: Candidates
) -> None:
    """Refuses numbers that make no sense and tables that would burst memory."""
    if objective not in get_args(Objective):
        _refuse("objective", f"{objective!r} is none of {', '.join(get_args(Objective))}.")
    if count < 1:
        _refuse("count", f"count = {count} must be 1 or more.")
    wanted = radius_m is not None or objective in NEEDS_RADIUS
    if wanted and not (radius_m is not None and 0 <= radius_m < np.inf):
        _refuse("radius_m", f"{objective} needs radius_m, a number of metres, not {radius_m}.")
    if objective == "capacitated_p_median":
        _check_places(count, demand, ground)
    median = objective == "p_median"
    points = min(CELLS, len(demand.x_m)) if median else len(demand.x_m)
    if points * len(ground.x_m) > (_MEDIAN_TABLE if median else _TABLE):
        _refuse("candidates", _too_many(len(ground.x_m), points))


def _check_places(count: int, demand: Demand, ground: Candidates) -> None:
    if ground.capacity is None:
        _refuse("candidates.capacity", "A capacitated p-median needs the places of each site.")
    if (demand.weight % 1 > 0).any():
        _refuse("demand.weight", "A capacitated p-median places whole people.")
    if len(demand.x_m) * min(count, len(ground.x_m)) > _FLOW_TABLE:
        _refuse("count", f"{count} sites for {len(demand.x_m)} places of demand are too many.")


def _too_many(candidates: int, points: int) -> str:
    return (
        f"{candidates} candidates for {points} places are too many; draw a smaller region or ask"
        " for larger ground."
    )


def _refuse(at: str, detail: str) -> NoReturn:
    raise InvalidInput(detail, [Fault(at, detail)])
