"""The question of an assignment as it is sent: which people, which shelters, by which rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.assignment_request import AssignmentRequest
from geo.households import HouseholdFilter
from geo.shelters import ShelterFilter
from relief.divisions import normal_code
from relief.errors import Fault
from relief.precedence import groups_named
from relief.reach import HEAVIEST
from relief.replan import DEFAULT_MOVING_PRICE_M
from relief.vocabulary import AdminLevel

Ids = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50_000)]
Areas = Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=1_000)]
Groups = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)]
Weight = Annotated[float, Field(ge=1, le=HEAVIEST, allow_inf_nan=False)]


class Households(BaseModel):
    """Which households; each part narrows. Without `damage`: collapsed or severely damaged, but
    any damage where `ids` are named; an empty list is any damage."""

    model_config = ConfigDict(extra="forbid")

    ids: Ids | None = None
    areas: Areas | None = None
    key_groups: Groups | None = None
    damage: list[Literal["collapsed", "severe", "slight"]] | None = None

    def filter(self) -> HouseholdFilter:
        """The same as the store takes it; raises InvalidInput for unknown groups and areas."""
        groups = None
        if self.key_groups is not None:
            named = groups_named(self.key_groups, "/households/key_groups")
            groups = tuple(sorted(frozenset[str]().union(*named)))
        return HouseholdFilter(_tuple(self.ids), _codes(self.areas), groups, self._damage())

    def _damage(self) -> tuple[str, ...] | None:
        if self.damage is None:
            return HouseholdFilter.damage if self.ids is None else None
        return tuple(self.damage) or None


class Shelters(BaseModel):
    """Which shelters; each part narrows. Closed and full ones are never taken."""

    model_config = ConfigDict(extra="forbid")

    ids: Ids | None = None
    areas: Areas | None = None
    levels: list[AdminLevel] | None = None
    kinds: list[Literal["outdoor", "indoor"]] | None = None

    def filter(self, *, indoor_only: bool = False) -> ShelterFilter:
        """The same as the store takes it; raises UnknownArea for what is no code."""
        levels = None if self.levels is None else tuple(level.value for level in self.levels)
        kinds = ("indoor",) if indoor_only else _tuple(self.kinds)
        return ShelterFilter(_tuple(self.ids), _codes(self.areas), levels, kinds)


class AssignmentBody(BaseModel):
    """The question; of `priority` the first named go first, and with `weights` a metre of a key
    group counts so many times. `travel` is how people go by road. `keep` is an earlier plan, in
    which nobody is moved for a saving of less than `moving_price_m` a person."""

    model_config = ConfigDict(extra="forbid")

    households: Households = Field(default_factory=Households)
    shelters: Shelters = Field(default_factory=Shelters)
    distance: Literal["straight", "road"] = "straight"
    travel: Literal["vehicle", "walking"] = "vehicle"
    max_distance_m: float | None = Field(None, gt=0, le=1e6, allow_inf_nan=False)
    priority: Groups = Field(default_factory=list)
    weights: Annotated[dict[str, Weight], Field(max_length=50)] = Field(default_factory=dict)
    keep_together: Literal["household", "village"] = "household"
    unsafe: Literal["exclude", "allow"] = "exclude"
    indoor_only: bool = False
    reserve_share: float = Field(0.0, ge=0, le=0.9, allow_inf_nan=False)
    keep: str | None = Field(None, max_length=64)
    moving_price_m: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)
    arrived: bool = True

    def request(self, event: str, admin_area: str) -> AssignmentRequest:
        """The same as a job takes it; raises InvalidInput for unknown groups and areas."""
        groups_named(self.priority, "/priority")
        groups_named(list(self.weights), "/weights")
        price_m = DEFAULT_MOVING_PRICE_M if self.moving_price_m is None else self.moving_price_m
        return AssignmentRequest(
            event,
            admin_area,
            self.households.filter(),
            self.shelters.filter(indoor_only=self.indoor_only),
            self.max_distance_m,
            tuple(self.priority),
            self.distance,
            self.travel,
            self.keep,
            price_m,
            self.arrived,
            self.unsafe,
            self.reserve_share,
            self.keep_together,
            self.weights,
        )

    def faults(self) -> list[Fault]:
        """What contradicts itself."""
        found = []
        if self.indoor_only and self.shelters.kinds and "indoor" not in self.shelters.kinds:
            found.append(Fault("/indoor_only", "`shelters.kinds` names outdoor ones alone."))
        if self.keep is None and self.moving_price_m is not None:
            found.append(Fault("/moving_price_m", "It goes with `keep`, a plan to be kept."))
        if self.keep is not None and (self.weights or self.keep_together != "household"):
            at = "/weights" if self.weights else "/keep_together"
            found.append(Fault(at, "A plan is kept household by household; leave this out."))
        return found


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _codes(areas: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if areas is None else tuple(normal_code(area) for area in areas)
