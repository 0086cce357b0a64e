"""A centre for trials: `reliefmap serve` on a store of its own, whose processes can be killed."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from geo.cluster import PrivateCluster
from geo.database import connected
from geo.events import NewEvent, open_event
from geo.tokens import Grant, Role, create_token

DIVISIONS = """
INSERT INTO admin_areas (code, level, parent, name, source, geom) VALUES
    ('14', 'province', NULL, 'province', 'benchmark', NULL),
    ('1403', 'prefecture', '14', 'prefecture', 'benchmark',
        ST_Multi(ST_MakeEnvelope(113, 37, 114, 38, 4490)))
"""


class Centre:
    """A running `reliefmap serve` with one event, and the processes that can be killed."""

    def __init__(self, folder: Path, port: int, workers: int = 2) -> None:
        self.folder = folder
        self.base = f"http://127.0.0.1:{port}"
        self.event = ""
        self.field: dict[str, str] = {}
        self.operator: dict[str, str] = {}
        env = os.environ | {
            "RELIEFMAP_DATA": str(folder),
            "RELIEFMAP_PORT": str(port),
            "RELIEFMAP_WORKERS": str(workers),
        }
        env.pop("RELIEFMAP_DATABASE_URL", None)
        self.serving = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--demo", "none"],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=(folder.parent / "serve.log").open("wb"),
        )

    @property
    def database_url(self) -> str:
        """The store's address."""
        return PrivateCluster(self.folder).database_url

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        self.serving.send_signal(signal.SIGINT)
        try:
            self.serving.wait(30)
        except subprocess.TimeoutExpired:
            self.serving.kill()

    async def prepare(self) -> None:
        """Waits until it is ready, and makes divisions, an event and two tokens."""
        async with httpx.AsyncClient(base_url=self.base) as client:
            for _ in range(240):
                with suppress(httpx.HTTPError):
                    if (await client.get("/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.5)
            else:
                raise SystemExit("reliefmap serve did not become ready")
        async with connected(self.database_url) as conn:
            await conn.execute(DIVISIONS)
            occurred = await (
                await conn.execute("SELECT now() - interval '1 hour' AS t")
            ).fetchone()
            assert occurred is not None
            event = NewEvent("flood", "benchmark", occurred["t"], "yangquan-2026", "1403")
            self.event = (await open_event(conn, event, None))["id"]
            for role in (Role.FIELD, Role.OPERATOR):
                _, secret = await create_token(conn, Grant(role.code, role, "1403"))
                setattr(self, role.code, {"Authorization": f"Bearer {secret}"})

    def postmaster(self) -> int:
        """The process of the store."""
        [pid_file] = self.folder.rglob("postmaster.pid")
        return int(pid_file.read_text().split()[0])

    def servers(self) -> list[int]:
        """The processes that answer HTTP."""
        children = Path(f"/proc/{self.serving.pid}/task/{self.serving.pid}/children").read_text()
        found = []
        for pid in map(int, children.split()):
            with suppress(OSError):
                if b"api.http_server" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def kill_store(self) -> None:
        """What a power cut does to the store."""
        with suppress(ProcessLookupError, FileNotFoundError, ValueError):
            os.kill(self.postmaster(), signal.SIGKILL)

    def kill_servers(self) -> None:
        """The same to every process that answers."""
        for pid in self.servers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def stop_store(self, seconds: float) -> None:
        """The store stands still, as on a machine that swaps, and goes on."""
        frozen: list[int] = []
        with suppress(ValueError, FileNotFoundError):  # it is starting just now
            frozen = [self.postmaster(), *_children_of(self.postmaster())]
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            await asyncio.sleep(seconds if number is signal.SIGSTOP else 0)


def _children_of(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@contextmanager
def centre(port: int, workers: int = 2) -> Iterator[Centre]:
    """A centre on a folder of its own, ended and cleared away afterwards."""
    parent = Path(tempfile.mkdtemp(prefix="reliefmap-field-"))
    parent.chmod(0o755)
    running = Centre(parent / "data", port, workers)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(parent, ignore_errors=True)


def report(number: int) -> dict[str, Any]:
    """A report somewhere in the prefecture."""
    rng = random.Random(number)
    return {
        "id": str(uuid4()),
        "kind": rng.choice(["damage", "casualty", "need", "road"]),
        "observed_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "location": {"lon": rng.uniform(113, 114), "lat": rng.uniform(37, 38), "accuracy_m": 9},
        "figures": {"injured": rng.randint(0, 9)},
    }
