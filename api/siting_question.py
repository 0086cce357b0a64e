"""The siting question as people send it: its words checked, and turned into what geo/ takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.strict_json import parsed
from geo.candidates import given_candidates
from geo.database import connected
from geo.events import event_by_id, require_admin_area
from geo.migration import require_current
from geo.obstacles import FARTHEST_SETBACK_M
from geo.sites import answered as sited
from geo.siting_survey import SitingRequest
from geo.standing_sites import standing_sites
from relief.divisions import normal_code
from relief.errors import Fault, InvalidInput
from relief.progress import Progress
from relief.siting import Objective
from relief.siting_rules import AVOID_RULES

Metres = Annotated[float, Field(ge=0, le=FARTHEST_SETBACK_M, allow_inf_nan=False)]


class Avoid(BaseModel):
    """Metres to keep from the features of a layer, edge to edge, besides their position error."""

    model_config = ConfigDict(extra="forbid")

    layer: str = Field(max_length=40)
    distance_m: Metres


class SitingQuestion(BaseModel):
    """The question. Without `candidates` open ground on file; without `event` the census."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(max_length=12, description="division code, such as 140300")
    purpose: Literal["settlement", "shelter", "depot"]
    avoid: list[Avoid] = Field(default_factory=list, max_length=len(AVOID_RULES))
    min_ground_area_m2: float = Field(0, ge=0, le=1e9, allow_inf_nan=False)
    count: int = Field(1, ge=1, le=500)
    objective: Objective = "p_median"
    radius_m: float | None = Field(None, gt=0, le=500_000, allow_inf_nan=False)
    event: str | None = Field(None, max_length=100)
    candidates: dict[str, Any] | None = Field(None, description="GeoJSON FeatureCollection")
    crs: str | None = Field(None, max_length=100, description="of the candidates; else degrees")

    def request(self) -> SitingRequest:
        """The same as the rooms below take it; raises InvalidInput naming each fault."""
        faults = [*_layer_faults(self.avoid), *self._radius_faults()]
        if faults:
            raise InvalidInput("The request has faults; nothing was started.", faults)
        given = self.model_dump(exclude={"area", "avoid", "candidates"})
        avoid = {one.layer: one.distance_m for one in self.avoid}
        return SitingRequest(admin_area=normal_code(self.area), avoid=avoid, **given)

    def checked_candidates(self) -> bytes | None:
        """The candidates as a job takes them, once every one is known to be usable."""
        if self.candidates is None:
            return None
        given_candidates(self.candidates, self.crs)
        return orjson.dumps(self.candidates)

    def _radius_faults(self) -> list[Fault]:
        if self.radius_m is None and self.objective in {"max_cover", "set_cover"}:
            return [Fault("/radius_m", f"{self.objective} needs a radius in metres.")]
        return []


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
        await standing_sites(conn, request.admin_area, request.purpose, request.fixed)
        return await sited(conn, request, question.checked_candidates(), progress)


def _layer_faults(avoid: list[Avoid]) -> list[Fault]:
    layers = [one.layer for one in avoid]
    known = ", ".join(AVOID_RULES)
    unknown = [
        Fault(f"/avoid/{i}/layer", f"'{layer}' is none of the layers that can be avoided: {known}.")
        for i, layer in enumerate(layers)
        if layer not in AVOID_RULES
    ]
    repeated = [
        Fault(f"/avoid/{i}/layer", f"'{layer}' is named twice; give one distance.")
        for i, layer in enumerate(layers)
        if layer in layers[:i]
    ]
    return unknown + repeated
