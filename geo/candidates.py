"""Ground that a site could stand on: polygons that a planner sends, or the store's open ground."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import CoordinateSystem, coordinate_system
from geo.crs_zones import Geometries
from geo.database import Connection, sql
from relief.coordinates import place_fault
from relief.errors import Fault, InvalidGeometry, InvalidInput, TooLarge

MOST_CANDIDATES = 20_000
MOST_VERTICES = 1_000_000
_MOST_FAULTS = 100
_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Candidates:
    """Candidates by id, with their valid (multi)polygons in EPSG:4490."""

    ids: tuple[str, ...]
    geometry: Geometries

    def __len__(self) -> int:
        return len(self.ids)


def given_candidates(collection: Mapping[str, Any], crs: str | None = None) -> Candidates:
    """The polygons of a GeoJSON FeatureCollection, its coordinates in `crs` (None: degrees).

    A feature's id is its `id`, else its property `id`, else its number. Raises InvalidGeometry
    naming every fault and its place, TooLarge beyond MOST_CANDIDATES. Nothing is repaired.
    """
    features = _features(collection)
    system = coordinate_system(crs) if crs else None
    found, faults = [], []
    for number, feature in enumerate(features):
        at = f"/candidates/features/{number}"
        outcome = _polygon(feature, at, system)
        if isinstance(outcome, Fault):
            faults.append(outcome)
        else:
            found.append((_id(feature, number), outcome))
    faults += _repeated([one for one, _ in found])
    if faults:
        raise InvalidGeometry(
            f"{len(faults)} of the candidates can't be used; correct them or leave them out.",
            faults[:_MOST_FAULTS],
        )
    return Candidates(tuple(one for one, _ in found), _array([polygon for _, polygon in found]))


async def open_ground_in(conn: Connection, admin_area: str) -> Candidates:
    """The store's open ground inside an area, all of it."""
    cursor = await conn.execute(
        sql("siting_open_ground"), {"area": admin_area, "prefix": f"{admin_area}%"}
    )
    rows = await cursor.fetchall()
    geometry = shapely.from_wkb([bytes(row["wkb"]) for row in rows])
    return Candidates(tuple(row["id"] for row in rows), np.asarray(geometry, object))


def _features(collection: Mapping[str, Any]) -> Sequence[Any]:
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        detail = "Candidates are a GeoJSON FeatureCollection of polygons."
        raise InvalidInput(detail, [Fault("/candidates", detail)])
    if not features:
        detail = "There is no candidate; leave `candidates` out to use the open ground on file."
        raise InvalidInput(detail, [Fault("/candidates/features", detail)])
    if len(features) > MOST_CANDIDATES:
        detail = f"{len(features)} candidates; at most {MOST_CANDIDATES} are taken at once."
        raise TooLarge(detail, [Fault("/candidates/features", detail)])
    return features


def _id(feature: Mapping[str, Any], number: int) -> str:
    properties = feature.get("properties") or {}
    named = feature.get("id", properties.get("id") if isinstance(properties, dict) else None)
    return str(named) if named is not None else f"candidate-{number + 1}"


def _polygon(feature: Any, at: str, system: CoordinateSystem | None) -> BaseGeometry | Fault:
    """The feature's polygon in EPSG:4490, or what is wrong with it."""
    given = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(given, dict) or given.get("type") not in _POLYGONS:
        return Fault(f"{at}/geometry", "A candidate is a Polygon or a MultiPolygon.")
    at = f"{at}/geometry/coordinates"
    try:
        polygon = shapely.force_2d(shapely.geometry.shape(given))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, shapely.GEOSException):
        return Fault(
            at, "The rings can't be read: each is a list of 4 or more [lon, lat], all finite."
        )
    if fault := _shape_fault(polygon, at):
        return fault
    if system is not None:
        polygon = shapely.transform(
            polygon, lambda xy: np.column_stack(system.lon_lat(xy[:, 0], xy[:, 1]))
        )
    return _place_fault(polygon, at) or polygon


def _shape_fault(polygon: BaseGeometry, at: str) -> Fault | None:
    if polygon.is_empty:
        return Fault(at, "The polygon is empty.")
    places = shapely.get_coordinates(polygon)
    if len(places) > MOST_VERTICES:
        return Fault(at, f"{len(places)} vertices; at most {MOST_VERTICES} are taken.")
    if not np.isfinite(places).all():
        return Fault(at, "NaN and Infinity are no coordinates.")
    if not polygon.is_valid:
        why = shapely.is_valid_reason(polygon).replace("[", " at (").replace("]", ")")
        return Fault(at, f"{why}. Correct the outline; it is not repaired here.")
    return None


def _place_fault(polygon: BaseGeometry, at: str) -> Fault | None:
    west, south, east, north = polygon.bounds
    return place_fault(west, south, at) or place_fault(east, north, at)


def _repeated(ids: Sequence[str]) -> list[Fault]:
    return [
        Fault("/candidates/features", f"The id '{one}' is given {times} times.")
        for one, times in Counter(ids).items()
        if times > 1
    ]


def _array(polygons: Sequence[BaseGeometry]) -> Geometries:
    array = np.empty(len(polygons), object)
    array[:] = polygons
    return array
