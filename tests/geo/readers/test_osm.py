"""Roads out of OpenStreetMap extracts."""

from pathlib import Path

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node, Way

from geo.readers import osm
from geo.readers.source import SourceTable
from relief.errors import InvalidInput

NODES = {1: (113.5, 38.0), 2: (113.51, 38.0), 3: (113.52, 38.0), 4: (113.51, 38.01)}


def extract(folder: Path, *ways: tuple[list[int], dict[str, str]]) -> bytes:
    """An extract with four nodes and these ways."""
    path = folder / "roads.osm.pbf"
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in NODES.items():
            writer.add_node(Node(id=number, location=place))
        for number, (nodes, tags) in enumerate(ways, start=10):
            writer.add_way(Way(id=number, nodes=nodes, tags=tags))
    return path.read_bytes()


def row(table: SourceTable, number: int = 0) -> dict[str, str]:
    return dict(table.texts.iloc[number])


def test_a_way_becomes_a_road_with_credit(tmp_path: Path) -> None:
    tags = {"highway": "primary", "name": "307", "maxspeed": "60", "oneway": "yes"}
    table = osm.read(extract(tmp_path, ([1, 2, 3], tags)))
    assert row(table) == {
        "id": "way-10",
        "name": "307",
        "class": "provincial",
        "oneway": "forward",
        "vehicle_kmh": "60",
        "walking_kmh": "",
        "source": "© OpenStreetMap contributors, ODbL 1.0",
    }
    assert table.crs == "EPSG:4326"
    assert table.geometries is not None
    assert table.geometries[0].wkt == "MULTILINESTRING ((113.5 38, 113.51 38, 113.52 38))"


@pytest.mark.parametrize(
    ("tags", "oneway", "vehicle_kmh", "walking_kmh"),
    [
        ({"highway": "motorway"}, "forward", "", ""),
        ({"highway": "motorway", "oneway": "no"}, "both", "", ""),
        ({"highway": "tertiary", "oneway": "-1"}, "backward", "", ""),
        ({"highway": "tertiary", "junction": "roundabout"}, "forward", "", ""),
        ({"highway": "footway"}, "both", "0", ""),
        ({"highway": "service", "access": "private"}, "both", "0", ""),
        ({"highway": "trunk_link", "foot": "no", "maxspeed": "none"}, "both", "", "0"),
    ],
)
def test_tags_say_who_may_go_which_way(
    tmp_path: Path, tags: dict[str, str], oneway: str, vehicle_kmh: str, walking_kmh: str
) -> None:
    read = row(osm.read(extract(tmp_path, ([1, 2], tags))))
    assert (read["oneway"], read["vehicle_kmh"], read["walking_kmh"]) == (
        oneway,
        vehicle_kmh,
        walking_kmh,
    )


def test_a_way_cut_by_the_edge_of_the_extract_keeps_what_is_there(tmp_path: Path) -> None:
    way = {"highway": "residential"}
    cut = (([99, 1], way), ([1, 2, 99, 3, 4], way), ([2, 2], way), ([3, 1], way))
    table = osm.read(extract(tmp_path, *cut))
    assert table.geometries is not None
    assert [len(g.geoms) for g in table.geometries] == [2, 1]
    assert table.texts["id"].tolist() == ["way-11", "way-13"]
    assert table.row_numbers.tolist() == [2, 4]
    assert table.refusals == ()


def test_ways_that_are_no_roads_are_left_out(tmp_path: Path) -> None:
    ways = (([1, 2], {"highway": "construction"}), ([1, 2], {"waterway": "river"}))
    with pytest.raises(InvalidInput, match="holds no roads"):
        osm.read(extract(tmp_path, *ways))
    kept = osm.read(extract(tmp_path, *ways, ([2, 4], {"highway": "road"})))
    assert kept.texts["id"].tolist() == ["way-12"]


def test_a_damaged_extract_is_refused(tmp_path: Path) -> None:
    whole = extract(tmp_path, ([1, 2, 3], {"highway": "primary"}))
    rng = np.random.default_rng(3)
    for broken in (whole[: len(whole) // 2], whole[:-3], whole[:200] + rng.bytes(200)):
        with pytest.raises(InvalidInput, match="damaged"):
            osm.read(broken)
