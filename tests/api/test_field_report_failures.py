"""Reports while database and server are killed: the short form of benchmarks/field_reports."""

import socket

from benchmarks.field_reports import Plan, centre, reports_through_failures


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_no_report_is_lost_or_doubled_while_everything_is_killed() -> None:
    with centre(free_port()) as at:
        await at.prepare()
        plan = Plan(reports=150, clients=8, store_kills=1, server_kills=1)
        counts = await reports_through_failures(at, plan)
    assert counts.acknowledged == plan.reports
    assert (counts.lost, counts.doubled) == (0, 0), str(counts)
    assert counts.retries > 0  # there were failures
