"""Where a settlement, shelter or depot may stand: the refusals, and the best of what remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
import shapely
from psycopg.types.json import Jsonb

from geo import jobs
from geo.candidates import Candidates, given_candidates, open_ground_in
from geo.crs_zones import Plane, plane_of
from geo.database import Connection
from geo.demand import demand_in
from geo.obstacles import obstacles_around
from geo.siting_answer import answer
from geo.siting_survey import SitingRequest, Survey
from relief.demand import Candidates as Places
from relief.demand import Demand
from relief.errors import InvalidInput
from relief.progress import Progress, silent
from relief.siting import Sites, choose_sites


async def run(context: jobs.JobContext) -> None:
    """Carries out a siting job: its result is GeoJSON, and its sites are stored with it."""
    request = SitingRequest(**context.job.parameters)
    candidates = await candidates_for(context.conn, request, context.payload)
    found = await sites(context.conn, request, candidates, context.progress)
    async with context.conn.transaction():
        await _store(context.conn, context.job.id, request, found)
        await jobs.finish(context.conn, context.job.id, found)


async def candidates_for(
    conn: Connection, request: SitingRequest, collection: bytes | None
) -> Candidates:
    """The candidates that came with the request (GeoJSON), else the area's open ground."""
    if collection is not None:
        return given_candidates(orjson.loads(collection), request.crs)
    ground = await open_ground_in(conn, request.admin_area)
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
    """The answer as GeoJSON, with the parameters that it can be asked again by."""
    survey, plane = await survey_of(conn, request, candidates)
    progress(0.1)
    demand = await demand_in(conn, request.admin_area, request.event, plane)
    pool = survey.pool
    progress(0.2)
    found = _chosen(survey, demand, progress) if len(pool) else None
    return answer(survey, pool, found, float(demand.weight.sum())) | {
        "parameters": asdict(request),
        "distances_in": f"EPSG:{plane.epsg}",
    }


async def survey_of(
    conn: Connection, request: SitingRequest, candidates: Candidates
) -> tuple[Survey, Plane]:
    """The candidates measured against the store's obstacles, and the plane it was done in."""
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(candidates.geometry))
    plane = plane_of((west + east) / 2)
    obstacles = await obstacles_around(conn, (west, south, east, north), plane, request.avoid)
    return Survey(request, candidates, plane.projected(candidates.geometry), obstacles), plane


def _chosen(survey: Survey, demand: Demand, progress: Progress) -> Sites:
    middle = shapely.get_coordinates(shapely.centroid(survey.ground[survey.pool]))
    return choose_sites(
        demand,
        Places(middle[:, 0], middle[:, 1]),
        survey.request.count,
        survey.request.objective,
        survey.request.radius_m,
        progress=lambda share: progress(0.2 + 0.75 * share),
    )


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
