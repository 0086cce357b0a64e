"""What `reliefmap serve` does: store, server, worker and demo, started in order and watched."""

from __future__ import annotations

import asyncio
import http.client
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from types import FrameType

import psycopg

from api.certificates import certificate_files, read, renewed
from api.children import Backoff, Child, stop_all
from api.sign_in_link import sign_in_link
from geo.cluster import PrivateCluster, require_durability
from geo.database import connected
from geo.demo_tokens import write_demo_tokens
from geo.migration import migrate
from geo.settings import Settings
from geo.store import require_reachable
from geo.store_state import DEMO_AREAS, NO_DEMO, chosen_demo, expect_demo
from geo.tokens import Grant, Role
from relief.errors import SetupRefused

LOG = logging.getLogger("reliefmap")

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROUND_S = 0.25
VAIN_STARTS = 3


def serve(settings: Settings, demo: str | None) -> None:
    """Runs everything until SIGINT, SIGTERM or SIGHUP; raises SetupRefused when it can't start.

    `demo` is loaded the first time; None keeps what was chosen before, at first 阳泉.
    """
    if demo not in {None, NO_DEMO, *DEMO_AREAS}:
        raise SetupRefused(f"There is no demo {demo}: choose {', '.join(DEMO_AREAS)} or {NO_DEMO}.")
    with suppress(KeyboardInterrupt), _stop_signals_raised(), ExitStack() as stack:
        listening = stack.enter_context(_listening(settings.host, settings.port, "RELIEFMAP_PORT"))
        secured = _secured(settings, stack)
        cluster = _private_cluster(settings)
        if cluster is not None:
            LOG.info("starting the store in %s", settings.data_dir)
            stack.enter_context(cluster)
        database_url = _ready_store(settings, cluster)
        missing_demo = asyncio.run(_expected_demo(settings, database_url, demo))
        children = _children(settings, database_url, listening, secured)
        stack.callback(stop_all, children)
        for child in children:
            child.start()
        if missing_demo is not None:
            _load_demo(settings, database_url, missing_demo, children)
        _wait_until_ready(settings, children)
        _announce(asyncio.run(_sign_in_link(settings, database_url)))
        _watch(children, cluster)


@contextmanager
def _stop_signals_raised() -> Iterator[None]:
    """Turns the first stop signal into KeyboardInterrupt; the stop itself is not interrupted."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for kind in STOP_SIGNALS:
            signal.signal(kind, signal.SIG_IGN)
        LOG.info("stopping")
        raise KeyboardInterrupt

    heard = [kind for kind in STOP_SIGNALS if not _hangup_is_ignored(kind)]
    before = {kind: signal.signal(kind, stop) for kind in heard}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _hangup_is_ignored(kind: signal.Signals) -> bool:
    """Whether nohup wishes us to outlive the terminal."""
    return kind is signal.SIGHUP and signal.getsignal(kind) is signal.SIG_IGN


def _secured(settings: Settings, stack: ExitStack) -> socket.socket | None:
    """The socket for https, held by `stack`; None until `reliefmap tls` has made certificates."""
    files = certificate_files(settings.data_dir)
    if not files.complete:
        return None
    if renewed(files, datetime.now(UTC)):
        LOG.info("renewed the certificate of the server")
    until = read(files).server_until
    LOG.info("https on port %s; its certificate ends on %s", settings.tls_port, until.date())
    return stack.enter_context(_listening(settings.host, settings.tls_port, "RELIEFMAP_TLS_PORT"))


def _listening(host: str, port: int, variable: str) -> socket.socket:
    """A socket that server processes share; raises SetupRefused when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SetupRefused(
            f"Can't listen on {host} port {port}: {error.strerror}. "
            f"End the program that holds it, or set {variable}."
        ) from None
    listening.listen(1024)
    return listening


def _private_cluster(settings: Settings) -> PrivateCluster | None:
    return None if settings.database_url else PrivateCluster(settings.data_dir)


