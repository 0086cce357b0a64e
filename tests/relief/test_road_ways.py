"""Ways over roads, held against networkx on graphs that are drawn at random."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relief.progress import Stopped
from relief.road_network import NO_ROAD, Cuts, RoadNetwork, Spots
from relief.road_ways import Ways, ways

LENGTH_M = 100.0
EVERY_M = range(0, 101, 10)


def roads(nodes: int, *edges: tuple[int, int, str]) -> RoadNetwork:
    """A network of edges (from, to, "both", "forward" or "backward"), 100 m each."""
    length_m = np.full(len(edges), LENGTH_M)
    return RoadNetwork(
        nodes,
        np.array([e[0] for e in edges], np.int64),
        np.array([e[1] for e in edges], np.int64),
        length_m,
        length_m,
        np.array([e[2] != "backward" for e in edges], bool),
        np.array([e[2] != "forward" for e in edges], bool),
    )


def spots(*places: tuple[int, float], access: float = 0.0) -> Spots:
    """Places as (edge, metres along it)."""
    edge, along_m = [p[0] for p in places], [p[1] for p in places]
    return Spots(
        np.array(edge, np.int64), np.array(along_m) / LENGTH_M, np.full(len(places), access)
    )


def cut(edge: int, begin_m: float, end_m: float, ahead: bool = True, back: bool = True) -> Cuts:
    """One closed stretch."""
    return Cuts(
        np.array([edge]),
        np.array([begin_m / LENGTH_M]),
        np.array([end_m / LENGTH_M]),
        np.array([ahead]),
        np.array([back]),
    )


def metres(found: Ways) -> list[list[float]]:
    """The cost of every home to every shelter, to the metre."""
    return [np.round(found.cost[row], 1).tolist() for row in found.row_of_home]


def test_a_home_and_a_shelter_on_one_edge_need_no_crossing() -> None:
    assert metres(ways(roads(2, (0, 1, "both")), spots((0, 20)), spots((0, 70)))) == [[50]]


def test_a_one_way_road_leads_one_way() -> None:
    ring = roads(3, (0, 1, "forward"), (1, 2, "forward"), (2, 0, "forward"))
    assert metres(ways(ring, spots((0, 20), (0, 80)), spots((0, 50)))) == [[30], [270]]


def test_what_lies_before_a_cut_still_goes_the_other_way() -> None:
    line = roads(3, (0, 1, "both"), (1, 2, "both"))
    found = ways(line, spots((0, 20), (0, 80), (0, 50)), spots((0, 0), (1, 100)), cut(0, 45, 55))
    assert metres(found) == [[20, np.inf], [np.inf, 120], [np.inf, np.inf]]


def test_a_cut_of_one_direction_leaves_the_other() -> None:
    line = roads(2, (0, 1, "both"))
    found = ways(line, spots((0, 20), (0, 80)), spots((0, 50)), cut(0, 30, 40, back=False))
    assert metres(found) == [[np.inf], [30]]
    found = ways(line, spots((0, 20), (0, 80)), spots((0, 50)), cut(0, 60, 70, ahead=False))
    assert metres(found) == [[30], [np.inf]]


def test_an_island_without_a_shelter_is_cut_off_and_a_home_without_a_road_has_no_row() -> None:
    two = roads(4, (0, 1, "both"), (2, 3, "both"))
    found = ways(two, spots((0, 0), (1, 0), (NO_ROAD, 0)), spots((0, 100), (NO_ROAD, 0)))
    assert found.row_of_home[2] == NO_ROAD
    assert found.nearest[found.row_of_home[:2]].tolist() == [100, np.inf]
    assert metres(found)[:2] == [[100, np.inf], [np.inf, np.inf]]


def test_beyond_the_limit_is_out_of_reach_but_not_cut_off() -> None:
    line = roads(3, (0, 1, "both"), (1, 2, "both"))
    found = ways(line, spots((0, 0)), spots((1, 90)), limit=150)
    assert metres(found) == [[np.inf]]
    assert found.nearest.tolist() == [190]


def test_nothing_to_do_is_done() -> None:
    nobody = ways(roads(2, (0, 1, "both")), spots(), spots((0, 0)))
    assert nobody.cost.shape == (0, 1)
    assert ways(roads(2, (0, 1, "both")), spots((0, 0)), spots()).cost.shape == (1, 0)
    assert ways(roads(0), spots(), spots()).cost.shape == (0, 0)


def test_it_can_be_cancelled() -> None:
    with pytest.raises(Stopped):
        ways(roads(2, (0, 1, "both")), spots((0, 0)), spots((0, 0)), cancelled=lambda: True)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, str]], Spots, Spots, list[Cuts]]:
    nodes = draw(st.integers(2, 7))
    ends = st.integers(0, nodes - 1)
    ways_open = st.sampled_from(["both", "both", "forward", "backward"])
    edges = draw(st.lists(st.tuples(ends, ends, ways_open), min_size=1, max_size=12))
    place = st.tuples(st.integers(0, len(edges) - 1), st.sampled_from([*EVERY_M]))
    homes, shelters = (draw(st.lists(place, min_size=1, max_size=6)) for _ in range(2))
    stretch = st.tuples(
        st.integers(0, len(edges) - 1), st.integers(0, 9), st.booleans(), st.booleans()
    )
    closed = draw(st.lists(stretch, max_size=4))
    cuts = [cut(e, 10 * a + 2, 10 * a + 8, ahead, back) for e, a, ahead, back in closed]
    return nodes, edges, spots(*homes), spots(*shelters), cuts


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_the_ways_are_those_of_a_graph_with_a_node_every_ten_metres(
    scene: tuple[int, list[tuple[int, int, str]], Spots, Spots, list[Cuts]],
) -> None:
    nodes, edges, homes, shelters, cuts = scene
    every = map(columns, [cut(0, 0, 0), *cuts])
    joined = Cuts(*(np.concatenate(column) for column in zip(*every, strict=True)))
    found = ways(roads(nodes, *edges), homes, shelters, joined)
    graph = fine_graph(edges, cuts)
    for i, home in enumerate(tens(homes, edges)):
        known = nx.single_source_dijkstra_path_length(graph, home)
        expected = [known.get(shelter, np.inf) for shelter in tens(shelters, edges)]
        assert found.cost[found.row_of_home[i]].tolist() == pytest.approx(expected, abs=0.02)
        assert found.nearest[found.row_of_home[i]] == pytest.approx(min(expected), abs=0.02)


def columns(one: Cuts) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    return one.edge, one.begin, one.end, one.forward, one.backward


def tens(places: Spots, edges: list[tuple[int, int, str]]) -> list[object]:
    """The nodes of the fine graph at which places are."""
    return [
        point(edges, int(e), round(s * 10)) for e, s in zip(places.edge, places.share, strict=True)
    ]


def point(edges: list[tuple[int, int, str]], edge: int, ten: int) -> object:
    return {0: edges[edge][0], 10: edges[edge][1]}.get(ten, (edge, ten))


def fine_graph(edges: list[tuple[int, int, str]], cuts: list[Cuts]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(point(edges, e, ten) for e in range(len(edges)) for ten in range(11))
    for number, (_, _, direction) in enumerate(edges):
        for ten in range(10):
            here, there = point(edges, number, ten), point(edges, number, ten + 1)
            here_cuts = [
                c for c in cuts if c.edge[0] == number and round(c.begin[0] * 100) // 10 == ten
            ]
            if direction != "backward" and not any(c.forward[0] for c in here_cuts):
                graph.add_edge(here, there, weight=10)
            if direction != "forward" and not any(c.backward[0] for c in here_cuts):
                graph.add_edge(there, here, weight=10)
    return graph
