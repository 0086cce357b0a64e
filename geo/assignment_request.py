"""What an assignment is asked, as a job's parameters hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.households import HouseholdFilter
from geo.shelters import ShelterFilter
from relief.replan import DEFAULT_MOVING_PRICE_M


@dataclass(frozen=True)
class AssignmentRequest:
    """What is asked; `priority` names key groups, the first goes first. With `distance` road all
    distances are by road, as one travels on it by `travel`.

    `keep` is a plan whose households move only where each person moved saves `moving_price_m`;
    with `arrived` what shelters have taken in since is that plan's own people as far as it sent
    any. Shelters within a hazard are out unless `unsafe` is "allow". Of each shelter's capacity
    the share `reserve_share` stays free. `keep_together` is "household" or "village", `weights`
    how often a metre counts for key groups.
    """

    event: str
    admin_area: str
    households: HouseholdFilter = field(default_factory=HouseholdFilter)
    shelters: ShelterFilter = field(default_factory=ShelterFilter)
    max_distance_m: float | None = None
    priority: tuple[str, ...] = ()
    distance: str = "straight"
    travel: str = "vehicle"
    keep: str | None = None
    moving_price_m: float = DEFAULT_MOVING_PRICE_M
    arrived: bool = True
    unsafe: str = "exclude"
    reserve_share: float = 0.0
    keep_together: str = "household"
    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> AssignmentRequest:
        """The request that a job's parameters hold."""
        households = HouseholdFilter(**_with_tuples(parameters["households"]))
        shelters = ShelterFilter(**_with_tuples(parameters["shelters"]))
        own = _with_tuples(parameters) | {"households": households, "shelters": shelters}
        return cls(**own)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose rows the answer rests on."""
        hazards = ("faults", "flood_areas", "hazard_points", "risk_zones")
        roads = ("road_closures", "roads") if self.distance == "road" else ()
        return tuple(sorted(("households", "house_damage", "shelters", *hazards, *roads)))


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with tuples where JSON has lists."""
    return {k: tuple(one) if isinstance(one, list) else one for k, one in values.items()}
