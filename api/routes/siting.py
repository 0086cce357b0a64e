"""Siting: where a settlement, shelter or depot may stand, asked as a job."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Conn, Planner, Viewer
from api.idempotency import created, json_answer
from api.routes.jobs import shown
from api.strict_json import StrictRoute
from geo import jobs
from geo.candidates import given_candidates
from geo.events import event_by_id, require_admin_area
from geo.obstacles import FARTHEST_SETBACK_M
from geo.siting_survey import SitingRequest
from relief.divisions import normal_code
from relief.errors import Fault, InvalidInput
from relief.siting import Objective
from relief.siting_rules import AVOID_RULES

router = APIRouter(prefix="/api/siting", tags=["planning"], route_class=StrictRoute)

Metres = Annotated[float, Field(ge=0, le=FARTHEST_SETBACK_M, allow_inf_nan=False)]


class Avoid(BaseModel):
    """Metres to keep from the features of a layer, edge to edge, besides their position error."""

    model_config = ConfigDict(extra="forbid")

    layer: str = Field(max_length=40)
    distance_m: Metres


class SitingBody(BaseModel):
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

    def _radius_faults(self) -> list[Fault]:
        if self.radius_m is None and self.objective in {"max_cover", "set_cover"}:
            return [Fault("/radius_m", f"{self.objective} needs a radius in metres.")]
        return []


@router.post("", status_code=202)
async def post_siting(request: Request, who: Planner, conn: Conn, body: SitingBody) -> Response:
    """Queues the question; the job's result is GeoJSON of the chosen sites with the refusals."""
    asked = body.request()
    who.require_area(asked.admin_area)
    await require_admin_area(conn, asked.admin_area, "/area")
    if asked.event is not None:
        await event_by_id(conn, asked.event)
    payload = await asyncio.to_thread(_checked, body.candidates, asked.crs)

    async def work() -> Mapping[str, Any]:
        job = await jobs.enqueue(conn, "siting", asdict(asked), who.id, asked.event, payload)
        return shown(job)

    return await created(request, conn, who, work, status=202)


@router.get("/rules")
async def get_rules(_who: Viewer) -> Response:
    """What sites can be kept away from: the distance proposed, its clause and its sources."""
    return json_answer({"avoid": [_rule(layer) for layer in AVOID_RULES]})


def _checked(candidates: dict[str, Any] | None, crs: str | None) -> bytes | None:
    """The candidates as the job takes them, once every one is known to be usable."""
    if candidates is None:
        return None
    given_candidates(candidates, crs)
    return orjson.dumps(candidates)


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


def _rule(layer: str) -> dict[str, Any]:
    rule = AVOID_RULES[layer]
    return {
        "layer": rule.layer,
        "title": {"zh": rule.zh, "en": rule.en},
        "distance_m": rule.default_distance_m,
        "clause": rule.clause,
        "grades": sorted(rule.grades),
        "engineering_for": sorted(rule.engineering_for),
        "sources": [asdict(source) for source in rule.sources],
    }
