"""How far homes have to go by road to each shelter, with the closures of an event in force.

The graph is the store's; homes and shelters walk straight to the nearest road that is open to the
way of travelling, if one is near enough, and go on along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
import shapely
from psycopg.rows import tuple_row

from geo.crs_zones import Geometries, Plane, plane_of
from geo.database import Connection, sql
from geo.road_cuts import Closure, cuts_of
from geo.road_graph import road_graph
from relief.errors import InvalidInput
from relief.progress import Cancelled, Progress, never, silent
from relief.reach import BoolArray, FloatArray, IntArray
from relief.road_network import NO_ROAD, RoadNetwork, Spots
from relief.road_reach import RoadWays
from relief.road_speeds import Travel, shipped_road_speeds
from relief.road_ways import CostMatrix, Ways, ways

SNAP_LIMIT_M = 2_000.0
"""A home farther than this from every road has none, unless asked otherwise."""


class Located(Protocol):
    """Places in degrees, one entry each."""

    @property
    def lon(self) -> FloatArray: ...

    @property
    def lat(self) -> FloatArray: ...


class Measure(StrEnum):
    """What is least on the way."""

    METRES = "metres"
    MINUTES = "minutes"


@dataclass(frozen=True)
class RoadOptions:
    """How people go, what counts, how far a road may be away, and the time of the closures.

    `limit` is how many metres or minutes of road are looked at; `at` None is now.
    """

    travel: Travel = Travel.VEHICLE
    measure: Measure = Measure.METRES
    snap_limit_m: float = SNAP_LIMIT_M
    limit: float = np.inf
    at: datetime | None = None


@dataclass(frozen=True)
class RoadDistances:
    """The way of home i to shelter j is `access[i] + cost[row_of_home[i], j]`; inf is none.

    `no_road` homes lie too far from every road (their row is NO_ROAD); the part of the network of
    those `cut_off` reaches no shelter. `shelters_off_road` are numbers of shelters that nobody
    can drive or walk to, and `closures` the ids of those taken into account.
    """

    row_of_home: IntArray
    access: FloatArray
    cost: CostMatrix
    no_road: BoolArray
    cut_off: BoolArray
    shelters_off_road: IntArray
    closures: tuple[str, ...]
    step_m: float
    snap_limit_m: float

    @property
    def ways(self) -> RoadWays:
        """The same as assignments take it."""
        return RoadWays(self.row_of_home, np.where(self.no_road, 0.0, self.access), self.cost)


async def road_distances(
    conn: Connection,
    homes: Located,
    shelters: Located,
    event: str | None,
    options: RoadOptions | None = None,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> RoadDistances:
    """Every home's way to every shelter; raises InvalidInput where the store knows no roads."""
    asked = options or RoadOptions()
    await road_graph(conn)
    edges = await _edges(conn)
    plane = plane_of(float((np.min(homes.lon) + np.max(homes.lon)) / 2))
    lines_m = plane.projected(edges.lines)
    closures = await closures_in_force(conn, event, asked.at) if event else []
    cuts, _ = cuts_of(closures, plane, edges.roads, lines_m)
    network = edges.network(asked)
    where = _Snap(plane, lines_m, network, asked)
    at_home, at_shelter = where.spots(homes), where.spots(shelters)
    found = ways(network, at_home, at_shelter, cuts, asked.limit, progress, cancelled)
    return RoadDistances(
        found.row_of_home,
        found.access,
        found.cost,
        at_home.edge == NO_ROAD,
        _cut_off(found),
        np.flatnonzero(at_shelter.edge == NO_ROAD),
        tuple(closure.id for closure in closures),
        found.step_m,
        asked.snap_limit_m,
    )


async def closures_in_force(conn: Connection, event: str, at: datetime | None) -> list[Closure]:
    """The closures of the event that hold at a time, None for now."""
    cursor = await conn.execute(sql("road_closures_in_force"), {"event": event, "at": at})
    return [
        Closure(
            row["id"],
            row["direction"] == "both",
            row["roads"],
            shapely.get_parts(shapely.from_wkb(row["stretches"])),
        )
        for row in await cursor.fetchall()
    ]


@dataclass(frozen=True)
class _Edges:
    """The edges of the graph, column by column."""

    roads: Sequence[str]
    start: IntArray
    end: IntArray
    length_m: FloatArray
    oneway: Sequence[str]
    kmh: dict[Travel, FloatArray]
    lines: Geometries

    def network(self, asked: RoadOptions) -> RoadNetwork:
        """The edges as one travels on them; one-way binds vehicles alone."""
        kmh = self.kmh[asked.travel]
        oneway = np.asarray(self.oneway, object)
        free = asked.travel is Travel.WALKING
        minutes = np.divide(self.length_m * 0.06, kmh, where=kmh > 0, out=np.zeros(len(kmh)))
        return RoadNetwork(
            int(max(self.start.max(), self.end.max())) + 1,
            self.start,
            self.end,
            self.length_m,
            self.length_m if asked.measure is Measure.METRES else minutes,
            (kmh > 0) & (free | (oneway != "backward")),
            (kmh > 0) & (free | (oneway != "forward")),
        )


async def _edges(conn: Connection) -> _Edges:
    async with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        await cursor.execute(sql("road_edges"))
        rows = await cursor.fetchall()
    if not rows:
        raise InvalidInput(
            "The store knows no roads: import some (layer roads), or ask for straight distances."
        )
    roads, start, end, length_m, oneway, vehicle_kmh, walking_kmh, lines = zip(*rows, strict=True)
    return _Edges(
        roads,
        np.array(start, np.int64),
        np.array(end, np.int64),
        np.array(length_m, float),
        oneway,
        {
            Travel.VEHICLE: np.array(vehicle_kmh, float),
            Travel.WALKING: np.array(walking_kmh, float),
        },
        shapely.from_wkb(lines),
    )


class _Snap:
    """Finds for places the nearest edge that is open, and where on it they come out."""

    def __init__(
        self, plane: Plane, lines_m: Geometries, network: RoadNetwork, asked: RoadOptions
    ) -> None:
        self._plane, self._lines_m, self._limit_m = plane, lines_m, asked.snap_limit_m
        self._open = np.flatnonzero(network.forward | network.backward)
        self._tree = shapely.STRtree(lines_m[self._open])
        self._per_metre = 1.0
        if asked.measure is Measure.MINUTES:  # the way to the road is always walked
            self._per_metre = 0.06 / shipped_road_speeds().walking_kmh["village"]

    def spots(self, places: Located) -> Spots:
        metres = np.column_stack(self._plane.metres(places.lon, places.lat))
        points: Geometries = np.asarray(shapely.points(metres), object)
        place, found = self._tree.query_nearest(
            points, max_distance=self._limit_m, all_matches=False
        )
        edge = np.full(len(points), NO_ROAD, np.int64)
        edge[place] = self._open[found]
        line = self._lines_m[edge[place]]
        share, access = np.zeros(len(points)), np.full(len(points), np.inf)
        share[place] = shapely.line_locate_point(line, points[place], normalized=True)
        access[place] = shapely.distance(line, points[place]) * self._per_metre
        return Spots(edge, share, access)


def _cut_off(found: Ways) -> BoolArray:
    cut_off = np.zeros(len(found.row_of_home), bool)
    on_road = np.flatnonzero(found.row_of_home != NO_ROAD)
    cut_off[on_road] = np.isinf(found.nearest[found.row_of_home[on_road]])
    return cut_off
