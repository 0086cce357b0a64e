"""Roads of an OpenStreetMap extract (.osm.pbf): its ways with a `highway` that one can travel on.

The data are © OpenStreetMap contributors under the ODbL 1.0; every row says so in its source.
Tags: https://wiki.openstreetmap.org/wiki/Key:highway
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import osmium
import pandas as pd
import shapely

from geo.readers.source import MOST_ROWS, Geometries, SourceTable
from relief.errors import InvalidInput, TooLarge

CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
_HEADER = b"OSMHeader"  # the type of a PBF file's first block, after its length

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "motorway": "motorway",
        "trunk": "national",
        "primary": "provincial",
        "secondary": "county",
        "tertiary": "township",
        **dict.fromkeys(
            ("unclassified", "residential", "living_street", "service", "road", "track"), "village"
        ),
        **dict.fromkeys(
            ("pedestrian", "footway", "path", "steps", "cycleway", "bridleway"), "village"
        ),
    }
)
"""Our class of each kind of highway; the two lists are our own reading, as OSM follows form and
importance and our classes follow who keeps the road."""
_ON_FOOT = frozenset({"pedestrian", "footway", "path", "steps", "cycleway", "bridleway"})
_CLOSED = frozenset({"no", "private"})
_KMH = re.compile(r"(\d{1,3}(?:\.\d+)?)(?: ?km/h)?")
_COLUMNS = ("id", "name", "class", "oneway", "vehicle_kmh", "walking_kmh", "source")


def looks_like(head: bytes) -> bool:
    """Whether a file that starts so is a PBF extract."""
    return _HEADER in head[:32]


@dataclass
class _Ways:
    """The ways read so far: texts by column, and vertices with the part and the way of each."""

    texts: list[tuple[str, ...]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    vertices: list[tuple[float, float]] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    way_of_part: list[int] = field(default_factory=list)
    read: int = 0

    def add(self, way: osmium.osm.Way) -> None:
        self.read += 1
        if self.read > MOST_ROWS:
            raise TooLarge(f"The file has more than {MOST_ROWS:,} roads: cut a smaller extract.")
        runs = _runs(way)
        if not runs:
            return
        for run in runs:
            self.part += [len(self.way_of_part)] * len(run)
            self.vertices += run
            self.way_of_part.append(len(self.texts))
        self.texts.append(_texts(way))
        self.row_numbers.append(self.read)

    def geometries(self) -> Geometries:
        lines = shapely.linestrings(np.array(self.vertices), indices=np.array(self.part))
        parts: Geometries = np.asarray(lines, object)
        return np.asarray(shapely.multilinestrings(parts, indices=np.array(self.way_of_part)))


def read(content: bytes) -> SourceTable:
    """One row a way, under the columns of the layer roads; the file is WGS 84 by definition.

    An extract may end in the middle of a way: the parts inside are kept, and ways of which no
    part is are left out. Raises InvalidInput for a damaged file and for one without roads.
    """
    ways = _Ways()
    try:
        buffer = osmium.io.FileBuffer(content, "osm.pbf")
        processor = osmium.FileProcessor(buffer).with_locations("sparse_mem_array")
        for way in processor.with_filter(osmium.filter.KeyFilter("highway")):
            if isinstance(way, osmium.osm.Way) and _kind(way.tags) in CLASSES:
                ways.add(way)
    except RuntimeError as error:
        raise InvalidInput(f"The OpenStreetMap file is damaged: {error}.") from None
    if not ways.texts:
        raise InvalidInput(
            "The file holds no roads: no way with a tag highway that leads anywhere."
        )
    texts = pd.DataFrame(ways.texts, columns=list(_COLUMNS), dtype="str")
    return SourceTable(texts, np.array(ways.row_numbers), ways.geometries(), "EPSG:4326")


def _kind(tags: osmium.osm.TagList) -> str:
    return (tags.get("highway") or "").removesuffix("_link")


def _runs(way: osmium.osm.Way) -> list[list[tuple[float, float]]]:
    """The vertices of a way, apart where nodes are missing from the file."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.lon, node.lat))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(set(run)) > 1]


def _texts(way: osmium.osm.Way) -> tuple[str, ...]:
    tags = way.tags
    kind = _kind(tags)
    return (
        f"way-{way.id}",
        tags.get("name") or tags.get("ref") or "",
        CLASSES[kind],
        _oneway(tags, kind),
        _vehicle_kmh(tags, kind),
        "0" if tags.get("foot") in _CLOSED else "",
        CREDIT,
    )


def _oneway(tags: osmium.osm.TagList, kind: str) -> str:
    told = tags.get("oneway")
    if told in ("-1", "reverse"):
        return "backward"
    by_nature = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return "forward" if told in ("yes", "true", "1") or (told is None and by_nature) else "both"


def _vehicle_kmh(tags: osmium.osm.TagList, kind: str) -> str:
    """0 where vehicles may not go, the limit where one is signed, else nothing."""
    access = tags.get("motor_vehicle") or tags.get("vehicle") or tags.get("access")
    if kind in _ON_FOOT or access in _CLOSED:
        return "0"
    signed = _KMH.fullmatch(tags.get("maxspeed") or "")
    return signed[1] if signed and 0 < float(signed[1]) <= 200 else ""
