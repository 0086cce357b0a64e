"""Jobs: who sees them, and that none stays running when nobody runs it."""

import pytest

from geo import jobs
from geo.database import Connection
from relief.errors import Fault, InvalidInput, NotFound


async def token(conn: Connection, role: str = "planner", admin_area: str = "1403") -> int:
    row = await (
        await conn.execute(
            "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
            " VALUES (sha256(random()::text::bytea), 'rm', 'test', %s, %s) RETURNING id",
            (role, admin_area),
        )
    ).fetchone()
    assert row is not None
    return int(row["id"])


async def test_a_queued_job_is_claimed_once(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {"count": 3}, await token(conn), payload=b"file")
    assert (job.state, job.parameters) == ("queued", {"count": 3})
    claimed = await jobs.claim(conn, ["siting"])
    assert claimed is not None
    assert (claimed.id, claimed.state) == (job.id, "running")
    assert await jobs.claim(conn, ["siting"]) is None
    assert await jobs.payload_of(conn, job.id) == b"file"


async def test_a_worker_takes_only_the_kinds_it_knows(conn: Connection) -> None:
    await jobs.enqueue(conn, "import", {}, await token(conn))
    assert await jobs.claim(conn, ["siting"]) is None


async def test_a_finished_job_holds_its_result(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    assert await jobs.heartbeat(conn, job.id, 0.4)
    await jobs.finish(conn, job.id, {"count": 3})
    done = await jobs.job_by_id(conn, job.id)
    assert (done.state, done.progress, done.result) == ("done", 1, {"count": 3})


async def test_a_cancelled_job_keeps_nothing(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    assert (await jobs.cancel(conn, job.id)).state == "cancelled"
    assert not await jobs.heartbeat(conn, job.id, 0.5)
    with pytest.raises(jobs.JobStopped):
        await jobs.finish(conn, job.id, {"count": 3})
    assert (await jobs.job_by_id(conn, job.id)).result is None


async def test_cancelling_what_is_done_changes_nothing(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    await jobs.finish(conn, job.id, {})
    assert (await jobs.cancel(conn, job.id)).state == "done"


async def test_a_refused_job_names_its_faults(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    await jobs.fail(conn, job.id, InvalidInput("It crosses itself.", [Fault("/a", "here")]))
    failed = await jobs.job_by_id(conn, job.id)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem["code"] == "invalid_input"
    assert failed.problem["errors"] == [{"at": "/a", "detail": "here"}]


async def test_a_job_whose_worker_went_silent_fails_with_a_sentence(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    assert await jobs.fail_lost(conn) == []
    await conn.execute("UPDATE jobs SET heartbeat_at = now() - interval '31 s'")
    assert await jobs.fail_lost(conn) == [job.id]
    failed = await jobs.job_by_id(conn, job.id)
    assert failed.problem is not None
    assert "Start it again" in failed.problem["detail"]


async def test_a_job_that_is_given_back_runs_again(conn: Connection) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    await jobs.claim(conn, ["siting"])
    await jobs.give_back(conn, job.id)
    again = await jobs.claim(conn, ["siting"])
    assert again is not None
    assert again.id == job.id


@pytest.mark.parametrize(
    ("role", "admin_area", "seen"),
    [
        ("planner", "1403", True),
        ("operator", "14", True),
        ("admin", "", True),
        ("viewer", "1403", False),
        ("field", "1403", False),
        ("planner", "140321", False),
        ("admin", "6542", False),
    ],
)
async def test_others_see_a_job_only_as_planners_over_its_area(
    conn: Connection, role: str, admin_area: str, seen: bool
) -> None:
    job = await jobs.enqueue(conn, "siting", {}, await token(conn))
    other = await token(conn, role, admin_area)

    async def look() -> jobs.Job:
        return await jobs.visible_job(conn, job.id, token=other, role=role, admin_area=admin_area)

    if seen:
        assert (await look()).id == job.id
    else:
        with pytest.raises(NotFound):
            await look()


async def test_the_maker_sees_its_job_whatever_its_role(conn: Connection) -> None:
    maker = await token(conn, "field")
    job = await jobs.enqueue(conn, "import", {}, maker)
    seen = await jobs.visible_job(conn, job.id, token=maker, role="field", admin_area="1403")
    assert seen.id == job.id
