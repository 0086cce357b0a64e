"""The matrices that tiles are cut by: Web Mercator, and degrees as national services cut them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from geo.selections import Box
from geo.served_crs import CGCS2000, CRS84, SERVED, ServedCrs

EXTENT, BUFFER = 4096, 64
"""Units along the edge of a tile, and how far features reach over it."""

LARGEST_ZOOM = 22
_HALF_WORLD_M = 20_037_508.342789244
_PIXELS = 256
_PIXEL_M = 0.00028
_METRES_A_DEGREE = 111_319.49079327358
_DEFINITIONS = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
_SCALES = "http://www.opengis.net/def/wkss/OGC/1.0/"


@dataclass(frozen=True)
class Matrix:
    """A set of matrices: at zoom z, 2^z rows and `columns` x 2^z columns, counted from north-west.

    `uri` and `scale_set` are None where no registry knows them.
    """

    id: str
    title: str
    crs: ServedCrs
    columns: int
    uri: str | None = None
    scale_set: str | None = None

    def has(self, zoom: int, row: int, column: int) -> bool:
        """Whether there is such a tile."""
        known = 0 <= zoom <= LARGEST_ZOOM
        return known and 0 <= row < 1 << zoom and 0 <= column < self.columns << zoom

    @property
    def height(self) -> float:
        """From the northern to the southern edge, in units of the system."""
        return 180 if self.crs.geographic else 2 * _HALF_WORLD_M

    def definition(self) -> dict[str, Any]:
        """The set as OGC 17-083r4 writes it."""
        geographic = self.crs.geographic
        west, north = (-180.0, 90.0) if geographic else (-_HALF_WORLD_M, _HALF_WORLD_M)
        axes = ["Lon", "Lat"] if geographic else ["X", "Y"]
        origin = [west, north]
        if self.crs.northing_first:
            axes, origin = axes[::-1], origin[::-1]
        return {
            "id": self.id,
            "title": self.title,
            **({"uri": self.uri} if self.uri else {}),
            "crs": self.crs.uri,
            "orderedAxes": axes,
            **({"wellKnownScaleSet": self.scale_set} if self.scale_set else {}),
            "tileMatrices": [self._matrix(zoom, origin) for zoom in range(LARGEST_ZOOM + 1)],
        }

    def _matrix(self, zoom: int, origin: list[float]) -> dict[str, Any]:
        size = self.height / _PIXELS / (1 << zoom)
        metres = size * (_METRES_A_DEGREE if self.crs.geographic else 1)
        return {
            "id": str(zoom),
            "scaleDenominator": metres / _PIXEL_M,
            "cellSize": size,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": origin,
            "tileWidth": _PIXELS,
            "tileHeight": _PIXELS,
            "matrixWidth": self.columns << zoom,
            "matrixHeight": 1 << zoom,
        }


WEB_MERCATOR = Matrix(
    "WebMercatorQuad",
    "Web Mercator",
    SERVED["http://www.opengis.net/def/crs/EPSG/0/3857"],
    1,
    f"{_DEFINITIONS}WebMercatorQuad",
    f"{_SCALES}GoogleMapsCompatible",
)
MATRICES: Mapping[str, Matrix] = MappingProxyType(
    {
        matrix.id: matrix
        for matrix in (
            WEB_MERCATOR,
            Matrix(
                "WorldCRS84Quad",
                "经纬度 CRS84",
                CRS84,
                2,
                f"{_DEFINITIONS}WorldCRS84Quad",
                f"{_SCALES}GoogleCRS84Quad",
            ),
            Matrix("CGCS2000Quad", "经纬度 CGCS2000", CGCS2000, 2),
        )
    }
)
"""WebMercatorQuad, WorldCRS84Quad, and the same in the national system, latitude first."""


@dataclass(frozen=True)
class TileAddress:
    """A tile: `row` counts from the north, `column` from the west."""

    zoom: int
    row: int
    column: int
    matrix: Matrix = WEB_MERCATOR

    @property
    def exists(self) -> bool:
        """Whether the matrix has such a tile."""
        return self.matrix.has(self.zoom, self.row, self.column)

    @property
    def bounds(self) -> Box:
        """What the tile covers, in degrees."""
        return self._box(0)

    @property
    def reach(self) -> Box:
        """What the tile and its buffer cover, in degrees; it ends where the world does."""
        return self._box(BUFFER / EXTENT)

    @property
    def mercator_zoom(self) -> int:
        """The zoom of WebMercatorQuad whose tiles are as wide."""
        return self.zoom + self.matrix.columns - 1

    @property
    def half_pixel(self) -> float:
        """Half of a pixel of a screen where the tile is 512 wide, in units of the matrix."""
        return self.matrix.height / (1 << self.zoom) / 512 / 2

    def _box(self, more: float) -> Box:
        width = self.matrix.columns << self.zoom
        west, east = (
            min(max(x / width * 360 - 180, -180), 180)
            for x in (self.column - more, self.column + 1 + more)
        )
        south, north = (self._latitude(y) for y in (self.row + 1 + more, self.row - more))
        return (west, south, east, north)

    def _latitude(self, row: float) -> float:
        part = row / (1 << self.zoom)
        if self.matrix.crs.geographic:
            return min(max(90 - 180 * part, -90), 90)
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * part))))
