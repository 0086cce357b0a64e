"""The worker, as it runs: a process a job, stopped when the job is cancelled or takes too long."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from api.job_worker import Kind, serve
from geo import jobs
from geo.database import Connection

KINDS = {
    name: Kind(f"tests.api.job_worker_runners:{name}")
    for name in ("echo", "refuse", "hang", "hoard", "crash", "wrong")
}


@asynccontextmanager
async def working(database_url: str, kinds: Mapping[str, Kind] = KINDS) -> AsyncIterator[None]:
    """A worker that serves this database until the block ends."""
    worker = asyncio.create_task(serve(database_url, kinds))
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def queued(conn: Connection, kind: str, **given: object) -> str:
    row = await (
        await conn.execute(
            "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
            " VALUES (sha256('x'), 'rm', 'test', 'planner', '1403') RETURNING id"
        )
    ).fetchone()
    assert row is not None
    return (await jobs.enqueue(conn, kind, given, row["id"], payload=b"hello")).id


async def in_state(conn: Connection, job_id: str, *states: str) -> jobs.Job:
    """The job once it is in one of these states."""
    return await until(conn, job_id, lambda job: job.state in states)


async def progressed(conn: Connection, job_id: str) -> jobs.Job:
    return await until(conn, job_id, lambda job: job.progress > 0)


async def until(conn: Connection, job_id: str, holds: Callable[[jobs.Job], bool]) -> jobs.Job:
    while not holds(job := await jobs.job_by_id(conn, job_id)):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)
    return job


async def test_a_job_runs_to_its_result(conn: Connection, database_url: str) -> None:
    async with working(database_url):
        job = await in_state(conn, await queued(conn, "echo", n=1), "done", "failed")
    assert job.result == {"text": "hello", "n": 1}
    assert await jobs.payload_of(conn, job.id) is None


async def test_what_a_person_can_mend_is_the_jobs_problem(
    conn: Connection, database_url: str
) -> None:
    async with working(database_url):
        job = await in_state(conn, await queued(conn, "refuse"), "done", "failed")
    assert job.problem is not None
    assert (job.problem["code"], job.problem["detail"]) == (
        "invalid_input",
        "There is no such layer.",
    )


@pytest.mark.parametrize(
    ("kind", "says"), [("hoard", "memory"), ("crash", "memory"), ("wrong", "fault in the program")]
)
async def test_a_process_that_breaks_off_fails_its_job(
    conn: Connection, database_url: str, kind: str, says: str
) -> None:
    async with working(database_url):
        job = await in_state(conn, await queued(conn, kind), "done", "failed")
    assert job.problem is not None
    assert says in job.problem["detail"]


async def test_cancelling_stops_the_process(conn: Connection, database_url: str) -> None:
    async with working(database_url):
        job_id = await queued(conn, "hang")
        assert (await progressed(conn, job_id)).progress == pytest.approx(0.25)
        await jobs.cancel(conn, job_id)
        assert (await in_state(conn, job_id, "cancelled", "failed")).state == "cancelled"
        next_job = await in_state(conn, await queued_again(conn), "done")
    assert next_job.result is not None


async def queued_again(conn: Connection) -> str:
    row = await (await conn.execute("SELECT min(id) AS id FROM tokens")).fetchone()
    assert row is not None
    return (await jobs.enqueue(conn, "echo", {}, row["id"])).id


async def test_a_job_that_takes_too_long_is_stopped(conn: Connection, database_url: str) -> None:
    kinds = {"hang": Kind(KINDS["hang"].runner, time_limit_s=0.5)}
    async with working(database_url, kinds):
        job = await in_state(conn, await queued(conn, "hang"), "done", "failed")
    assert job.problem is not None
    assert "longer than" in job.problem["detail"]


async def test_a_worker_told_to_stop_gives_its_job_back(
    conn: Connection, database_url: str
) -> None:
    async with working(database_url):
        job_id = await queued(conn, "hang")
        await progressed(conn, job_id)
    assert (await jobs.job_by_id(conn, job_id)).state == "queued"


async def test_a_jobs_process_dies_with_a_killed_worker(
    conn: Connection, database_url: str
) -> None:
    job_id = await queued(conn, "hang")
    await jobs.claim(conn, ["hang"])
    run = ["-m", "api.job_worker", "--run", job_id, "--runner", KINDS["hang"].runner]
    worker = (
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, *{run!r}], stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(600)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        worker,
        env={**os.environ, "RELIEFMAP_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    child = int(await process.stdout.readline())
    assert alive(child)
    process.kill()
    await process.wait()
    while alive(child):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs: one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}
