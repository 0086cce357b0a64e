"""Processes that are watched: restarted after a growing pause, ended with all they started."""

import os
import sys
import time
from pathlib import Path

import pytest

from api.children import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, Backoff, Child, stop_all


def test_the_pause_doubles_up_to_a_limit() -> None:
    backoff = Backoff()
    pauses = []
    for now in range(20):
        backoff.started(now)
        pauses.append(backoff.pause_s(now + 0.1))
    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_steady_run_forgives_earlier_deaths() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.pause_s(0)
    backoff.started(0)
    assert backoff.pause_s(STEADY_S + 1) == FIRST_PAUSE_S


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def child(script: str, diary: Path) -> Child:
    return Child("sample", ["-c", script], os.environ | {"DIARY": str(diary)})


NOTE = "import os; print(os.getpid(), file=open(os.environ['DIARY'], 'a'), flush=True)\n"
STUBBORN = (
    "import signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    f"subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(600)'])\n"
    + NOTE
    + "time.sleep(600)"
)


def lines(diary: Path) -> list[str]:
    return diary.read_text().splitlines() if diary.exists() else []


def test_a_program_that_ends_is_started_again(diary: Path) -> None:
    sample = child(NOTE, diary)
    sample.start()
    while len(lines(diary)) < 2:
        sample.tend()
        time.sleep(0.01)
    stop_all([sample])


def test_who_ignores_the_request_is_killed_with_its_own_children(diary: Path) -> None:
    sample = child(STUBBORN, diary)
    sample.start()
    while not lines(diary):
        time.sleep(0.01)
    group = int(lines(diary)[0])
    sample.stop(deadline=time.monotonic())
    while group_exists(group):  # killed at once, gone once they are reaped
        time.sleep(0.01)


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
