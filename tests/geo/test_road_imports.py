"""Roads come in from files, and what they make together is told."""

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import osmium
import pytest
import shapely
from fast_geocn import wgs84_to_gcj02
from osmium.osm.mutable import Node, Way

from relief.errors import InvalidInput

CORNERS = [(113.20, 37.5), (113.21, 37.5), (113.22, 37.5), (113.30, 37.5), (113.31, 37.5)]


@pytest.fixture
def extract(tmp_path: Path) -> bytes:
    """Two roads that share a node, and one that stands alone."""
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(CORNERS, start=1):
            writer.add_node(Node(id=number, location=place))
        for number, nodes in ((7, [1, 2]), (8, [2, 3]), (9, [4, 5])):
            writer.add_way(Way(id=number, nodes=nodes, tags={"highway": "secondary"}))
    return path.read_bytes()


async def test_an_extract_becomes_roads_and_a_graph(office: Any, extract: bytes) -> None:
    result = await office.imports("roads", extract, "a.osm.pbf")
    assert (result.added, result.refusals) == (3, ())
    graph = result.as_json()["road_graph"]
    assert (graph["nodes"], graph["edges"], graph["islands"]) == (5, 3, 2)
    roads = await office.rows("roads", "id, class, oneway, source")
    assert [road["id"] for road in roads] == ["way-7", "way-8", "way-9"]
    assert {road["source"] for road in roads} == {"© OpenStreetMap contributors, ODbL 1.0"}


async def test_the_same_extract_twice_changes_nothing(office: Any, extract: bytes) -> None:
    await office.imports("roads", extract, "a.osm.pbf")
    built = await office.rows("road_graph", "only_row AS id, built_at")
    again = await office.imports("roads", extract, "a.osm.pbf")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert await office.rows("road_graph", "only_row AS id, built_at") == built


async def test_an_extract_is_no_register_of_shelters(office: Any, extract: bytes) -> None:
    with pytest.raises(InvalidInput):
        await office.imports("shelters", extract, "a.osm.pbf")


async def test_lines_that_were_drawn_on_a_web_map_are_put_right(
    office: Any, tmp_path: Path
) -> None:
    drawn = shapely.LineString([wgs84_to_gcj02(*corner) for corner in CORNERS[:2]])
    frame = geopandas.GeoDataFrame({"id": ["A"], "class": ["县道"]}, geometry=[drawn], crs=4326)
    frame.to_file(tmp_path / "a.gpkg", driver="GPKG")
    content = (tmp_path / "a.gpkg").read_bytes()
    await office.imports("roads", content, "a.gpkg", crs="gcj02")
    (road,) = await office.rows("roads", "id, class, ST_AsBinary(geom) AS line")
    assert road["class"] == "county"
    placed = shapely.get_coordinates(shapely.from_wkb(road["line"]))
    assert placed == pytest.approx(np.array(CORNERS[:2]), abs=1e-6)
