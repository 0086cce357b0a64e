"""Seats everybody who can be: prices and a flow of people first, then whole households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import Cells, all_ways, least_of, near_arcs, ways_at_most
from relief.coarse_to_fine import finest_flow
from relief.exact_seating import seat_exactly
from relief.exchanges import exchange
from relief.near_ways import near_ways
from relief.progress import Cancelled, Progress, step
from relief.reach import BoolArray, FloatArray, IntArray
from relief.seating import Seating
from relief.transport import Arcs, Flow, PriceRange, cheapest_flow, prices_when_left_over
from relief.undecided import Points, kinds, settled_and_open
from relief.whole_households import fill_free_places, seat_by_flow, seat_near, seat_split

_DIRECT_ARCS = 1_500_000
"""Up to so many ways the flow goes over the households themselves, beyond it over cells."""
_EXACT_ARCS = 1_000
"""Up to so many open ways the best plan is found by branch and bound, in about a second."""
_SLACK = 0.5
_SLACK_SCARCE = 1.0
"""How near to its best, in radii of the cells, a way stays open for a household. Where places are
scarce each shelter has a price of its own, which whole cells tell less well."""
_OPEN_EACH = 2.0
"""About so many ways stay open for a household, on average."""
_GRAIN = 0.1
"""How alike the extra metres of households are that choose as one, in parts of the slack."""
_SAME_M = 1e-6
_FILLINGS = 6
"""So many times the free places are offered to those outside, each time those that are left."""
_EXCHANGED = 150_000
_EXCHANGED_EACH = 32
"""So many of the best ways, in all and per household, are tried in exchanges."""


@dataclass(frozen=True)
class _Undecided:
    """Ways of those whose shelter no coarser flow has settled (groups are finest cells), what
    that flow knows of the prices, and how alike households of one choice must be."""

    ways: Arcs
    price_m: FloatArray
    known: PriceRange | None
    refused_m: float
    grain_m: float
    unsure: BoolArray


def place(
    seating: Seating, cells: Cells, rank: IntArray, progress: Progress, cancelled: Cancelled
) -> tuple[FloatArray, FloatArray]:
    """Seats everybody who has persons; returns prices of which either may prove more."""
    if ways_at_most(cells) > _DIRECT_ARCS:
        undecided = _settle(seating, cells, progress, cancelled)
    else:
        undecided = _everybody(cells)
    if not len(undecided.ways.group):
        return undecided.price_m, undecided.price_m
    ways, refused_m = undecided.ways, undecided.refused_m
    some = kinds(cells, ways, undecided.grain_m, undecided.unsure)
    free, settled = seating.free.copy(), seating.placed()
    people = np.add.reduceat(seating.persons[some.household], some.first[:-1])
    classes = rank[some.household[some.first[:-1]]]
    flow = cheapest_flow(some.ways, people, free, classes, refused_m, undecided.known)
    price_m = _known(flow.price_m, undecided.price_m)
    step(0.6, progress, cancelled)
    if refused_m or not _seated_exactly(seating, cells, ways, rank):
        _seat_whole(seating, cells, some, flow, ways, rank, price_m)
    step(0.75, progress, cancelled)
    lost = settled + int(flow.persons.sum()) - seating.placed()
    return _proving(lost, some, flow, people, free, price_m), undecided.price_m


def _everybody(cells: Cells) -> _Undecided:
    nothing_m = np.zeros(len(cells.capacity))
    unsure = np.ones(len(cells.household), bool)
    return _Undecided(all_ways(cells), nothing_m, None, 0.0, _SAME_M, unsure)


def _settle(seating: Seating, cells: Cells, progress: Progress, cancelled: Cancelled) -> _Undecided:
    """Seats those whose shelter the cells' flow settles; returns the others."""
    flow, used = finest_flow(cells, progress, cancelled)
    share = _SLACK_SCARCE if flow.left_over.any() else _SLACK
    slack_m = _slack_m(cells, flow.price_m, share)
    settled, ways = settled_and_open(cells, flow, used, slack_m)
    seating.seat_all(cells.household[settled.group], settled.shelter)
    price_m = _known(flow.price_m, np.zeros(len(cells.capacity)))
    known = PriceRange(np.maximum(price_m - slack_m, 0.0), price_m + slack_m)
    least_m = least_of(ways.group, ways.distance_m + price_m[ways.shelter], len(cells.household))
    unsure = (least_m >= flow.refused_m - slack_m) & (flow.left_over.sum() > 0)
    grain_m = max(_GRAIN * slack_m, _SAME_M)
    return _Undecided(ways, price_m, known, flow.refused_m, grain_m, unsure)


def _slack_m(cells: Cells, price_m: FloatArray, share: float) -> float:
    """How near to its best, in radii of the cells, a way stays open; less where that would open
    very many."""
    level = cells.levels[-2]
    widest_m = share * level.ground.typical_spread_m()
    near = near_arcs(cells, len(cells.levels) - 2, price_m, widest_m)
    priced = near.distance_m + price_m[near.shelter]
    excess_m = priced - least_of(near.group, priced, len(level.persons))[near.group]
    order = np.argsort(excess_m)
    ways = np.cumsum(np.diff(level.child)[near.group[order]])
    most = np.searchsorted(ways, _OPEN_EACH * len(cells.household))
    return widest_m if most == len(order) else min(widest_m, float(excess_m[order[most]]))


def _known(price_m: FloatArray, otherwise: FloatArray) -> FloatArray:
    return np.where(np.isfinite(price_m), price_m, otherwise)


def _seated_exactly(seating: Seating, cells: Cells, ways: Arcs, rank: IntArray) -> bool:
    if len(ways.group) > _EXACT_ARCS:
        return False
    return seat_exactly(seating, cells.household, ways, rank[cells.household])


def _seat_whole(
    seating: Seating,
    cells: Cells,
    some: Points,
    flow: Flow,
    ways: Arcs,
    rank: IntArray,
    price_m: FloatArray,
) -> None:
    best = _best(cells, ways, price_m)
    split = seat_by_flow(seating, some, flow)
    if flow.left_over.any():
        seat_near(seating, best, rank, price_m)
        _fill_from_near(seating, cells, rank, price_m)
    else:
        seat_split(seating, split, rank, price_m)
    fill_free_places(seating, rank, price_m)
    exchange(seating, best, rank, seating.walked_m())
    fill_free_places(seating, rank, price_m)


def _fill_from_near(seating: Seating, cells: Cells, rank: IntArray, price_m: FloatArray) -> None:
    """Gives the free places to the households outside that are nearest at the prices."""
    for _ in range(_FILLINGS):
        placed, free = seating.placed(), np.maximum(seating.free, 0)
        if not free.any():
            return
        near = near_ways(cells.with_few(free), price_m, 0.0)
        offered = Arcs(cells.household[near.group], near.shelter, near.distance_m)
        seat_near(seating, offered, rank, price_m)
        if seating.placed() == placed:
            return


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
