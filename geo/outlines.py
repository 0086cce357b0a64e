"""Outlines that people send as GeoJSON: usable as they are, or refused with the place."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import CoordinateSystem
from relief.coordinates import place_fault
from relief.errors import Fault, InvalidGeometry

MOST_VERTICES = 1_000_000
MOST_DRAWN = 10_000
"""Vertices of one outline; of one that is kept among a question's parameters."""

_POLYGONS = ("Polygon", "MultiPolygon")


def drawn_outline(given: Any, at: str) -> BaseGeometry:
    """The (multi)polygon in EPSG:4490, degrees; raises InvalidGeometry with what is wrong at `at`
    or below. Nothing is repaired."""
    outcome = polygon_in(given, at, "An outline")
    if not isinstance(outcome, Fault):
        corners = shapely.get_num_coordinates(outcome)
        if corners <= MOST_DRAWN:
            return outcome
        detail = f"The outline has {corners} corners; at most {MOST_DRAWN} are taken."
        outcome = Fault(f"{at}/coordinates", detail)
    raise InvalidGeometry("The outline can't be used.", [outcome])


def polygon_in(
    given: Any, at: str, what: str, system: CoordinateSystem | None = None
) -> BaseGeometry | Fault:
    """The (multi)polygon of a GeoJSON geometry in EPSG:4490, or what is wrong with `what`."""
    if not isinstance(given, dict) or given.get("type") not in _POLYGONS:
        return Fault(at, f"{what} is a Polygon or a MultiPolygon.")
    at = f"{at}/coordinates"
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
