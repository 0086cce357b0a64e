"""People placed at open sites with only so many places each: the cheapest way to do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from relief.reach import FloatArray, IntArray

_UNITS = 2.0**34
"""Distances become whole numbers of this many steps up to the longest: finer than a millimetre
on 10,000 km, and small enough for the solver, which multiplies them by the number of places."""


@dataclass(frozen=True)
class Placed:
    """Who sleeps where: `people[i, j]` of place i at site j, the person-metres that they walk,
    and how many of each place find no room."""

    people: FloatArray
    value: float
    left_over: FloatArray


def placed_people(distance_m: FloatArray, weight: FloatArray, capacity: FloatArray) -> Placed:
    """As many people placed as there are places, on the shortest ways in all.

    `distance_m` has a row a demand and a column a site; `weight` and `capacity` hold whole
    people. Places may be split between sites.
    """
    places, sites = distance_m.shape
    short = max(int(weight.sum()) - int(capacity.sum()), 0)
    flow = SimpleMinCostFlow()
    place = np.repeat(np.arange(places), sites)
    site = np.tile(np.arange(sites), places) + places
    cost = _whole(distance_m).ravel()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        place, site, np.repeat(weight.astype(np.int64), sites), cost
    )
    out, end = places + sites, places + sites + 1
    leaving = flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(places), np.full(places, out), weight.astype(np.int64), np.zeros(places, int)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(places, out + 1),
        np.full(sites + 1, end),
        np.append(capacity.astype(np.int64), short),
        np.zeros(sites + 1, np.int64),
    )
    supply = np.concatenate([weight.astype(np.int64), np.zeros(sites + 1, np.int64)])
    flow.set_nodes_supplies(np.arange(end), supply)
    flow.set_node_supply(end, -int(weight.sum()))
    if flow.solve() != SimpleMinCostFlow.OPTIMAL:
        raise ArithmeticError(f"No flow of {int(weight.sum())} people to {sites} sites was found.")
    people = flow.flows(arcs).reshape(places, sites).astype(np.float64)
    return Placed(
        people, float((people * distance_m).sum()), flow.flows(leaving).astype(np.float64)
    )


def _whole(distance_m: FloatArray) -> IntArray:
    longest = float(distance_m.max(initial=0.0))
    steps = min(_UNITS / longest, 1000.0) if longest else 1.0
    return np.rint(distance_m * steps).astype(np.int64)
