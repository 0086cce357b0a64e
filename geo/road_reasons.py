"""Why a household has no place where roads decide: it has no road, or its roads lead nowhere."""

from __future__ import annotations

from dataclasses import replace

from geo.road_distances import RoadDistances
from relief.assignment import Assignment, Leftover
from relief.reach import IntArray

NO_ROAD_NEARBY = "no_road_nearby"
CUT_OFF = "cut_off"


def with_road_reasons(found: Assignment, roads: RoadDistances, persons: IntArray) -> Assignment:
    """The plan, whose leftovers name a missing road before anything else.

    no_road_nearby: persons, limit_m (no road open to them is so near); cut_off: persons (their
    part of the network reaches no shelter).
    """
    return replace(
        found, leftovers=tuple(_explained(left, roads, persons) for left in found.leftovers)
    )


def _explained(left: Leftover, roads: RoadDistances, persons: IntArray) -> Leftover:
    people = {"persons": int(persons[left.household])}
    if roads.no_road[left.household]:
        return Leftover(left.household, NO_ROAD_NEARBY, people | {"limit_m": roads.snap_limit_m})
    if roads.cut_off[left.household]:
        return Leftover(left.household, CUT_OFF, people)
    return left
