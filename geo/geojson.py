"""Geometries as GeoJSON objects."""

from __future__ import annotations

from typing import Any

import orjson
import shapely


def geojson(geometry: shapely.Geometry) -> dict[str, Any]:
    """The geometry as a GeoJSON object."""
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(geometry))
    return found
