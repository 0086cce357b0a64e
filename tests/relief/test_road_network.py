"""Islands of a network, and edges split where something stands on them."""

import numpy as np
import pytest

from relief.road_network import NO_ROAD, Pieces, RoadNetwork, Spots, islands, no_cuts

OPEN = np.ones(2, bool)
LINE = RoadNetwork(
    3, np.array([0, 1]), np.array([1, 2]), np.array([100.0, 50.0]), np.array([8.0, 4.0]), OPEN, OPEN
)


def spots(edge: list[int], share: list[float]) -> Spots:
    return Spots(np.array(edge), np.array(share), np.zeros(len(edge)))


def test_islands_are_counted_from_the_largest() -> None:
    start, end = np.array([3, 0, 1]), np.array([4, 1, 2])
    assert islands(5, start, end).tolist() == [0, 0, 0, 1, 1]
    assert islands(0, start[:0], end[:0]).tolist() == []


def test_an_edge_is_split_where_a_shelter_stands() -> None:
    pieces = Pieces.of(LINE, no_cuts(), spots([0, NO_ROAD], [0.25, 0.0]))
    assert pieces.network.nodes == 4
    assert pieces.network.length_m.tolist() == pytest.approx([25, 75, 50])
    assert pieces.network.cost.tolist() == pytest.approx([2, 6, 4])
    assert pieces.node(np.array([0]), np.array([0.25])).tolist() == [3]


def test_what_stands_at_an_end_stands_on_the_node() -> None:
    pieces = Pieces.of(LINE, no_cuts(), spots([0, 1], [1.0, 0.0]))
    assert pieces.network.nodes == 3
    assert pieces.node(np.array([0, 1]), np.array([1.0, 0.0])).tolist() == [1, 1]


def test_places_are_found_on_their_piece() -> None:
    pieces = Pieces.of(LINE, no_cuts(), spots([0], [0.25]))
    piece, share = pieces.piece(np.array([0, 0, 1]), np.array([0.125, 0.625, 0.5]))
    assert piece.tolist() == [0, 1, 2]
    assert share == pytest.approx(np.array([0.5, 0.5, 0.5]))
