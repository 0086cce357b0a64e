"""Ground that a site could stand on: polygons that a planner sends, or the store's open ground."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import coordinate_system
from geo.crs_zones import Geometries
from geo.database import Connection, sql
from geo.outlines import polygon_in
from relief.errors import Fault, InvalidGeometry, InvalidInput, TooLarge

MOST_CANDIDATES = 20_000
MOST_GROUND = 100_000
_MOST_FAULTS = 100

Slopes: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """Candidates by id, with their valid (multi)polygons in EPSG:4490.

    `slope_percent` is NaN where it is not known; `part_of` names the ground that a part was cut
    from, None for whole ground.
    """

    ids: tuple[str, ...]
    geometry: Geometries
    slope_percent: Slopes | None = None
    part_of: tuple[str | None, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def slopes(self) -> Slopes:
        """Percent by candidate, NaN where not known."""
        unknown = np.full(len(self.ids), np.nan)
        return unknown if self.slope_percent is None else self.slope_percent

    def origin(self, index: int) -> str | None:
        """The ground that this one was cut from, None for whole ground."""
        return self.part_of[index] if self.part_of else None


def given_candidates(collection: Mapping[str, Any], crs: str | None = None) -> Candidates:
    """The polygons of a GeoJSON FeatureCollection, its coordinates in `crs` (None: degrees).

    A feature's id is its `id`, else its property `id`, else its number; its property
    `slope_percent` may say how steep it is. Raises InvalidGeometry
    naming every fault and its place, TooLarge beyond MOST_CANDIDATES. Nothing is repaired.
    """
    features = _features(collection)
    system = coordinate_system(crs) if crs else None
    found, slopes, faults = [], [], []
    for number, feature in enumerate(features):
        at = f"/candidates/features/{number}"
        given = feature.get("geometry") if isinstance(feature, dict) else None
        outcome = polygon_in(given, f"{at}/geometry", "A candidate", system)
        slope = _slope(feature, at)
        if isinstance(outcome, Fault) or isinstance(slope, Fault):
            faults += [fault for fault in (outcome, slope) if isinstance(fault, Fault)]
        else:
            found.append((_id(feature, number), outcome))
            slopes.append(slope)
    faults += _repeated([one for one, _ in found])
    if faults:
        raise InvalidGeometry(
            f"{len(faults)} of the candidates can't be used; correct them or leave them out.",
            faults[:_MOST_FAULTS],
        )
    polygons = _array([polygon for _, polygon in found])
    return Candidates(tuple(one for one, _ in found), polygons, np.array(slopes, float))


async def open_ground_in(
    conn: Connection, admin_area: str, within: BaseGeometry | None = None
) -> Candidates:
    """The store's open ground inside an area, all that touches `within`; raises TooLarge beyond
    MOST_GROUND."""
    cursor = await conn.execute(
        sql("siting_open_ground"),
        {
            "area": admin_area,
            "prefix": f"{admin_area}%",
            "within": None if within is None else shapely.to_wkb(within),
            "most": MOST_GROUND + 1,
        },
    )
    rows = await cursor.fetchall()
    if len(rows) > MOST_GROUND:
        raise TooLarge(
            f"More than {MOST_GROUND} grounds are on file in {admin_area}; ask for one county,"
            " or draw an outline and send it as `within`."
        )
    geometry = shapely.from_wkb([bytes(row["wkb"]) for row in rows])
    slopes = np.array([row["slope_percent"] for row in rows], float)
    return Candidates(tuple(row["id"] for row in rows), np.asarray(geometry, object), slopes)


def _features(collection: Mapping[str, Any]) -> Sequence[Any]:
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        detail = "Candidates are a GeoJSON FeatureCollection of polygons."
        raise InvalidInput(detail, [Fault("/candidates", detail)])
    if not features:
        detail = "There is no candidate; leave `candidates` out to use the open ground on file."
        raise InvalidInput(detail, [Fault("/candidates/features", detail)])
    if len(features) > MOST_CANDIDATES:
        detail = f"{len(features)} candidates; at most {MOST_CANDIDATES} are taken at once."
        raise TooLarge(detail, [Fault("/candidates/features", detail)])
    return features


def _id(feature: Mapping[str, Any], number: int) -> str:
    properties = feature.get("properties") or {}
    named = feature.get("id", properties.get("id") if isinstance(properties, dict) else None)
    return str(named) if named is not None else f"candidate-{number + 1}"


def _slope(feature: Any, at: str) -> float | Fault:
    """The feature's slope in percent, NaN where it states none."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    slope = properties.get("slope_percent") if isinstance(properties, dict) else None
    if slope is None:
        return float("nan")
    if isinstance(slope, bool) or not isinstance(slope, int | float) or not 0 <= slope < 1e6:
        return Fault(f"{at}/properties/slope_percent", "A slope is a number of 0 or more, in %.")
    return float(slope)


def _repeated(ids: Sequence[str]) -> list[Fault]:
    return [
        Fault("/candidates/features", f"The id '{one}' is given {times} times.")
        for one, times in Counter(ids).items()
        if times > 1
    ]


def _array(polygons: Sequence[BaseGeometry]) -> Geometries:
    array = np.empty(len(polygons), object)
    array[:] = polygons
    return array
