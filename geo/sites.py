"""Where a settlement, shelter or depot may stand: the refusals, and the best of what remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
import shapely
from psycopg.types.json import Jsonb

from geo import jobs
from geo.candidates import Candidates, given_candidates, open_ground_in
from geo.database import Connection
from geo.siting_answer import answer
from geo.siting_choice import Choice
from geo.siting_scene import Scene, one_moment, scene_of, within_of
from geo.siting_survey import SitingRequest
from relief.alternatives import alternatives
from relief.chosen_sites import reached_weight
from relief.errors import Fault, InvalidInput
from relief.progress import Progress, silent
from relief.reach import IntArray
from relief.siting import choose_sites

_MOST_ALTERNATIVES = 50


async def run(context: jobs.JobContext) -> None:
    """Carries out a siting job: its result is GeoJSON, and its sites are stored with it."""
    request = SitingRequest(**context.job.parameters)
    found = await answered(context.conn, request, context.payload, context.progress)
    async with context.conn.transaction():
        await _store(context.conn, context.job.id, request, found)
        await jobs.finish(context.conn, context.job.id, found)


async def answered(
    conn: Connection, request: SitingRequest, collection: bytes | None, progress: Progress
) -> dict[str, Any]:
    """The answer for the candidates that came with the request, else the area's open ground."""
    async with one_moment(conn):
        candidates = await candidates_for(conn, request, collection)
        scene = await scene_of(conn, request, candidates, collection is not None)
    return answer_of(scene, progress)


async def candidates_for(
    conn: Connection, request: SitingRequest, collection: bytes | None
) -> Candidates:
    """The candidates that came with the request (GeoJSON), else the area's open ground."""
    if collection is not None:
        return given_candidates(orjson.loads(collection), request.crs)
    within = within_of(request)
    ground = await open_ground_in(conn, request.admin_area, within)
    if within is not None and not len(ground):
        detail = f"No open ground on file in {request.admin_area} lies inside the outline."
        raise InvalidInput(detail, [Fault("/within", "Draw it wider, or send `candidates`.")])
    if not len(ground):
        raise InvalidInput(
            f"No open ground is on file in {request.admin_area}; import some or send `candidates`."
        )
    return ground


async def sites(
    conn: Connection,
    request: SitingRequest,
    candidates: Candidates,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The answer for these candidates."""
    return answer_of(await scene_of(conn, request, candidates), progress)


def answer_of(scene: Scene, progress: Progress = silent) -> dict[str, Any]:
    """The answer as GeoJSON, with the parameters and the data that it can be asked again by."""
    progress(0.2)
    pool = scene.survey.pool
    choice = _chosen(scene, pool, progress) if len(pool) else None
    return answer(scene.survey, scene.standing, choice, float(scene.demand.weight.sum())) | {
        "parameters": asdict(scene.survey.request),
        "data_version": scene.data_version,
        "distances_in": f"EPSG:{scene.plane.epsg}",
    }


def _chosen(scene: Scene, pool: IntArray, progress: Progress) -> Choice:
    survey, request = scene.survey, scene.survey.request
    middle = shapely.get_coordinates(shapely.centroid(survey.ground[pool]))
    each = request.ground_per_person_m2
    room = np.floor(survey.ground_area_m2[pool] / each) if each else None
    places = scene.standing.and_ground(middle, room, scene.plane)
    fixed = np.arange(len(scene.standing))
    position = {int(one): len(fixed) + i for i, one in enumerate(pool)}

    def overlaps(one: int) -> IntArray:
        if one < len(fixed):
            return np.zeros(0, np.int64)
        others = survey.overlapping(int(pool[one - len(fixed)]))[0]
        return np.array([position[int(o)] for o in others if int(o) in position], np.int64)

    found = choose_sites(
        scene.demand,
        places,
        request.count,
        request.objective,
        request.radius_m,
        fixed,
        lambda share: progress(0.2 + 0.6 * share),
        overlaps=overlaps,
    )
    others = alternatives(
        scene.demand,
        places,
        found,
        request.objective,
        request.radius_m,
        len(fixed),
        _MOST_ALTERNATIVES,
        overlaps,
    )
    progress(0.9)
    first = found.chosen[: len(fixed) + request.count]
    reached = (
        reached_weight(scene.demand, places, first, request.radius_m or 0.0)
        if request.objective == "set_cover"
        else None
    )
    return Choice(pool, len(fixed), found, others, reached)


async def _store(
    conn: Connection, job_id: str, request: SitingRequest, found: Mapping[str, Any]
) -> None:
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO sites (job, event, rank, candidate, purpose, ground_area_m2,"
            " serves_people, survey_required, engineering_required, nearest, geom)"
            " VALUES (%(job)s, %(event)s, %(rank)s, %(candidate)s, %(purpose)s,"
            " %(ground_area_m2)s, %(serves_people)s, %(survey_required)s,"
            " %(engineering_required)s, %(nearest)s,"
            " ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(%(geometry)s), 4490)))",
            [_row(job_id, request, feature) for feature in found["features"]],
        )


def _row(job_id: str, request: SitingRequest, feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature["properties"]
    return {
        **properties,
        "job": job_id,
        "event": request.event,
        "nearest": Jsonb(properties["nearest"]),
        "geometry": orjson.dumps(feature["geometry"]).decode(),
    }
