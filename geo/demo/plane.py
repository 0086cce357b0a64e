"""The metres that the generator works in, and the seeds that it draws from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar
from zlib import crc32

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.crs_zones import plane_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Flags = NDArray[np.bool_]
_Shape = TypeVar("_Shape", bound=BaseGeometry)
DEGREE_DIGITS = 7
"""Decimals of a degree that are kept: one centimetre, finer than any source."""
DEGREE_GRID = 10.0**-DEGREE_DIGITS
"""The grid that these decimals make, in degrees."""


@cache
def _to_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4490", always_xy=True)


class Workplane:
    """The CGCS2000 zone around a longitude, both ways: degrees to metres and back."""

    def __init__(self, lon: float) -> None:
        self._plane = plane_of(lon)

    def metres(self, shape: _Shape) -> _Shape:
        """A geometry in degrees, moved to (easting, northing) in metres."""
        return shapely.transform(shape, self._easting_northing)

    def degrees(self, shape: _Shape) -> _Shape:
        """A geometry in metres, moved to (lon, lat) on DEGREE_GRID."""
        return shapely.transform(shape, self.lonlat)

    def lonlat(self, xy: FloatArray) -> FloatArray:
        """(lon, lat) on DEGREE_GRID of points (n, 2) in metres."""
        lon, lat = _to_degrees(self._plane.epsg).transform(xy[:, 0], xy[:, 1])
        return np.round(np.column_stack([lon, lat]), DEGREE_DIGITS)

    def points(self, xy: FloatArray) -> list[Point]:
        """Points in degrees of an array (n, 2) in metres."""
        return [Point(place) for place in self.lonlat(xy)]

    def _easting_northing(self, lonlat: FloatArray) -> FloatArray:
        return np.column_stack(self._plane.metres(lonlat[:, 0], lonlat[:, 1]))


def draws(seed: int, subject: str) -> np.random.Generator:
    """A generator of its own for each subject, so that one layer's change moves no other."""
    return np.random.default_rng([seed, crc32(subject.encode())])


def apportioned(total: int, weights: Sequence[float] | FloatArray) -> IntArray:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders)."""
    share = np.asarray(weights, dtype=np.float64)
    exact = share / share.sum() * total
    whole: IntArray = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def scattered(
    rng: np.random.Generator, centre: FloatArray, sigma_m: FloatArray, inside: BaseGeometry
) -> FloatArray:
    """Points normally scattered around centres (n, 2), each inside the polygon, all in metres.

    A point that falls outside is drawn again nearer; after eight draws it stays at its centre.
    """
    shapely.prepare(inside)
    xy = centre.copy()
    open_ = np.arange(len(centre))
    for draw in range(8):
        spread = sigma_m[open_, None] * 0.8**draw
        xy[open_] = centre[open_] + rng.normal(size=(len(open_), 2)) * spread
        open_ = open_[~shapely.contains_xy(inside, xy[open_, 0], xy[open_, 1])]
    xy[open_] = centre[open_]
    return xy


def one_scattered(
    rng: np.random.Generator, centre: FloatArray, sigma_m: float, inside: BaseGeometry
) -> FloatArray:
    """The same for one point (2,)."""
    place: FloatArray = scattered(rng, centre[None], np.array([sigma_m]), inside)[0]
    return place
