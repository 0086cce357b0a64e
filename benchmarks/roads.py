"""Ways by road from every home to every shelter, beside networkx and pgRouting on one network.

    python benchmarks/roads.py [--side 448] [--shelters 200] [--homes 100000]

A town of side x side crossings about 150 m apart, a third of its streets left out. Times are CPU
seconds, those of the store's server included. The peers answer for a few shelters, as all would
take them minutes: their time is that of a hundred shelters, told from three. pgRouting is asked
where its extension is installed (Debian: postgresql-15-pgrouting).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import psycopg
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.cluster import SUPERUSER, PrivateCluster
from geo.database import connected
from geo.migration import migrate
from geo.road_distances import road_distances
from geo.road_graph import road_graph
from relief.road_network import RoadNetwork, Spots
from relief.road_ways import ways

LON, LAT = 113.5, 37.9
STEP_M, JITTER_M, KEPT = 150.0, 30.0, 0.66
DEGREES = np.array([1 / 87_900, 1 / 111_000])
PEER_SHELTERS = 3


@dataclass(frozen=True)
class Town:
    """Crossings (metres) and streets between them."""

    xy: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def length_m(self) -> np.ndarray:
        return np.hypot(*(self.xy[self.start] - self.xy[self.end]).T)


@dataclass(frozen=True)
class Places:
    """Points in degrees."""

    lon: np.ndarray
    lat: np.ndarray


def town(side: int) -> Town:
    random = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([x.ravel(), y.ravel()]) * STEP_M
    xy += random.normal(0, JITTER_M, xy.shape)
    number = np.arange(side * side).reshape(side, side)
    streets = np.vstack(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    streets = streets[random.random(len(streets)) < KEPT]
    return Town(xy, streets[:, 0], streets[:, 1])


def timed(label: str, work: Callable[[], object]) -> float:
    """Prints and returns the CPU seconds of the work, and what it says of itself."""
    begin = time.process_time()
    told = work()
    return said(label, time.process_time() - begin, told)


def said(label: str, spent: float, told: object = "") -> float:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {label:<44}{spent:8.2f} s {peak_mb:7.0f} MB  {told}", flush=True)
    return spent


def backend_s(pid: int) -> float:
    """CPU seconds that a process of the server has spent so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def graph_of(streets: Town) -> csr_array:
    nodes, length_m = len(streets.xy), streets.length_m
    both = (
        np.concatenate([streets.start, streets.end]),
        np.concatenate([streets.end, streets.start]),
    )
    return csr_array((np.tile(length_m, 2), both), shape=(nodes, nodes))


def alone(streets: Town, shelters: int) -> str:
    """What no program on scipy can be faster than: the costs of the nodes, thrown away."""
    graph = graph_of(streets)
    for shelter in range(shelters):
        dijkstra(graph, indices=shelter * 1000 % graph.shape[0])
    return ""


def ours(streets: Town, homes: int, shelters: int, limit_m: float = np.inf) -> str:
    random = np.random.default_rng(2)
    edges, open_both = len(streets.start), np.ones(len(streets.start), bool)
    length_m = streets.length_m
    network = RoadNetwork(
        len(streets.xy), streets.start, streets.end, length_m, length_m, open_both, open_both
    )

    def spots(count: int) -> Spots:
        return Spots(random.integers(0, edges, count), random.random(count), np.zeros(count))

    found = ways(network, spots(homes), spots(shelters), limit=limit_m)
    return f"{found.cost.shape[0]:,} rows, {found.cost.nbytes / 2**20:.0f} MB"


def by_networkx(streets: Town) -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from(
        zip(streets.start.tolist(), streets.end.tolist(), streets.length_m.tolist(), strict=True)
    )
    begin = time.process_time()
    for shelter in range(PEER_SHELTERS):
        nx.single_source_dijkstra_path_length(graph, 1000 * shelter + int(streets.start[0]))
    spent = time.process_time() - begin
    said("networkx, 100 shelters", spent / PEER_SHELTERS * 100)


