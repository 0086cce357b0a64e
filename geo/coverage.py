"""People beyond the service radius of every open shelter, and where one more helps most."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import shapely

from geo.candidates import open_ground_in
from geo.coverage_answer import by_township, shelters_counted
from geo.crs_zones import Plane, plane_of
from geo.database import Connection, Row, sql
from geo.obstacles import widened
from geo.siting_scene import survey_of
from geo.siting_survey import SitingRequest, Survey
from relief.coverage import LEAST_GROUND_M2, NEW_RADIUS_M, Additions, most_helpful, within_radius
from relief.demand import Candidates as Places
from relief.demand import Demand
from relief.errors import InvalidInput
from relief.siting_rules import proposed_distances_m

_REACH_M = 50_000.0
"""How far around the people shelters are read; no class of shelter serves farther."""


@dataclass(frozen=True)
class CoverageQuestion:
    """Whose coverage: all people of the census, or those who lost their house in an event.

    `otherwise_m` is the radius of shelters whose own is not known; without it they don't count.
    """

    event: str
    admin_area: str
    of: Literal["census", "affected"] = "census"
    count: int = 5
    radius_m: float = NEW_RADIUS_M.value
    min_ground_area_m2: float = LEAST_GROUND_M2.value
    otherwise_m: float | None = None


async def coverage(conn: Connection, asked: CoverageQuestion) -> dict[str, Any]:
    """Per township who is beyond every radius, and open ground by the people it newly reaches.

    Raises InvalidInput where nobody is on file to look after.
    """
    people = await _people(conn, asked)
    plane = plane_of(float(np.mean([one["lon"] for one in people])))
    demand = _demand(people, plane)
    shelters = await _shelters(conn, people)
    counted = shelters_counted(shelters, asked.otherwise_m)
    reached = within_radius(demand, _places(counted, plane), _radii(counted, asked.otherwise_m))
    left = Demand(demand.x_m[~reached], demand.y_m[~reached], demand.weight[~reached])
    weight = demand.weight.astype(int)
    return {
        "event": asked.event,
        "of": asked.of,
        "people": int(weight.sum()),
        "within": int(weight[reached].sum()),
        "beyond": int(weight[~reached].sum()),
        "townships": await by_township(conn, people, reached),
        "shelters": {"counted": len(counted), "without_radius": len(shelters) - len(counted)},
        "additions": await _additions(conn, asked, plane, left),
        "parameters": asdict(asked),
        "distances_in": f"EPSG:{plane.epsg}",
        "assumptions": _assumptions(asked),
    }


async def _people(conn: Connection, asked: CoverageQuestion) -> list[Row]:
    cursor = await conn.execute(
        sql(f"coverage_{asked.of}"), {"event": asked.event, "prefix": f"{asked.admin_area}%"}
    )
    rows = await cursor.fetchall()
    if rows:
        return rows
    if asked.of == "census":
        raise InvalidInput(f"No division in {asked.admin_area} states a population and a place.")
    raise InvalidInput(
        f"No household in {asked.admin_area} is recorded as collapsed or severely damaged."
    )


async def _shelters(conn: Connection, people: Sequence[Row]) -> list[Row]:
    lon, lat = ([one[axis] for one in people] for axis in ("lon", "lat"))
    box = widened((min(lon), min(lat), max(lon), max(lat)), _REACH_M)
    names = ("west", "south", "east", "north")
    cursor = await conn.execute(sql("coverage_shelters"), dict(zip(names, box, strict=True)))
    return await cursor.fetchall()


def _places(rows: Sequence[Row], plane: Plane) -> Places:
    return Places(*plane.metres([row["lon"] for row in rows], [row["lat"] for row in rows]))


def _radii(rows: Sequence[Row], otherwise_m: float | None) -> np.ndarray[Any, Any]:
    return np.array([row["service_radius_m"] or otherwise_m for row in rows], float)


def _demand(people: Sequence[Row], plane: Plane) -> Demand:
    at = _places(people, plane)
    return Demand(at.x_m, at.y_m, np.array([one["people"] for one in people], float))


async def _additions(
    conn: Connection, asked: CoverageQuestion, plane: Plane, left: Demand
) -> dict[str, Any]:
    """Open ground that is clear of danger, the most helpful first."""
    ground = await open_ground_in(conn, asked.admin_area)
    if not len(ground) or not len(left.weight):
        return {"sites": [], "at_most": 0, "ground": len(ground), "refused": 0}
    request = SitingRequest(
        asked.admin_area,
        "shelter",
        proposed_distances_m(),
        asked.min_ground_area_m2,
        asked.count,
        "max_cover",
        asked.radius_m,
    )
    survey, _ = await survey_of(conn, request, ground)
    lon_lat = shapely.get_coordinates(shapely.point_on_surface(ground.geometry))
    places = Places(*plane.metres(lon_lat[:, 0], lon_lat[:, 1]))
    found, clear = await asyncio.to_thread(_chosen, survey, places, left, asked)
    names = await _names(conn, [ground.ids[clear[gain.candidate]] for gain in found.gains])
    return {
        "sites": _sites(found, clear, survey, lon_lat, names),
        "at_most": found.at_most,
        "ground": len(ground),
        "refused": len(ground) - len(clear),
    }


def _chosen(
    survey: Survey, places: Places, left: Demand, asked: CoverageQuestion
) -> tuple[Additions, np.ndarray[Any, Any]]:
    """(the choice, indices of the clear ground that it was made from)."""
    clear = survey.clear
    at = Places(places.x_m[clear], places.y_m[clear])
    return most_helpful(left, at, asked.radius_m, asked.count), clear


def _sites(
    found: Additions,
    clear: np.ndarray[Any, Any],
    survey: Survey,
    lon_lat: np.ndarray[Any, Any],
    names: dict[str, Row],
) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "candidate": survey.candidates.ids[index],
            **names[survey.candidates.ids[index]],
            "lon": round(float(lon_lat[index, 0]), 6),
            "lat": round(float(lon_lat[index, 1]), 6),
            "ground_area_m2": round(float(survey.ground_area_m2[index]), 1),
            "newly_reached": gain.people,
        }
        for rank, gain in enumerate(found.gains, 1)
        for index in [int(clear[gain.candidate])]
    ]


async def _names(conn: Connection, ids: Sequence[str]) -> dict[str, Row]:
    cursor = await conn.execute(
        "SELECT id, name, area FROM open_ground WHERE id = ANY (%s)", (list(ids),)
    )
    return {row.pop("id"): row for row in await cursor.fetchall()}


def _assumptions(asked: CoverageQuestion) -> list[dict[str, Any]]:
    """What the numbers rest on, each with its source."""
    return [
        {"parameter": "radius_m", "used": asked.radius_m, "starting_value": asdict(NEW_RADIUS_M)},
        {
            "parameter": "min_ground_area_m2",
            "used": asked.min_ground_area_m2,
            "starting_value": asdict(LEAST_GROUND_M2),
        },
    ]
