"""Seats everybody who can be: prices and a flow of people first, then whole households."""

from __future__ import annotations

import numpy as np

from relief.cells import Cells, all_ways, least_of, ways_at_most
from relief.coarse_to_fine import finest_flow
from relief.exact_seating import seat_exactly
from relief.exchanges import exchange
from relief.progress import Cancelled, Progress, step
from relief.reach import FloatArray, IntArray, Shelters
from relief.seating import Seating
from relief.transport import Arcs, Flow, PriceRange, cheapest_flow, prices_when_left_over
from relief.undecided import Points, kinds, settled_and_open
from relief.whole_households import fill_free_places, seat_by_flow, seat_split

_DIRECT_ARCS = 2_500_000
"""Up to so many ways the flow goes over the households themselves, beyond it over cells."""
_EXACT_ARCS = 1_000
"""Up to so many open ways the best plan is found by branch and bound, in about a second."""
_SLACK = 0.5
"""How near to its best, in radii of the cells, a way stays open for a household."""
_GRAIN = 0.1
_SAME_M = 1e-6
_EXCHANGED = 150_000
_EXCHANGED_EACH = 32
"""So many of the best ways, in all and per household, are tried in exchanges."""


def place(
    seating: Seating,
    cells: Cells,
    shelters: Shelters,
    limit_m: float,
    rank: IntArray,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[FloatArray, FloatArray]:
    """Seats everybody who has persons; returns prices of which either may prove more."""
    price_m, refused_m, known = np.zeros(len(shelters.capacity)), 0.0, None
    grain_m, unsure = _SAME_M, np.ones(len(rank), bool)
    if ways_at_most(cells, shelters, limit_m) > _DIRECT_ARCS:
        coarse, ways = _settle(seating, cells, shelters, limit_m, progress, cancelled)
        price_m, refused_m = _known(coarse.price_m, price_m), coarse.refused_m
        slack_m = _slack_m(cells)
        known = PriceRange(np.maximum(price_m - slack_m, 0.0), price_m + slack_m)
        grain_m = max(_GRAIN * _slack_m(cells), _SAME_M)
        priced_m = least_of(ways.group, ways.distance_m + coarse.price_m[ways.shelter], len(rank))
        refused = coarse.refused_m - _slack_m(cells)
        unsure = (priced_m >= refused) & (coarse.left_over.sum() > 0)
    else:
        ways = all_ways(cells, shelters, limit_m)
    if not len(ways.group):
        return price_m, price_m
    some, free = kinds(cells, ways, grain_m, unsure), seating.free.copy()
    first = some.household[some.first[:-1]]
    people = np.add.reduceat(seating.persons[some.household], some.first[:-1])
    settled = seating.placed()
    flow = cheapest_flow(some.ways, people, free, rank[first], refused_m, known)
    before_m, price_m = price_m, _known(flow.price_m, price_m)
    step(0.6, progress, cancelled)
    if refused_m or not _seated_exactly(seating, cells, ways, rank):
        _seat_whole(seating, some, flow, _best(cells, ways, price_m), rank, price_m)
    step(0.75, progress, cancelled)
    lost = settled + int(flow.persons.sum()) - seating.placed()
    return _proving(lost, some, flow, people, free, price_m), before_m


def _settle(
    seating: Seating,
    cells: Cells,
    shelters: Shelters,
    limit_m: float,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[Flow, Arcs]:
    """Seats those whose shelter the cells' flow settles; returns the flow and the open ways."""
    flow, used = finest_flow(cells, shelters, limit_m, progress, cancelled)
    settled, ways = settled_and_open(cells, shelters, flow, used, _slack_m(cells), limit_m)
    seating.seat_all(cells.household[settled.group], settled.shelter)
    return flow, ways


def _slack_m(cells: Cells) -> float:
    return _SLACK * float(np.median(cells.levels[-2].radius_m))


def _known(price_m: FloatArray, otherwise: FloatArray) -> FloatArray:
    return np.where(np.isfinite(price_m), price_m, otherwise)


def _seated_exactly(seating: Seating, cells: Cells, ways: Arcs, rank: IntArray) -> bool:
    if len(ways.group) > _EXACT_ARCS:
        return False
    return seat_exactly(seating, cells.household, ways, rank[cells.household])


def _seat_whole(
    seating: Seating, some: Points, flow: Flow, best: Arcs, rank: IntArray, price_m: FloatArray
) -> None:
    seat_split(seating, seat_by_flow(seating, some, flow), rank, price_m)
    fill_free_places(seating, rank, price_m)
    exchange(seating, best, rank)
    fill_free_places(seating, rank, price_m)


def _best(cells: Cells, ways: Arcs, price_m: FloatArray) -> Arcs:
    """The ways nearest to their household's best at the prices; groups are then households."""
    priced = ways.distance_m + price_m[ways.shelter]
    excess = priced - least_of(ways.group, priced, len(cells.household))[ways.group]
    most = min(_EXCHANGED, _EXCHANGED_EACH * len(cells.household), len(excess))
    kept = excess <= np.partition(excess, most - 1)[most - 1]
    return Arcs(cells.household[ways.group[kept]], ways.shelter[kept], ways.distance_m[kept])


def _proving(
    lost: int,
    some: Points,
    flow: Flow,
    people: IntArray,
    free: IntArray,
    price_m: FloatArray,
) -> FloatArray:
    """The prices for as many people as found a place, which the flow's own are unless whole
    households `lost` some of its places or it prefers a class. Shelters without open households
    move with the others."""
    left_over = int(flow.left_over.sum())
    if lost <= 0 and (np.ptp(flow.out_m) == 0 or not left_over):
        return price_m
    fewer_m = prices_when_left_over(some.ways, people, free, left_over + max(lost, 0))
    dear = price_m >= flow.refused_m / 2
    both = dear & np.isfinite(fewer_m)
    fall_m = float(np.median((price_m - fewer_m)[both])) if both.any() else 0.0
    return _known(fewer_m, np.where(dear, np.maximum(price_m - fall_m, 0.0), price_m))
