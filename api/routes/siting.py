"""Siting: where a settlement, shelter or depot may stand, asked as a job."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.dependencies import Conn, Planner, Viewer
from api.idempotency import created, json_answer
from api.routes.jobs import shown
from api.siting_question import SitingQuestion
from api.strict_json import StrictRoute
from geo import jobs
from geo.events import event_by_id, require_admin_area
from relief.siting_rules import AVOID_RULES

router = APIRouter(prefix="/api/siting", tags=["planning"], route_class=StrictRoute)


@router.post("", status_code=202)
async def post_siting(request: Request, who: Planner, conn: Conn, body: SitingQuestion) -> Response:
    """Queues the question; the job's result is GeoJSON of the chosen sites with the refusals."""
    asked = body.request()
    who.require_area(asked.admin_area)
    await require_admin_area(conn, asked.admin_area, "/area")
    if asked.event is not None:
        await event_by_id(conn, asked.event)
    candidates = await asyncio.to_thread(body.checked_candidates)

    async def work() -> Mapping[str, Any]:
        job = await jobs.enqueue(conn, "siting", asdict(asked), who.id, asked.event, candidates)
        return shown(job)

    return await created(request, conn, who, work, status=202)


@router.get("/rules")
async def get_rules(_who: Viewer) -> Response:
    """What sites can be kept away from: the distance proposed, its clause and its sources."""
    return json_answer({"avoid": [_rule(layer) for layer in AVOID_RULES]})


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
