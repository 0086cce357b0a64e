"""Assignments on the store: measured in the place's own zone, stored whole or not at all."""

from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from geo import jobs
from geo.assignment import AssignmentRequest, plan_for, run
from geo.assignment_records import households_of
from geo.database import Connection
from geo.households import HouseholdFilter
from relief.errors import InvalidInput
from relief.progress import silent

GEOD = Geod(ellps="GRS80")


@pytest.fixture
async def quake(conn: Connection) -> Connection:
    """Forty homeless households around 阳泉 and four shelters with room for most of them."""
    rng = np.random.default_rng(3)
    await conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, source) VALUES"
        " ('14', 'province', NULL, '山西省', 'test'),"
        " ('1403', 'prefecture', '14', '阳泉市', 'test')"
    )
    await conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES"
        " ('e', 'earthquake', '9.15 地震', now(), 'yangquan-2026', '1403')"
    )
    for i in range(40):
        place = (113.6 + rng.normal(0, 0.05), 37.9 + rng.normal(0, 0.05))
        await conn.execute(
            "INSERT INTO households (id, area, persons, geom, source)"
            " VALUES (%s, '1403', %s, ST_Point(%s, %s, 4490), 'test')",
            [f"H{i:02}", int(rng.integers(1, 7)), *place],
        )
    await conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT 'e', id, 'collapsed', 'test' FROM households"
    )
    for i in range(4):
        place = (113.55 + i * 0.04, 37.9)
        await conn.execute(
            "INSERT INTO shelters (id, name, area, level, capacity, geom, source) VALUES"
            " (%s, '样例', '1403', 'township', 30, ST_Point(%s, %s, 4490), 'test')",
            [f"S{i}", *place],
        )
    return conn


async def claimed(conn: Connection, **request: Any) -> jobs.JobContext:
    row = await (
        await conn.execute(
            "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
            " VALUES (sha256('x'), 'rm', 'test', 'planner', '1403') RETURNING id"
        )
    ).fetchone()
    assert row is not None
    asked = {"event": "e", "admin_area": "1403", "households": {}, "shelters": {}} | request
    await jobs.enqueue(conn, "assignment", asked, row["id"], "e")
    job = await jobs.claim(conn, ["assignment"])
    assert job is not None
    return jobs.JobContext(job, conn, None, silent)


async def test_the_walk_is_measured_in_true_metres(quake: Connection) -> None:
    plan = await plan_for(quake, AssignmentRequest("e", "1403"))
    walked = 0.0
    for i, shelter in enumerate(plan.places.shelter_of_household):
        if shelter >= 0:
            _, _, metres = GEOD.inv(
                plan.households.lon[i],
                plan.households.lat[i],
                plan.shelters.lon[shelter],
                plan.shelters.lat[shelter],
            )
            walked += metres * plan.households.persons[i]
    assert plan.places.person_metres == pytest.approx(walked, rel=3e-4)
    assert plan.places.lower_bound <= plan.places.person_metres


async def test_what_is_stored_adds_up(quake: Connection) -> None:
    context = await claimed(quake)
    await run(context)
    job = await jobs.job_by_id(quake, context.job.id)
    assert job.state == "done"
    assert job.result is not None
    page = await households_of(quake, job.result["assignment"], "1403", "", 100)
    assert len(page.rows) == 40
    placed = [row for row in page.rows if row["shelter"]]
    assert sum(row["persons"] for row in placed) == job.result["assigned_people"]
    walked = sum(row["persons"] * row["distance_m"] for row in placed)
    assert walked == pytest.approx(job.result["person_metres"])
    assert all(row["reason"] for row in page.rows if not row["shelter"])


async def test_a_cancelled_job_stores_no_plan(quake: Connection) -> None:
    context = await claimed(quake)
    await jobs.cancel(quake, context.job.id)
    with pytest.raises(jobs.JobStopped):
        await run(context)
    for table in ("assignments", "assignment_households", "assignment_shelters"):
        cursor = await quake.execute(f"SELECT count(*) AS n FROM {table}")  # type: ignore[arg-type]
        assert await cursor.fetchone() == {"n": 0}


async def test_a_short_reach_leaves_the_far_ones_over(quake: Connection) -> None:
    plan = await plan_for(quake, AssignmentRequest("e", "1403", max_distance_m=2_000))
    assert np.nanmax(plan.places.distance_m) <= 2_000
    assert {one.reason for one in plan.places.leftovers} >= {"no_shelter_within_max_distance"}


async def test_nobody_to_place_is_said(quake: Connection) -> None:
    nobody = HouseholdFilter(damage=("slight",))
    with pytest.raises(InvalidInput, match="No household"):
        await plan_for(quake, AssignmentRequest("e", "1403", nobody))
