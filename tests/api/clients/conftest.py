"""A real server whose layers are read by clients that others wrote."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.database import connected
from geo.tokens import Grant, Role, create_token

ROOT = Path(__file__).resolve().parents[3]
SHELTERS = 2000
ROWS = f"""
INSERT INTO admin_areas (code, level, parent, name, population, source, geom)
SELECT '1403' || lpad(n::text, 2, '0'), 'county', NULL, '县' || n, n, 'test',
    ST_Multi(ST_MakeEnvelope(113 + n * 0.01, 37.5, 113.01 + n * 0.01, 38, 4490))
FROM generate_series(1, 60) AS n;
INSERT INTO admin_areas (code, level, name, source) VALUES ('1403', 'prefecture', '阳泉市', 'test');
INSERT INTO events (id, hazard, name, occurred_at, plan, area, demo)
    VALUES ('quake', 'earthquake', '演示地震', '2026-09-15Z', 'yangquan-2026', '1403', true);
INSERT INTO shelters (id, name, area, level, capacity, geom, source)
SELECT 's' || n, '避难场所' || n, '140301', 'county', n,
    ST_SetSRID(ST_Point(113.01 + n * 0.0002, 37.6 + n * 0.0001), 4490), 'test'
FROM generate_series(1, {SHELTERS}) AS n;
INSERT INTO households (id, area, persons, head_name, telephone, geom, source)
SELECT 'h' || n, '140302', 3, '户主' || n, '139', ST_SetSRID(
    ST_Point(113.3 + n * 0.0005, 37.7), 4490), 'test'
FROM generate_series(1, 200) AS n;
INSERT INTO hazard_points (id, kind, name, area, geom, source)
VALUES ('p1', 'landslide', '滑坡', '140301', ST_SetSRID(ST_Point(113.02, 37.7), 4490), 'test');
INSERT INTO roads (id, name, class, geom, source)
VALUES ('r1', '路', 'national', ST_SetSRID(
    ST_GeomFromText('MULTILINESTRING((113 37.6,113.2 37.7))'), 4490), 'test')
"""


@dataclass(frozen=True)
class Served:
    """The address of a server's /ogc, the store behind it, and the secret of each role."""

    url: str
    database_url: str
    secrets: dict[Role, str]

    def headers(self, role: Role = Role.VIEWER) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets[role]}"}

    def get(self, path: str, role: Role = Role.VIEWER) -> httpx.Response:
        answer = httpx.get(self.url + path, headers=self.headers(role), timeout=300)
        assert answer.is_success, (path, answer.text)
        return answer


@pytest.fixture(scope="module")
def served(postgis: Any) -> Iterator[Served]:
    """A server process on a free port, over a store with more shelters than a page holds."""
    name, database_url = postgis.clone()
    secrets = asyncio.run(_filled(database_url))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.http_server", str(listening.fileno())],
            pass_fds=[listening.fileno()],
            env=os.environ | {"RELIEFMAP_DATABASE_URL": database_url},
            cwd=ROOT,
        )
        port = listening.getsockname()[1]
        try:
            server = Served(f"http://127.0.0.1:{port}/ogc", database_url, secrets)
            server.get("")  # it may take its time to start
            yield server
        finally:
            process.terminate()
            process.wait(60)
    postgis.drop(name)


async def _filled(database_url: str) -> dict[Role, str]:
    """The secrets of viewer, planner and admin of the store, which has ROWS now."""
    async with connected(database_url) as conn:
        for statement in ROWS.split(";\n"):
            await conn.execute(statement)  # type: ignore[arg-type]
        return {
            role: (await create_token(conn, Grant("test", role, "1403")))[1]
            for role in (Role.VIEWER, Role.PLANNER, Role.ADMIN)
        }
