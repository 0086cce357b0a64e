"""The worker: claims jobs and runs each in a process of its own, bounded in time and memory.

`python -m api.job_worker` serves until it is told to stop; `--run ID` is that process of its own.
The store is the one of RELIEFMAP_DATABASE_URL. The child writes its progress down a pipe and the
parent keeps the row's heartbeat, so that long native code can't silence a job that is alive.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import logging
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import psycopg

from geo import jobs
from geo.database import Connection, connected
from geo.readers.drivers import SKIPPED
from geo.settings import Settings
from relief.errors import ReliefError, SetupRefused
from relief.progress import Progress

LOG = logging.getLogger("reliefmap.jobs")

POLL_S = 2.0
HEARTBEAT_S = 1.0
AT_ONCE = 2
MEMORY_BYTES = 4 * 2**30
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Kind:
    """One sort of job: `runner` is `module:function`, loaded only in the job's own process."""

    runner: str
    time_limit_s: float = 900


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "siting": Kind("geo.sites:run"),
        "assignment": Kind("geo.assignment:run"),
        "import": Kind("geo.imports:run"),
    }
)


class JobFailed(ReliefError):
    """The calculation ended without a result."""

    code = "job_failed"
    status = 500


async def serve(database_url: str, kinds: Mapping[str, Kind] = KINDS) -> None:
    """Runs jobs until cancelled; those still running are then queued again."""
    running: set[asyncio.Task[None]] = set()
    try:
        async with connected(database_url) as conn:
            await conn.execute("LISTEN reliefmap_jobs")
            while True:
                for lost in await jobs.fail_lost(conn):
                    LOG.warning("job %s was lost by its worker", lost)
                while len(running) < AT_ONCE and (job := await jobs.claim(conn, list(kinds))):
                    task = asyncio.create_task(_carry_out(database_url, job, kinds[job.kind]))
                    running.add(task)
                    task.add_done_callback(running.discard)
                async for _ in conn.notifies(timeout=POLL_S, stop_after=1):
                    pass
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _carry_out(database_url: str, job: jobs.Job, kind: Kind) -> None:
    """Starts the job's process and watches it to its end, whatever that is."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.job_worker", "--run", job.id, "--runner", kind.runner,
        env={**os.environ, "RELIEFMAP_DATABASE_URL": database_url, "GDAL_SKIP": SKIPPED},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with connected(database_url) as conn:
        try:
            await asyncio.wait_for(_watched(conn, child, job), kind.time_limit_s)
        except TimeoutError:
            await _stopped(child)
            await jobs.fail(conn, job.id, _out_of_time(kind))
        except asyncio.CancelledError:
            await _stopped(child)
            await jobs.give_back(conn, job.id)
            raise
        finally:
            await _stopped(child)
        if child.returncode:
            await jobs.fail(conn, job.id, _broken(child.returncode))


async def _watched(conn: Connection, child: asyncio.subprocess.Process, job: jobs.Job) -> None:
    """Returns when the process has ended by itself, or was stopped because the job is no more."""
    share = 0.0
    ended = asyncio.create_task(child.wait())
    while not ended.done():
        share = max(share, await _progress(child))
        if not ended.done() and not await jobs.heartbeat(conn, job.id, share):
            await _stopped(child)
    await ended


async def _progress(child: asyncio.subprocess.Process) -> float:
    """The last share the child wrote within one heartbeat, 0 if it wrote none."""
    assert child.stdout is not None
    share = 0.0
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            while line := await child.stdout.readline():
                share = float(line)
            await child.wait()
    except TimeoutError:
        pass
    return share


async def _stopped(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()
    await child.wait()


def _out_of_time(kind: Kind) -> JobFailed:
    return JobFailed(
        f"The calculation took longer than {kind.time_limit_s:.0f} s and was stopped; nothing of"
        " it was stored. Ask for a smaller area or fewer candidates."
    )


def _broken(returncode: int) -> JobFailed:
    why = _NO_MEMORY if returncode < 0 else "a fault in the program, which the server's log names"
    return JobFailed(f"The calculation broke off: {why}; nothing of it was stored.")


_NO_MEMORY = (
    f"it was stopped, most likely for want of memory (limit {MEMORY_BYTES // 2**30} GiB);"
    " ask for a smaller area or fewer candidates"
)


# ── The job's own process ────────────────────────────────────────────────────────────────────


async def run_job(database_url: str, job_id: str, runner: str, progress: Progress) -> None:
    """Carries the job out; what a person can mend ends as the job's problem."""
    async with connected(database_url, statement_timeout_s=600) as conn:
        context = jobs.JobContext(
            await jobs.job_by_id(conn, job_id), conn, await jobs.payload_of(conn, job_id), progress
        )
        try:
            await _loaded(runner)(context)
        except ReliefError as error:
            await jobs.fail(conn, job_id, error)
        except MemoryError:
            await jobs.fail(conn, job_id, _broken(-signal.SIGKILL))
        except psycopg.errors.QueryCanceled:
            await jobs.fail(conn, job_id, JobFailed("A question to the store took too long."))


def _loaded(runner: str) -> jobs.Runner:
    module, _, name = runner.partition(":")
    found: jobs.Runner = getattr(__import__(module, fromlist=[name]), name)
    return found


def _run_in_own_process(database_url: str, job_id: str, runner: str) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pipe = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no progress
    asyncio.run(run_job(database_url, job_id, runner, lambda share: print(share, file=pipe)))


async def _serve_until_told(database_url: str) -> None:
    serving = asyncio.create_task(serve(database_url))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        LOG.info("worker stopped")


def main() -> None:
    """What `python -m api.job_worker` does."""
    parser = argparse.ArgumentParser(prog="python -m api.job_worker")
    parser.add_argument("--run", metavar="ID", help="run this one claimed job and end")
    parser.add_argument("--runner", metavar="MODULE:FUNCTION")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    url = Settings.from_environment(os.environ).database_url
    if url is None:
        raise SetupRefused("RELIEFMAP_DATABASE_URL is not set: the worker needs the store's.")
    if asked.run:
        _run_in_own_process(url, asked.run, asked.runner)
    else:
        asyncio.run(_serve_until_told(url))


if __name__ == "__main__":
    main()
