"""Homes and shelters on the roads of the store, with closures in force."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import LineString, Point

from geo.database import Connection
from geo.road_closures import NewClosure, add_closure, closures_of, lift_closure
from geo.road_distances import Measure, RoadDistances, RoadOptions, road_distances
from geo.road_graph import road_graph
from relief.errors import InvalidInput, NotFound
from relief.reach import FloatArray
from relief.road_network import NO_ROAD
from relief.road_speeds import Travel

METRE_N = 1 / 110_990
METRE_E = 1 / 87_830  # at 38 N
WEST, SOUTH = 113.5, 38.0
NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)


def place(x: float, y: float) -> tuple[float, float]:
    """So many metres east and north of the corner."""
    return WEST + x * METRE_E, SOUTH + y * METRE_N


def line(*places: tuple[float, float]) -> LineString:
    return LineString([place(*p) for p in places])


@dataclass(frozen=True)
class Places:
    lon: FloatArray
    lat: FloatArray


def at(*places: tuple[float, float]) -> Places:
    lon, lat = zip(*(place(*p) for p in places), strict=True)
    return Places(np.array(lon), np.array(lat))


class Town:
    """A square of one kilometre with a road on each side, and a lane on its own farther east.

    The south side is RS, then east RE, north RN and west RW.
    """

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.event = "quake"

    async def build(self) -> None:
        corners = [(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0)]
        sides = list(zip(("RS", "RE", "RN", "RW"), corners[:-1], corners[1:], strict=True))
        for name, start, end in sides:
            await self.road(name, line(start, end))
        await self.road("LANE", line((5000, 0), (5500, 0)), "village")
        await self.conn.execute(
            "INSERT INTO admin_areas (code, level, name, source) VALUES"
            " ('14', 'province', 'p', 't')"
        )
        await self.conn.execute(
            "INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES"
            " ('quake', 'earthquake', 'q', '2026-05-08T00:00Z', 'yangquan-2026', '14')"
        )

    async def road(
        self, name: str, shape: LineString, kind: str = "county", oneway: str = "both"
    ) -> None:
        await self.conn.execute(
            "INSERT INTO roads (id, class, oneway, geom, source)"
            " VALUES (%s, %s, %s, ST_Multi(ST_GeomFromText(%s, 4490)), 'test')",
            (name, kind, oneway, shapely.to_wkt(shape, rounding_precision=9)),
        )

    async def distances(self, homes: Places, shelters: Places, **options: object) -> RoadDistances:
        asked = RoadOptions(at=NOW, **options)  # type: ignore[arg-type]
        return await road_distances(self.conn, homes, shelters, self.event, asked)

    async def metres(self, home: tuple[float, float], shelter: tuple[float, float]) -> float:
        found = await self.distances(at(home), at(shelter))
        return round(float(found.access[0] + found.cost[found.row_of_home[0], 0]), 0)

    async def close(
        self, shape: shapely.Geometry, direction: str = "both", **when: datetime
    ) -> str:
        asked = NewClosure(
            shape,
            direction,
            when.get("from_at", NOW - timedelta(hours=1)),
            when.get("until_at"),
            "rockfall",
            "desk",
        )
        return await add_closure(self.conn, self.event, asked, await self.token())

    async def token(self) -> int:
        cursor = await self.conn.execute(
            "INSERT INTO tokens (secret_sha256, prefix, kind, label, role, admin_area) VALUES"
            " (sha256(gen_random_uuid()::text::bytea), 'x', 'token', 't', 'planner', '14')"
            " RETURNING id"
        )
        row = await cursor.fetchone()
        assert row is not None
        return int(row["id"])


@pytest.fixture
async def town(conn: Connection) -> Town:
    built = Town(conn)
    await built.build()
    return built


async def test_the_way_is_along_the_roads_and_straight_to_them(town: Town) -> None:
    assert await town.metres((200, 30), (800, -40)) == pytest.approx(670, abs=2)
    assert await town.metres((200, 0), (1000, 700)) == pytest.approx(1500, abs=3)


async def test_lengths_are_those_of_the_ellipsoid(town: Town) -> None:
    found = await town.distances(at((0, 0)), at((1000, 0)))
    geodesic = Geod(ellps="GRS80").inv(*place(0, 0), *place(1000, 0))[2]
    assert found.cost[0, 0] == pytest.approx(geodesic, rel=1e-5)


async def test_who_lies_too_far_from_a_road_has_none(town: Town) -> None:
    found = await town.distances(at((500, -300), (500, -30)), at((900, 0)), snap_limit_m=100.0)
    assert found.no_road.tolist() == [True, False]
    assert found.row_of_home[0] == NO_ROAD
    assert not found.cut_off.any()


async def test_a_lane_on_its_own_reaches_no_shelter(town: Town) -> None:
    found = await town.distances(
        at((5200, 10), (500, 10)), at((900, 0), (500, 500)), snap_limit_m=99
    )
    assert found.cut_off.tolist() == [True, False]
    assert found.shelters_off_road.tolist() == [1]
    summary = (await road_graph(town.conn))["summary"]
    assert summary["islands"] == 2
    assert summary["smaller_islands"][0]["road"] == "LANE"


async def test_one_way_binds_vehicles_not_walkers(town: Town) -> None:
    await town.conn.execute("UPDATE roads SET oneway = 'backward' WHERE id = 'RS'")
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(3400, abs=5)
    assert await town.metres((800, 0), (200, 0)) == pytest.approx(600, abs=2)
    walking = await town.distances(at((200, 0)), at((800, 0)), travel=Travel.WALKING)
    assert walking.cost[0, 0] == pytest.approx(600, abs=2)


async def test_minutes_go_by_the_speed_of_the_road(town: Town) -> None:
    await town.conn.execute("UPDATE roads SET vehicle_kmh = 10 WHERE id = 'RS'")
    found = await town.distances(at((0, 0)), at((1000, 0)), measure=Measure.MINUTES)
    assert found.cost[0, 0] == pytest.approx(3000 / 40 * 0.06, rel=0.01)  # round by the others


async def test_walkers_keep_off_motorways(town: Town) -> None:
    await town.road("MW", line((0, 0), (1000, 1000)), "motorway")
    homes, shelters = at((500, 480)), at((1000, 1000))
    driving = await town.distances(homes, shelters)
    assert driving.access[0] < 20
    walking = await town.distances(homes, shelters, travel=Travel.WALKING)
    assert walking.access[0] > 450


async def test_a_point_closes_the_road_and_all_go_round(town: Town) -> None:
    closure = await town.close(Point(place(500, 20)))
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(3400, abs=5)
    assert await town.metres((200, 0), (100, 0)) == pytest.approx(100, abs=2)
    assert (await town.distances(at((0, 0)), at((0, 0)))).closures == (closure,)


async def test_a_long_straight_road_is_closed_and_reached_as_a_short_one(town: Town) -> None:
    await town.road("LONG", line((0, -9000), (60_000, -9000)))
    found = await town.distances(at((30_000, -9000)), at((50_000, -9000)))
    assert found.access[0] < 0.5
    assert found.cost[0, 0] == pytest.approx(20_000, rel=2e-3)
    await town.close(Point(place(40_000, -9000)))
    found = await town.distances(at((30_000, -9000)), at((50_000, -9000)))
    assert found.cut_off.tolist() == [True]


async def test_closing_every_way_out_cuts_off(town: Town) -> None:
    for x, y in ((500, 0), (0, 500)):
        await town.close(Point(place(x, y)))
    found = await town.distances(at((100, 0), (900, 0)), at((1000, 500)))
    assert found.cut_off.tolist() == [True, False]


async def test_a_line_closes_what_it_runs_along_and_not_what_it_crosses(town: Town) -> None:
    await town.road("CROSS", line((500, -500), (500, 0)))
    await town.conn.execute("DELETE FROM roads WHERE id = 'RS'")
    await town.road("RS", line((0, 0), (500, 0), (1000, 0)))
    await town.close(line((300, 20), (700, 25)))
    (closure,) = await closures_of(town.conn, town.event, None)
    assert set(closure["roads"]) == {"RS"}
    assert closure["length_m"] == pytest.approx(400, abs=45)


async def test_one_direction_is_closed_as_it_is_drawn(town: Town) -> None:
    await town.close(line((600, 5), (400, 5)), "drawn")
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(600, abs=2)
    assert await town.metres((800, 0), (200, 0)) == pytest.approx(3400, abs=5)


async def test_a_closure_holds_from_its_beginning_to_its_end(town: Town) -> None:
    await town.close(Point(place(500, 0)), from_at=NOW + timedelta(minutes=1))
    await town.close(
        Point(place(500, 0)), from_at=NOW - timedelta(hours=2), until_at=NOW - timedelta(hours=1)
    )
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(600, abs=2)
    assert len(await closures_of(town.conn, town.event, None)) == 2
    assert await closures_of(town.conn, town.event, NOW) == []


async def test_a_closure_that_is_lifted_closes_nothing_and_stays_on_file(town: Town) -> None:
    closure = await town.close(Point(place(500, 0)))
    assert await lift_closure(town.conn, town.event, closure, "desk", "cleared")
    assert not await lift_closure(town.conn, town.event, closure, "desk", "cleared")
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(600, abs=2)
    (kept,) = await closures_of(town.conn, town.event, None)
    assert kept["lifted_reason"] == "cleared"
    with pytest.raises(NotFound):
        await lift_closure(town.conn, town.event, "nothing", "desk", None)


async def test_closures_outlast_a_new_graph(town: Town) -> None:
    await town.close(Point(place(500, 0)))
    before = await road_graph(town.conn)
    await town.road("NEW", line((500, 100), (500, 900)))
    after = await road_graph(town.conn)
    assert after["summary"]["edges"] == before["summary"]["edges"] + 1
    assert await road_graph(town.conn) == after
    assert await town.metres((200, 0), (800, 0)) == pytest.approx(3400, abs=5)


async def test_a_place_far_from_every_road_closes_nothing(town: Town) -> None:
    with pytest.raises(InvalidInput) as refused:
        await town.close(Point(place(500, 500)))
    assert refused.value.faults[0].at == "/location"
    assert await closures_of(town.conn, town.event, None) == []


async def test_without_roads_there_are_no_distances_by_road(conn: Connection) -> None:
    with pytest.raises(InvalidInput, match="no roads"):
        await road_distances(conn, at((0, 0)), at((0, 0)), None)
