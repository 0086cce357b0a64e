"""Ways over a network of roads: the least metres or minutes from every home to every shelter.

Homes and shelters lie on edges, not on nodes: edges are split where shelters stand and where roads
are cut, and a home leaves its edge over either end that it may drive or walk to. One Dijkstra a
shelter, run backwards, then answers for all homes at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import BoolArray, FloatArray, IntArray

CostMatrix: TypeAlias = npt.NDArray[np.float32]

NO_ROAD = -1
"""The edge of a place that lies on no road, and the row of a home that has none."""
STEPS_M = (0.01, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""How finely homes along a road are told apart: the finest for which the matrix is small enough."""
MOST_CELLS = 100_000_000
_BLOCK_CELLS = 8_000_000
_LAST = 1 - 1e-9  # the share that still belongs to its own edge; what is beyond is its end


@dataclass(frozen=True)
class RoadNetwork:
    """Nodes 0..`nodes`-1 and edges from `start` to `end`, one entry an edge.

    `cost` is what the whole edge takes, in metres or minutes; `forward` and `backward` say in
    which directions it is open.
    """

    nodes: int
    start: IntArray
    end: IntArray
    length_m: FloatArray
    cost: FloatArray
    forward: BoolArray
    backward: BoolArray


@dataclass(frozen=True)
class Spots:
    """Places on edges: the edge (NO_ROAD for none), the share of it that lies behind the place,
    and what the way from the place to the road costs."""

    edge: IntArray
    share: FloatArray
    access: FloatArray


@dataclass(frozen=True)
class Cuts:
    """Closed stretches of edges, from the share `begin` to `end`, by direction."""

    edge: IntArray
    begin: FloatArray
    end: FloatArray
    forward: BoolArray
    backward: BoolArray


def no_cuts() -> Cuts:
    """Nothing is closed."""
    none, closed = np.zeros(0), np.zeros(0, bool)
    return Cuts(np.zeros(0, np.int64), none, none, closed, closed)


@dataclass(frozen=True)
class Ways:
    """What homes have to go: `cost[row_of_home[i]]` to every shelter, inf where none leads there.

    Homes within `step_m` of one another on an edge share a row; one without a road has NO_ROAD.
    `cost` holds the shelters' own way to the road, not the homes', which is `access`. `nearest` is
    the least cost of each row to any shelter however far: inf where the roads lead to none.
    """

    row_of_home: IntArray
    access: FloatArray
    cost: CostMatrix
    nearest: FloatArray
    step_m: float


