"""Roads that an event has cut: told as a point or a line, kept as stretches of the roads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import shapely
from psycopg.types.json import Jsonb
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.crs_zones import Geometries, plane_of
from geo.database import Connection, Row, sql
from geo.road_topology import STRAIGHT_DEG
from relief.errors import Fault, Forbidden, InvalidInput, NotFound
from relief.reach import FloatArray, IntArray

TOLERANCE_M = 50.0
"""How far a place that is told may be from the road it means; phones are off by some ten metres."""
POINT_STRETCH_M = 10.0
"""How much of a road a point closes."""
FARTHEST_DEG = 1.0
"""A closure spans no more: some hundred kilometres, the longest road that one flood takes."""
_SAMPLE_M = 10.0
_MOST_SAMPLES = 20_000


@dataclass(frozen=True)
class NewClosure:
    """A road cut at `place` (a Point or LineString in degrees) from a time on.

    `direction` is both, or drawn: then it is closed only the way the line is drawn.
    """

    place: BaseGeometry
    direction: str
    from_at: datetime
    until_at: datetime | None
    reason: str
    by_whom: str
    field_report: UUID | None = None


@dataclass(frozen=True)
class Stretches:
    """Stretches of roads (degrees), the road of each, and the metres of them."""

    roads: tuple[str, ...]
    lines: tuple[LineString, ...]
    length_m: float


async def add_closure(conn: Connection, event: str, asked: NewClosure, token: int) -> str:
    """Stores the closure; its id. Raises InvalidInput where no road is near the place."""
    stretches = await stretches_at(conn, asked.place)
    await _require_report(conn, event, asked.field_report)
    closure = str(uuid4())
    shape = shapely.set_srid(shapely.MultiLineString(list(stretches.lines)), 4490)
    await conn.execute(
        "INSERT INTO road_closures (id, event, place, direction, roads, geom, from_at, until_at,"
        " reason, by_whom, field_report, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            closure,
            event,
            Jsonb(shapely.geometry.mapping(asked.place)),
            asked.direction,
            list(stretches.roads),
            shapely.to_wkb(shape, hex=True, include_srid=True),
            asked.from_at,
            asked.until_at,
            asked.reason,
            asked.by_whom,
            asked.field_report,
            token,
        ),
    )
    return closure


async def closures_of(
    conn: Connection, event: str, at: datetime | None, closure: str | None = None
) -> list[Row]:
    """The closures of an event, the newest first; with `at` those that hold then."""
    cursor = await conn.execute(sql("road_closures"), {"event": event, "at": at, "id": closure})
    return await cursor.fetchall()


async def closure_by_id(conn: Connection, event: str, closure: str) -> Row:
    """One closure; raises NotFound."""
    rows = await closures_of(conn, event, None, closure)
    if not rows:
        raise NotFound(f"There is no road closure '{closure[:80]}' in this event.")
    return rows[0]


async def lift_closure(
    conn: Connection, event: str, closure: str, by_whom: str, reason: str | None
) -> bool:
    """Opens the road again; false where that was done already. Raises NotFound."""
    await closure_by_id(conn, event, closure)
    cursor = await conn.execute(
        "UPDATE road_closures SET lifted_at = clock_timestamp(), lifted_by = %s,"
        " lifted_reason = %s WHERE id = %s AND lifted_at IS NULL",
        (by_whom, reason, closure),
    )
    return cursor.rowcount == 1


async def require_inside(conn: Connection, closure: str, admin_area: str) -> None:
    """Raises Forbidden unless the closure touches the division."""
    cursor = await conn.execute(
        "SELECT 1 FROM road_closures AS c JOIN admin_areas AS a ON ST_Intersects(a.geom, c.geom)"
        " WHERE c.id = %s AND a.code = %s",
        (closure, admin_area),
    )
    if not await cursor.fetchone():
        raise Forbidden(f"Your token is for the area {admin_area}; the road lies outside it.")


async def _require_report(conn: Connection, event: str, report: UUID | None) -> None:
    cursor = await conn.execute(
        "SELECT 1 FROM field_reports WHERE id = %s AND event = %s", (report, event)
    )
    if report is not None and not await cursor.fetchone():
        fault = Fault("/field_report", "This event has no field report of that id.")
        raise InvalidInput("The closure rests on no report; nothing was stored.", [fault])


async def stretches_at(conn: Connection, place: BaseGeometry) -> Stretches:
    """What of which roads a point or line (degrees) means; raises InvalidInput for none.

    A point means the nearest road; a line means, step by step, the road that is nearest there.
    """
    _require_short(place)
    cursor = await conn.execute(sql("roads_near"), _box(place))
    rows = await cursor.fetchall()
    plane = plane_of(place.centroid.x)
    lines = shapely.segmentize(shapely.from_wkb([row["line"] for row in rows]), STRAIGHT_DEG)
    parts, road = shapely.get_parts(lines, return_index=True)
    parts_m = plane.projected(parts)
    place_m = plane.projected([shapely.segmentize(place, STRAIGHT_DEG)])[0]
    runs = _runs_at(place_m, parts_m) if len(parts_m) else []
    if not runs:
        detail = f"No road on file runs within {TOLERANCE_M:g} m of the place."
        raise InvalidInput("The closure closes nothing.", [Fault("/location", detail)])
    return Stretches(
        tuple(rows[int(road[part])]["id"] for part, _, _ in runs),
        tuple(_substring(parts[part], parts_m[part], begin, end) for part, begin, end in runs),
        sum(abs(end - begin) for _, begin, end in runs),
    )


def _require_short(place: BaseGeometry) -> None:
    west, south, east, north = place.bounds
    if max(east - west, north - south) > FARTHEST_DEG:
        detail = f"The line spans more than {FARTHEST_DEG:g} degrees; close the roads in parts."
        raise InvalidInput("The closure is too long.", [Fault("/location", detail)])


def _box(place: BaseGeometry) -> Mapping[str, Any]:
    west, south, east, north = place.bounds
    margin = TOLERANCE_M / 111_195 * 1.01
    aside = margin / np.cos(np.radians(max(abs(south), abs(north)) + margin))
    return {
        "west": west - aside,
        "south": south - margin,
        "east": east + aside,
        "north": north + margin,
    }


Run = tuple[int, float, float]
"""A part of a road, and from which metre of it to which."""


def _runs_at(place_m: BaseGeometry, parts_m: Geometries) -> list[Run]:
    samples = _samples(place_m)
    points: Geometries = np.asarray(shapely.points(samples), object)
    tree = shapely.STRtree(parts_m)
    step, part = tree.query_nearest(points, max_distance=TOLERANCE_M, all_matches=False)
    along_m = shapely.line_locate_point(parts_m[part], points[step])
    runs = [
        (
            int(part[run[0]]),
            float(along_m[run[0]]),
            float(along_m[run[-1]]),
            _gone_m(samples[step[run]]),
        )
        for run in _together(step, part)
    ]
    kept = [run for run in runs if run[3] > 0 and abs(run[2] - run[1]) >= 0.5 * run[3]]
    if not kept and runs:  # a point, or a line too short to run along anything
        kept = [max(runs, key=lambda run: run[3])]
    return [_long_enough(part, begin, end, parts_m[part].length) for part, begin, end, _ in kept]


def _gone_m(steps: FloatArray) -> float:
    """How far one goes over these samples; a road that is only crossed runs along few of it."""
    return float(np.hypot(*np.diff(steps, axis=0).T).sum())


def _samples(place_m: BaseGeometry) -> FloatArray:
    """The place itself, or the points every few metres along it."""
    if not isinstance(place_m, LineString):
        return shapely.get_coordinates(place_m)
    count = min(_MOST_SAMPLES, max(2, int(place_m.length / _SAMPLE_M) + 2))
    share = np.linspace(0, 1, count)
    return shapely.get_coordinates(shapely.line_interpolate_point(place_m, share, normalized=True))


def _together(step: IntArray, part: IntArray) -> list[IntArray]:
    """Positions of the samples that follow one another along the same part."""
    if not len(step):
        return []
    breaks = np.flatnonzero((np.diff(step) > 1) | (np.diff(part) != 0)) + 1
    return np.split(np.arange(len(step)), breaks)


def _long_enough(part: int, begin: float, end: float, length_m: float) -> Run:
    """The stretch, or as much around it as a point closes."""
    if abs(end - begin) >= POINT_STRETCH_M:
        return part, begin, end
    low = max(0.0, min((begin + end - POINT_STRETCH_M) / 2, length_m - POINT_STRETCH_M))
    high = min(length_m, low + POINT_STRETCH_M)
    return (part, low, high) if begin <= end else (part, high, low)


def _substring(part: LineString, part_m: LineString, begin: float, end: float) -> LineString:
    """The stretch in degrees, drawn from `begin` to `end` (metres along the part)."""
    steps_m = np.hypot(*np.diff(shapely.get_coordinates(part_m), axis=0).T)
    run_m = np.concatenate([[0.0], np.cumsum(steps_m)])
    low, high = min(begin, end), max(begin, end)
    at_m = np.concatenate([[low], run_m[(run_m > low) & (run_m < high)], [high]])
    lon, lat = (np.interp(at_m, run_m, axis) for axis in shapely.get_coordinates(part).T)
    drawn = np.column_stack([lon, lat])
    return LineString(drawn if begin <= end else drawn[::-1])
