"""Which shelters stand within a hazard: by which rule, which feature, and how far from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs_zones import plane_of
from geo.database import Connection
from geo.obstacles import Conflict, conflicts, obstacles_around
from geo.shelters import OpenShelters
from relief.siting_rules import AVOID_RULES

HAZARDS = ("faults", "flood_areas", "hazard_points", "risk_zones")
"""The layers that people are kept away from; a road at the gate is no danger."""


@dataclass(frozen=True)
class Danger:
    """A shelter (by number) nearer to a feature than the rule of its layer asks."""

    shelter: int
    conflict: Conflict

    def as_json(self) -> dict[str, Any]:
        """Rule, feature and distance, as plans keep them."""
        one, rule = self.conflict.obstacle, AVOID_RULES[self.conflict.obstacle.layer]
        return {
            "layer": one.layer,
            "feature": one.id,
            "kind": one.kind,
            "distance_m": round(self.conflict.distance_m, 1),
            "required_m": round(self.conflict.required_m, 1),
            "rule": {"zh": rule.zh, "en": rule.en, "clause": rule.clause},
            "sources": [asdict(source) for source in rule.sources_for(one.kind)],
        }


async def shelter_dangers(conn: Connection, places: OpenShelters) -> list[Danger]:
    """Every shelter and feature that are too near, by the distances that siting proposes."""
    if not places.ids:
        return []
    proposed = [AVOID_RULES[layer].proposed_m() for layer in HAZARDS]
    metres = {key: value for own in proposed for key, value in own.items()}
    west, east = float(places.lon.min()), float(places.lon.max())
    box = (west, float(places.lat.min()), east, float(places.lat.max()))
    plane = plane_of((west + east) / 2)
    obstacles = await obstacles_around(conn, box, plane, metres)
    points = np.asarray(shapely.points(places.lon, places.lat), object)
    found = conflicts(plane.projected(points), obstacles)
    return [Danger(one.candidate, one) for one in found]
