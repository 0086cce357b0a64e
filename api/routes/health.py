"""Whether the server lives, whether it is ready to work, and its counters."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.dependencies import Caller, Conn, caller
from geo.database import Pool
from geo.store_state import waiting_for
from geo.tokens import Role
from relief.errors import Unavailable

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers; says nothing of the store."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(conn: Conn) -> dict[str, str]:
    """The store answers and holds all that was asked for; 503 with what is awaited until then."""
    if reason := await waiting_for(conn):
        raise Unavailable(reason)
    return {"status": "ready"}


async def _admin_or_loopback(request: Request) -> None:
    """Machines that watch this one need no token; others show an administrator's."""
    host = request.client.host if request.client else ""
    try:
        if ipaddress.ip_address(host).is_loopback and "x-forwarded-for" not in request.headers:
            return
    except ValueError:
        pass
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        who: Caller = await caller(request, conn)
    who.require(Role.ADMIN)


@router.get("/metrics", include_in_schema=False)
async def metrics(_allowed: Annotated[Any, Depends(_admin_or_loopback)]) -> Response:
    """Counters of this process in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
