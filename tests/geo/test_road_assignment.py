"""A plan by road, and what a cut road makes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from shapely import Point

from geo.assignment import AssignmentRequest, Plan, plan_for
from geo.database import Connection
from geo.road_closures import NewClosure, add_closure
from geo.road_reasons import CUT_OFF, NO_ROAD_NEARBY
from layers.assignment import reason_words
from relief.assignment import OUTSIDE

# One road from west to east, 9 km; a shelter at each end, six homes in between, one far off.
ROAD = "MULTILINESTRING((113.50 37.9, 113.55 37.9, 113.60 37.9))"
HOMES = [113.51, 113.52, 113.53, 113.56, 113.58, 113.59]


@pytest.fixture
async def valley(conn: Connection) -> Connection:
    await conn.execute(
        "INSERT INTO admin_areas (code, level, name, source) VALUES"
        " ('1403', 'prefecture', '阳泉市', 'test')"
    )
    await conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES"
        " ('e', 'earthquake', '9.15 地震', now(), 'yangquan-2026', '1403')"
    )
    await conn.execute(
        "INSERT INTO roads (id, class, geom, source)"
        " VALUES ('R', 'county', ST_GeomFromText(%s, 4490), 'test')",
        [ROAD],
    )
    for i, lon in enumerate([*HOMES, 113.55]):
        lat = 37.9005 if i < len(HOMES) else 37.95
        await conn.execute(
            "INSERT INTO households (id, area, persons, geom, source)"
            " VALUES (%s, '1403', 4, ST_Point(%s, %s, 4490), 'test')",
            [f"H{i}", lon, lat],
        )
    await conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT 'e', id, 'collapsed', 'test' FROM households"
    )
    for name, lon in (("WEST", 113.50), ("EAST", 113.60)):
        await conn.execute(
            "INSERT INTO shelters (id, name, area, level, capacity, geom, source) VALUES"
            " (%s, '样例', '1403', 'township', 30, ST_Point(%s, 37.9, 4490), 'test')",
            [name, lon],
        )
    return conn


async def plan(conn: Connection, **asked: Any) -> Plan:
    return await plan_for(conn, AssignmentRequest("e", "1403", distance="road", **asked))


async def close(conn: Connection, lon: float) -> None:
    cursor = await conn.execute(
        "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
        " VALUES (sha256(gen_random_uuid()::text::bytea), 'rm', 'test', 'planner', '1403')"
        " RETURNING id"
    )
    row = await cursor.fetchone()
    assert row is not None
    begun = datetime.now(UTC) - timedelta(days=1)
    asked = NewClosure(Point(lon, 37.9), "both", begun, None, "rockfall", "desk")
    await add_closure(conn, "e", asked, row["id"])


def shelters(found: Plan) -> list[str | None]:
    ids = dict(enumerate(found.shelters.ids))
    return [ids.get(number) for number in found.places.shelter_of_household.tolist()]


def reasons(found: Plan) -> dict[str, str]:
    return {found.households.ids[one.household]: one.reason for one in found.places.leftovers}


async def test_each_goes_to_the_nearer_end_and_who_has_no_road_stays(valley: Connection) -> None:
    found = await plan(valley)
    assert shelters(found) == ["WEST"] * 3 + ["EAST"] * 3 + [None]
    assert reasons(found) == {"H6": NO_ROAD_NEARBY}
    assert found.places.gap == pytest.approx(0)
    straight_m = (113.51 - 113.50) * 87_900
    assert found.places.distance_m[0] == pytest.approx(straight_m + 55, rel=0.01)


async def test_a_cut_road_sends_people_the_other_way(valley: Connection) -> None:
    await close(valley, 113.525)
    found = await plan(valley)
    assert shelters(found) == ["WEST"] * 2 + ["EAST"] * 4 + [None]
    assert found.roads is not None
    assert len(found.roads.closures) == 1


async def test_between_two_cuts_people_are_cut_off_and_told_so(valley: Connection) -> None:
    for lon in (113.525, 113.545):
        await close(valley, lon)
    found = await plan(valley)
    assert reasons(found) == {"H2": CUT_OFF, "H6": NO_ROAD_NEARBY}
    assert found.places.unassigned_people == 8
    left = {found.households.ids[one.household]: one for one in found.places.leftovers}
    told = [reason_words(one.reason, one.numbers) for one in left.values()]
    assert "4" in told[0]["zh"]
    assert "cut off" in told[0]["en"]
    assert "2000 m" in told[1]["en"]


async def test_the_longest_way_is_by_road(valley: Connection) -> None:
    found = await plan(valley, max_distance_m=2000.0)
    near = np.array([113.51, 113.52, 113.58, 113.59])
    placed = found.places.shelter_of_household[:6] != OUTSIDE
    assert sorted(np.array(HOMES)[placed]) == pytest.approx(sorted(near))
    assert reasons(found)["H2"] == "no_shelter_within_max_distance"


async def test_walkers_may_go_against_a_one_way_road(valley: Connection) -> None:
    await valley.execute("UPDATE roads SET oneway = 'forward'")
    by_vehicle = await plan(valley)
    assert set(shelters(by_vehicle)) == {"EAST", None}
    walking = await plan(valley, travel="walking")
    assert shelters(walking) == ["WEST"] * 3 + ["EAST"] * 3 + [None]
