"""The demo's roads make one network on which every place reaches every other."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.demo.ground import Ground, ground_of
from geo.demo.load import SEED
from geo.demo.roads import road_table
from geo.demo.table import Table
from geo.road_topology import Topology, topology


@pytest.fixture(scope="module", params=["yangquan", "tacheng"])
def laid(request: pytest.FixtureRequest) -> tuple[Ground, Table, Topology]:
    """The ground, its roads, and the network that they make."""
    ground = ground_of(request.param, SEED)
    roads = road_table(ground)
    lines = np.array(shapely.from_wkb(roads.columns["geom"]), object)
    return ground, roads, topology(lines, 2.0)


def test_every_place_reaches_every_other_by_vehicle(laid: tuple[Ground, Table, Topology]) -> None:
    _, roads, graph = laid
    oneway = np.array(roads.columns["oneway"])[graph.road]
    ahead, back = oneway != "backward", oneway != "forward"
    start = np.concatenate([graph.start[ahead], graph.end[back]])
    end = np.concatenate([graph.end[ahead], graph.start[back]])
    size = len(graph.nodes)
    arcs = csr_array((np.ones(len(start)), (start, end)), shape=(size, size))
    assert connected_components(arcs, connection="strong")[0] == 1


def test_some_streets_are_one_way(laid: tuple[Ground, Table, Topology]) -> None:
    assert "forward" in laid[1].columns["oneway"]


def test_a_road_leads_to_every_village(laid: tuple[Ground, Table, Topology]) -> None:
    ground, _, graph = laid
    nodes = shapely.STRtree(list(ground.plane.metres(shapely.MultiPoint(graph.nodes)).geoms))
    villages = shapely.points(np.array([v.xy_m for v in ground.villages]))
    (_, _), away_m = nodes.query_nearest(villages, return_distance=True, all_matches=False)
    assert len(away_m) == len(ground.villages)
    assert away_m.max() < 0.1


def test_the_same_seed_lays_the_same_roads(laid: tuple[Ground, Table, Topology]) -> None:
    ground, roads, _ = laid
    assert road_table(ground) == roads


def test_the_settings_say_how_dense_the_roads_are(ground: Ground) -> None:
    sparse = {"roads": {"shortcut_m": 0, "village_shortcut_m": 0}}
    bare = road_table(replace(ground, settings=ground.settings | sparse))
    assert len(bare) == len(ground.townships) - 1 + len(ground.villages)
    assert set(bare.columns["oneway"]) == {"both"}
    assert len(road_table(ground)) > len(bare)