def by_pgrouting(admin_url: str) -> None:
    """The work is in the server's process; the table of the graph is the store's."""
    edges = (
        "SELECT id, start_node AS source, end_node AS target, length_m AS cost,"
        " length_m AS reverse_cost FROM reliefmap.road_edges"
    )
    with psycopg.connect(admin_url, autocommit=True) as conn:
        known = conn.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'"
        ).fetchone()
        if not known:
            print("  pgRouting is not installed here")
            return
        conn.execute("CREATE EXTENSION pgrouting")
        begin = backend_s(conn.info.backend_pid)
        row = conn.execute(
            "SELECT count(*), max(agg_cost) FROM pgr_drivingDistance(%s, %s::bigint[], 1e9, true)",
            [edges, [1000 * shelter for shelter in range(PEER_SHELTERS)]],
        ).fetchone()
        spent = backend_s(conn.info.backend_pid) - begin
        told = f"{row[0]:,} costs of {PEER_SHELTERS}"  # type: ignore[index]
        said("pgRouting, 100 shelters", spent / PEER_SHELTERS * 100, told)


async def in_the_store(url: str, streets: Town, homes: int, shelters: int) -> None:
    async with connected(url, statement_timeout_s=600) as conn:

        def both_s() -> float:
            return time.process_time() + backend_s(conn.info.backend_pid)

        corner = np.array([LON, LAT])
        ends = np.stack([streets.xy[streets.start], streets.xy[streets.end]], axis=1)
        lines = shapely.multilinestrings(
            shapely.linestrings(ends * DEGREES + corner), indices=np.arange(len(ends))
        )
        written = shapely.to_wkb(shapely.set_srid(lines, 4490), hex=True, include_srid=True)
        async with conn.cursor().copy("COPY roads (id, class, source, geom) FROM STDIN") as copy:
            for i, line in enumerate(written.tolist()):
                await copy.write_row((f"R{i:06d}", "county", "synthetic", line))
        begin = both_s()
        summary = (await road_graph(conn))["summary"]
        told = ", ".join(f"{summary[name]:,} {name}" for name in ("nodes", "edges", "islands"))
        said("the store's graph, built from lines", both_s() - begin, told)
        random = np.random.default_rng(3)
        size = streets.xy.max()
        at, of = (random.uniform(0, size, (n, 2)) * DEGREES + corner for n in (homes, shelters))
        begin = both_s()
        found = await road_distances(conn, Places(*at.T), Places(*of.T), None)
        told = f"{found.cost.shape[0]:,} rows, {int(found.cut_off.sum())} homes cut off"
        said("from the store to the matrix", both_s() - begin, told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=448)
    parser.add_argument("--shelters", type=int, default=200)
    parser.add_argument("--homes", type=int, default=100_000)
    asked = parser.parse_args()
    streets = town(asked.side)
    print(f"{len(streets.xy):,} nodes, {len(streets.start):,} edges, {asked.shelters} shelters")
    floor = timed("scipy's Dijkstra alone", lambda: alone(streets, asked.shelters))
    label = f"ways of {asked.homes:,} homes"
    spent = timed(label, lambda: ours(streets, asked.homes, asked.shelters))
    timed(f"{label}, 10 km at most", lambda: ours(streets, asked.homes, asked.shelters, 10_000.0))
    told = f"{spent / floor:.2f} x scipy alone"
    said("ways, 100 shelters", spent / asked.shelters * 100, told)
    by_networkx(streets)
    with tempfile.TemporaryDirectory(prefix="reliefmap-roads-") as folder:
        Path(folder).chmod(0o755)
        with PrivateCluster(Path(folder), durable=False) as cluster:
            migrate(cluster.database_url)
            asyncio.run(in_the_store(cluster.database_url, streets, asked.homes, asked.shelters))
            by_pgrouting(cluster.url("reliefmap", SUPERUSER))


if __name__ == "__main__":
    main()
