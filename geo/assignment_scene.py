"""All that an assignment is made from, read from the store at one moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geo.assignment_kept import KeptPlan, kept_plan, shelters_out
from geo.assignment_request import AssignmentRequest
from geo.changes import version_of
from geo.crs_zones import Plane, plane_of
from geo.database import Connection
from geo.households import PlacedHouseholds, households_to_place
from geo.road_distances import RoadDistances, RoadOptions, road_distances
from geo.shelter_dangers import Danger, shelter_dangers
from geo.shelters import OpenShelters, shelters_with_places
from geo.siting_scene import one_moment
from relief.assignment import Households, Shelters
from relief.errors import InvalidInput
from relief.precedence import groups_named, precedence
from relief.road_speeds import Travel

_VILLAGE_DIGITS = 12


@dataclass(frozen=True)
class Scene:
    """Who is to be placed and where. `dangers` are by shelter, of those left out or allowed."""

    request: AssignmentRequest
    homes: PlacedHouseholds
    places: OpenShelters
    dangers: dict[str, list[Danger]]
    names: dict[str, str]
    kept: KeptPlan | None
    out: list[dict[str, object]]
    data_version: dict[str, str]
    roads: RoadDistances | None = None

    def households(self) -> Households:
        """The households in the plane, in their order of precedence, with groups and weights."""
        asked, homes = self.request, self.homes
        order = groups_named(asked.priority, "/priority")
        rank = np.array([precedence(groups, order) for groups in homes.key_groups], np.int64)
        group = self._villages() if asked.keep_together == "village" else None
        weight = self._weights() if asked.weights else None
        east, north = self._plane.metres(homes.lon, homes.lat)
        return Households(east, north, homes.persons, rank, group, weight)

    def shelters(self) -> Shelters:
        """The shelters in the plane with the places that may be given."""
        return Shelters(*self._plane.metres(self.places.lon, self.places.lat), self.places.free)

    @property
    def _plane(self) -> Plane:
        """The CGCS2000 zone around the middle of the households."""
        return plane_of(float((self.homes.lon.min() + self.homes.lon.max()) / 2))

    def villages(self) -> list[str]:
        """The codes of the villages that households are known to live in; a group's number is its
        village's place here."""
        known = (area for area in self.homes.areas if area and len(area) == _VILLAGE_DIGITS)
        return sorted(set(known))

    def _villages(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        number = {code: i for i, code in enumerate(self.villages())}
        return np.array([number.get(area or "", -1) for area in self.homes.areas], np.int64)

    def _weights(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The greatest weight of a household's key groups, 1 of none."""
        named = [
            (groups_named([name], "/weights")[0], weight)
            for name, weight in self.request.weights.items()
        ]
        return np.array(
            [max([1.0, *(w for of, w in named if of & own)]) for own in self.homes.key_groups]
        )


async def scene_of(conn: Connection, request: AssignmentRequest) -> Scene:
    """The scene; raises InvalidInput where nobody needs a place or none may be given, or where the
    plan to be kept can't be."""
    async with one_moment(conn):
        scene = await _read(conn, request)
    if request.distance != "road":
        return scene
    options = RoadOptions(Travel(request.travel), limit=request.max_distance_m or math.inf)
    roads = await road_distances(conn, scene.homes, scene.places, request.event, options)
    return replace(scene, roads=roads)


async def _read(conn: Connection, request: AssignmentRequest) -> Scene:
    homes = await households_to_place(conn, request.event, request.admin_area, request.households)
    if not homes.ids:
        raise InvalidInput(
            f"No household in {request.admin_area} is to be placed: none of those asked for is"
            " recorded as collapsed or severely damaged in this event."
        )
    kept = await kept_plan(conn, request, homes)
    sent = list(kept.assigned) if kept else []
    every = await shelters_with_places(conn, request.admin_area, request.shelters, sent)
    dangers = _by_shelter(every, await shelter_dangers(conn, every))
    places = every.reserving(request.reserve_share)
    if request.unsafe == "exclude":
        places = places.only(np.array([one not in dangers for one in places.ids], bool))
    _require_some(request, every, places)
    out = await shelters_out(conn, kept, places, set(dangers)) if kept else []
    if kept:
        places = kept.places(homes, places, arrived=request.arrived)
    names = dict(zip(every.ids, every.names, strict=True))
    version = {layer: await version_of(conn, [layer]) for layer in request.layers}
    return Scene(request, homes, places, dangers, names, kept, out, version)


def _by_shelter(places: OpenShelters, dangers: list[Danger]) -> dict[str, list[Danger]]:
    found: dict[str, list[Danger]] = {}
    for danger in dangers:
        found.setdefault(places.ids[danger.shelter], []).append(danger)
    return found


def _require_some(request: AssignmentRequest, every: OpenShelters, places: OpenShelters) -> None:
    if places.ids:
        return
    if every.ids:
        raise InvalidInput(
            f"All {len(every.ids)} shelters of those asked for stand within a hazard; take others,"
            ' or send `"unsafe": "allow"` to use them with a warning.'
        )
    raise InvalidInput(
        f"No shelter in {request.admin_area} of those asked for is open with free places."
    )
