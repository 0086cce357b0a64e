"""Ground shaken at each intensity: the estimated ellipses of an earthquake as rings on the map."""

from __future__ import annotations

import math

import numpy as np
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs_zones import zone_epsg
from geo.database import Connection
from geo.divisions import FloatArray, as_multipolygon
from geo.events import event_by_id
from relief.intensity import Zone, isoseismals, zone_of_province

LOWEST = 6
"""Weakest intensity that is drawn: below VI houses take no damage that counts."""
_CORNERS = 180


def intensity_zones(
    zone: Zone, magnitude: float, epicentre: tuple[float, float], strike_deg: float | None = None
) -> list[tuple[int, MultiPolygon]]:
    """(intensity, ground shaken so and no harder) from LOWEST up, polygons in EPSG:4490.

    `epicentre` is (lon, lat); the ellipses lie along `strike_deg` (clockwise from north) and are
    circles of the same area where it is not known. Empty when nothing shakes at LOWEST.
    """
    to_degrees = Transformer.from_crs(zone_epsg(epicentre[0]), 4490, always_xy=True)
    centre = to_degrees.transform(*epicentre, direction="INVERSE")
    ellipses = [
        (grade, _ellipse(centre, axes_km, strike_deg))
        for grade, axes_km in sorted(isoseismals(zone, magnitude, LOWEST).items())
    ]
    stronger = [ellipse for _, ellipse in ellipses[1:]] + [Polygon()]
    rings = [(g, e.difference(hole)) for (g, e), hole in zip(ellipses, stronger, strict=False)]
    return [(grade, as_multipolygon(_in_degrees(ring, to_degrees))) for grade, ring in rings]


def _ellipse(
    centre: tuple[float, float], axes_km: tuple[float, float], strike_deg: float | None
) -> Polygon:
    along_m, across_m = (1000 * axis for axis in axes_km)
    if strike_deg is None:
        along_m = across_m = math.sqrt(along_m * across_m)
    turn = np.linspace(0, 2 * math.pi, _CORNERS, endpoint=False)
    along, across = along_m * np.cos(turn), across_m * np.sin(turn)
    strike = math.radians(strike_deg or 0)
    east = along * math.sin(strike) + across * math.cos(strike)
    north = along * math.cos(strike) - across * math.sin(strike)
    return Polygon(np.column_stack([centre[0] + east, centre[1] + north]))


def _in_degrees(ring: BaseGeometry, to_degrees: Transformer) -> BaseGeometry:
    def rounded(xy: FloatArray) -> FloatArray:
        return np.round(np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])), 7)

    return shapely.transform(ring, rounded)


async def store_intensity_zones(conn: Connection, event_id: str) -> int:
    """Stores the zones of an event in place of earlier ones and returns how many there are.

    Without magnitude or epicentre there are none. Raises NotFound for an unknown event.
    """
    event = await event_by_id(conn, event_id)
    await conn.execute("DELETE FROM intensity_zones WHERE event = %s", [event_id])
    if event["magnitude"] is None or event["lon"] is None:
        return 0
    zone = zone_of_province(event["area"])
    zones = intensity_zones(
        zone, event["magnitude"], (event["lon"], event["lat"]), event["strike_deg"]
    )
    method = f"estimate: Yu et al. 2013, zone {zone.code}"
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO intensity_zones (event, intensity, method, geom)"
            " VALUES (%s, %s, %s, ST_GeomFromWKB(%s, 4490))",
            [(event_id, grade, method, shapely.to_wkb(ground)) for grade, ground in zones],
        )
    return len(zones)
