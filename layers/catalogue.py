"""Every layer there is, by id, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from layers.divisions import COUNTIES, TOWNSHIPS, VILLAGES
from layers.field_reports import FIELD_REPORTS
from layers.hazards import FAULTS, FLOOD_AREAS, HAZARD_POINTS, RISK_ZONES
from layers.households import HOUSEHOLDS
from layers.impact import CASUALTIES, INTENSITY
from layers.layer import Layer
from layers.planning import ASSIGNMENTS, SITES
from layers.registers import DEPOTS, OPEN_GROUND, ROADS, SHELTERS
from layers.road_closures import ROAD_CLOSURES
from layers.teams import TEAMS
from relief.errors import NotFound

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.id: layer
        for layer in (
            COUNTIES,
            TOWNSHIPS,
            VILLAGES,
            SHELTERS,
            DEPOTS,
            HAZARD_POINTS,
            RISK_ZONES,
            FAULTS,
            FLOOD_AREAS,
            OPEN_GROUND,
            ROADS,
            ROAD_CLOSURES,
            HOUSEHOLDS,
            FIELD_REPORTS,
            TEAMS,
            INTENSITY,
            CASUALTIES,
            SITES,
            ASSIGNMENTS,
        )
    }
)


def layer_by_id(layer_id: str) -> Layer:
    """The layer; raises NotFound with the list of those there are."""
    if layer_id not in LAYERS:
        raise NotFound(f"There is no collection '{layer_id[:80]}'. There are: {', '.join(LAYERS)}.")
    return LAYERS[layer_id]
