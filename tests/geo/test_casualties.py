"""What counts among reports: the store's rule held against the pure one, on any reports at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.casualties import DIGITS_BY_LEVEL, Moment, casualties
from geo.database import Connection, sql
from geo.disagreements import disagreements
from relief.casualties import casualties as oracle
from relief.reports import Report, standing_reports, statements
from relief.reports import disagreements as pure_disagreements
from relief.vocabulary import Stage

START = datetime(2026, 9, 15, tzinfo=UTC)
AREAS = ["14", "1403", "140302", "140321", "140321100", "140321101", "140321100001"]
PARENTS: dict[str, str | None] = {
    "14": None,
    "1403": "14",
    "140302": "1403",
    "140321": "1403",
    "140321100": "140321",
    "140321101": "140321",
    "140321100001": "140321100",
}
SOURCES = ["bureau", "police"]
INDICATORS = ["dead", "missing", "relocated"]
LEVELS = {digits: level for level, digits in DIGITS_BY_LEVEL.items()}


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """Reports recorded one minute apart; some correct an earlier one of the same area."""
    reports: list[Report] = []
    for number in range(draw(st.integers(1, 12))):
        area = draw(st.sampled_from(AREAS))
        replaced = {report.supersedes for report in reports}
        earlier = [r.id for r in reports if r.admin_area == area and r.id not in replaced]
        of_area = [report.id for report in reports if report.admin_area == area]
        indicators = st.sampled_from(INDICATORS)
        reports.append(
            Report(
                id=f"r{number}",
                admin_area=area,
                stage=draw(st.sampled_from(list(Stage))),
                as_of=START + timedelta(hours=draw(st.integers(0, 4))),
                recorded_at=START + timedelta(days=1, minutes=number),
                source=draw(st.sampled_from(SOURCES)),
                figures=draw(st.dictionaries(indicators, st.integers(0, 9), min_size=1)),
                supersedes=draw(st.sampled_from([None, *earlier])),
                own=draw(st.booleans()),
                settles=tuple(draw(st.sets(st.sampled_from(of_area)))) if of_area else (),
            )
        )
    return reports


@pytest.fixture
async def event(conn: Connection) -> str:
    for code in AREAS:
        await conn.execute(
            "INSERT INTO admin_areas (code, level, parent, name, source)"
            " VALUES (%s, %s, %s, %s, 'test')",
            (code, LEVELS[len(code)], PARENTS.get(code), code),
        )
    await conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, area)"
        " VALUES ('e', 'earthquake', 'e', %s, 'yangquan-2026', '14')",
        (START,),
    )
    return "e"


async def store(conn: Connection, report: Report) -> None:
    for table, column in (("loss_reports", "id"), ("loss_figures", "report")):
        await conn.execute(
            f"UPDATE {table} SET superseded_at = %s WHERE {column} = %s",
            (report.recorded_at, report.supersedes),
        )
    await conn.execute(
        "INSERT INTO loss_reports (id, event, area, stage, supersedes, as_of, recorded_at, source,"
        " own, settles) VALUES (%s, 'e', %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            report.id,
            report.admin_area,
            report.stage.value,
            report.supersedes,
            report.as_of,
            report.recorded_at,
            report.source,
            report.own,
            list(report.settles),
        ),
    )
    await conn.execute(
        "INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank,"
        " recorded_at, own) SELECT %s, 'e', %s, f.i, f.v, %s, %s, %s, %s"
        " FROM unnest(%s::text[], %s::numeric[]) AS f (i, v)",
        (
            report.id,
            report.admin_area,
            report.as_of,
            report.stage.rank,
            report.recorded_at,
            report.own,
            list(report.figures),
            list(report.figures.values()),
        ),
    )


async def held(conn: Connection, moment: Moment) -> dict[str, dict[str, float]]:
    found = {}
    for level in ("province", "prefecture", "county", "township", "village"):
        for area in await casualties(conn, "e", "14", level, moment):
            found[area.code] = dict(area.figures)
    return found


async def disputes(conn: Connection, moment: Moment) -> list[tuple[Any, ...]]:
    found = await disagreements(conn, "e", moment)
    return [
        (d["area"], d["indicator"], d["counted"]["report"], d["other"]["report"], d["difference"])
        for d in found
    ]


def expected_disputes(reports: list[Report], moment: Moment) -> list[tuple[Any, ...]]:
    standing = standing_reports(reports, moment.as_of, moment.known_at)
    return [
        (
            d.other.admin_area,
            d.other.indicator,
            d.counted.report_id,
            d.other.report_id,
            d.other.value - d.counted.value,
        )
        for d in pure_disagreements(statements(standing))
    ]


async def origins(conn: Connection, moment: Moment) -> list[tuple[Any, ...]]:
    asked = {"event": "e", "within": "14", "indicators": INDICATORS, "most": 1000}
    clocks = {"now": moment == Moment(), **vars(moment)}
    rows = await (await conn.execute(sql("origins"), asked | clocks)).fetchall()
    return [(r["indicator"], r["area"], r["value"], r["report"]) for r in rows]


def expected_origins(reports: list[Report], moment: Moment) -> list[tuple[Any, ...]]:
    by_area = oracle(statements(standing_reports(reports, moment.as_of, moment.known_at)), PARENTS)

    def behind(area: str, code: str) -> list[tuple[Any, ...]]:
        figure = by_area[area].by_indicator[code]
        if figure.own is not None:
            return [(code, area, figure.own.value, figure.own.report_id)]
        assert figure.parts is not None
        return [origin for child in figure.parts.covered for origin in behind(child, code)]

    return sorted(origin for code in by_area["14"].by_indicator for origin in behind("14", code))


def expected(reports: list[Report], moment: Moment) -> dict[str, dict[str, float]]:
    standing = standing_reports(reports, moment.as_of, moment.known_at)
    by_area = oracle(statements(standing), PARENTS)
    return {code: dict(by_area[code].figures) if code in by_area else {} for code in AREAS}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories(), st.integers(0, 12), st.integers(0, 4))
async def test_the_store_counts_as_the_rule_does(
    conn: Connection, event: str, reports: list[Report], known: int, hour: int
) -> None:
    await conn.execute("TRUNCATE loss_figures, standing_figures, standing_areas")
    await conn.execute("DELETE FROM loss_reports")
    for report in reports:
        await store(conn, report)
    known_at = START + timedelta(days=1, minutes=known, seconds=-30)
    as_of = START + timedelta(hours=hour)
    for moment in (Moment(), Moment(as_of), Moment(None, known_at), Moment(as_of, known_at)):
        assert await held(conn, moment) == expected(reports, moment), moment
        assert await disputes(conn, moment) == expected_disputes(reports, moment), moment
        assert await origins(conn, moment) == expected_origins(reports, moment), moment
