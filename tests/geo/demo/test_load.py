"""The demo in the store: marked as invented, of one piece, loaded whole or not at all."""

import asyncio
from typing import LiteralString

import numpy as np
import pytest
from psycopg import sql

from geo.database import Connection
from geo.demo.load import SEED, load_demo
from geo.divisions import division_index
from geo.response_level import assess
from relief.errors import Conflict, InvalidInput

REGISTERS = "shelters depots hazard_points risk_zones flood_areas open_ground roads households"


async def value(conn: Connection, question: LiteralString, table: str = "") -> object:
    """The only value of the answer; {} in the question stands for the table."""
    cursor = await conn.execute(sql.SQL(question).format(sql.Identifier(table)))
    row = await cursor.fetchone()
    assert row is not None
    return next(iter(row.values()))


@pytest.mark.parametrize("table", REGISTERS.split())
async def test_every_invented_row_says_so(demo: Connection, table: str) -> None:
    assert await value(demo, "SELECT bool_and(synthetic) FROM {}", table) is True
    assert await value(demo, "SELECT min(source) FROM {}", table) == f"synthetic, seed {SEED}"
    assert await value(demo, "SELECT max(source) FROM {}", table) == f"synthetic, seed {SEED}"
    unknown = "SELECT count(*) FROM {} WHERE position_error_m IS NULL"
    assert await value(demo, unknown, table) == 0


async def test_faults_are_real_credited_and_of_unknown_error(demo: Connection) -> None:
    assert await value(demo, "SELECT count(*) FROM faults") == 6
    question = "SELECT bool_and(source LIKE '%CC BY-SA 4.0%' AND NOT synthetic) FROM faults"
    assert await value(demo, question) is True
    assert await value(demo, "SELECT count(position_error_m) FROM faults") == 0


async def test_one_fault_crosses_the_prefecture(demo: Connection) -> None:
    question = (
        "SELECT count(*) FROM faults AS f JOIN admin_areas AS a"
        " ON ST_Intersects(f.geom, a.geom) WHERE a.code = '1403'"
    )
    assert await value(demo, question) == 1


@pytest.mark.parametrize("table", ["shelters", "hazard_points", "open_ground", "households"])
async def test_things_lie_in_the_township_that_they_name(demo: Connection, table: str) -> None:
    question = (
        "SELECT count(*) FROM {} AS t JOIN admin_areas AS a ON a.code = left(t.area, 9)"
        " WHERE NOT ST_Covers(a.geom, t.geom)"
    )
    assert await value(demo, question, table) == 0


async def test_the_index_over_the_store_finds_the_townships_of_households(
    demo: Connection,
) -> None:
    index = await division_index(demo, "1403")
    cursor = await demo.execute(
        "SELECT left(area, 9) AS township, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM households"
    )
    rows = await cursor.fetchall()
    found = index.areas_of_points(
        np.array([r["lon"] for r in rows]), np.array([r["lat"] for r in rows])
    )
    assert found == [r["township"] for r in rows]


async def test_places_in_shelters_are_in_proportion_to_people(demo: Connection) -> None:
    places = await value(demo, "SELECT sum(capacity) FROM shelters")
    persons = await value(demo, "SELECT sum(persons) FROM households")
    assert places == pytest.approx(0.15 * float(str(persons)), rel=0.01)
    assert await value(demo, "SELECT bool_and(occupancy <= capacity) FROM shelters") is True


async def test_the_event_is_marked_a_demo_for_the_eye_and_for_the_program(
    demo: Connection,
) -> None:
    question = "SELECT name LIKE '%演示%' AND demo AND NOT exercise FROM events"
    assert await value(demo, question) is True
    assert await value(demo, "SELECT count(*) FROM intensity_zones") == 3


async def test_one_county_is_silent_and_one_corrected_itself_downwards(demo: Connection) -> None:
    silent = "SELECT count(*) FROM loss_reports WHERE area LIKE '140303%'"
    assert await value(demo, silent) == 0
    question = (
        "SELECT bool_and(new.value < old.value) FROM loss_reports AS r"
        " JOIN loss_figures AS new ON new.report = r.id AND new.indicator = 'collapsed_rooms'"
        " JOIN loss_figures AS old ON old.report = r.supersedes"
        " AND old.indicator = 'collapsed_rooms'"
    )
    assert await value(demo, question) is True