def ways(
    network: RoadNetwork,
    homes: Spots,
    shelters: Spots,
    cuts: Cuts | None = None,
    limit: float = np.inf,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Ways:
    """The least cost from every home to every shelter, looking no farther than `limit`."""
    closed = no_cuts() if cuts is None else cuts
    pieces = _Pieces.of(network, closed, shelters)
    leaving, rows, step_m = _leaving(pieces, homes, len(shelters.edge))
    against = _arcs_reversed(pieces.network)
    standing = np.flatnonzero(shelters.edge != NO_ROAD)
    node = pieces.node(shelters.edge[standing], shelters.share[standing])
    cost = np.full((leaving.size, len(shelters.edge)), np.inf, np.float32)
    block = max(1, _BLOCK_CELLS // max(pieces.network.nodes, leaving.size, 1))
    for at in range(0, len(standing), block):
        step(at / len(standing), progress, cancelled)
        to = dijkstra(against, indices=node[at : at + block], limit=limit)
        column = standing[at : at + block]
        least = leaving.least(to) + shelters.access[column, None]
        cost[:, column] = np.where(least <= limit, least, np.inf).T
    return Ways(rows, homes.access, cost, _nearest(against, node, leaving), step_m)


def islands(nodes: int, start: IntArray, end: IntArray) -> IntArray:
    """The island of each node, the one with the most nodes being 0; directions don't count."""
    joined = csr_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    count, label = connected_components(joined, directed=False)
    order = np.argsort(-np.bincount(label, minlength=count), kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    return rank[label]


@dataclass(frozen=True)
class _Pieces:
    """The network with its edges split; pieces of one edge follow one another.

    `key` is the number of a piece's edge plus the share of it where the piece begins.
    """

    network: RoadNetwork
    key: FloatArray
    width: FloatArray  # the share of its edge that a piece is

    @classmethod
    def of(cls, network: RoadNetwork, cuts: Cuts, shelters: Spots) -> _Pieces:
        on_road = shelters.edge != NO_ROAD
        edge = np.concatenate([cuts.edge, cuts.edge, shelters.edge[on_road]])
        share = np.concatenate([cuts.begin, cuts.end, shelters.share[on_road]])
        within = (share > 1 - _LAST) & (share < _LAST)  # a break at an end is the end itself
        pieces = cls._split(network, np.unique(edge[within] + share[within]))
        return replace(pieces, network=pieces._closed(cuts))

    @classmethod
    def _split(cls, network: RoadNetwork, broken: FloatArray) -> _Pieces:
        """The edges split at the keys `broken`, each of which becomes a node."""
        edges = len(network.start)
        key = np.concatenate([np.arange(edges, dtype=float), broken])
        node = np.concatenate([network.start, network.nodes + np.arange(len(broken))])
        order = np.argsort(key, kind="stable")  # an edge's own start before a break at it
        key, start = key[order], node[order]
        edge = np.floor(key).astype(np.int64)
        last = np.append(edge[1:] != edge[:-1], True) if len(edge) else np.zeros(0, bool)
        after = np.append(key[1:], 0.0)
        width = np.where(last, edge + 1.0, after) - key
        end = np.where(last, network.end[edge], np.append(start[1:], 0))
        split = RoadNetwork(
            network.nodes + len(broken),
            start,
            end.astype(np.int64),
            network.length_m[edge] * width,
            network.cost[edge] * width,
            network.forward[edge],
            network.backward[edge],
        )
        return cls(split, key, width)

    def _closed(self, cuts: Cuts) -> RoadNetwork:
        forward, backward = self.network.forward.copy(), self.network.backward.copy()
        middle = self.key + self.width / 2
        for edge, begin, end, ahead, back in zip(
            cuts.edge, cuts.begin, cuts.end, cuts.forward, cuts.backward, strict=True
        ):
            first, last = np.searchsorted(middle, [edge + begin, edge + end])
            forward[first:last] &= not ahead
            backward[first:last] &= not back
        return replace(self.network, forward=forward, backward=backward)

    def piece(self, edge: IntArray, share: FloatArray) -> tuple[IntArray, FloatArray]:
        """The piece on which each place lies, and the share of the piece behind it."""
        key = edge + np.clip(share, 0, _LAST)
        piece = np.searchsorted(self.key, key, side="right") - 1
        width = np.maximum(self.width[piece], 1e-12)
        return piece, np.clip((key - self.key[piece]) / width, 0, 1)

    def node(self, edge: IntArray, share: FloatArray) -> IntArray:
        """The node of places at which the edges were split."""
        piece = np.searchsorted(self.key, edge + np.clip(share, 0, _LAST), side="right") - 1
        at_end = share >= _LAST
        return np.where(at_end, self.network.end[piece], self.network.start[piece])


@dataclass(frozen=True)
class _Leaving:
    """Where rows of homes leave their piece: a node at either end and the cost to it."""

    back: IntArray
    back_cost: FloatArray
    ahead: IntArray
    ahead_cost: FloatArray

    @property
    def size(self) -> int:
        return len(self.back)

    def least(self, to: FloatArray) -> FloatArray:
        """The least cost of each row, for each line of `to` (costs of the nodes)."""
        over_back = to[..., self.back] + self.back_cost
        over_ahead = to[..., self.ahead] + self.ahead_cost
        least: FloatArray = np.minimum(over_back, over_ahead, out=over_back)
        return least


def _leaving(pieces: _Pieces, homes: Spots, shelters: int) -> tuple[_Leaving, IntArray, float]:
    """The rows, which row each home has, and how far apart rows on an edge are."""
    on_road = np.flatnonzero(homes.edge != NO_ROAD)
    piece, share = pieces.piece(homes.edge[on_road], homes.share[on_road])
    length_m = pieces.network.length_m[piece]
    for step_m in STEPS_M:
        steps = np.maximum(np.rint(length_m / step_m), 1)
        place = np.column_stack([piece, np.rint(share * steps).astype(np.int64)])
        distinct, first, row = _distinct(place)
        if len(distinct) * max(shelters, 1) <= MOST_CELLS:
            break
    rows = np.full(len(homes.edge), NO_ROAD, np.int64)
    rows[on_road] = row
    return _ends(pieces.network, piece[first], distinct[:, 1] / steps[first]), rows, step_m


def _distinct(place: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The distinct lines of an array, where each comes first, and which one each line is."""
    flat = place[:, 0] * (int(place[:, 1].max(initial=0)) + 1) + place[:, 1]
    _, first, row = np.unique(flat, return_index=True, return_inverse=True)
    return place[first], first, row


def _ends(network: RoadNetwork, piece: IntArray, share: FloatArray) -> _Leaving:
    """A home at the very end of its piece leaves there whatever the direction."""
    cost = network.cost[piece]
    back, ahead = network.backward[piece] | (share <= 0), network.forward[piece] | (share >= 1)
    return _Leaving(
        network.start[piece],
        np.where(back, share * cost, np.inf),
        network.end[piece],
        np.where(ahead, (1 - share) * cost, np.inf),
    )


def _arcs_reversed(network: RoadNetwork) -> csr_array[Any, Any]:
    """The graph that leads from a shelter to all that can reach it; of twins the cheaper counts."""
    ahead, back = network.forward, network.backward
    to = np.concatenate([network.start[ahead], network.end[back]])
    origin = np.concatenate([network.end[ahead], network.start[back]])
    cost = np.concatenate([network.cost[ahead], network.cost[back]])
    order = np.lexsort([cost, to, origin])
    origin, to, cost = origin[order], to[order], cost[order]
    first = np.ones(len(cost), bool)
    first[1:] = (origin[1:] != origin[:-1]) | (to[1:] != to[:-1])
    shape = (network.nodes, network.nodes)
    return csr_array((cost[first], (origin[first], to[first])), shape=shape)


def _nearest(against: csr_array[Any, Any], node: IntArray, leaving: _Leaving) -> FloatArray:
    if not len(node):
        return np.full(leaving.size, np.inf)
    return leaving.least(dijkstra(against, indices=node, min_only=True))
