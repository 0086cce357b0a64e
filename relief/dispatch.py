"""Which depot sends what to which shelter.

Item after item, in the order given: fewest units left unmet, then the fewest unit-metres, within
the stock and within the kilograms that each depot can still load. Each item's answer is an exact
optimum, given what the items before it took of the lorries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from relief.reach import FloatArray, IntArray
from relief.transport import Arcs, cheapest_flow


class Lack(StrEnum):
    """Why a shelter does not get all it needs of an item."""

    NO_DEPOT = "no_depot_in_reach"
    STOCK = "stock_exhausted"
    TRANSPORT = "transport_exhausted"


class Move(NamedTuple):
    """`quantity` units of an item from a depot to a shelter, both by index."""

    item: str
    depot: int
    shelter: int
    quantity: int
    distance_m: float


class Unmet(NamedTuple):
    """Units of an item that a shelter (by index) still lacks, and why."""

    item: str
    shelter: int
    quantity: int
    why: Lack


@dataclass(frozen=True)
class Consignment:
    """One item: units needed by shelter, units in stock by depot, and the weight of a unit."""

    item: str
    need: IntArray
    stock: IntArray
    kg: Fraction


@dataclass(frozen=True)
class Dispatch:
    """What moves, what stays unmet, and the kilograms loaded at each depot."""

    moves: tuple[Move, ...]
    unmet: tuple[Unmet, ...]
    loaded_kg: tuple[Fraction, ...]

    @property
    def unit_metres(self) -> Mapping[str, float]:
        """Units times metres, by item."""
        found: dict[str, float] = {}
        for move in self.moves:
            found[move.item] = found.get(move.item, 0.0) + move.quantity * move.distance_m
        return found


def dispatched(
    consignments: Iterable[Consignment],
    distance_m: FloatArray,
    room_kg: Sequence[Fraction | None],
) -> Dispatch:
    """The plan; `distance_m` has a row a depot and a column a shelter, inf where none may go.

    `room_kg` is what each depot can load in all, None for any weight.
    """
    loaded = [Fraction(0)] * len(room_kg)
    moves: list[Move] = []
    unmet: list[Unmet] = []
    for one in consignments:
        loadable = np.minimum(one.stock, _liftable(one, room_kg, loaded))
        sent = _sent(one, loadable, distance_m)
        moves += sent
        for move in sent:
            loaded[move.depot] += move.quantity * one.kg
        unmet += _unmet(one, sent, loadable, distance_m)
    return Dispatch(tuple(moves), tuple(unmet), tuple(loaded))


def _liftable(
    one: Consignment, room_kg: Sequence[Fraction | None], loaded: Sequence[Fraction]
) -> IntArray:
    """Units that the kilograms left allow, by depot; the stock where any weight goes."""
    each = zip(one.stock.tolist(), room_kg, loaded, strict=True)
    units = [own if room is None else (room - load) // one.kg for own, room, load in each]
    return np.array(units, np.int64)


def _sent(one: Consignment, loadable: IntArray, distance_m: FloatArray) -> list[Move]:
    """The cheapest flow of one item; shelters are the groups that ask, depots the places."""
    shelter, depot = np.nonzero(np.isfinite(distance_m.T) & (one.need[:, None] > 0))
    open_to = loadable[depot] > 0
    shelter, depot = shelter[open_to], depot[open_to]
    if not len(shelter):
        return []
    metres = distance_m[depot, shelter]
    flow = cheapest_flow(Arcs(shelter, depot, metres), one.need, loadable)
    return [
        Move(one.item, int(depot[i]), int(shelter[i]), int(flow.persons[i]), float(metres[i]))
        for i in np.flatnonzero(flow.persons)
    ]


def _unmet(
    one: Consignment, sent: Sequence[Move], loadable: IntArray, distance_m: FloatArray
) -> list[Unmet]:
    lacking = one.need.copy()
    for move in sent:
        lacking[move.shelter] -= move.quantity
    return [
        Unmet(one.item, int(s), int(lacking[s]), _why(one, loadable, distance_m[:, s]))
        for s in np.flatnonzero(lacking)
    ]


def _why(one: Consignment, loadable: IntArray, distance_m: FloatArray) -> Lack:
    """Every depot in reach has sent all it could; what stopped it was stock, or its lorries."""
    near = np.isfinite(distance_m) & (one.stock > 0)
    if not near.any():
        return Lack.NO_DEPOT
    return Lack.TRANSPORT if (loadable < one.stock)[near].any() else Lack.STOCK


def drawn(quantity: int, lots: list[int]) -> list[tuple[int, int]]:
    """(lot, units) that `quantity` takes from lots of these units, the first ones first.

    The lots are lessened by what is taken.
    """
    taken = []
    for lot, units in enumerate(lots):
        part = min(quantity, units)
        if part:
            taken.append((lot, part))
            lots[lot] -= part
            quantity -= part
    return taken
