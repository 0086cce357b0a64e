"""Ways over a network of roads: the least metres or minutes from every home to every shelter.

A home leaves its edge over either end that it may drive or walk to. One Dijkstra a shelter, run
backwards, then answers for all homes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from relief.progress import Cancelled, Progress, never, silent, step
from relief.reach import FloatArray, IntArray
from relief.road_network import NO_ROAD, Cuts, Pieces, RoadNetwork, Spots, no_cuts

CostMatrix: TypeAlias = npt.NDArray[np.float32]

STEPS_M = (0.01, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""How finely homes along a road are told apart: the finest for which the matrix is small enough."""
MOST_CELLS = 100_000_000
_BLOCK_CELLS = 8_000_000


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
    pieces = Pieces.of(network, closed, shelters)
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


def _leaving(pieces: Pieces, homes: Spots, shelters: int) -> tuple[_Leaving, IntArray, float]:
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
