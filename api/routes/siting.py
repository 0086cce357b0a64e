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
from geo.siting_scene import require_within_area
from geo.standing_sites import standing_sites
from relief.siting_rules import AVOID_RULES
from relief.siting_standards import BUILDING_CLASSES, FaultEdition, siting_standards

router = APIRouter(prefix="/api/siting", tags=["planning"], route_class=StrictRoute)


@router.post("", status_code=202)
async def post_siting(request: Request, who: Planner, conn: Conn, body: SitingQuestion) -> Response:
    """Queues the question; the job's result is GeoJSON of the chosen sites with the refusals."""
    asked = body.request()
    who.require_area(asked.admin_area)
    await require_admin_area(conn, asked.admin_area, "/area")
    if asked.event is not None:
        await event_by_id(conn, asked.event)
    await require_within_area(conn, asked)
    await standing_sites(conn, asked.admin_area, asked.purpose, asked.fixed)
    candidates = await asyncio.to_thread(body.checked_candidates)

    async def work() -> Mapping[str, Any]:
        job = await jobs.enqueue(conn, "siting", asdict(asked), who.id, asked.event, candidates)
        return shown(job)

    return await created(request, conn, who, work, status=202)


@router.get("/rules")
async def get_rules(_who: Viewer) -> Response:
    """What sites keep away from, how large they are and how steep: each number with its source."""
    standards = siting_standards()
    return json_answer(
        {
            "id": standards.id,
            "avoid": [_rule(layer) for layer in AVOID_RULES],
            "fault_editions": [_edition(one) for one in standards.fault_editions.values()],
            "building_classes": BUILDING_CLASSES,
            "trace_errors": {
                trace: {"error_m": one.value, "source": asdict(one.source)}
                for trace, one in standards.trace_errors.items()
            },
            "shelter_classes": [asdict(one) for one in standards.shelter_classes.values()],
            "most_slope_percent": asdict(standards.most_slope_percent),
        }
    )


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
        "known_kinds": rule.known_kinds,
        "kinds": [
            {
                "kind": one.kind,
                "title": {"zh": one.zh, "en": one.en},
                "distance_m": one.distance_m,
                "sources": [asdict(source) for source in one.sources],
            }
            for one in rule.kinds.values()
        ],
    }


def _edition(one: FaultEdition) -> dict[str, Any]:
    """The table as rows; a class that has no row at an intensity needs a special study."""
    return {
        "id": one.id,
        "source": asdict(one.source),
        "exempt_below": one.exempt_below,
        "exemptions": one.exemptions,
        "distances": [
            {"intensity": intensity, "building_class": code, "distance_m": metres}
            for (intensity, code), metres in one.distance_m.items()
        ],
    }
