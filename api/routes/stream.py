"""What changes in an event, as Server-Sent Events, as long as the caller may know it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import StreamingResponse

from api.change_hub import Batch, ChangeHub, Subscription
from api.dependencies import Caller, caller
from geo.database import Pool, Row
from geo.events import event_by_id
from geo.stream import Change, Position, changes_since, is_kept
from geo.tokens import Role
from layers.catalogue import LAYERS
from relief.divisions import contains

router = APIRouter(prefix="/api/events", tags=["stream"])

HEARTBEAT_S = 5.0
RETRY_MS = 2000
"""How long a client waits before it opens a broken stream again."""

_OF_PEOPLE = frozenset(layer.id for layer in LAYERS.values() if layer.cells)
_ALWAYS_TOLD = frozenset({"events", "releases"})
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@dataclass(frozen=True)
class View:
    """What one caller may know of the changes of one event."""

    who: Caller
    event: Row

    def of(self, change: Change) -> Change | None:
        """The change as the caller may know it; None where it may not or it is of another event."""
        if change.event not in (None, self.event["id"]):
            return None
        if self._awaits_release(change):
            return None
        return change if self._may_know_which(change) else change.of_layer_only()

    def ends_with(self, change: Change) -> bool:
        """Whether this change may alter what the caller may know."""
        return change.layer == "events" and change.id == self.event["id"]

    def _awaits_release(self, change: Change) -> bool:
        return (
            self.who.role < Role.PLANNER
            and self.event["release"] == "authorised"
            and change.event is not None
            and change.layer not in _ALWAYS_TOLD
        )

    def _may_know_which(self, change: Change) -> bool:
        if change.layer not in _OF_PEOPLE or change.id is None:
            return True
        place = change.admin_area or self.event["area"]
        return self.who.role >= Role.PLANNER and contains(self.who.admin_area, place)


@router.get("/{event_id}/stream", response_class=StreamingResponse)
async def get_stream(
    event_id: str,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=1000)] = None,
    after: Annotated[str | None, Query(max_length=1000, description="as Last-Event-ID")] = None,
) -> StreamingResponse:
    """`{"layer", "op", "id", "version"}` for each change; `Last-Event-ID` goes on without a gap.

    Who may know which report came is told with it what a screen shows first, as `report`.

    `op` is `insert`, `update`, `delete`, or `change` with no id: of the layer as a whole. An event
    `reset` says that changes in between are no longer on file: read everything anew.
    """
    pool: Pool = request.app.state.pool
    had = last_event_id or after
    position = Position.of(had) if had else None
    async with pool.connection() as conn:
        who = await caller(request, conn)
        who.require(Role.VIEWER)
        view = View(who, await event_by_id(conn, event_id))
    told = _told(_hub(request), pool, view, position)
    first = await anext(told)
    return StreamingResponse(_all(first, told), media_type="text/event-stream", headers=_HEADERS)


def _hub(request: Request) -> ChangeHub:
    """The hub of this process."""
    state = request.app.state
    if not hasattr(state, "change_hub"):
        state.change_hub = ChangeHub(state.database_url)
    hub: ChangeHub = state.change_hub
    return hub


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The first part, awaited before the answer so that a refusal can be one, and the rest."""
    yield first
    async for part in rest:
        yield part


async def _told(
    hub: ChangeHub, pool: Pool, view: View, had: Position | None
) -> AsyncIterator[bytes]:
    async with hub.subscribed(view.who.id) as subscription:
        start = str(Position(subscription.start))
        if had is None:
            yield _opening(start)
        else:
            async with pool.connection() as conn:
                kept = await is_kept(conn, had)
                missed, _ = await changes_since(conn, had, subscription.start, view.event["id"])
            told = _written(view, Batch(tuple(missed), subscription.start))
            yield _opening(str(had)) + told if kept else _reset(start)
        async for part in _live(subscription, view):
            yield part


async def _live(subscription: Subscription, view: View) -> AsyncIterator[bytes]:
    """What comes from the hub; something at least every HEARTBEAT_S while the store answers."""
    clock = asyncio.get_running_loop().time
    silent_since = clock()
    while (batch := await subscription.waiting.get()) is not None:
        part = _written(view, batch)
        if part or clock() - silent_since >= HEARTBEAT_S:
            silent_since = clock()
            yield part + _alive(batch)
        if view.who.role < Role.PLANNER and any(map(view.ends_with, batch.changes)):
            return


def _written(view: View, batch: Batch) -> bytes:
    parts = []
    for place, change in enumerate(batch.changes):
        if (seen := view.of(change)) is None:
            continue
        key = (place, seen is change)
        if key not in batch.written:
            batch.written[key] = _message(seen, batch.reports)
        parts.append(batch.written[key])
    return b"".join(parts)


def _message(change: Change, reports: Mapping[str, Row]) -> bytes:
    data: dict[str, Any] = {
        "layer": change.layer,
        "op": change.op,
        "id": change.id,
        "version": change.version,
    }
    report = reports.get(change.id or "")
    if report and change.layer == "field_reports" and report["area"] == change.admin_area:
        data["report"] = report
    return b"id: %s\ndata: %s\n\n" % (str(change.after).encode(), orjson.dumps(data))


def _opening(position: str) -> bytes:
    return f"retry: {RETRY_MS}\nid: {position}\n\n".encode()


def _alive(batch: Batch) -> bytes:
    """A sign of life that moves the position on, so that a quiet event outlives the retention."""
    return f": alive\nid: {batch.seen}\n\n".encode()


def _reset(position: str) -> bytes:
    data = {"layer": None, "op": "reset", "id": None, "version": None}
    return b"retry: %d\nid: %s\nevent: reset\ndata: %s\n\n" % (
        RETRY_MS,
        position.encode(),
        orjson.dumps(data),
    )
