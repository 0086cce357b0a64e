"""Bodies of requests about teams, and what they ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.instants import Instant
from geo.field_report_places import Location, placed
from geo.import_words import TEAM_SKILLS
from geo.teams import TeamPosition
from relief.errors import Fault, InvalidInput
from relief.field_reports import Flag
from relief.teams import TeamKind, TeamState, position_at

Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
People = Annotated[int, Field(ge=1, le=100_000)]
Telephone = Annotated[str, Field(pattern=r"^[0-9+() -]{3,30}$")]
_SKILLS = frozenset(TEAM_SKILLS.values())


def _place(lon: float, lat: float, crs: str | None, at: str) -> tuple[float, float]:
    """The place in CGCS2000, a swapped pair mended; raises InvalidInput for one far away."""
    place = placed(Location(lon, lat, crs, None))
    if Flag.FAR in place.flags:
        fault = Fault(at, "It lies outside of 72-137 E, 3-55 N; no team is there.")
        raise InvalidInput("That is no place of a team.", [fault])
    return place.lon, place.lat


class Place(BaseModel):
    """A place in degrees, of CGCS2000 or WGS 84 unless `crs` says otherwise."""

    model_config = ConfigDict(extra="forbid")

    lon: Number
    lat: Number
    crs: str | None = Field(None, max_length=100)

    def lon_lat(self, at: str) -> tuple[float, float]:
        """The same in CGCS2000; `at` names it in a refusal."""
        return _place(self.lon, self.lat, self.crs, f"{at}/lon")


class PositionBody(Place):
    """Where a team is by its phone: `at` and `sent_at` by the phone's clock."""

    at: Instant
    accuracy_m: float | None = Field(None, ge=0, le=1e7, allow_inf_nan=False)
    sent_at: Instant | None = None

    def position(self, now: datetime) -> TeamPosition:
        """The same as the store keeps it; raises InvalidInput for what is no place or time."""
        lon, lat = self.lon_lat("")
        return TeamPosition(position_at(self.at, now, self.sent_at), lon, lat, self.accuracy_m)


class _Members(BaseModel):
    """What the register says of a team; None where it is not known."""

    model_config = ConfigDict(extra="forbid")

    people: People | None = None
    skills: list[str] = Field([], max_length=20)
    contact: Name | None = None
    telephone: Telephone | None = None
    home: Place | None = None

    def members(self) -> dict[str, Any]:
        """What was sent, by column, `home` as (lon, lat); raises InvalidInput for another skill.

        The place where a team is at home can be moved, but not taken away.
        """
        sent = self.model_dump(exclude_unset=True, exclude={"home"}, mode="json")
        if unknown := set(sent.get("skills", ())) - _SKILLS:
            known = ", ".join(sorted(_SKILLS))
            fault = Fault("/skills", f"{', '.join(sorted(unknown))}: not one of {known}.")
            raise InvalidInput("The team was not stored.", [fault])
        if self.home is not None:
            sent["home"] = self.home.lon_lat("/home")
        return sent


class TeamBody(_Members):
    """A team for the register; without `home` it is at its division's seat."""

    name: Name
    kind: TeamKind
    area: str = Field(max_length=12, description="code of its division")


class TeamChange(_Members):
    """What a team does: `event` null takes it off the one that it was assigned to."""

    name: Name = ""
    kind: TeamKind = TeamKind.OTHER
    state: TeamState = TeamState.READY
    event: str | None = Field(None, max_length=200)


class TaskBody(BaseModel):
    """Where a team is sent: to a report from the field, or to a place."""

    model_config = ConfigDict(extra="forbid")

    event: str = Field(max_length=200)
    report: UUID | None = None
    place: Place | None = None
    text: str | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _one_of_both(self) -> TaskBody:
        if (self.report is None) == (self.place is None):
            raise ValueError("Say either `report` or `place`.")
        return self


class Unmasking(BaseModel):
    """Why somebody must see a telephone number."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500)
