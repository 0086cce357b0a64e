"""Roads that an event has cut, and the graph of the roads that ways are reckoned on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from starlette.responses import Response

from api.dependencies import Caller, Conn, Now, Planner, Viewer
from api.idempotency import created, json_answer
from api.instants import Instant
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from geo import audit
from geo.crs import coordinate_system
from geo.database import Row
from geo.events import event_by_id, event_open_to_reports
from geo.road_closures import (
    NewClosure,
    add_closure,
    closure_by_id,
    closures_of,
    lift_closure,
    require_inside,
)
from geo.road_graph import road_graph_soon
from geo.tokens import Role
from relief.coordinates import place_fault
from relief.divisions import contains
from relief.errors import Fault, InvalidInput, NotFound

router = APIRouter(tags=["roads"], route_class=StrictRoute)

_OF_EVENT = "/api/events/{event_id}/road-closures"
_FOR_PLANNERS = ("reason", "by", "field_report", "lifted_by", "lifted_reason")

Number = Annotated[float, Field(allow_inf_nan=False)]
Position = Annotated[list[Number], Field(min_length=2, max_length=2)]


class PointBody(BaseModel):
    """A GeoJSON Point: the road nearest to it is closed there."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Point"]
    coordinates: Position


class LineBody(BaseModel):
    """A GeoJSON LineString: the roads along it are closed."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["LineString"]
    coordinates: Annotated[list[Position], Field(min_length=2, max_length=5_000)]


class ClosureBody(BaseModel):
    """Where, for how long (until further notice, if `until` is left out), why and who says so.

    `direction` drawn closes a line only in the direction in which it is drawn.
    """

    model_config = ConfigDict(extra="forbid")

    location: Annotated[PointBody | LineBody, Field(discriminator="type")]
    crs: str | None = Field(None, max_length=100, description="of the location; else degrees")
    direction: Literal["both", "drawn"] = "both"
    starts: Instant | None = Field(None, alias="from")
    until: Instant | None = None
    reason: str = Field(min_length=1, max_length=2000)
    by: str = Field(min_length=1, max_length=200)
    field_report: UUID | None = None

    def closure(self, now: Now) -> NewClosure:
        """The same as the store takes it; raises InvalidInput naming each fault."""
        starts = self.starts or now
        faults = []
        if self.until is not None and self.until <= starts:
            faults.append(Fault("/until", "It ends before it begins."))
        if self.direction == "drawn" and self.location.type == "Point":
            faults.append(Fault("/direction", "A point has no direction; draw a line."))
        if faults:
            raise InvalidInput("The closure has faults; nothing was stored.", faults)
        place = _place(self.location, self.crs)
        return NewClosure(
            place, self.direction, starts, self.until, self.reason, self.by, self.field_report
        )


def _place(location: PointBody | LineBody, crs: str | None) -> BaseGeometry:
    """The place in degrees; raises InvalidInput for one that can't be."""
    single = isinstance(location, PointBody)
    pairs = np.array([location.coordinates] if single else location.coordinates, float)
    lon, lat = coordinate_system(crs).lon_lat(pairs[:, 0], pairs[:, 1])
    for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        at = "/location/coordinates" + ("" if single else f"/{i}")
        if fault := place_fault(x, y, at):
            raise InvalidInput("The place can't be used; nothing was stored.", [fault])
    if single:
        return Point(lon[0], lat[0])
    line = LineString(np.column_stack([lon, lat]))
    if line.length == 0:
        fault = Fault("/location/coordinates", "The line has no length; send a point.")
        raise InvalidInput("The place can't be used; nothing was stored.", [fault])
    return line


@router.post(_OF_EVENT, status_code=201)
async def post_closure(
    event_id: str, request: Request, who: Planner, conn: Conn, now: Now, body: ClosureBody
) -> Response:
    """Closes the roads there; ways reckoned from now on go round them."""
    asked = body.closure(now)

    async def work() -> Mapping[str, Any]:
        event = await event_open_to_reports(conn, event_id)
        part = who.part_of(event["area"])
        closure = await add_closure(conn, event_id, asked, who.id)
        if part != event["area"]:
            await require_inside(conn, closure, part)
        stored = await closure_by_id(conn, event_id, closure)
        detail = {"roads": stored["roads"], "reason": asked.reason, "by": asked.by_whom}
        await audit.record(conn, who.id, "road.closed", closure, detail)
        return stored

    return await created(request, conn, who, work)


@router.get(_OF_EVENT)
async def get_closures(
    event_id: str, who: Viewer, conn: Conn, page: Paging, at: Instant | None = None
) -> Response:
    """The closures, lifted ones too, the newest first; with `at` those that hold at that time."""
    await event_by_id(conn, event_id)
    rows = [_seen(row, who) for row in await closures_of(conn, event_id, at)]
    return json_answer(page.cut("closures", rows))


@router.get(_OF_EVENT + "/{closure_id}")
async def get_closure(event_id: str, closure_id: str, who: Viewer, conn: Conn) -> Response:
    """One closure with the stretches of the roads that it closes."""
    await event_by_id(conn, event_id)
    return json_answer(_seen(await closure_by_id(conn, event_id, closure_id), who))


@router.delete(_OF_EVENT + "/{closure_id}")
async def delete_closure(
    event_id: str,
    closure_id: str,
    who: Planner,
    conn: Conn,
    by: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    reason: Annotated[str | None, Query(min_length=1, max_length=2000)] = None,
) -> Response:
    """Opens the roads again. The closure stays on file as lifted; once more changes nothing."""
    async with conn.transaction():
        event = await event_by_id(conn, event_id)
        part = who.part_of(event["area"])
        await closure_by_id(conn, event_id, closure_id)
        if not contains(part, event["area"]):
            await require_inside(conn, closure_id, part)
        name = by or who.token.grant.label
        if await lift_closure(conn, event_id, closure_id, name, reason):
            detail = {"by": name, "reason": reason}
            await audit.record(conn, who.id, "road.opened", closure_id, detail)
        return json_answer(await closure_by_id(conn, event_id, closure_id))


@router.get("/api/road-graph")
async def get_road_graph(_who: Viewer, conn: Conn) -> Response:
    """What the graph of the roads is: sizes, ends that were joined, islands.

    That of many roads is built by the next import of roads or plan by road; `current` says
    whether roads have changed since.
    """
    graph = await road_graph_soon(conn)
    if graph is None:
        raise NotFound("No graph of the roads was built yet: import roads, or plan by road.")
    about = {"built_at": graph["built_at"], "current": graph["current"]}
    return json_answer({**graph["summary"], **about})


def _seen(row: Row, who: Caller) -> Row:
    """The closure without free text for those who only look."""
    if who.role >= Role.PLANNER:
        return row
    return {key: value for key, value in row.items() if key not in _FOR_PLANNERS}
