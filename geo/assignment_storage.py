"""A plan on its way into the store: all of it inside the transaction that ends its job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from psycopg.types.json import Jsonb

from geo import jobs
from geo.assignment_scene import Scene
from geo.database import Connection
from relief.assignment import OUTSIDE, Assignment
from relief.percentiles import distance_percentiles


async def store(
    conn: Connection,
    job: jobs.Job,
    scene: Scene,
    found: Assignment,
    gap: float | None,
    findings: Mapping[str, Any],
) -> str:
    """The id under which the plan now stands; called inside a transaction."""
    assignment, inside = str(uuid.uuid4()), found.shelter_of_household != OUTSIDE
    walked = distance_percentiles(found.distance_m[inside], scene.homes.persons[inside])
    await conn.execute(
        "INSERT INTO assignments (id, job, event, parameters, assigned_people, unassigned_people,"
        " person_metres, lower_bound, gap, created_by, kept, data_version, findings)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            assignment,
            job.id,
            scene.request.event,
            Jsonb(asdict(scene.request)),
            found.assigned_people,
            found.unassigned_people,
            found.person_metres,
            found.lower_bound,
            gap,
            job.token,
            scene.request.keep,
            Jsonb(scene.data_version),
            Jsonb({"distance_percentiles": walked, **findings}),
        ),
    )
    await _store_shelters(conn, assignment, scene, found)
    await _store_households(conn, assignment, scene, found)
    return assignment


async def _store_shelters(
    conn: Connection, assignment: str, scene: Scene, found: Assignment
) -> None:
    places, persons = scene.places, scene.homes.persons
    seats = found.shelter_of_household
    order = np.argsort(seats, kind="stable")
    begin = np.searchsorted(seats[order], np.arange(len(places.ids) + 1))
    async with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY assignment_shelters (assignment, shelter, capacity, occupancy, reserved,"
            " assigned_people, distance_percentiles) FROM STDIN"
        ) as copy,
    ):
        columns = (column.tolist() for column in (places.capacity, places.occupancy))
        reserved = np.minimum(places.reserved, places.capacity).tolist()
        for number, row in enumerate(zip(places.ids, *columns, reserved, strict=True)):
            own = order[begin[number] : begin[number + 1]]
            walked = distance_percentiles(found.distance_m[own], persons[own])
            told = None if walked is None else Jsonb(walked)
            await copy.write_row((assignment, *row, int(persons[own].sum()), told))


async def _store_households(
    conn: Connection, assignment: str, scene: Scene, found: Assignment
) -> None:
    homes, places = scene.homes, scene.places
    reasons = {one.household: one for one in found.leftovers}
    persons, metres = homes.persons.tolist(), found.distance_m.tolist()
    async with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY assignment_households (assignment, household, persons, shelter, distance_m,"
            " reason, reason_numbers) FROM STDIN"
        ) as copy,
    ):
        for number, shelter in enumerate(found.shelter_of_household.tolist()):
            row = (assignment, homes.ids[number], persons[number])
            if shelter == OUTSIDE:
                why = reasons[number]
                await copy.write_row((*row, None, None, why.reason, Jsonb(dict(why.numbers))))
            else:
                await copy.write_row((*row, places.ids[shelter], metres[number], None, None))
