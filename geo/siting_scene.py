"""All that a siting question is answered from, read from the store at one moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.candidates import Candidates
from geo.changes import version_of
from geo.crs_zones import Geometries, Plane, plane_of
from geo.database import Connection, sql
from geo.demand import demand_in
from geo.obstacles import obstacles_around
from geo.outlines import drawn_outline
from geo.siting_survey import SitingRequest, Survey
from geo.standing_sites import StandingSites, layer_of, standing_sites
from geo.trimmed_ground import trimmed
from relief.demand import Demand
from relief.errors import Fault, InvalidGeometry
from relief.siting_standards import siting_standards


@dataclass(frozen=True)
class Scene:
    """The candidates beside their obstacles, whom they serve and what stands already.

    `data_version` differs by layer whenever the layer has changed.
    """

    survey: Survey
    plane: Plane
    demand: Demand
    standing: StandingSites
    data_version: dict[str, str]


async def scene_of(
    conn: Connection, request: SitingRequest, candidates: Candidates, given: bool = True
) -> Scene:
    """The scene; candidates that were `given`, not read from the store, must lie in the area."""
    survey, plane = await survey_of(conn, request, candidates)
    survey = replace(survey, outline=await _outline(conn, request, plane, given))
    if request.trim:
        survey = _trimmed(survey, plane)
    demand = await demand_in(conn, request.admin_area, request.event, plane)
    standing = await standing_sites(conn, request.admin_area, request.purpose, request.fixed)
    return Scene(survey, plane, demand, standing, await _version(conn, request, given))


async def survey_of(
    conn: Connection, request: SitingRequest, candidates: Candidates
) -> tuple[Survey, Plane]:
    """The candidates measured against the store's obstacles, and the plane it was done in."""
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(candidates.geometry))
    plane = plane_of((west + east) / 2)
    trace = siting_standards().trace_errors[request.trace].value if request.trace else None
    box = (west, south, east, north)
    obstacles = await obstacles_around(conn, box, plane, request.avoid, trace)
    return Survey(request, candidates, plane.projected(candidates.geometry), obstacles), plane


def within_of(request: SitingRequest) -> BaseGeometry | None:
    """The outline that the search is restricted to, in degrees; raises InvalidGeometry."""
    return None if request.within is None else drawn_outline(request.within, "/within")


async def require_within_area(conn: Connection, request: SitingRequest) -> None:
    """Raises InvalidGeometry where the question's outline is unusable or lies outside its area."""
    within = within_of(request)
    if within is None:
        return
    area = await _area_outlines(conn, request.admin_area)
    if len(area) and not shapely.intersects(area, within).any():
        detail = f"The outline lies outside {request.admin_area}; draw it inside the area."
        raise InvalidGeometry("The outline can't be used.", [Fault("/within", detail)])


@asynccontextmanager
async def one_moment(conn: Connection) -> AsyncIterator[None]:
    """Reads inside see the store as it was at the first of them."""
    async with conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


async def _outline(
    conn: Connection, request: SitingRequest, plane: Plane, given: bool
) -> shapely.Geometry | None:
    """Where candidates have to lie, in the plane: the area, for those that were given, and what
    the question is restricted to."""
    area = await _area_outlines(conn, request.admin_area) if given else np.zeros(0, object)
    shapes = [shapely.union_all(plane.projected(area))] if len(area) else []
    if (within := within_of(request)) is not None:
        shapes += list(plane.projected([within]))
    if not shapes:
        return None
    outline: shapely.Geometry = shapely.intersection_all(shapes)
    return outline


async def _area_outlines(conn: Connection, admin_area: str) -> Geometries:
    """The outlines that make up the area, in degrees; none where it isn't known."""
    cursor = await conn.execute(sql("siting_outline"), {"area": admin_area})
    outlines = [bytes(row["wkb"]) for row in await cursor.fetchall()]
    return np.asarray(shapely.from_wkb(outlines), object)


def _trimmed(survey: Survey, plane: Plane) -> Survey:
    near = [one for one in survey.conflicts if not survey.settled(one)]
    found = trimmed(survey.candidates, survey.ground, survey.obstacles, near, plane)
    return Survey(
        survey.request,
        found.candidates,
        found.ground,
        survey.obstacles,
        survey.outline,
        found.cuts,
    )


async def _version(conn: Connection, request: SitingRequest, given: bool) -> dict[str, str]:
    demand = ("households", "house_damage") if request.event else ()
    ground = () if given else ("open_ground",)
    standing = (layer_of(request.purpose),) if request.fixed else ()
    layers = ("admin_areas", *demand, *ground, *standing, *request.avoided_layers)
    return {layer: await version_of(conn, [layer]) for layer in sorted(set(layers))}
