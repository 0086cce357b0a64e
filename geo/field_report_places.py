"""Where a report from the field is, as it states it in whatever coordinates its phone has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.crs import CoordinateSystem, coordinate_system, within_reach
from geo.database import Connection, Row, sql
from relief.divisions import contains
from relief.errors import Fault, InvalidInput
from relief.field_reports import WORST_ACCURACY_M, Flag


@dataclass(frozen=True)
class Location:
    """A place as stated: degrees, longitude first, or metres in a projected system."""

    lon: float
    lat: float
    crs: str | None = None
    accuracy_m: float | None = None

    def as_stated(self) -> dict[str, Any]:
        """The JSON shape."""
        return {"lon": self.lon, "lat": self.lat, "crs": self.crs}


@dataclass(frozen=True)
class Place:
    """A place in CGCS2000 degrees, its division if one is loaded, and what is odd about it."""

    lon: float
    lat: float
    admin_area: str | None = None
    population: int | None = None
    flags: tuple[Flag, ...] = ()


def placed(location: Location) -> Place:
    """The place in CGCS2000; swapped pairs are mended, far places kept, both flagged.

    Raises InvalidInput for what is no place at all, and UnknownCrs.
    """
    system = coordinate_system(location.crs)
    flags = [Flag.IMPRECISE] if (location.accuracy_m or 0) > WORST_ACCURACY_M else []
    stated, swapped = (location.lon, location.lat), (location.lat, location.lon)
    for (x, y), found in ((stated, []), (swapped, [Flag.SWAPPED])):
        lon, lat = _lon_lat(system, x, y)
        if within_reach(lon, lat)[0]:
            return Place(float(lon[0]), float(lat[0]), flags=(*flags, *found))
    if system.geographic and abs(location.lon) <= 180 and abs(location.lat) <= 90:
        return Place(*stated, flags=(*flags, Flag.FAR))
    detail = (
        f"({location.lon:.10g}, {location.lat:.10g}) is no place in {system.name}; "
        "give degrees, longitude first, or name the crs that they are in."
    )
    raise InvalidInput("The place can't be used.", [Fault("/location", detail)])


async def in_division(
    conn: Connection, place: Place, event_area: str, stated_area: str | None
) -> Place:
    """The place with the finest division that it lies in, held against the one that was stated.

    A phone may hold codes that an import has replaced since: what is not on file is flagged alone.
    """
    found = await division_at(conn, place.lon, place.lat)
    code, population = (found["code"], found["population"]) if found else (None, None)
    flags = list(place.flags)
    if Flag.FAR not in flags and not _agree(code, event_area):
        flags += [Flag.OUTSIDE_EVENT] if found or await _is_outlined(conn, event_area) else []
    if stated_area and not await _is_on_file(conn, stated_area):
        flags.append(Flag.AREA_DIFFERS)
        stated_area = None
    if stated_area and not _agree(code, stated_area):
        flags.append(Flag.AREA_DIFFERS)
        flags += [Flag.GCJ02] if await _fits_when_unshifted(conn, place, stated_area) else []
    if stated_area and (code is None or contains(code, stated_area)):
        code = stated_area
    return Place(place.lon, place.lat, code, population, tuple(flags))


async def place_of_division(conn: Connection, code: str) -> Place:
    """The seat or the middle of a division, for a report that has no coordinates."""
    cursor = await conn.execute(sql("place_of_division"), {"code": code})
    row = await cursor.fetchone()
    if row is None or row["lon"] is None:
        detail = f"No place is on file for {code}; give coordinates, or another division."
        raise InvalidInput("The place can't be used.", [Fault("/area", detail)])
    return Place(row["lon"], row["lat"], code, row["population"], (Flag.NO_PLACE,))


async def division_at(conn: Connection, lon: float, lat: float) -> Row | None:
    """`code`, `name` and `population` of the finest division there; None outside of all."""
    cursor = await conn.execute(sql("division_at"), {"lon": lon, "lat": lat})
    return await cursor.fetchone()


def unshifted(lon: float, lat: float) -> tuple[float, float] | None:
    """Where (lon, lat) is if it was GCJ-02 all the time; None where that has no answer."""
    x, y = _lon_lat(coordinate_system("gcj02"), lon, lat)
    return None if math.isnan(x[0]) else (float(x[0]), float(y[0]))


async def _fits_when_unshifted(conn: Connection, place: Place, stated_area: str) -> bool:
    moved = unshifted(place.lon, place.lat)
    found = await division_at(conn, *moved) if moved else None
    return found is not None and _agree(found["code"], stated_area)


async def _is_on_file(conn: Connection, area: str) -> bool:
    cursor = await conn.execute("SELECT FROM admin_areas WHERE code = %s", (area,))
    return cursor.rowcount == 1


async def _is_outlined(conn: Connection, area: str) -> bool:
    """Whether any outline of the division is loaded, so that to be outside says something."""
    cursor = await conn.execute(
        "SELECT FROM admin_areas WHERE code LIKE %s AND geom IS NOT NULL LIMIT 1", (f"{area}%",)
    )
    return cursor.rowcount == 1


def _agree(found: str | None, stated: str) -> bool:
    """Whether a division found by outline and one that was stated can both be right."""
    return found is not None and (contains(found, stated) or contains(stated, found))


def _lon_lat(system: CoordinateSystem, x: float, y: float) -> tuple[Any, Any]:
    return system.lon_lat(np.array([x]), np.array([y]))
