"""Declared coordinate systems, and the way from each to CGCS2000 (EPSG:4490), lon, lat in degrees.

A system is what its source says it is and is never guessed. WGS 84 is taken as CGCS2000: they
differ by less than a metre. Older datums (Beijing 1954, Xi'an 1980) have no published way to
CGCS2000 that is better than some metres, so they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from fast_geocn import wgs84_to_bd09, wgs84_to_gcj02
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from relief.coordinates import EAST, NORTH, SOUTH, WEST
from relief.errors import UnknownCrs

Floats: TypeAlias = NDArray[np.float64]
Shift: TypeAlias = Callable[[float, float], tuple[float, float]]

CGCS2000 = "EPSG:4490"
WORST_ACCURACY_M = 1.0
_WRITTEN = re.compile(r"(?:(?:urn:ogc:def:crs:)?EPSG:{1,2}(?:[\d.]*:)?)?(\d{4,6})", re.IGNORECASE)
_SHIFTED: dict[str, Shift] = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}
_CLOSE_DEG = 1e-9  # 0.1 mm
_MOST_STEPS = 30


@dataclass(frozen=True)
class CoordinateSystem:
    """A system by its name; `geographic` means degrees, longitude first."""

    name: str
    geographic: bool
    to_cgcs2000: Callable[[Floats, Floats], tuple[Floats, Floats]]

    @property
    def shifted(self) -> bool:
        """Whether it is one of the shifted systems of web maps, which no file format can name."""
        return self.name in _SHIFTED

    def lon_lat(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Longitudes and latitudes in CGCS2000; NaN where (x, y) is no place in this system.

        x is the longitude or the easting, y the latitude or the northing, whatever order of axes
        the system's own definition has.
        """
        lon, lat = self.to_cgcs2000(x, y)
        known = np.isfinite(lon) & np.isfinite(lat)
        return np.where(known, lon, np.nan), np.where(known, lat, np.nan)


def coordinate_system(name: str | None) -> CoordinateSystem:
    """The system that `name` declares: `EPSG:4547`, `4547`, an OGC URN, `CRS84`, `gcj02`, `bd09`.

    None is CGCS2000. Raises UnknownCrs for any other name and for systems too far from CGCS2000.
    """
    written = (name or CGCS2000).strip()
    if (plain := written.lower().replace("-", "")) in _SHIFTED:
        return CoordinateSystem(plain, True, _unshifted(_SHIFTED[plain]))
    if plain.endswith("crs84"):
        return coordinate_system("EPSG:4326")
    if match := _WRITTEN.fullmatch(written):
        return _registered(int(match[1]))
    raise UnknownCrs(
        f"'{written[:60]}' names no coordinate system. Give an EPSG code such as EPSG:4490 or "
        "EPSG:4547, or gcj02 or bd09."
    )


def within_reach(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Where (lon, lat) can be a place of relief work at all; false for NaN."""
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def _registered(code: int) -> CoordinateSystem:
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        raise UnknownCrs(f"There is no coordinate system EPSG:{code}.") from None
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
        raise UnknownCrs(f"EPSG:{code} ({crs.name}) has no two axes on the ground.")
    transformer = _transformer(crs)
    return CoordinateSystem(
        f"EPSG:{code}", crs.is_geographic, lambda x, y: transformer.transform(x, y)
    )


def _transformer(crs: CRS) -> Transformer:
    """The published way to CGCS2000 or, the same within a metre, to WGS 84."""
    for target in (4490, 4326):
        try:
            found = Transformer.from_crs(crs, target, always_xy=True, allow_ballpark=False)
        except ProjError:
            continue
        if 0 <= found.accuracy <= WORST_ACCURACY_M:
            return found
    raise UnknownCrs(
        f"No published transformation leads from {crs.name} to CGCS2000 within "
        f"{WORST_ACCURACY_M:g} m. Transform the data where its local parameters are known."
    )


def _unshifted(shift: Shift) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """The inverse of a shift that is published forwards only.

    Each place is moved until the forward shift lands on what was given to within 0.1 mm; where it
    never does, which no place in China shows, the answer is NaN.
    """

    def places(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        given = np.column_stack([x, y])
        found = given.copy()
        todo = np.flatnonzero(within_reach(x, y))
        found[~within_reach(x, y)] = np.nan
        for _ in range(_MOST_STEPS):
            if not todo.size:
                break
            shifted = np.array([shift(*place) for place in found[todo].tolist()])
            error = given[todo] - shifted
            found[todo] += error
            todo = todo[np.abs(error).max(axis=1) > _CLOSE_DEG]
        found[todo] = np.nan
        return found[:, 0], found[:, 1]

    return places
