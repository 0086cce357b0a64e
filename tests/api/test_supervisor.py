"""The whole thing started, hurt and stopped, as `reliefmap serve` does it."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from api.certificates import certificate_files, issue
from geo.database import Connection
from geo.store_state import expect_demo, waiting_for
from relief.errors import Conflict


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    """The port of the test's server."""
    return free_port()


@pytest.fixture
def env(open_module_folder: Path, port: int) -> dict[str, str]:
    """The environment of a start; the tests share a private cluster, as one machine's starts do."""
    own = {
        "RELIEFMAP_DATABASE_URL": "",
        "RELIEFMAP_DATA": str(open_module_folder / "data"),
        "RELIEFMAP_PORT": str(port),
        "RELIEFMAP_WORKERS": "1",
    }
    return os.environ | own


SERVE = [sys.executable, "-m", "api", "serve", "--demo", "none"]


@pytest.fixture
def server(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`reliefmap serve --demo none`; the sign-in link is the first line of its output."""
    with subprocess.Popen(SERVE, env=env, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.terminate()


def link_of(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline().strip()


def children_of(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(word) for word in text.split()]


def server_process(supervisor: int) -> int:
    """The child that answers HTTP."""
    return next(
        child
        for child in children_of(supervisor)
        if "api.http_server" in Path(f"/proc/{child}/cmdline").read_text()
    )


def test_a_start_prints_a_link_that_signs_in_once(server: subprocess.Popen[str]) -> None:
    link = httpx.URL(link_of(server))
    assert httpx.get(link.copy_with(path="/readyz", query=None)).status_code == 200
    first, second = httpx.get(link), httpx.get(link)
    assert first.cookies
    assert not second.cookies


def test_a_stop_leaves_nothing_behind(server: subprocess.Popen[str]) -> None:
    link_of(server)
    children = children_of(server.pid)
    server.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_dead_server_process_is_replaced(server: subprocess.Popen[str]) -> None:
    link = httpx.URL(link_of(server))
    os.kill(server_process(server.pid), signal.SIGKILL)
    # The request waits at the shared socket until the next process takes it.
    assert httpx.get(link.copy_with(path="/healthz", query=None), timeout=60).status_code == 200


def test_a_taken_port_and_a_folder_in_use_are_said_in_one_sentence(
    server: subprocess.Popen[str], env: dict[str, str], port: int
) -> None:
    link_of(server)
    assert f"Can't listen on 127.0.0.1 port {port}" in refusal(env)
    assert "already runs" in refusal(env | {"RELIEFMAP_PORT": str(free_port())})


def refusal(env: dict[str, str]) -> str:
    """The last line of a start that is refused."""
    tried = subprocess.run(SERVE, env=env, capture_output=True, text=True)
    assert tried.returncode == 1
    return tried.stderr.splitlines()[-1]


def test_a_killed_start_is_followed_by_another(
    server: subprocess.Popen[str], env: dict[str, str]
) -> None:
    link_of(server)
    server.kill()
    server.wait()
    with subprocess.Popen(SERVE, env=env, stdout=subprocess.PIPE, text=True) as second:
        assert "/sign-in?code=" in link_of(second)
        second.terminate()


def test_with_certificates_https_is_served_beside(env: dict[str, str]) -> None:
    files = certificate_files(Path(env["RELIEFMAP_DATA"]))
    issue(files, ["relief.lan"], datetime.now(UTC))
    tls_port = free_port()
    own = env | {"RELIEFMAP_TLS_PORT": str(tls_port)}
    try:
        with subprocess.Popen(SERVE, env=own, stdout=subprocess.PIPE, text=True) as server:
            link = httpx.URL(link_of(server))
            secure = link.copy_with(
                scheme="https", port=tls_port, path="/install/state", query=None
            )
            trusted = ssl.create_default_context(cafile=str(files.authority))
            state = httpx.get(secure, verify=trusted).json()
            assert state["names"] == [
                {"name": "relief.lan", "address": f"https://relief.lan:{tls_port}"}
            ]
            plain = link.copy_with(path="/install/authority.crt", query=None)
            assert httpx.get(plain).text == files.authority.read_text()
            code = link.copy_with(path="/install/qr.svg", query=b"name=relief.lan")
            assert httpx.get(code).text.startswith("<?xml")
            session = httpx.get(link.copy_with(scheme="https", port=tls_port), verify=trusted)
            assert "Secure" in session.headers["set-cookie"]
            server.terminate()
    finally:
        shutil.rmtree(files.folder)


async def test_the_demo_is_expected_until_it_is_loaded(conn: Connection) -> None:
    assert await expect_demo(conn, None) == "yangquan"
    assert "yangquan" in str(await waiting_for(conn))
    await conn.execute("UPDATE store_state SET demo_loaded_at = now()")
    assert await waiting_for(conn) is None
    assert await expect_demo(conn, None) is None
    assert await expect_demo(conn, "none") is None


async def test_a_store_without_a_demo_stays_so_until_one_is_wished(conn: Connection) -> None:
    assert await expect_demo(conn, "none") is None
    assert await waiting_for(conn) is None
    assert await expect_demo(conn, None) is None
    assert await expect_demo(conn, "yangquan") == "yangquan"
    assert "yangquan" in str(await waiting_for(conn))


async def test_a_store_keeps_its_demo_and_says_so_to_whoever_wishes_another(
    conn: Connection,
) -> None:
    await expect_demo(conn, "tacheng")
    assert await expect_demo(conn, None) == "tacheng"
    await conn.execute("UPDATE store_state SET demo_loaded_at = now()")
    with pytest.raises(Conflict, match=r"holds the demo tacheng.*another RELIEFMAP_DATA"):
        await expect_demo(conn, "yangquan")
    assert await expect_demo(conn, None) is None


async def test_a_store_with_divisions_of_its_own_gets_no_demo(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO admin_areas (code, level, name, source) VALUES ('14', 'province', 'n', 's')"
    )
    with pytest.raises(Conflict, match="holds divisions already"):
        await expect_demo(conn, "tacheng")
    assert await expect_demo(conn, None) is None
    assert await waiting_for(conn) is None


def test_it_is_ready_only_once_the_demo_and_its_tokens_are_there(
    env: dict[str, str], port: int
) -> None:
    command = [*SERVE[:-1], "yangquan"]
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        while (answer := readiness(base)) is None or answer.status_code != 200:
            if answer is not None:
                assert answer.json()["code"] == "unavailable"
            time.sleep(0.1)
        tokens = json.loads(Path(env["RELIEFMAP_DATA"], "demo-tokens.json").read_text())
        headers = {"Authorization": f"Bearer {tokens['viewer']}"}
        events = httpx.get(f"{base}/api/events", headers=headers).json()["events"]
        process.terminate()
    assert events[0]["demo"] is True


def readiness(base: str) -> httpx.Response | None:
    """What /readyz says; None before anybody listens."""
    try:
        return httpx.get(f"{base}/readyz", timeout=60)
    except httpx.ConnectError:
        return None
