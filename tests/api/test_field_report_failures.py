"""Reports while database and server are killed: the short form of benchmarks/field_reports."""

import socket

from benchmarks.field_centre import centre, report
from benchmarks.field_reports import Plan, reports_through_failures


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_no_report_is_lost_or_doubled_while_everything_is_killed() -> None:
    with centre(free_port(), workers=1) as at:
        await at.prepare()
        plan = Plan(60, 8, store_kills=1, store_stops=1, server_kills=1, stopped_s=2)
        counts = await reports_through_failures(at, plan)
    assert counts.acknowledged == plan.reports
    assert (counts.lost, counts.doubled) == (0, 0), str(counts)
    assert counts.retries > 0  # there were failures


async def test_a_store_whose_disk_is_full_says_so_and_goes_on(api, event) -> None:
    """PostgreSQL gives its error for a full disk; a run on a small disk is in benchmarks."""
    field = await api.as_role("field")
    path = f"/api/events/{event}/field-reports"
    one = report(1) | {"observed_at": "2026-09-15T11:50:00Z"}
    await api.conn.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
    )
    await api.conn.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON field_reports EXECUTE FUNCTION full_disk()"
    )
    full = await api.client.post(path, json=one, headers=field)
    assert (full.status_code, full.json()["code"]) == (507, "storage_full")
    await api.conn.execute("DROP TRIGGER full_disk ON field_reports")
    assert (await api.client.post(path, json=one, headers=field)).status_code == 201
