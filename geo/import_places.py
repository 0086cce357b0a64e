"""Where the rows of a file are: geometries in CGCS2000, or the reason why one can't be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.crs import CoordinateSystem, Floats, within_reach
from geo.import_values import numbers
from geo.readers.source import Geometries
from geo.tables import SRID
from relief.coordinates import place_fault

_POINT, _LINE, _POLYGON, _LINES, _POLYGONS = 0, 1, 3, 5, 6  # shapely.GeometryType
_TYPES = {
    "Point": (_POINT,),
    "MultiLineString": (_LINE, _LINES),
    "MultiPolygon": (_POLYGON, _POLYGONS),
}
_GRS80 = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Places:
    """One geometry (lon, lat) for each row, None where `faults` says why there is none."""

    geometries: Geometries
    faults: dict[int, tuple[str, str]]  # position: column, reason


def places_of_columns(
    x: pd.Series[str], y: pd.Series[str], system: CoordinateSystem, headers: tuple[str, str]
) -> Places:
    """Points from two columns of numbers, headed as `headers` says."""
    faults: dict[int, tuple[str, str]] = {}
    axes: list[Floats] = []
    for texts, header in ((x, headers[0]), (y, headers[1])):
        axis = numbers(texts)
        faults |= {position: (header, reason) for position, reason in axis.faults.items()}
        axes.append(axis.values.fillna("nan").to_numpy(np.float64))
    lon, lat = system.lon_lat(axes[0], axes[1])
    faults = _astray(np.arange(len(x)), axes, (lon, lat), system, ", ".join(headers)) | faults
    points = np.asarray(shapely.points(lon, lat), dtype=object)
    points[list(faults)] = None
    return Places(points, faults)


def places_of_geometries(geometries: Geometries, shape: str, system: CoordinateSystem) -> Places:
    """The geometries as `shape` (parts gathered), without heights, in CGCS2000, each one valid."""
    expected = np.isin(shapely.get_type_id(geometries), _TYPES[shape])
    usable = expected & ~shapely.is_empty(geometries)
    faults = {
        int(i): ("geometry", f"It is {_what(geometries[i])}; a {shape} is expected.")
        for i in np.flatnonzero(~usable)
    }
    given = geometries.copy()
    given[~usable] = None
    placed = _placed(_gathered(shapely.force_2d(given)), system)
    faults |= placed.faults | _invalid(placed.geometries)
    kept = placed.geometries
    kept[list(faults)] = None
    return Places(kept, faults)


def ewkb(geometries: Geometries) -> NDArray[np.str_]:
    """Each geometry as PostGIS reads it from text."""
    return shapely.to_wkb(shapely.set_srid(geometries, SRID), hex=True, include_srid=True)


def ground_areas_m2(geometries: Geometries) -> list[float]:
    """Area of each polygon on the ellipsoid of CGCS2000, in square metres."""
    return [round(abs(_GRS80.geometry_area_perimeter(g)[0]), 1) for g in geometries]


def inner_points(geometries: Geometries) -> tuple[Floats, Floats]:
    """A point (lon, lat) on each geometry, by which its division is found."""
    points = geometries
    if (shapely.get_type_id(geometries) != _POINT).any():
        points = shapely.point_on_surface(geometries)
    return shapely.get_x(points), shapely.get_y(points)


def _placed(geometries: Geometries, system: CoordinateSystem) -> Places:
    """The geometries in CGCS2000; one that leaves the reach of relief work is a fault."""
    corners, owner = shapely.get_coordinates(geometries, return_index=True)
    x, y = corners[:, 0], corners[:, 1]
    lon, lat = system.lon_lat(x, y)
    faults = _astray(owner, (x, y), (lon, lat), system, "geometry")
    moved = shapely.set_coordinates(geometries.copy(), np.column_stack([lon, lat]))
    moved[list(faults)] = None
    return Places(moved, faults)


def _astray(
    owner: NDArray[np.int64],
    given: Sequence[Floats],
    placed: tuple[Floats, Floats],
    system: CoordinateSystem,
    column: str,
) -> dict[int, tuple[str, str]]:
    """Of each owner the first of its corners that is no place of relief work, and why."""
    astray = np.flatnonzero(~within_reach(*placed))
    first = astray[np.unique(owner[astray], return_index=True)[1]]
    return {
        int(owner[i]): (column, _why_astray(float(given[0][i]), float(given[1][i]), system))
        for i in first
    }


def _why_astray(x: float, y: float, system: CoordinateSystem) -> str:
    if system.geographic:
        fault = place_fault(x, y, "")
        return fault.detail if fault else f"({x:g}, {y:g}) is no place in {system.name}."
    if within_reach(*system.lon_lat(np.array([y]), np.array([x])))[0]:
        return f"({x:.10g}, {y:.10g}) looks swapped: in {system.name} the easting comes first."
    return f"({x:.10g}, {y:.10g}) in {system.name} is no place in China: is it the right system?"


def _what(geometry: BaseGeometry) -> str:
    return f"{'an empty' if geometry.is_empty else 'a'} {geometry.geom_type}"


def _gathered(geometries: Geometries) -> Geometries:
    """Single lines and polygons as collections of one."""
    kinds = shapely.get_type_id(geometries)
    for single, gather in ((_LINE, shapely.multilinestrings), (_POLYGON, shapely.multipolygons)):
        here = np.flatnonzero(kinds == single)
        if here.size:
            geometries[here] = gather(geometries[here], indices=np.arange(here.size))
    return geometries


def _invalid(geometries: Geometries) -> dict[int, tuple[str, str]]:
    """What crosses or touches itself, with the place; nothing is repaired."""
    wrong = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    reasons = shapely.is_valid_reason(geometries[wrong])
    return {
        int(position): ("geometry", f"The geometry is not valid: {_with_place(reason)}.")
        for position, reason in zip(wrong, reasons, strict=True)
    }


def _with_place(reason: str) -> str:
    """`Self-intersection[113.5 37.8]` as words."""
    what, _, place = reason.rstrip("]").partition("[")
    return f"{what} at {', '.join(place.split())} (lon, lat)" if place else what
