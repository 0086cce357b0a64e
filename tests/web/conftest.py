"""A real server on the demo, and Debian's Chromium, which may speak to no other host."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as NotInTime

from api.sign_in_link import sign_in_link
from geo.database import connected
from geo.tokens import Grant, Role, create_token

expect.set_options(timeout=60_000)  # a loaded machine draws slowly

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


@dataclass(frozen=True)
class LiveServer:
    """Where the server listens, and the store behind it."""

    address: str
    database_url: str

    def sign_in_link(self, role: str = "operator", authority: str | None = None) -> str:
        """A fresh link for that role, as `./run` prints it."""
        grant = Grant(f"browser test ({role})", Role.of(role), "", authority)

        async def made() -> str:
            async with connected(self.database_url) as conn:
                return await sign_in_link(conn, self.address, grant)

        return _apart(made)

    def token(self, role: str) -> str:
        """A fresh token of that role."""

        async def made() -> str:
            async with connected(self.database_url) as conn:
                _, secret = await create_token(conn, Grant(f"{role} with a token", Role.of(role)))
                return secret

        return str(_apart(made))


def _apart(work: Any) -> Any:
    """Runs a coroutine in a thread of its own: the browser's driver owns the loop of this one."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


@pytest.fixture(scope="session")
def live_server(postgis: Any) -> Iterator[LiveServer]:
    """One server with its job worker for all browser tests, on a small demo."""
    with _serving(postgis, "yangquan") as server:
        yield server


@pytest.fixture(scope="module")
def own_server(postgis: Any) -> Iterator[LiveServer]:
    """The same for a module alone, whose reports from the field would change what others see."""
    with _serving(postgis, "yangquan") as server:
        yield server


@pytest.fixture(scope="module")
def far_server(postgis: Any) -> Iterator[LiveServer]:
    """The same on the demo of 塔城地区, where everything is far from everything."""
    with _serving(postgis, "tacheng") as server:
        yield server


@contextmanager
def _serving(postgis: Any, prefecture: str) -> Iterator[LiveServer]:
    name, url = postgis.demo(prefecture)
    port = _free_port()
    environment = {**os.environ, "RELIEFMAP_DATABASE_URL": url}
    http = (
        "uvicorn",
        "api.app:create_app",
        "--factory",
        "--port",
        str(port),
        "--log-level",
        "warning",
    )
    with _running(*http, env=environment), _running("api.job_worker", env=environment):
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/healthz")
        yield LiveServer(address, url)
    postgis.drop(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(module: str, *arguments: str, env: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            urlopen(address, timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{address} did not answer within five minutes")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium with software rendering."""
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    return {"executable_path": chromium, "args": [*CHROMIUM_FLAGS]}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The browser's driver; a module's own, as no other loop can run in this thread beside it."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser for the tests of a module."""
    browser = playwright.chromium.launch(**browser_type_launch_args)
    yield browser
    browser.close()


@dataclass
class Witness:
    """What a page did that it must not: asked another host, or complained."""

    address: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        """Notes every request and every complaint of `page` from now on."""
        page.on("request", lambda request: self._note_request(request.url))
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own for each test, as large as a screen in a command centre."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def witness(live_server: LiveServer) -> Iterator[Witness]:
    """Fails the test at its end if a page asked another host."""
    found = Witness(live_server.address)
    yield found
    assert found.foreign == []


@pytest.fixture
def signed_in(context: BrowserContext, live_server: LiveServer, witness: Witness) -> Page:
    """The map, signed in by link as an operator and ready."""
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link())
    Web.await_ready(page)
    return page


class Web:
    """What the tests ask of any page."""

    @staticmethod
    def await_ready(page: Page) -> None:
        """Waits until the page says that it shows what was asked for."""
        page.wait_for_selector("body[data-ready=true]", state="attached", timeout=60_000)

    @staticmethod
    def screenshot(page: Page, name: str) -> None:
        """Leaves a picture in var/screenshots for people to look at.

        Of a map that isn't all drawn within half a minute it is a picture as it stands: that
        depends on how busy the machine is, and what the page says is asserted beside.
        """
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        with suppress(NotInTime):
            page.wait_for_selector("#map[data-idle=true], .stage.flat", timeout=30_000)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def web() -> Web:
    """Waiting for pages and taking pictures of them."""
    return Web()
