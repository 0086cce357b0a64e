"""Whether places that a file calls WGS 84 or CGCS2000 are those of a shifted web map.

Gaode and Tencent (GCJ-02) and Baidu (BD-09) give coordinates some hundred metres off, and files of
them often declare WGS 84. It is never corrected unasked, only said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import psycopg.sql as composition

from geo.crs import CoordinateSystem, Floats, coordinate_system
from geo.database import Connection
from geo.import_layers import ImportLayer
from geo.import_places import inner_points
from geo.readers.source import Geometries

LEAST_SHARED = 3
OFF_M, BACK_M = 100.0, 30.0
"""So far from the places on file, and so near to them once the shift is undone, is no chance."""

_MOST_LOOKED_AT = 500
_METRES_A_DEGREE = 111_320.0


async def shift_suspected(
    conn: Connection,
    layer: ImportLayer,
    ids: Sequence[str],
    geometries: Geometries,
    system: CoordinateSystem,
) -> str | None:
    """A warning where the places of ids on file are those of the file but for a known shift.

    Half of at least LEAST_SHARED of them must agree; None for a system that is stated as shifted.
    """
    if system.shifted or not system.geographic:
        return None
    there = await _places_on_file(conn, layer, ids[:_MOST_LOOKED_AT])
    shared = [i for i, one in enumerate(ids[:_MOST_LOOKED_AT]) if one in there]
    if len(shared) < LEAST_SHARED:
        return None
    given = inner_points(geometries[shared])
    known = np.array([there[ids[i]] for i in shared]).T
    if _median_m(given, (known[0], known[1])) < OFF_M:
        return None
    for name in ("gcj02", "bd09"):
        if _median_m(coordinate_system(name).lon_lat(*given), (known[0], known[1])) < BACK_M:
            return (
                f"The places of {len(shared)} rows lie off those on file just as {name} does from"
                f" {system.name}, which the file says it is in: import it with crs={name} if it"
                " comes from such a map."
            )
    return None


async def _places_on_file(
    conn: Connection, layer: ImportLayer, ids: Sequence[str]
) -> dict[str, tuple[float, float]]:
    statement = composition.SQL(
        "SELECT {key} AS id, ST_X(p) AS lon, ST_Y(p) AS lat FROM (SELECT {key},"
        " ST_PointOnSurface(geom) AS p FROM {table} WHERE {key} = ANY (%s) AND geom IS NOT NULL)"
        " AS t"
    ).format(key=composition.Identifier(layer.key), table=composition.Identifier(layer.table))
    cursor = await conn.execute(statement, [list(ids)])
    return {row["id"]: (row["lon"], row["lat"]) for row in await cursor.fetchall()}


def _median_m(some: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> float:
    """Median distance of places from others, near enough for some hundred metres."""
    north = (some[1] - others[1]) * _METRES_A_DEGREE
    east = (some[0] - others[0]) * _METRES_A_DEGREE * np.cos(np.radians(others[1]))
    distance_m = np.hypot(east, north)
    return float(np.median(np.where(np.isfinite(distance_m), distance_m, np.inf)))
