"""KML (OGC 07-147r2): every placemark of the file, whatever folder it lies in.

Entities, document types and deep nesting are refused, as they serve no data; so are links to other
files, which are never fetched.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pandas as pd
import shapely
from defusedxml.ElementTree import iterparse
from shapely.geometry.base import BaseGeometry

from geo.readers.encoding import office_text
from geo.readers.source import MOST_COLUMNS, MOST_ROWS, Refusal, SourceTable
from relief.errors import InvalidInput, TooLarge

DEEPEST = 64
_PROLOGUE = re.compile(r"\s*<\?xml[^>]*\?>")
_ROOT = re.compile(r"<(?:\w+:)?kml[\s>]")
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_COLLECTIONS: Mapping[str, Callable[[list[Any]], BaseGeometry]] = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}


def looks_like(head: bytes) -> bool:
    """Whether a file that starts so is KML."""
    return bool(_ROOT.search(head.decode("ascii", "replace")))


def read(content: bytes) -> SourceTable:
    """Names, descriptions and extended data as text; the id of a placemark where no field is so
    called.

    Raises InvalidInput for a damaged or hostile file, and for one that only links to others.
    """
    marks = list(_placemarks(office_text(content)))
    if not marks:
        raise InvalidInput("The file holds no placemarks.")
    faults = {i: shape for i, (_, shape) in enumerate(marks) if isinstance(shape, str)}
    kept = [i for i in range(len(marks)) if i not in faults]
    places = np.empty(len(kept), dtype=object)
    places[:] = [marks[i][1] for i in kept]
    refusals = tuple(Refusal(i + 1, "geometry", why) for i, why in faults.items())
    texts = _texts([marks[i][0] for i in kept])
    return SourceTable(texts, np.array(kept, dtype=int) + 1, places, "EPSG:4326", refusals)


def _placemarks(text: str) -> Iterator[tuple[dict[str, str], Any]]:
    """Fields and geometry of each placemark, or why it has none."""
    if declared := _DECLARED.search(text):
        raise InvalidInput(
            f"The file declares a {declared[0][2:]}, which no KML needs: leave it out."
        )
    body = _PROLOGUE.sub("", text, count=1)  # it may name the encoding that the text was in
    depth = seen = 0
    try:
        for event, element in iterparse(io.BytesIO(body.encode()), events=("start", "end")):
            depth += 1 if event == "start" else -1
            _require_plain(element, depth)
            if event == "end" and _tag(element) == "Placemark":
                seen += 1
                if seen > MOST_ROWS:
                    raise TooLarge(f"The file has more than {MOST_ROWS:,} placemarks.")
                yield _fields(element), _shape_or_why(element)
                element.clear()
    except ParseError as error:
        raise InvalidInput(f"The file is no KML: {error}.") from None


def _require_plain(element: Element, depth: int) -> None:
    if depth > DEEPEST:
        raise InvalidInput(f"The file nests more than {DEEPEST} elements: flatten it.")
    if _tag(element) == "NetworkLink":
        raise InvalidInput("The file links to another (NetworkLink): send that one itself.")


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _fields(mark: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in mark.iter():
        tag, name = _tag(element), (element.get("name") or "").strip()
        if tag in ("name", "description") and tag not in found:
            found[tag] = (element.text or "").strip()
        elif tag == "SimpleData" and name:
            found[name] = (element.text or "").strip()
        elif tag == "Data" and name:
            values = [child.text for child in element if _tag(child) == "value"]
            found[name] = (values[0] or "").strip() if values else ""
    if "id" not in found and mark.get("id"):
        found["id"] = str(mark.get("id"))
    return found


def _texts(rows: list[dict[str, str]]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(f"The placemarks have {len(names)} fields; {MOST_COLUMNS} at most.")
    columns = {n: pd.array([row.get(n, "") for row in rows], dtype="str") for n in names}
    return pd.DataFrame(columns, index=range(len(rows)))


def _shape_or_why(mark: Element) -> BaseGeometry | str:
    shapes = [child for child in mark if _tag(child) in _SHAPES]
    if not shapes:
        return "The placemark has no point, line or polygon."
    try:
        return _shape(shapes[0])
    except (ValueError, shapely.errors.ShapelyError) as error:
        return f"It is no KML geometry: {error}."


def _shape(element: Element) -> BaseGeometry:
    tag = _tag(element)
    if tag == "Point":
        return shapely.Point(_corners(element)[:1])
    if tag in ("LineString", "LinearRing"):
        return shapely.LineString(_corners(element))
    if tag == "Polygon":
        rings = {side: _rings(element, side) for side in ("outerBoundaryIs", "innerBoundaryIs")}
        return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])
    return _gathered([_shape(child) for child in element if _tag(child) in _SHAPES])


def _gathered(parts: list[BaseGeometry]) -> BaseGeometry:
    """The parts as one geometry of their kind, or as a mixed collection."""
    flat = [one for part in parts for one in getattr(part, "geoms", [part])]
    kinds = {part.geom_type for part in flat}
    if not flat or len(kinds) > 1:
        return shapely.GeometryCollection(flat)
    return _COLLECTIONS[kinds.pop()](flat)


def _rings(polygon: Element, side: str) -> list[list[tuple[float, float]]]:
    rings = [_corners(ring) for child in polygon if _tag(child) == side for ring in child]
    if side == "outerBoundaryIs" and len(rings) != 1:
        raise ValueError("a polygon needs one outer ring")
    return rings


def _corners(element: Element) -> list[tuple[float, float]]:
    """(lon, lat) of each corner; heights are left aside."""
    written = "".join(child.text or "" for child in element if _tag(child) == "coordinates")
    corners = [place.split(",") for place in written.split()]
    if not corners:
        raise ValueError("it has no coordinates")
    if any(len(corner) < 2 for corner in corners):
        raise ValueError("a corner is no longitude and latitude")
    return [(float(corner[0]), float(corner[1])) for corner in corners]
