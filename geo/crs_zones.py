"""The plane in which a place's metres are measured: its 3-degree CGCS2000 Gauss-Kruger zone.

Degrees are no metres, and the metres of a web map are a third too long at 40 N. Inside a zone the
scale is wrong by at most 0.03 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from relief.errors import InvalidInput

FIRST_EPSG, FIRST_MERIDIAN, LAST_MERIDIAN = 4534, 75, 135
"""EPSG:4534 (75 E) to EPSG:4554 (135 E): "CGCS2000 / 3-degree Gauss-Kruger CM 75E" and on."""

Geometries = npt.NDArray[Any]
Metres = npt.NDArray[np.float64]


def zone_epsg(lon: float) -> int:
    """EPSG code of the zone whose central meridian is nearest; raises InvalidInput outside them."""
    meridian = 3 * round(lon / 3)
    if not FIRST_MERIDIAN <= meridian <= LAST_MERIDIAN:
        raise InvalidInput(f"{lon:g} E lies in no CGCS2000 zone (73.5 to 136.5 E).")
    return FIRST_EPSG + (meridian - FIRST_MERIDIAN) // 3


@dataclass(frozen=True)
class Plane:
    """One zone; x runs east and y north, in metres."""

    epsg: int

    def metres(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Metres, Metres]:
        """(x_m, y_m) of places given in degrees of EPSG:4490."""
        x, y = _to_plane(self.epsg).transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x, float), np.asarray(y, float)

    def projected(self, geometries: Sequence[BaseGeometry] | Geometries) -> Geometries:
        """The same geometries (EPSG:4490) in this plane's metres."""
        return shapely.transform(np.asarray(geometries, object), self._pairs)

    def degrees(self, geometries: Sequence[BaseGeometry] | Geometries) -> Geometries:
        """Geometries in this plane's metres, in degrees of EPSG:4490."""
        return shapely.transform(np.asarray(geometries, object), self._lon_lat)

    def _lon_lat(self, metres: Metres) -> Metres:
        lon, lat = _to_plane(self.epsg).transform(metres[:, 0], metres[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])

    def _pairs(self, lon_lat: Metres) -> Metres:
        return np.column_stack(self.metres(lon_lat[:, 0], lon_lat[:, 1]))


def plane_of(lon: float) -> Plane:
    """The plane for places around this longitude."""
    return Plane(zone_epsg(lon))


@cache
def _to_plane(epsg: int) -> Transformer:
    return Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True)
