"""The HTTP application: its pool, its middleware and its routes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api import errors
from api.dependencies import system_clock
from api.middleware import ConditionalReads, Limits, Packing
from api.routes import ogc
from api.standing_tiles import StandingAnswers, StandingTiles
from geo.database import pool
from geo.look_ups import LookUps
from geo.migration import require_current
from geo.settings import Settings
from relief.errors import SetupRefused

ROUTES = (
    "ogc",
    "health",
    "session",
    "tokens",
    "events",
    "plans",
    "loss_reports",
    "casualties",
    "reporting",
    "response_level",
    "response_acts",
    "judgements",
    "briefing",
    "ledgers",
    "ledger_entries",
    "casualty_persons",
    "jobs",
    "siting",
    "assignments",
    "planning_exports",
    "supply",
    "dispatch_plans",
    "supply_requests",
    "coverage",
    "road_closures",
    "teams",
    "imports",
    "stream",
    "field_report_checks",
    "field_report_uses",
    "field_report_files",
    "field_reports",
    "photos",
    "openrosa",
    "installation",
    "field_page",
    "pages",
)
"""Modules of api.routes in the order in which they are asked, tiles first as they are asked most;
the pages take what is left."""

CORS: dict[str, Any] = {
    "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": (
        [
            "Authorization",
            "Content-Type",
            "Content-Crs",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
        ]
    ),
    "expose_headers": ["ETag", "Location", "Content-Crs", "Retry-After"],
    "max_age": 3600,
}
"""What pages of RELIEFMAP_CORS_ORIGINS may do, with a token: no cookie goes along."""


def create_app(
    database_url: str | None = None,
    clock: Callable[[], datetime] = system_clock,
    origins: Sequence[str] | None = None,
) -> FastAPI:
    """The application on that database (else on RELIEFMAP_DATABASE_URL).

    Raises StoreVersion when the database is not at this program's version.
    """
    url = database_url or os.environ.get("RELIEFMAP_DATABASE_URL")
    if not url:
        raise SetupRefused("No store: set RELIEFMAP_DATABASE_URL, or start with `reliefmap serve`.")
    require_current(url)
    app = FastAPI(
        title="reliefmap",
        version=version("reliefmap"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.database_url = url
    app.state.pool = pool(url)
    app.state.look_ups = LookUps(pool(url, size=1))
    app.state.tiles = StandingTiles()
    app.state.clock = clock
    errors.install(app)
    app.router.routes.extend(ogc.MOST_ASKED)
    for name in filter(lambda name: find_spec(f"api.routes.{name}"), ROUTES):
        app.include_router(import_module(f"api.routes.{name}").router)
    app.add_middleware(ConditionalReads)
    app.add_middleware(Packing)
    app.add_middleware(Limits)
    app.add_middleware(StandingAnswers)
    if origins is None:
        origins = Settings.from_environment(os.environ).cors_origins
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=origins, **CORS)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with app.state.pool, app.state.look_ups.pool:
        yield
