"""The siting question as people send it: its words checked, and turned into what geo/ takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.siting_distances import Avoid, avoid_faults, distances
from api.strict_json import parsed
from geo.candidates import given_candidates
from geo.database import connected
from geo.events import event_by_id, require_admin_area
from geo.migration import require_current
from geo.sites import answered as sited
from geo.siting_scene import require_within_area
from geo.siting_survey import SitingRequest
from geo.standing_sites import standing_sites
from relief.divisions import normal_code
from relief.errors import Fault, InvalidInput
from relief.progress import Progress
from relief.siting import Objective
from relief.siting_standards import ShelterClass, siting_standards

SquareMetres = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
FixedId = Annotated[str, Field(max_length=200)]


class SitingQuestion(BaseModel):
    """The question. Without `candidates` open ground on file; without `event` the census."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12, description="division code, such as 140300")
    purpose: Literal["settlement", "shelter", "depot"]
    avoid: list[Avoid] = Field(default_factory=list, max_length=40)
    min_ground_area_m2: SquareMetres | None = None
    count: int | None = Field(None, ge=1, le=500, description="1 where it is left out")
    objective: Objective = "p_median"
    radius_m: float | None = Field(None, gt=0, le=500_000, allow_inf_nan=False)
    event: str | None = Field(None, max_length=100)
    candidates: dict[str, Any] | None = Field(None, description="GeoJSON FeatureCollection")
    crs: str | None = Field(None, max_length=100, description="of the candidates; else degrees")
    within: dict[str, Any] | None = Field(
        None, description="GeoJSON (Multi)Polygon, degrees in CGCS2000: search inside it alone"
    )
    trim: bool = Field(False, description="cut ground back instead of refusing it")
    min_width_m: float = Field(0, ge=0, le=10_000, allow_inf_nan=False)
    max_slope_percent: float | None = Field(None, ge=0, le=1000, allow_inf_nan=False)
    fixed: Literal["existing"] | list[FixedId] | None = Field(
        None, description="sites that stand already: all open ones of the area, or their ids"
    )
    shelter_class: str | None = Field(None, max_length=40)
    ground_per_person_m2: float | None = Field(None, ge=0.1, le=1000, allow_inf_nan=False)
    intensity: int | None = Field(None, ge=1, le=12)
    building_class: Literal["A", "B", "C", "D"] | None = None
    edition: str | None = Field(None, max_length=60)
    trace: Literal["exposed", "buried"] | None = None

    def request(self) -> SitingRequest:
        """The same as the rooms below take it; raises InvalidInput naming each fault.

        A class of shelter gives ground per person, least ground and radius where they are left
        out; the standards give distances that are.
        """
        shelter = self._shelter_class()
        radius_m = self.radius_m or (shelter.service_radius_m if shelter else None)
        each_m2 = self.ground_per_person_m2 or (shelter.ground_per_person_m2 if shelter else None)
        least_m2 = self.min_ground_area_m2
        if least_m2 is None:
            least_m2 = (shelter.least_ground_m2 if shelter else None) or 0.0
        faults = [*avoid_faults(self.avoid), *self._lacks(radius_m, each_m2), *self._fixed_faults()]
        if faults:
            raise InvalidInput("The request has faults; nothing was started.", faults)
        own = {"area", "avoid", "candidates", "count", "radius_m", "min_ground_area_m2", "fixed"}
        given = self.model_dump(exclude=own | {"ground_per_person_m2"})
        return SitingRequest(
            admin_area=normal_code(self.area),
            avoid=distances(self.avoid, self.intensity, self.building_class, self.edition),
            min_ground_area_m2=least_m2,
            count=self.count or 1,
            radius_m=radius_m,
            ground_per_person_m2=each_m2,
            fixed=tuple(self.fixed) if isinstance(self.fixed, list) else self.fixed,
            candidates_given=self.candidates is not None,
            **given,
        )

    def checked_candidates(self) -> bytes | None:
        """The candidates as a job takes them, once every one is known to be usable."""
        if self.candidates is None:
            return None
        given_candidates(self.candidates, self.crs)
        return orjson.dumps(self.candidates)

    def _shelter_class(self) -> ShelterClass | None:
        known = siting_standards().shelter_classes
        if self.shelter_class is None or self.shelter_class in known:
            return known.get(self.shelter_class or "")
        detail = f"'{self.shelter_class}' is none of the classes on file: {', '.join(known)}."
        raise InvalidInput("The class of shelter is not known.", [Fault("/shelter_class", detail)])

    def _lacks(self, radius_m: float | None, each_m2: float | None) -> list[Fault]:
        faults = []
        if radius_m is None and self.objective in {"max_cover", "set_cover"}:
            faults.append(Fault("/radius_m", f"{self.objective} needs a radius in metres."))
        if each_m2 is None and self.objective == "capacitated_p_median":
            detail = "capacitated_p_median needs the ground of a person, or a shelter_class."
            faults.append(Fault("/ground_per_person_m2", detail))
        known = siting_standards().fault_editions
        if self.edition is not None and self.edition not in known:
            detail = f"'{self.edition}' is none of the editions on file: {', '.join(known)}."
            faults.append(Fault("/edition", detail))
        return faults

    def _fixed_faults(self) -> list[Fault]:
        named = self.fixed if isinstance(self.fixed, list) else []
        faults = [
            Fault(f"/fixed/{i}", f"'{one}' is named twice.")
            for i, one in enumerate(named)
            if one in named[:i]
        ]
        if self.fixed and self.purpose == "depot" and self.objective == "capacitated_p_median":
            detail = "Depots have no places for people; leave `fixed` out, or take p_median."
            faults.append(Fault("/fixed", detail))
        return faults


def question_in(text: bytes) -> SitingQuestion:
    """The question that a JSON text holds; raises InvalidInput naming each fault."""
    try:
        return SitingQuestion.model_validate(parsed(text))
    except ValidationError as error:
        faults = [Fault("/" + "/".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        raise InvalidInput("The question has faults.", faults) from None


async def answered(
    database_url: str, question: SitingQuestion, progress: Progress
) -> dict[str, Any]:
    """The answer, computed here and now and not stored."""
    request = question.request()
    require_current(database_url)
    async with connected(database_url, statement_timeout_s=600) as conn:
        await require_admin_area(conn, request.admin_area, "/area")
        if request.event is not None:
            await event_by_id(conn, request.event)
        await require_within_area(conn, request)
        await standing_sites(conn, request.admin_area, request.purpose, request.fixed)
        return await sited(conn, request, question.checked_candidates(), progress)
