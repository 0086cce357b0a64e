"""The demo's ground, and a store with a fiftieth of its households."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from geo.database import Connection, connected
from geo.demo.ground import Ground, ground_of
from geo.demo.load import SEED


@pytest.fixture(scope="session")
def ground() -> Ground:
    """The ground of the usual seed."""
    return ground_of("yangquan", SEED)


@pytest.fixture(scope="session")
def demo_url(postgis: Any) -> Iterator[str]:
    """A store with the demo in it, which tests only read."""
    name, url = postgis.demo("yangquan")
    yield url
    postgis.drop(name)


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[Connection]:
    async with connected(demo_url) as conn:
        yield conn


@pytest.fixture(scope="session")
def far_ground() -> Ground:
    """The ground of 塔城地区 with the usual seed."""
    return ground_of("tacheng", SEED)


@pytest.fixture(scope="session")
def far_url(postgis: Any) -> Iterator[str]:
    """A store with the demo of 塔城地区 in it, which tests only read."""
    name, url = postgis.demo("tacheng")
    yield url
    postgis.drop(name)


@pytest.fixture
async def far_demo(far_url: str) -> AsyncIterator[Connection]:
    async with connected(far_url) as conn:
        yield conn
