"""A network of roads, and places and cuts on it.

Homes and shelters lie on edges, not on nodes: edges are split where shelters stand and where roads
are cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from relief.reach import BoolArray, FloatArray, IntArray

NO_ROAD = -1
"""The edge of a place that lies on no road, and the row of a home that has none."""
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


def islands(nodes: int, start: IntArray, end: IntArray) -> IntArray:
    """The island of each node, the one with the most nodes being 0; directions don't count."""
    joined = csr_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    count, label = connected_components(joined, directed=False)
    order = np.argsort(-np.bincount(label, minlength=count), kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    return rank[label]


@dataclass(frozen=True)
class Pieces:
    """A network with its edges split; pieces of one edge follow one another.

    `key` is the number of a piece's edge plus the share of it where the piece begins.
    """

    network: RoadNetwork
    key: FloatArray
    width: FloatArray  # the share of its edge that a piece is

    @classmethod
    def of(cls, network: RoadNetwork, cuts: Cuts, shelters: Spots) -> Pieces:
        on_road = shelters.edge != NO_ROAD
        edge = np.concatenate([cuts.edge, cuts.edge, shelters.edge[on_road]])
        share = np.concatenate([cuts.begin, cuts.end, shelters.share[on_road]])
        within = (share > 1 - _LAST) & (share < _LAST)  # a break at an end is the end itself
        pieces = cls._split(network, np.unique(edge[within] + share[within]))
        return replace(pieces, network=pieces._closed(cuts))

    @classmethod
    def _split(cls, network: RoadNetwork, broken: FloatArray) -> Pieces:
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
