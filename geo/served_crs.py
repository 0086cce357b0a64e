"""The coordinate systems that layers are given and asked in, with the order of axes of each.

WGS 84 is taken as CGCS2000: they differ by less than a metre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geo.crs_zones import FIRST_EPSG, FIRST_MERIDIAN, LAST_MERIDIAN

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_STORED, _WGS84, _MERCATOR = 4490, 4326, 3857
_LONGEST_EDGE_M = 1_000.0
"""Straight edges in a plane are curves in degrees: they are cut into pieces of this length."""


@dataclass(frozen=True)
class ServedCrs:
    """A system by its address; `northing_first` where its authority puts latitude or x north.

    `decimals` of a coordinate are written: about a centimetre, or a millimetre in a plane.
    """

    uri: str
    srid: int
    northing_first: bool
    decimals: int = 7

    @property
    def geographic(self) -> bool:
        """Whether its coordinates are degrees."""
        return self.srid in (_STORED, _WGS84)

    def to_store(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry written in this system as lon, lat in CGCS2000; not finite where it can't."""
        if self.geographic:
            return shapely.transform(geometry, _swapped) if self.northing_first else geometry
        return shapely.transform(shapely.segmentize(geometry, _LONGEST_EDGE_M), self._degrees)

    def _degrees(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x_y = _swapped(places) if self.northing_first else places
        return np.column_stack(_to_degrees(self.srid).transform(x_y[:, 0], x_y[:, 1]))


def ewkb(geometry: BaseGeometry) -> str:
    """A geometry in the store's degrees, as PostGIS reads it from text."""
    return shapely.to_wkb(shapely.set_srid(geometry, _STORED), hex=True, include_srid=True)


def _swapped(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return places[:, ::-1]


@cache
def _to_degrees(srid: int) -> Transformer:
    return Transformer.from_crs(srid, _STORED, always_xy=True)


CRS84 = ServedCrs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", _WGS84, northing_first=False)
EXACT = ServedCrs(CRS84.uri, CRS84.srid, northing_first=False, decimals=15)
CGCS2000 = ServedCrs(f"{_EPSG}{_STORED}", _STORED, northing_first=True)
_ZONES = range(FIRST_EPSG, FIRST_EPSG + (LAST_MERIDIAN - FIRST_MERIDIAN) // 3 + 1)

SERVED: Mapping[str, ServedCrs] = MappingProxyType(
    {
        crs.uri: crs
        for crs in (
            CRS84,
            CGCS2000,
            ServedCrs(f"{_EPSG}{_WGS84}", _WGS84, northing_first=True),
            ServedCrs(f"{_EPSG}{_MERCATOR}", _MERCATOR, northing_first=False, decimals=3),
            *(
                ServedCrs(f"{_EPSG}{code}", code, northing_first=True, decimals=3)
                for code in _ZONES
            ),
        )
    }
)
"""CRS84, EPSG:4490, 4326 and 3857, and the 3-degree zones EPSG:4534 to 4554, by address."""
