"""Who sleeps where: an event's homeless households placed in open shelters, stored as one plan."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from psycopg.types.json import Jsonb

from geo import jobs
from geo.crs_zones import plane_of
from geo.database import Connection
from geo.households import HouseholdFilter, PlacedHouseholds, households_to_place
from geo.road_distances import RoadDistances, RoadOptions, road_distances
from geo.road_reasons import with_road_reasons
from geo.shelters import OpenShelters, ShelterFilter, shelters_with_places
from relief.assignment import OUTSIDE, Assignment, Households, Shelters, assign
from relief.errors import InvalidInput
from relief.precedence import groups_named, precedence
from relief.progress import Progress, silent
from relief.road_speeds import Travel


@dataclass(frozen=True)
class AssignmentRequest:
    """What is asked; `priority` names key groups, the first goes first. With `distance` road all
    distances are by road, as one travels on it by `travel`."""

    event: str
    admin_area: str
    households: HouseholdFilter = field(default_factory=HouseholdFilter)
    shelters: ShelterFilter = field(default_factory=ShelterFilter)
    max_distance_m: float | None = None
    priority: tuple[str, ...] = ()
    distance: str = "straight"
    travel: str = "vehicle"

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> AssignmentRequest:
        """The request that a job's parameters hold."""
        return cls(
            **{
                **parameters,
                "households": HouseholdFilter(**parameters["households"]),
                "shelters": ShelterFilter(**parameters["shelters"]),
            }
        )


@dataclass(frozen=True)
class Plan:
    """The places, beside the households and shelters that their numbers stand for."""

    households: PlacedHouseholds
    shelters: OpenShelters
    places: Assignment
    roads: RoadDistances | None = None

    @property
    def gap(self) -> float | None:
        """person_metres / lower_bound - 1; None where the bound is nought and somebody walks."""
        return self.places.gap if math.isfinite(self.places.gap) else None


async def run(context: jobs.JobContext) -> None:
    """Carries out an assignment job: the plan and the job's result are stored together."""
    request = AssignmentRequest.of(context.job.parameters)
    plan = await plan_for(context.conn, request, context.progress)
    async with context.conn.transaction():
        assignment = await _store(context.conn, context.job, request, plan)
        await jobs.finish(context.conn, context.job.id, _result(assignment, plan))


async def plan_for(
    conn: Connection, request: AssignmentRequest, progress: Progress = silent
) -> Plan:
    """The plan, not stored; raises InvalidInput where nobody needs a place or none is free."""
    homes = await households_to_place(conn, request.event, request.admin_area, request.households)
    if not homes.ids:
        raise InvalidInput(
            f"No household in {request.admin_area} is to be placed: none of those asked for is"
            " recorded as collapsed or severely damaged in this event."
        )
    places = await shelters_with_places(conn, request.admin_area, request.shelters)
    if not places.ids:
        raise InvalidInput(
            f"No shelter in {request.admin_area} of those asked for is open with free places."
        )
    progress(0.05)
    order = groups_named(request.priority, "/priority")
    rank = np.array([precedence(groups, order) for groups in homes.key_groups], np.int64)
    roads = None
    if request.distance == "road":
        options = RoadOptions(Travel(request.travel), limit=request.max_distance_m or math.inf)
        roads = await road_distances(conn, homes, places, request.event, options)
    return placed(homes, places, rank, request.max_distance_m, progress, roads)


def placed(
    homes: PlacedHouseholds,
    places: OpenShelters,
    rank: np.ndarray[tuple[int], np.dtype[np.int64]],
    max_distance_m: float | None,
    progress: Progress = silent,
    roads: RoadDistances | None = None,
) -> Plan:
    """The plan by road, or by straight lines in the CGCS2000 zone around the middle of the
    households."""
    plane = plane_of(float((homes.lon.min() + homes.lon.max()) / 2))
    found = assign(
        Households(*plane.metres(homes.lon, homes.lat), homes.persons, rank),
        Shelters(*plane.metres(places.lon, places.lat), places.free),
        max_distance_m,
        progress=lambda share: progress(0.05 + 0.85 * share),
        roads=roads.ways if roads else None,
    )
    if roads:
        found = with_road_reasons(found, roads, homes.persons)
    return Plan(homes, places, found, roads)


def _result(assignment: str, plan: Plan) -> dict[str, Any]:
    found = plan.places
    outside = int((found.shelter_of_household == OUTSIDE).sum())
    return {
        "assignment": assignment,
        "assigned_people": found.assigned_people,
        "unassigned_people": found.unassigned_people,
        "assigned_households": len(plan.households.ids) - outside,
        "unassigned_households": outside,
        "shelters": len(plan.shelters.ids),
        "person_metres": found.person_metres,
        "lower_bound": found.lower_bound,
        "gap": plan.gap,
        **({"roads": _roads(plan, plan.roads)} if plan.roads else {}),
        "links": [{"rel": "assignment", "href": f"/api/assignments/{assignment}"}],
    }


def _roads(plan: Plan, roads: RoadDistances) -> dict[str, Any]:
    """What the roads made of the plan."""
    return {
        "closures": list(roads.closures),
        "households_without_road": int(roads.no_road.sum()),
        "households_cut_off": int(roads.cut_off.sum()),
        "shelters_without_road": [plan.shelters.ids[i] for i in roads.shelters_off_road.tolist()],
    }


async def _store(conn: Connection, job: jobs.Job, request: AssignmentRequest, plan: Plan) -> str:
    assignment, found = str(uuid.uuid4()), plan.places
    await conn.execute(
        "INSERT INTO assignments (id, job, event, parameters, assigned_people, unassigned_people,"
        " person_metres, lower_bound, gap, created_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            assignment,
            job.id,
            request.event,
            Jsonb(asdict(request)),
            found.assigned_people,
            found.unassigned_people,
            found.person_metres,
            found.lower_bound,
            plan.gap,
            job.token,
        ),
    )
    await _store_shelters(conn, assignment, plan)
    await _store_households(conn, assignment, plan)
    return assignment


async def _store_shelters(conn: Connection, assignment: str, plan: Plan) -> None:
    homes, places = plan.households, plan.shelters
    inside = plan.places.shelter_of_household != OUTSIDE
    taken = plan.places.shelter_of_household[inside]
    people = np.bincount(taken, homes.persons[inside], len(places.ids)).astype(int)
    async with (
        conn.cursor() as cursor,
        cursor.copy(
            "COPY assignment_shelters (assignment, shelter, capacity, occupancy, assigned_people)"
            " FROM STDIN"
        ) as copy,
    ):
        columns = (places.capacity.tolist(), places.occupancy.tolist(), people.tolist())
        for row in zip(places.ids, *columns, strict=True):
            await copy.write_row((assignment, *row))


async def _store_households(conn: Connection, assignment: str, plan: Plan) -> None:
    homes, places, found = plan.households, plan.shelters, plan.places
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
