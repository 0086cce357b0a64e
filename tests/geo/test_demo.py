"""The demo prefecture: what is invented fits what is known, and it loads whole or not at all."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from typing import Any, LiteralString

import numpy as np
import pytest
import shapely
from psycopg import sql

from geo.database import Connection, connected
from geo.demo.areas import area_table
from geo.demo.ground import Ground, ground_of
from geo.demo.hazards import hazards_of
from geo.demo.key_groups import RULES
from geo.demo.load import SEED, load_demo
from geo.demo.open_ground import open_ground
from geo.demo.people import people
from geo.demo.plane import apportioned
from geo.demo.sources import census, faults, seats
from geo.divisions import division_index, published_outlines
from geo.response_level import evaluation_of
from relief.errors import Conflict, InvalidInput

SHARE = 0.02
REGISTERS = "shelters depots hazard_points risk_zones flood_areas open_ground roads households"


@pytest.fixture(scope="module")
def ground() -> Ground:
    return ground_of("yangquan", SEED)


@pytest.fixture(scope="module")
def demo_url(postgis: Any) -> Iterator[str]:
    """A store with the demo in it, which the tests only read."""
    name, url = postgis.clone()
    asyncio.run(load_demo(url, share=SHARE))
    yield url
    postgis.drop(name)


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[Connection]:
    async with connected(demo_url) as conn:
        yield conn


async def value(conn: Connection, question: LiteralString, table: str = "") -> object:
    """The only value of the answer; {} in the question stands for the table."""
    cursor = await conn.execute(sql.SQL(question).format(sql.Identifier(table)))
    row = await cursor.fetchone()
    assert row is not None
    return next(iter(row.values()))


# ── The ground ───────────────────────────────────────────────────────────────────────────────


def test_townships_cover_their_counties_without_gap_or_overlap(ground: Ground) -> None:
    outlines = [t.outline for t in ground.townships.values()]
    assert len(outlines) == 43
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    for code, county in ground.counties.items():
        parts = [t.outline for t in ground.townships.values() if t.code[:6] == code]
        assert sum(p.area for p in parts) == pytest.approx(county.area, rel=1e-9)


def test_counties_keep_their_published_outlines_to_a_centimetre(ground: Ground) -> None:
    for code, county in ground.counties.items():
        published = published_outlines("county")[code].polygon
        assert shapely.hausdorff_distance(county, published) < 1e-7  # degrees
        assert county.area == pytest.approx(published.area, rel=1e-5)


def test_seats_that_are_known_are_kept_and_the_other_38_are_marked(ground: Ground) -> None:
    known = seats("1403")
    for code, township in ground.townships.items():
        assert township.seat_known == (code in known)
        if township.seat_known:
            assert (township.seat.x, township.seat.y) == known[code]
        else:
            assert township.outline.contains(township.seat)
    assert sum(not t.seat_known for t in ground.townships.values()) == 38


def test_villages_hold_all_people_of_the_census(ground: Ground) -> None:
    for code, county in census("1403").items():
        assert ground.population(code) == county.population
    assert ground.population("1403") == 1_318_505
    assert all(v.population > 0 for v in ground.villages)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(ground: Ground) -> None:
    again, other = ground_of("yangquan", SEED), ground_of("yangquan", SEED + 1)
    assert area_table(again) == area_table(ground)
    assert hazards_of(again).tables == hazards_of(ground).tables
    first, second = (next(people(g, 0.01)) for g in (ground, again))
    assert first[1:] == second[1:]
    assert area_table(other) != area_table(ground)


@pytest.mark.parametrize("total", [0, 1, 7, 1000])
def test_apportioning_adds_up(total: int) -> None:
    shares = apportioned(total, [0.2, 3.0, 1.1])
    assert shares.sum() == total
    assert np.abs(shares - np.array([0.2, 3.0, 1.1]) / 4.3 * total).max() < 1


# ── People ───────────────────────────────────────────────────────────────────────────────────


def test_households_are_as_large_and_as_often_alone_as_the_census_says(ground: Ground) -> None:
    for households, _, persons in people(ground, 0.05):
        county = ground.census[households.county]
        assert len(households) == round(county.households * 0.05)
        assert households.persons.sum() == round(county.population * 0.05) == len(persons)
        alone = (households.persons == 1).mean()
        assert alone == pytest.approx(county.one_person_share, abs=1e-3)
        assert households.persons.min() >= 1


def test_ages_follow_the_census(ground: Ground) -> None:
    for households, _, persons in people(ground, 0.05):
        county = ground.census[households.county]
        age = 2026 - np.array(persons.columns["birth_year"])
        counted = sum(county.age_shares[14:]) / sum(county.age_shares)
        assert (age >= 65).mean() == pytest.approx(counted, abs=0.05)


def test_no_id_number_can_be_real(ground: Ground) -> None:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    _, _, persons = next(people(ground, 0.01))
    for number in persons.columns["id_number"]:
        assert len(number) == 18
        assert number.startswith("000000")
        total = sum(int(d) * w for d, w in zip(number, weights, strict=False))
        assert number[17] != "10X98765432"[total % 11]
    assert all(name.startswith("样例") for name in persons.columns["name"])


def test_key_groups_are_those_of_their_ages(ground: Ground) -> None:
    _, _, persons = next(people(ground, 0.05))
    oldest = {r.code: r.oldest for r in RULES if r.code in ("orphan", "left_behind_child")}
    for groups, year in zip(
        persons.columns["key_groups"], persons.columns["birth_year"], strict=True
    ):
        assert ("elderly" in groups) == (2026 - year >= 65)
        assert all(2026 - year <= limit for code, limit in oldest.items() if code in groups)


# ── Hazards and open ground ──────────────────────────────────────────────────────────────────


def test_folds_are_no_faults() -> None:
    assert {f.slip_type for f in faults()} == {"Sinistral", "Dextral", "Normal", "Reverse"}
    assert len(faults()) == 23


def test_open_ground_lies_on_both_sides_of_the_fault_and_some_of_it_too_near(
    ground: Ground,
) -> None:
    hazards = hazards_of(ground)
    plots = open_ground(ground, hazards)
    outline = ground.plane.metres(shapely.union_all(list(ground.counties.values())))
    (crossing,) = [f for f in hazards.faults_m if f.intersects(outline)]
    start, end = (crossing.interpolate(x, normalized=True) for x in (0, 1))
    bearing = math.atan2(end.y - start.y, end.x - start.x)
    away = np.array([p.outline_m.distance(crossing) for p in plots])
    near = [p.outline_m.centroid for p, m in zip(plots, away, strict=True) if m < 200]
    sides = {
        math.copysign(1, (p.y - start.y) * math.cos(bearing) - (p.x - start.x) * math.sin(bearing))
        for p in near
    }
    assert len(near) >= 10
    assert sides == {-1, 1}
    assert (away > 500).sum() > 400
    points = shapely.points(hazards.points_m)
    assert sum(shapely.dwithin(p.outline_m, points, 100).any() for p in plots) >= 10


def test_no_two_pieces_of_open_ground_overlap(ground: Ground) -> None:
    plots = open_ground(ground, hazards_of(ground))
    tree = shapely.STRtree([p.outline_m for p in plots])
    a, b = tree.query([p.outline_m for p in plots], predicate="intersects")
    assert (a == b).all()


# ── In the store ─────────────────────────────────────────────────────────────────────────────


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
    level = (await evaluation_of(demo, event)).as_dict()["level"]
    assert level in ("II", "III")
    assert await value(demo, "SELECT level FROM level_assessments") == level


# ── Loading ──────────────────────────────────────────────────────────────────────────────────


async def test_loading_again_changes_nothing(demo_url: str, demo: Connection) -> None:
    before = await value(demo, "SELECT sum(changes) FROM layer_changes")
    done = await load_demo(demo_url, share=SHARE)
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
