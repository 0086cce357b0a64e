"""The graph of the roads in the store, built from their lines whenever those have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import numpy as np
import pyarrow as pa
import pyarrow.csv
import shapely
from psycopg.types.json import Jsonb

from geo.changes import version_of
from geo.crs_zones import Geometries
from geo.database import Connection, Row, sql
from geo.road_topology import JoinedEnd, Topology, topology
from relief.reach import FloatArray, IntArray
from relief.road_network import islands
from relief.road_speeds import RoadSpeeds, shipped_road_speeds

END_TOLERANCE_M = 2.0
"""An end of a road this near to another meets it; more than the rounding of any source."""
FEW_ROADS = 5_000
"""So many make a graph within a fraction of a second."""
_LISTED = 100
_LOCK = 7_391_405  # any number that only the road graph uses
_BUILD_S = 300


@dataclass(frozen=True)
class RoadTable:
    """The rows of roads, column by column."""

    ids: Sequence[str]
    classes: Sequence[str]
    oneway: Sequence[str]
    vehicle_kmh: FloatArray
    walking_kmh: FloatArray
    lines: Geometries

    @classmethod
    def of(cls, rows: Sequence[Row], speeds: RoadSpeeds) -> RoadTable:
        """The rows of the store; a road without a speed of its own has that of its class."""
        return cls(
            [row["id"] for row in rows],
            [row["class"] for row in rows],
            [row["oneway"] for row in rows],
            _speeds([row["vehicle_kmh"] for row in rows], rows, speeds.vehicle_kmh),
            _speeds([row["walking_kmh"] for row in rows], rows, speeds.walking_kmh),
            shapely.from_wkb([row["line"] for row in rows]),
        )


def _speeds(own: Sequence[float | None], rows: Sequence[Row], by_class: Any) -> FloatArray:
    return np.array(
        [by_class[row["class"]] if v is None else v for v, row in zip(own, rows, strict=True)],
        float,
    )


async def road_graph(conn: Connection) -> Row:
    """What the graph is (`summary`) and when it was built; builds it first where roads changed."""
    async with conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        now = await version_of(conn, ["roads"])
        cursor = await conn.execute("SELECT roads_version, summary, built_at FROM road_graph")
        known = await cursor.fetchone()
        if known is None or known["roads_version"] != now:
            known = await _build(conn, now)
    return {"summary": known["summary"], "built_at": known["built_at"]}


async def road_graph_soon(conn: Connection) -> Row | None:
    """The same, built at once where the roads are few; else as it was built last, None if never.

    It is `current` unless roads changed since. To build that of a province takes seconds, and is
    for jobs.
    """
    known = await _known(conn)
    if known and known["current"]:
        return known
    cursor = await conn.execute("SELECT FROM roads LIMIT 1 OFFSET %s", [FEW_ROADS])
    if await cursor.fetchone() is None:
        await road_graph(conn)
        return await _known(conn)
    return known


async def _known(conn: Connection) -> Row | None:
    cursor = await conn.execute("SELECT roads_version, summary, built_at FROM road_graph")
    known = await cursor.fetchone()
    if known is None:
        return None
    current = known["roads_version"] == await version_of(conn, ["roads"])
    return {"summary": known["summary"], "built_at": known["built_at"], "current": current}


async def _build(conn: Connection, version: str) -> Row:
    await conn.execute("SELECT set_config('statement_timeout', %s, true)", [f"{_BUILD_S}s"])
    cursor = await conn.execute(sql("road_lines"))
    roads = RoadTable.of(await cursor.fetchall(), shipped_road_speeds())
    graph = topology(roads.lines, END_TOLERANCE_M)
    island = islands(len(graph.nodes), graph.start, graph.end)
    await conn.execute("DELETE FROM road_nodes")  # readers keep the old graph meanwhile
    await conn.execute("DELETE FROM road_edges")
    await _copy(conn, "COPY road_nodes FROM STDIN (FORMAT csv)", _node_columns(graph, island))
    await _copy(conn, _COPY_EDGES, _edge_columns(graph, roads))
    await conn.execute("ANALYZE road_nodes, road_edges")
    cursor = await conn.execute(
        "INSERT INTO road_graph (roads_version, summary) VALUES (%s, %s)"
        " ON CONFLICT (only_row) DO UPDATE SET roads_version = excluded.roads_version,"
        " summary = excluded.summary, built_at = clock_timestamp()"
        " RETURNING roads_version, summary, built_at",
        (version, Jsonb(_summary(graph, roads, island))),
    )
    built = await cursor.fetchone()
    assert built is not None
    return built


_COPY_EDGES: LiteralString = (
    "COPY road_edges (id, road, start_node, end_node, length_m, class, oneway, vehicle_kmh,"
    " walking_kmh, geom) FROM STDIN (FORMAT csv)"
)


def _node_columns(graph: Topology, island: IntArray) -> list[Any]:
    return [np.arange(len(island)), island, _ewkb(np.asarray(shapely.points(graph.nodes), object))]


def _edge_columns(graph: Topology, roads: RoadTable) -> list[Any]:
    return [
        np.arange(len(graph.road)),
        np.asarray(roads.ids, object)[graph.road],
        graph.start,
        graph.end,
        graph.length_m,
        np.asarray(roads.classes, object)[graph.road],
        np.asarray(roads.oneway, object)[graph.road],
        roads.vehicle_kmh[graph.road],
        roads.walking_kmh[graph.road],
        _ewkb(graph.lines),
    ]


def _ewkb(shapes: Geometries) -> Any:
    return shapely.to_wkb(shapely.set_srid(shapes, 4490), hex=True, include_srid=True)


async def _copy(conn: Connection, statement: LiteralString, columns: list[Any]) -> None:
    if not len(columns[0]):
        return
    rows = pa.table(columns, names=[str(number) for number in range(len(columns))])
    buffer = pa.BufferOutputStream()
    pyarrow.csv.write_csv(rows, buffer, pyarrow.csv.WriteOptions(include_header=False))
    async with conn.cursor().copy(statement) as copy:
        await copy.write(buffer.getvalue().to_pybytes())


def _summary(graph: Topology, roads: RoadTable, island: IntArray) -> dict[str, Any]:
    """Sizes, kilometres by class, what was joined, and the islands beside the largest one."""
    classes = np.asarray(roads.classes, object)[graph.road]
    return {
        "roads": len(roads.ids),
        "nodes": len(graph.nodes),
        "edges": len(graph.road),
        "kilometres": {
            str(name): round(float(graph.length_m[classes == name].sum()) / 1000, 1)
            for name in sorted(set(roads.classes))
        },
        "end_tolerance_m": END_TOLERANCE_M,
        "joined_ends": len(graph.joined),
        "joined": [_joined(end, roads) for end in graph.joined[:_LISTED]],
        "islands": int(island.max(initial=-1)) + 1,
        "smaller_islands": _smaller(graph, roads, island),
    }


def _joined(end: JoinedEnd, roads: RoadTable) -> dict[str, Any]:
    place = [round(end.lon, 7), round(end.lat, 7)]
    return {"road": roads.ids[end.road], "at": place, "gap_m": round(end.gap_m, 2)}


def _smaller(graph: Topology, roads: RoadTable, island: IntArray) -> list[dict[str, Any]]:
    """The islands that the largest does not reach, the largest of them first."""
    of_edge = island[graph.start]
    length_m = np.bincount(of_edge, graph.length_m, minlength=1)
    first = np.full(len(length_m), -1)
    first[of_edge[::-1]] = np.arange(len(of_edge))[::-1]
    return [
        {
            "road": roads.ids[int(graph.road[first[number]])],
            "at": graph.nodes[graph.start[first[number]]].round(7).tolist(),
            "kilometres": round(float(length_m[number]) / 1000, 3),
        }
        for number in range(1, min(len(length_m), _LISTED + 1))
    ]
