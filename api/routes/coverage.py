"""Coverage: who lives beyond the service radius of every shelter, and what would help most."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import Conn, Planner
from api.idempotency import json_answer
from api.strict_json import StrictRoute
from geo.coverage import CoverageQuestion, coverage
from geo.events import event_by_id
from relief.coverage import LEAST_GROUND_M2, NEW_RADIUS_M

router = APIRouter(prefix="/api/events/{event_id}", tags=["planning"], route_class=StrictRoute)

Metres = Query(gt=0, le=50_000, allow_inf_nan=False)


@router.get("/coverage")
async def get_coverage(
    event_id: str,
    who: Planner,
    conn: Conn,
    of: Literal["census", "affected"] = "census",
    count: Annotated[int, Query(ge=0, le=50)] = 5,
    radius_m: Annotated[float, Metres] = NEW_RADIUS_M.value,
    min_ground_area_m2: Annotated[
        float, Query(ge=0, le=1e9, allow_inf_nan=False)
    ] = LEAST_GROUND_M2.value,
    otherwise_m: Annotated[float | None, Metres] = None,
) -> Response:
    """People beyond every radius by township, and open ground in the order of whom it reaches."""
    event = await event_by_id(conn, event_id)
    area = who.part_of(event["area"])
    asked = CoverageQuestion(event_id, area, of, count, radius_m, min_ground_area_m2, otherwise_m)
    return json_answer(await coverage(conn, asked))
