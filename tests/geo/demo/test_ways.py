"""Ways by road over the demo's store, held against networkx over its raw lines."""

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from psycopg import sql
from pyproj import Geod

from geo.crs_zones import plane_of
from geo.database import Connection
from geo.road_distances import road_distances
from relief.reach import FloatArray

GEOD = Geod(ellps="GRS80")
PLANE = plane_of(113.5)


@dataclass(frozen=True)
class Places:
    lon: FloatArray
    lat: FloatArray


async def places(conn: Connection, table: str, count: int) -> Places:
    question = sql.SQL(
        "SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM {} ORDER BY md5(id) LIMIT %s"
    )
    cursor = await conn.execute(question.format(sql.Identifier(table)), [count])
    rows = await cursor.fetchall()
    return Places(np.array([r["lon"] for r in rows]), np.array([r["lat"] for r in rows]))


Place = tuple[float, float]


class Streets:
    """Every stretch between two vertices as an arc; places are put in where they come out."""

    def __init__(self) -> None:
        self.graph = nx.DiGraph()
        self.stretches: list[tuple[Place, Place, str]] = []

    def add(self, line: shapely.LineString, oneway: str) -> None:
        vertices = [tuple(v) for v in np.round(shapely.get_coordinates(line), 7).tolist()]
        for here, there in pairwise(vertices):
            self.stretches.append((here, there, oneway))
            self.join(here, there, oneway)

    def join(self, here: Place, there: Place, oneway: str) -> None:
        length_m = GEOD.inv(*here, *there)[2]
        if oneway != "backward":
            self.graph.add_edge(here, there, metres=length_m)
        if oneway != "forward":
            self.graph.add_edge(there, here, metres=length_m)

    def put(self, name: str, lon: float, lat: float) -> float:
        """Puts a place on the nearest stretch; how far it is from there."""
        segments = np.array([[a, b] for a, b, _ in self.stretches])
        x, y = PLANE.metres(segments[..., 0], segments[..., 1])
        lines = shapely.linestrings(np.stack([x, y], axis=-1))
        point = shapely.points(*PLANE.metres(lon, lat))
        away_m = shapely.distance(lines, point)
        nearest = int(np.argmin(away_m))
        here, there, oneway = self.stretches[nearest]
        share = shapely.line_locate_point(lines[nearest], point, normalized=True)
        length_m = GEOD.inv(*here, *there)[2]
        self.graph.add_node(name)
        for end, metres, entering in (
            (here, share * length_m, oneway != "backward"),
            (there, (1 - share) * length_m, oneway != "forward"),
        ):
            if entering:
                self.graph.add_edge(end, name, metres=metres)
        if oneway != "forward":
            self.graph.add_edge(name, here, metres=share * length_m)
        if oneway != "backward":
            self.graph.add_edge(name, there, metres=(1 - share) * length_m)
        return float(away_m[nearest])


async def test_the_ways_are_those_of_the_raw_lines(demo: Connection) -> None:
    homes, shelters = await places(demo, "households", 25), await places(demo, "shelters", 8)
    found = await road_distances(demo, homes, shelters, None)
    streets = Streets()
    cursor = await demo.execute("SELECT oneway, ST_AsBinary(ST_LineMerge(geom)) AS line FROM roads")
    for row in await cursor.fetchall():
        streets.add(shapely.from_wkb(row["line"]), row["oneway"])
    home_m = [
        streets.put(f"h{i}", *p) for i, p in enumerate(zip(homes.lon, homes.lat, strict=True))
    ]
    shelter_m = [
        streets.put(f"s{i}", *p) for i, p in enumerate(zip(shelters.lon, shelters.lat, strict=True))
    ]
    assert found.access == pytest.approx(home_m, abs=0.01)
    for i, away_m in enumerate(home_m):
        if found.no_road[i]:
            assert away_m > 2000
            continue
        known = nx.single_source_dijkstra_path_length(streets.graph, f"h{i}", weight="metres")
        for j, other_m in enumerate(shelter_m):
            way_m = found.cost[found.row_of_home[i], j]
            if j in found.shelters_off_road:
                assert np.isinf(way_m)
                assert other_m > 2000
            else:
                assert way_m == pytest.approx(known[f"s{j}"] + other_m, abs=0.5)
