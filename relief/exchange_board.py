"""Who is where while households are exchanged, and the cheapest exchanges between shelters.

The nodes are the shelters and, for those who are left over, one node outside for each class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relief.cells import least_of
from relief.reach import BoolArray, FloatArray, IntArray
from relief.seating import OUTSIDE, Seating
from relief.transport import Arcs

NOBODY = -1


@dataclass(frozen=True)
class Exchanges:
    """`out` goes from tail to head and `back` (or nobody) returns, which adds `added_m`."""

    tail: IntArray
    head: IntArray
    out: IntArray
    back: IntArray
    added_m: FloatArray

    def only(self, which: IntArray | BoolArray) -> Exchanges:
        """These of them."""
        ends, who = (self.tail[which], self.head[which]), (self.out[which], self.back[which])
        return Exchanges(*ends, *who, self.added_m[which])


@dataclass(frozen=True)
class _Movers:
    """Of each size the household that goes from one node to another at least cost: `key` is
    tail, head and size in one number, ascending."""

    key: IntArray
    who: IntArray
    added_m: FloatArray


class Board:
    """Households at their nodes, in step with a seating that it changes.

    `ways` (groups are households) are the moves that may be made, beside moves to the outside.
    """

    def __init__(self, seating: Seating, ways: Arcs, rank: IntArray) -> None:
        self.seating, self.shelters = seating, len(seating.free)
        self.nodes = self.shelters + int(rank.max(initial=0)) + 1
        inside = seating.shelter_of != OUTSIDE
        self._node = np.where(inside, seating.shelter_of, self.shelters + rank)
        self._away_m = np.zeros(len(rank))
        movable = np.unique(ways.group[inside[ways.group]])
        self._away_m[movable] = self._distance_m(movable)
        self._ways = ways if inside.all() else _with_outside(ways, self.shelters + rank)
        self.sizes = np.unique(seating.persons[ways.group])
        self._movers: _Movers | None = None

    def may_end(self, net: int) -> BoolArray:
        """Nodes where a chain may end that brings `net` people more."""
        return np.append(self.seating.free >= net, np.ones(self.nodes - self.shelters, bool))

    def exchanges(self, net: int) -> Exchanges:
        """The cheapest exchange between every two nodes that moves `net` people from tail to
        head: one household alone, or a larger one against a smaller one."""
        movers = self._cheapest_movers()
        pair, size = np.divmod(movers.key, len(self.sizes))
        tail, head = np.divmod(pair, self.nodes)
        returning = self.sizes[size] - net
        partner = _index_of(self.sizes, returning)
        at = _index_of(movers.key, (head * self.nodes + tail) * len(self.sizes) + partner)
        at[(partner < 0)] = -1
        alone, both = np.flatnonzero(returning == 0), np.flatnonzero(at >= 0)
        some = np.append(alone, both)
        back = np.append(np.full(len(alone), NOBODY), movers.who[at[both]])
        added = movers.added_m[some]
        added[len(alone) :] += movers.added_m[at[both]]
        order = np.lexsort((added, pair[some]))
        best = order[np.diff(pair[some][order], prepend=-1) > 0]
        some = some[best]
        return Exchanges(tail[some], head[some], movers.who[some], back[best], added[best])

    def carry_out(self, made: Exchanges) -> None:
        """Makes exchanges that have no household in common."""
        paired = made.back != NOBODY
        who = np.append(made.out, made.back[paired])
        node = np.append(made.head, made.tail[paired])
        seating, inside = self.seating, node < self.shelters
        seating.unseat_all(who[seating.shelter_of[who] != OUTSIDE])
        seating.seat_all(who[inside], node[inside])
        self._node[who] = node
        self._away_m[who] = 0.0
        self._away_m[who[inside]] = self._distance_m(who[inside])
        self._movers = None

    def _distance_m(self, who: IntArray) -> FloatArray:
        return self.seating.reach.pairs(who, self.seating.shelter_of[who])

    def _cheapest_movers(self) -> _Movers:
        if self._movers is None:
            who, head = self._ways.group, self._ways.shelter
            tail, persons = self._node[who], self.seating.persons[who]
            size = np.searchsorted(self.sizes, persons)
            key = (tail * self.nodes + head) * len(self.sizes) + size
            added = persons * (self._ways.distance_m - self._away_m[who])
            apart = np.flatnonzero(tail != head)
            order = apart[np.argsort(key[apart], kind="stable")]
            self._movers = _least_of_each(key[order], who[order], added[order])
        return self._movers


def _least_of_each(key: IntArray, who: IntArray, added_m: FloatArray) -> _Movers:
    """The cheapest of each key, the first of equals; `key` is sorted."""
    begin = np.diff(key, prepend=-1) > 0
    number = np.cumsum(begin) - 1
    least = least_of(number, added_m, int(begin.sum()))
    hit = np.flatnonzero(added_m == least[number])
    hit = hit[np.diff(number[hit], prepend=-1) > 0]
    return _Movers(key[hit], who[hit], added_m[hit])


def _with_outside(ways: Arcs, outside: IntArray) -> Arcs:
    who = np.unique(ways.group)
    return Arcs(
        np.append(ways.group, who),
        np.append(ways.shelter, outside[who]),
        np.append(ways.distance_m, np.zeros(len(who))),
    )


def _index_of(known: IntArray, wanted: IntArray) -> IntArray:
    """Where each wanted number stands among the known, ascending ones; -1 where it doesn't."""
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at, -1) if len(known) else np.full(len(wanted), -1)
