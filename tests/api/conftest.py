"""The real application over real HTTP semantics, on a database of the test's own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.job_worker import serve
from geo.database import Connection
from geo.tokens import Grant, Role, create_token

NOW = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)

DIVISIONS = """
INSERT INTO admin_areas (code, level, parent, name, population, agricultural_population, source,
    geom) VALUES
    ('14', 'province', NULL, '山西省', 34915616, NULL, 'test', NULL),
    ('1403', 'prefecture', '14', '阳泉市', 1318505, NULL, 'test', NULL),
    ('140302', 'county', '1403', '城区', 225443, 10000, 'test',
        ST_Multi(ST_MakeEnvelope(113, 37.5, 113.5, 38, 4490))),
    ('140321', 'county', '1403', '平定县', 306228, 150000, 'test',
        ST_Multi(ST_MakeEnvelope(113.5, 37.5, 114, 38, 4490))),
    ('140321100', 'township', '140321', '冠山镇', 80000, NULL, 'test', NULL),
    ('140321101', 'township', '140321', '冶西镇', 20000, NULL, 'test', NULL)
"""


@dataclass
class Api:
    """A client with a token for each role; `as_role` gives its headers."""

    client: httpx.AsyncClient
    conn: Connection

    async def as_role(self, role: str, area: str = "1403") -> dict[str, str]:
        _, secret = await create_token(self.conn, Grant(f"test {role}", Role.of(role), area))
        return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
async def api(conn: Connection, database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The application, asked in this process, with its clock at NOW and a few divisions on file."""
    await conn.execute(DIVISIONS)
    app = create_app(database_url, clock=lambda: NOW)
    app.state.photo_folder = tmp_path / "photos"
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Api(client, conn)


@pytest.fixture
async def operator(api: Api) -> dict[str, str]:
    return await api.as_role("operator")


QUAKE = {
    "hazard": "earthquake",
    "occurred_at": "2026-09-15T02:17:00+08:00",
    "area": "140300",
    "magnitude": 6.2,
    "epicentre": [113.45, 38.1],
    "strike_deg": 65,
}


@pytest.fixture
async def event(api: Api, operator: dict[str, str]) -> str:
    """The id of an earthquake in 阳泉."""
    answer = await api.client.post("/api/events", json=QUAKE, headers=operator)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def post_report(api: Api, operator: dict[str, str], event: str) -> Post:
    """Posts a report of 平定县 with the given changes."""

    async def post(figures: dict[str, object], **changes: object) -> httpx.Response:
        headers = changes.pop("headers", operator)
        body = {
            "area": "140321",
            "stage": "initial",
            "as_of": "2026-09-15T04:00:00+08:00",
            "figures": figures,
            "source": "平定县应急管理局",
        } | changes
        path = f"/api/events/{event}/loss-reports"
        return await api.client.post(path, json=body, headers=headers)  # type: ignore[arg-type]

    return post


@pytest.fixture
async def served(api: Api, database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application behind a real server, for what does not come in one piece."""
    app = create_app(database_url, clock=lambda: NOW)
    app.state.photo_folder = tmp_path / "photos"
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve([listening]))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            yield client
        server.should_exit = True
        await task


Finished = Callable[[str, dict[str, str]], Awaitable[dict[str, Any]]]


@pytest.fixture
async def finished(api: Api, database_url: str) -> AsyncIterator[Finished]:
    """The job of that id once it has ended, while a real worker serves the database."""

    async def ended(job_id: str, headers: dict[str, str]) -> dict[str, Any]:
        while True:
            job: dict[str, Any] = (
                await api.client.get(f"/api/jobs/{job_id}", headers=headers)
            ).json()
            if job["state"] not in {"queued", "running"}:
                return job
            await asyncio.sleep(0.05)

    worker = asyncio.create_task(serve(database_url))
    yield ended
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