async def test_no_report_states_more_than_the_damage_on_file(demo: Connection) -> None:
    question = (
        "SELECT bool_and(f.value <= d.households / 0.02 + 1) FROM loss_figures AS f JOIN ("
        " SELECT left(h.area, 6) AS county, count(*) AS households FROM house_damage AS d"
        " JOIN households AS h ON h.id = d.household WHERE d.grade = 'collapsed' GROUP BY 1"
        ") AS d ON f.area = d.county"
        " WHERE f.indicator = 'collapsed_households' AND f.superseded_at IS NULL"
    )
    assert await value(demo, question) is True


async def test_the_level_on_file_is_the_one_that_the_plan_reckons(demo: Connection) -> None:
    cursor = await demo.execute("SELECT * FROM events")
    event = await cursor.fetchone()
    assert event is not None
    newest = "SELECT level FROM level_assessments ORDER BY at DESC LIMIT 1"
    on_file = await value(demo, newest)
    assert on_file in ("II", "III")
    async with demo.transaction(force_rollback=True):
        assert (await assess(demo, event, None))["level"] == on_file


async def test_each_report_led_to_a_level_at_the_moment_it_arrived(demo: Connection) -> None:
    question = (
        "SELECT bool_and(a.at = r.recorded_at) AND count(*) = 13 FROM level_assessments AS a"
        " JOIN loss_reports AS r ON r.id = a.report"
    )
    assert await value(demo, question) is True


async def test_loading_again_changes_nothing(demo_url: str, demo: Connection) -> None:
    before = await value(demo, "SELECT sum(changes) FROM layer_changes")
    done = await load_demo(demo_url, share=0.02)
    assert not done.loaded
    assert await value(demo, "SELECT sum(changes) FROM layer_changes") == before


async def test_cut_off_half_way_it_leaves_nothing(database_url: str, conn: Connection) -> None:
    def stop(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load_demo(database_url, share=0.001, progress=stop)
    assert await value(conn, "SELECT count(*) FROM admin_areas") == 0
    assert await value(conn, "SELECT demo_loaded_at IS NULL FROM store_state") is True


async def test_two_loaders_at_once_load_it_once(database_url: str) -> None:
    both = await asyncio.gather(*(load_demo(database_url, share=0.001) for _ in range(2)))
    assert sorted(done.loaded for done in both) == [False, True]


async def test_progress_rises_to_one(database_url: str) -> None:
    seen: list[float] = []
    await load_demo(database_url, share=0.001, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


async def test_a_store_with_divisions_of_its_own_is_left_alone(
    database_url: str, conn: Connection
) -> None:
    await conn.execute(
        "INSERT INTO admin_areas (code, level, name, source) VALUES ('14', 'province', 'n', 's')"
    )
    with pytest.raises(Conflict, match="empty"):
        await load_demo(database_url, share=0.001)


@pytest.mark.parametrize("share", [0, -0.1, 1.01, float("nan")])
async def test_a_share_that_is_none_is_refused(database_url: str, share: float) -> None:
    with pytest.raises(InvalidInput, match="share"):
        await load_demo(database_url, share=share)


async def test_an_unknown_prefecture_is_refused(database_url: str) -> None:
    with pytest.raises(InvalidInput, match="atlantis"):
        await load_demo(database_url, prefecture="atlantis")


async def test_field_reports_come_from_where_it_shook_hard(demo: Connection) -> None:
    question = (
        "SELECT count(*) FROM field_reports AS f JOIN intensity_zones AS z"
        " ON z.intensity >= 7 AND ST_DWithin(z.geom, f.geom, 0.01)"
    )
    assert int(str(await value(demo, question))) >= 36
    assert await value(demo, "SELECT bool_and(text LIKE '样例%') FROM field_reports") is True


async def test_teams_are_marked_as_made_up_and_some_are_under_way(demo: Connection) -> None:
    assert int(str(await value(demo, "SELECT count(*) FROM teams WHERE kind = 'information'"))) > 9
    made_up = "SELECT bool_and(synthetic AND name LIKE '样例%' AND telephone ~ '^100') FROM teams"
    assert await value(demo, made_up) is True
    under_way = (
        "SELECT count(*) FROM teams AS t JOIN field_reports AS f ON f.id = t.task_report"
        " JOIN team_positions AS p ON p.team = t.id"
        " WHERE t.state = 'deployed' AND t.event = f.event AND t.task_at > f.received_at"
    )
    assert int(str(await value(demo, under_way))) > 0