def _ready_store(settings: Settings, cluster: PrivateCluster | None) -> str:
    """The URL of the store, reachable, durable and of this program's version."""
    database_url = settings.database_url or ""
    if cluster is not None:
        database_url = cluster.database_url
    require_reachable(database_url)
    with psycopg.connect(database_url) as conn:
        require_durability(conn)
    for name in migrate(database_url):
        LOG.info("migrated the store: %s", name)
    return database_url


def _env(settings: Settings, database_url: str) -> dict[str, str]:
    """What our processes find in their environment."""
    found = {"RELIEFMAP_DATABASE_URL": database_url, "RELIEFMAP_DATA": str(settings.data_dir)}
    return os.environ | found


def _children(
    settings: Settings,
    database_url: str,
    listening: socket.socket,
    secured: socket.socket | None,
) -> list[Child]:
    """The server's processes, which share their sockets, and the worker that runs the jobs."""
    env = _env(settings, database_url)
    servers = [_server(f"server {n}", env, listening) for n in range(1, settings.workers + 1)]
    if secured is not None:
        folder = str(certificate_files(settings.data_dir).folder)
        names = [f"https server {n}" for n in range(1, settings.workers + 1)]
        servers += [_server(name, env, secured, folder) for name in names]
    return [*servers, Child("job worker", ["-m", "api.job_worker"], env)]


def _server(name: str, env: Mapping[str, str], listening: socket.socket, *words: str) -> Child:
    descriptor = listening.fileno()
    return Child(name, ["-m", "api.http_server", str(descriptor), *words], env, [descriptor])


async def _expected_demo(settings: Settings, database_url: str, wished: str | None) -> str | None:
    """The demo that is still missing; its tokens lie ready before the server says that it is."""
    async with connected(database_url) as conn:
        missing = await expect_demo(conn, wished)
        area = DEMO_AREAS.get(await chosen_demo(conn) or NO_DEMO)
        if area is not None:
            await write_demo_tokens(conn, area, settings.data_dir)
    return missing


def _load_demo(settings: Settings, database_url: str, demo: str, children: Sequence[Child]) -> None:
    """Generates the demo in a process of its own, while the server answers that it isn't ready."""
    LOG.info("loading the demo %s; this takes a minute", demo)
    loader = Child(
        "demo", ["-m", "api", "demo", "--prefecture", demo], _env(settings, database_url)
    )
    loader.start()
    try:
        while (code := loader.exit_code()) is None:
            _tend(children)
    finally:
        stop_all([loader])
    if code != 0:
        raise SetupRefused("The demo was not loaded; the reason stands above.")


async def _sign_in_link(settings: Settings, database_url: str) -> str:
    async with connected(database_url) as conn:
        grant = Grant("sign-in link of the start", Role.ADMIN)
        return await sign_in_link(conn, settings.address, grant)


def _wait_until_ready(settings: Settings, children: Sequence[Child]) -> None:
    """Returns once /readyz says 200; raises SetupRefused when a process dies again and again."""
    while not _is_ready(settings.address):
        _tend(children)
        for child in children:
            if child.deaths >= VAIN_STARTS:
                raise SetupRefused(f"The {child.name} does not start; the reason stands above.")


def _is_ready(address: str) -> bool:
    asked = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        asked.close()


def _announce(link: str) -> None:
    LOG.info("ready; open this link, which works once:")
    sys.stdout.write(f"{link}\n")
    sys.stdout.flush()


def _tend(children: Sequence[Child]) -> None:
    for child in children:
        child.tend()
    time.sleep(ROUND_S)


def _watch(children: Sequence[Child], cluster: PrivateCluster | None) -> None:
    """Restarts what dies, for ever."""
    backoff = Backoff()
    while True:
        _tend(children)
        if cluster is None or cluster.alive():
            continue
        pause_s = backoff.pause_s(time.monotonic())
        LOG.warning("the store ended; it starts again in %.1f s", pause_s)
        time.sleep(pause_s)
        backoff.started(time.monotonic())
        try:
            cluster.restart()
        except SetupRefused as refused:
            LOG.warning("%s", refused.detail)
