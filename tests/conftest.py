"""A real PostGIS for the tests: a cluster a session, a clone of the migrated template a test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from geo.cluster import ROLE, SUPERUSER, PrivateCluster
from geo.database import Connection, connected
from geo.demo.load import load_demo
from geo.migration import migrate

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", UNTIMED, derandomize=True)
settings.register_profile("search", UNTIMED, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""The same examples every time, so that a failure is the change's own; `search` tries new ones."""

for setting in [name for name in os.environ if name.startswith("RELIEFMAP_")]:
    if setting != "RELIEFMAP_DATABASE_URL":
        del os.environ[setting]  # each test names its own

WEB = Path(__file__).parent / "web"
DEMO_SHARE = 0.02
TEMPLATE = f"reliefmap_template_{os.getpid()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come first: they take longest, and what is short fills the processes up evenly."""
    items.sort(key=lambda item: not item.path.is_relative_to(WEB))


class Server:
    """Makes and drops databases; `admin_url` may do so, `user_url` is what the product gets."""

    def __init__(self, admin_url: str, user_url: str) -> None:
        self.admin_url = admin_url
        self.user_url = user_url
        self.clones = 0
        self.templates = [TEMPLATE]

    def execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create(self, name: str, template: str) -> str:
        with psycopg.connect(self.user_url) as conn:
            owner = conn.info.user
        self.drop(name)
        self.execute("CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, owner)
        return urlunsplit(urlsplit(self.user_url)._replace(path=f"/{name}"))

    def drop(self, name: str) -> None:
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def clone(self, template: str = TEMPLATE) -> tuple[str, str]:
        self.clones += 1
        name = f"{TEMPLATE}_{self.clones}"
        return name, self.create(name, template)

    def demo(self, prefecture: str) -> tuple[str, str]:
        """A clone with a fiftieth of that prefecture's demo, which is loaded once a session."""
        template = f"{TEMPLATE}_{prefecture}"
        if template not in self.templates:
            url = self.create(template, TEMPLATE)
            with ThreadPoolExecutor(1) as apart:  # a browser's driver may own this thread's loop
                loading = load_demo(url, prefecture=prefecture, share=DEMO_SHARE)
                apart.submit(asyncio.run, loading).result()
            self.templates.append(template)
        return self.clone(template)


@pytest.fixture(scope="session")
def postgis() -> Iterator[Server]:
    """The server of RELIEFMAP_DATABASE_URL, else a cluster of the tests' own; template inside."""
    if url := os.environ.get("RELIEFMAP_DATABASE_URL"):
        yield from _with_template(Server(url, url), "template1")
        return
    with new_open_folder() as folder, PrivateCluster(folder, durable=False) as cluster:
        own = Server(cluster.url("postgres", SUPERUSER), cluster.database_url)
        yield from _with_template(own, ROLE)


def _with_template(server: Server, origin: str) -> Iterator[Server]:
    url = server.create(TEMPLATE, origin)
    try:
        migrate(url)
        yield server
    finally:
        for template in server.templates:
            server.drop(template)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can get through to, as pytest's own below /tmp are not."""
    with new_open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def open_module_folder() -> Iterator[Path]:
    """The same, one for all tests of a module."""
    with new_open_folder() as folder:
        yield folder


@contextmanager
def new_open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reliefmap-tests-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def database_url(postgis: Server) -> Iterator[str]:
    """A migrated database of the test's own."""
    name, url = postgis.clone()
    yield url
    postgis.drop(name)


@pytest.fixture
async def conn(database_url: str) -> AsyncIterator[Connection]:
    """An open connection to the test's own database; rows are dicts, statements commit."""
    async with connected(database_url) as connection:
        yield connection
