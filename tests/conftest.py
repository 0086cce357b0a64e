"""A real PostGIS for the tests: a cluster a session, a clone of the migrated template a test."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from geo.cluster import ROLE, SUPERUSER, PrivateCluster
from geo.database import Connection, connected
from geo.migration import migrate

settings.register_profile("same", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""The same examples every time, so that a failure is the change's own; `search` tries new ones."""

TEMPLATE = f"reliefmap_template_{os.getpid()}"


class Server:
    """Makes and drops databases; `admin_url` may do so, `user_url` is what the product gets."""

    def __init__(self, admin_url: str, user_url: str) -> None:
        self.admin_url = admin_url
        self.user_url = user_url
        self.clones = 0

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

    def clone(self) -> tuple[str, str]:
        self.clones += 1
        name = f"{TEMPLATE}_{self.clones}"
        return name, self.create(name, TEMPLATE)


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
        server.drop(TEMPLATE)


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
