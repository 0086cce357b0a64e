"""The processes that `reliefmap serve` starts: watched, restarted when they die, never orphaned."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

LOG = logging.getLogger(__name__)

GRACE_S = 10
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # who ran this long is forgiven its earlier deaths


class Backoff:
    """The pause before the next restart: doubled with each death, reset by a steady run."""

    def __init__(self) -> None:
        self._pause_s = FIRST_PAUSE_S
        self._started = float("-inf")

    def started(self, now: float) -> None:
        """Notes that it runs since `now`, in seconds of any steady clock."""
        self._started = now

    def pause_s(self, now: float) -> float:
        """How many seconds to wait after a death at `now`."""
        if now - self._started > STEADY_S:
            self._pause_s = FIRST_PAUSE_S
        pause, self._pause_s = self._pause_s, min(2 * self._pause_s, LONGEST_PAUSE_S)
        return pause


class Child:
    """A Python program of ours, `arguments` being what follows `python`, in its own session.

    It is told to end when we die, even by SIGKILL; Ctrl-C reaches it through us alone.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        descriptors: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._arguments = arguments
        self._env = env
        self._descriptors = descriptors
        self._process: subprocess.Popen[bytes] | None = None
        self._backoff = Backoff()
        self._restart_at: float | None = None
        self.deaths = 0

    def start(self) -> None:
        """Starts the program."""
        self._restart_at = None
        self._backoff.started(time.monotonic())
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=TERM", "--", sys.executable, *self._arguments],
            env=self._env,
            stdin=subprocess.DEVNULL,
            pass_fds=self._descriptors,
            start_new_session=True,
        )

    def tend(self) -> None:
        """Restarts the program when it has died and its pause is over; call it again and again."""
        if self._process is None or self._process.poll() is None:
            return
        now = time.monotonic()
        if self._restart_at is None:
            self.deaths += 1
            self._end_group(signal.SIGKILL)
            pause_s = self._backoff.pause_s(now)
            self._restart_at = now + pause_s
            LOG.warning(
                "%s ended with code %s; it starts again in %.1f s",
                self.name,
                self._process.returncode,
                pause_s,
            )
        if now >= self._restart_at:
            self.start()

    def exit_code(self) -> int | None:
        """The code that the program ended with; None while it runs."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Sends SIGTERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self, deadline: float) -> None:
        """Waits for the end until `deadline` (time.monotonic), then kills what is left."""
        if self._process is None:
            return
        self.ask_to_stop()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._end_group(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _end_group(self, kind: signal.Signals) -> None:
        """Signals the program and everything that it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, kind)


def stop_all(children: Sequence[Child]) -> None:
    """Asks all to stop at once and waits for them together, GRACE_S at the most."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE_S
    for child in children:
        child.stop(deadline)
