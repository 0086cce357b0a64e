"""Roads become nodes and edges where they share a vertex, and nowhere else."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.road_topology import Topology, topology

METRE = 1 / 111_195  # degrees of latitude
LON, LAT = 113.5, 38.0


def network(*lines: list[tuple[float, float]]) -> Topology:
    """Roads drawn in metres north and east of a place."""
    east = METRE / np.cos(np.radians(LAT))
    roads = [
        shapely.MultiLineString([[(LON + x * east, LAT + y * METRE) for x, y in line]])
        for line in lines
    ]
    return topology(np.array(roads, object), tolerance_m=2.0)


def sizes(graph: Topology) -> tuple[int, int]:
    return len(graph.nodes), len(graph.road)


def test_a_road_alone_is_one_edge_as_long_as_it_is() -> None:
    graph = network([(0, 0), (300, 0), (300, 400)])
    assert sizes(graph) == (2, 1)
    assert graph.length_m[0] == pytest.approx(700, rel=2e-3)
    (line,) = graph.lines
    assert graph.length_m[0] == pytest.approx(Geod(ellps="GRS80").geometry_length(line), rel=1e-9)


def test_a_shared_vertex_splits_both_roads() -> None:
    graph = network([(0, 0), (100, 0), (200, 0)], [(100, -100), (100, 0), (100, 100)])
    assert sizes(graph) == (5, 4)
    assert graph.road.tolist() == [0, 0, 1, 1]


def test_a_crossing_without_a_vertex_is_a_bridge() -> None:
    assert sizes(network([(0, 0), (200, 0)], [(100, -100), (100, 100)])) == (4, 2)


def test_a_road_that_meets_itself_is_split_there() -> None:
    assert sizes(network([(0, 0), (100, 0), (200, 0), (200, 100), (100, 0)])) == (2, 2)


def test_an_end_short_of_a_vertex_moves_onto_it() -> None:
    graph = network([(0, 0), (100, 0), (200, 0)], [(100, 1.5), (100, 100)])
    assert sizes(graph) == (4, 3)
    (end,) = graph.joined
    assert (end.road, end.gap_m) == (1, pytest.approx(1.5, abs=0.02))


def test_ends_short_of_a_line_split_it_in_their_order() -> None:
    graph = network([(0, 0), (200, 0)], [(150, 1), (150, 100)], [(50, -1), (50, -100)])
    assert sizes(graph) == (6, 5)
    assert sorted(round(m / 10) * 10 for m in graph.length_m) == [50, 50, 100, 100, 100]


def test_two_ends_that_miss_each_other_become_one() -> None:
    graph = network([(0, 0), (100, 0)], [(101, 1), (200, 0)])
    assert sizes(graph) == (3, 2)
    assert len(graph.joined) == 1


def test_an_end_farther_off_stays_loose() -> None:
    graph = network([(0, 0), (200, 0)], [(100, 3), (100, 100)])
    assert sizes(graph) == (4, 2)
    assert graph.joined == ()


def test_repeated_vertices_and_roads_without_length_are_left_out() -> None:
    assert sizes(network([(0, 0), (0, 0), (100, 0), (100, 0)], [(5, 5), (5, 5)])) == (2, 1)
    assert sizes(network()) == (0, 0)
    assert sizes(network([(5, 5), (5, 5)])) == (0, 0)


def test_a_long_straight_road_bends_as_its_parallel_does() -> None:
    (line,) = network([(0, 0), (80_000, 0)]).lines
    assert shapely.get_num_points(line) > 80
    assert np.ptp(shapely.get_coordinates(line)[:, 1]) < 1e-9


def test_every_metre_is_kept_once() -> None:
    rng = np.random.default_rng(7)
    corners = rng.integers(0, 8, (40, 4, 2)) * 100.0
    graph = network(*[[tuple(c) for c in line] for line in corners])
    kept = [shapely.get_num_points(line) for line in graph.lines]
    assert min(kept) >= 2
    before = network(*[[tuple(c) for c in line] for line in corners[:1]]).length_m.sum()
    assert graph.length_m[graph.road == 0].sum() == pytest.approx(before)
    ends = shapely.get_coordinates([shapely.get_point(line, 0) for line in graph.lines])
    assert np.allclose(ends, graph.nodes[graph.start], atol=1e-9)
