"""Instants and geometries as filters write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.filters.expression import Instant, Interval, Node, Property, Shape, fault
from geo.import_values import BEIJING

MOST_VERTICES = 10_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})"
)


def date(text: object, at: str) -> Instant:
    """The midnight in Beijing time at which a date such as 2026-09-15 begins."""
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return Instant(at, datetime.fromisoformat(text).replace(tzinfo=BEIJING))
        except ValueError:
            pass
    raise fault(at, "a date such as 2026-09-15 is expected")


def timestamp(text: object, at: str) -> Instant:
    """The moment of RFC 3339 with an offset."""
    if isinstance(text, str) and _TIMESTAMP.fullmatch(text):
        try:
            return Instant(at, datetime.fromisoformat(text))
        except ValueError:
            pass
    raise fault(at, "a time with an offset is expected, such as 2026-09-15T02:17:00+08:00")


def interval(start: Node | str, end: Node | str, at: str) -> Interval:
    """From start to end, each a property, an instant or its text; `..` leaves a side open."""
    sides = [_side(part, at) for part in (start, end)]
    first, last = sides
    if isinstance(first, Instant) and isinstance(last, Instant) and first.value > last.value:
        raise fault(at, "the interval ends before it starts")
    return Interval(at, first, last)


def _side(part: Node | str, at: str) -> Node | None:
    if isinstance(part, Property | Instant):
        return part
    if part == "..":
        return None
    return date(part, at) if isinstance(part, str) and len(part) == 10 else timestamp(part, at)


def shape_of_wkt(text: str, at: str) -> Shape:
    """The geometry of well-known text."""
    try:
        return _usable(shapely.from_wkt(text), at)
    except shapely.errors.ShapelyError:
        raise fault(at, "this is no well-known text of a geometry") from None


def shape_of_geojson(document: Any, at: str) -> Shape:
    """The geometry of a GeoJSON object."""
    try:
        return _usable(shapely.from_geojson(orjson.dumps(document)), at)
    except (shapely.errors.ShapelyError, TypeError):
        raise fault(at, "this is no GeoJSON geometry") from None


def shape_of_box(numbers: Sequence[object], at: str) -> Shape:
    """The rectangle with these corners; heights are left aside."""
    if len(numbers) not in (4, 6) or not all(
        isinstance(n, int | float) and not isinstance(n, bool) for n in numbers
    ):
        raise fault(at, "a box has four numbers, or six with heights")
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if west > east or south > north:  # type: ignore[operator]
        raise fault(at, "the lower corner of a box comes first")
    return _usable(shapely.box(west, south, east, north), at)  # type: ignore[call-overload]


def _usable(geometry: BaseGeometry | None, at: str) -> Shape:
    """The geometry; what is not valid stays out of the store, which may not survive it."""
    if geometry is None or geometry.is_empty:
        raise fault(at, "the geometry is empty")
    if shapely.get_num_coordinates(geometry) > MOST_VERTICES:
        raise fault(at, f"a geometry has at most {MOST_VERTICES} vertices")
    flat = shapely.force_2d(geometry)
    if not shapely.is_valid(flat):
        raise fault(at, f"the geometry is not valid: {shapely.is_valid_reason(flat)}")
    return Shape(at, flat)
