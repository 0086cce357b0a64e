"""Who sleeps where: an event's homeless households placed in open shelters, stored as one plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from geo import jobs
from geo.assignment_request import AssignmentRequest
from geo.assignment_scene import Scene, scene_of
from geo.assignment_storage import store
from geo.database import Connection
from geo.households import PlacedHouseholds
from geo.road_distances import RoadDistances
from geo.road_reasons import with_road_reasons
from geo.shelters import OpenShelters
from relief.assignment import OUTSIDE, Assignment, assign
from relief.duality import checked_bound
from relief.progress import Progress, silent
from relief.replan import Replan, replan

__all__ = ["AssignmentRequest", "Plan", "plan_for", "run"]


@dataclass(frozen=True)
class Plan:
    """The places, beside the scene whose households and shelters their numbers stand for.

    `replanned` is what keeping an earlier plan made of it, `fresh` the plan that keeps nothing.
    """

    scene: Scene
    places: Assignment
    replanned: Replan | None = None
    fresh: Assignment | None = None

    @property
    def households(self) -> PlacedHouseholds:
        """Who is placed or left over."""
        return self.scene.homes

    @property
    def shelters(self) -> OpenShelters:
        """Where people may be placed."""
        return self.scene.places

    @property
    def roads(self) -> RoadDistances | None:
        """The ways by road, where they were asked for."""
        return self.scene.roads

    @property
    def gap(self) -> float | None:
        """person_metres / lower_bound - 1; None where the bound is nought and somebody walks."""
        return self.places.gap if math.isfinite(self.places.gap) else None


async def run(context: jobs.JobContext) -> None:
    """Carries out an assignment job: the plan and the job's result are stored together."""
    request = AssignmentRequest.of(context.job.parameters)
    plan = await plan_for(context.conn, request, context.progress)
    findings = _findings(plan)
    async with context.conn.transaction():
        assignment = await store(
            context.conn, context.job, plan.scene, plan.places, plan.gap, findings
        )
        await jobs.finish(context.conn, context.job.id, _result(assignment, plan))


async def plan_for(
    conn: Connection, request: AssignmentRequest, progress: Progress = silent
) -> Plan:
    """The plan, not stored; raises InvalidInput as `scene_of` does."""
    scene = await scene_of(conn, request)
    progress(0.05)
    ways = scene.roads.ways if scene.roads else None
    homes, places, limit_m = scene.households(), scene.shelters(), request.max_distance_m
    share = 0.9 if scene.kept is None else 0.5
    fresh = assign(
        homes, places, limit_m, progress=partial(_share, progress, 0.05, share), roads=ways
    )
    if scene.kept is None:
        return Plan(scene, _explained(scene, fresh))
    found = replan(
        homes,
        places,
        scene.kept.former(scene.homes, scene.places),
        request.moving_price_m,
        limit_m,
        partial(_share, progress, share, 0.9),
        roads=ways,
    )
    return Plan(scene, _explained(scene, _as_plan(found, fresh)), found, fresh)


def _share(progress: Progress, begin: float, end: float, done: float) -> None:
    progress(begin + (end - begin) * done)


def _explained(scene: Scene, found: Assignment) -> Assignment:
    if scene.roads is None:
        return found
    return with_road_reasons(found, scene.roads, scene.homes.persons)


def _as_plan(found: Replan, fresh: Assignment) -> Assignment:
    """The new plan with the bound of the one that keeps nothing: it holds for as many people and
    for more; for fewer only nought is known."""
    walked = found.person_metres
    holds = found.assigned_people >= fresh.assigned_people
    bound = checked_bound(fresh.lower_bound, walked) if holds else 0.0
    gap = 0.0 if walked == bound else walked / bound - 1 if bound > 0 else np.inf
    return Assignment(
        found.shelter_of_household,
        found.distance_m,
        walked,
        bound,
        gap,
        found.assigned_people,
        found.unassigned_people,
        found.leftovers,
    )


def _findings(plan: Plan) -> dict[str, Any]:
    """What a plan tells besides who goes where."""
    scene = plan.scene
    found: dict[str, Any] = {"unsafe_shelters": _unsafe(scene), "shelters_out": scene.out}
    if scene.roads:
        found["roads"] = _roads(plan, scene.roads)
    if plan.replanned and plan.fresh:
        found["replanned"] = _replanned(plan, plan.replanned, plan.fresh)
    if plan.places.split:
        villages = scene.villages()
        found["split"] = [
            {"village": villages[one.group], "reason": one.reason, "numbers": dict(one.numbers)}
            for one in plan.places.split
        ]
    return found


def _unsafe(scene: Scene) -> list[dict[str, Any]]:
    taken = scene.request.unsafe == "allow"
    return [
        {
            "shelter": one,
            "name": scene.names[one],
            "taken": taken,
            "dangers": [danger.as_json() for danger in dangers],
        }
        for one, dangers in scene.dangers.items()
    ]


def _replanned(plan: Plan, found: Replan, fresh: Assignment) -> dict[str, Any]:
    """How many move, what that costs, how near to the best, and what keeping nothing would do."""
    assert plan.scene.kept is not None
    persons = plan.households.persons
    former = plan.scene.kept.former(plan.households, plan.shelters)
    would_move = (former != OUTSIDE) & (fresh.shelter_of_household != former)
    here = set(plan.households.ids)
    return {
        "moving_price_m": plan.scene.request.moving_price_m,
        "moved_households": len(found.moved),
        "moved_people": found.moved_people,
        "cost_m": found.cost_m,
        "cost_bound_m": found.cost_bound_m,
        "cost_gap": found.cost_m / found.cost_bound_m - 1 if found.cost_bound_m else None,
        "no_longer_placed": sum(one not in here for one in plan.scene.kept.shelter_of),
        "without_keeping": {
            "moved_households": int(would_move.sum()),
            "moved_people": int(persons[would_move].sum()),
            "assigned_people": fresh.assigned_people,
            "person_metres": fresh.person_metres,
        },
    }


def _result(assignment: str, plan: Plan) -> dict[str, Any]:
    found = plan.places
    outside = int((found.shelter_of_household == OUTSIDE).sum())
    moves = {"rel": "moves", "href": f"/api/assignments/{assignment}/moves"}
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
        "data_version": plan.scene.data_version,
        **({"roads": _roads(plan, plan.roads)} if plan.roads else {}),
        **({"moved_people": plan.replanned.moved_people} if plan.replanned else {}),
        "links": [
            {"rel": "assignment", "href": f"/api/assignments/{assignment}"},
            *([moves] if plan.replanned else []),
        ],
    }


def _roads(plan: Plan, roads: RoadDistances) -> dict[str, Any]:
    """What the roads made of the plan."""
    return {
        "closures": list(roads.closures),
        "households_without_road": int(roads.no_road.sum()),
        "households_cut_off": int(roads.cut_off.sum()),
        "shelters_without_road": [plan.shelters.ids[i] for i in roads.shelters_off_road.tolist()],
    }
