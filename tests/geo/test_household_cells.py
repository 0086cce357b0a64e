"""Counts by cell: kept right by whatever changes households or their damage."""

import asyncio
import random
from contextlib import suppress

import pytest
from psycopg.errors import ForeignKeyViolation

from geo.database import Connection, connected

RECOUNTED = """
SELECT zoom, cell_x, cell_y, area, count(*)::integer AS households,
    sum(persons)::integer AS persons,
    (count(*) FILTER (WHERE synthetic))::integer AS synthetic_households
FROM (
    SELECT zoom::smallint, cell_column(geom, zoom) AS cell_x, cell_row(geom, zoom) AS cell_y,
        coalesce(area, '') AS area, persons, synthetic
    FROM households, generate_series(5, 15) AS zoom
) AS home GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
KEPT = "SELECT * FROM household_cells WHERE households > 0 ORDER BY zoom, cell_x, cell_y, area"
DAMAGE_RECOUNTED = """
SELECT event, zoom, cell_x, cell_y, area, count(*)::integer AS households,
    coalesce(sum(persons) FILTER (WHERE grade IN ('collapsed', 'severe')), 0)::integer
        AS homeless_persons
FROM (
    SELECT d.event, zoom::smallint, cell_column(h.geom, zoom) AS cell_x,
        cell_row(h.geom, zoom) AS cell_y, coalesce(h.area, '') AS area, d.grade, h.persons
    FROM house_damage AS d JOIN households AS h ON h.id = d.household,
        generate_series(5, 15) AS zoom
) AS home GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
DAMAGE_KEPT = """
SELECT * FROM damage_cells WHERE households > 0 ORDER BY event, zoom, cell_x, cell_y, area
"""
PEOPLE = """
INSERT INTO admin_areas (code, level, name, source) VALUES ('14', 'province', '山西省', 'test');
INSERT INTO events (id, hazard, name, occurred_at, plan, area)
    VALUES ('quake', 'earthquake', 'x', '2026-09-15', 'p', '14');
INSERT INTO households (id, area, persons, geom, source, synthetic)
SELECT n::text, CASE WHEN n % 3 > 0 THEN '14' END, n % 5,
    ST_SetSRID(ST_Point(113 + n * 0.003, 37.5 + (n % 7) * 0.01), 4490), 'test', n % 2 = 0
FROM generate_series(1, 200) AS n;
INSERT INTO house_damage (event, household, grade, source)
SELECT 'quake', n::text, (ARRAY['collapsed', 'severe', 'slight'])[1 + n % 3], 'test'
FROM generate_series(1, 150) AS n
"""


@pytest.mark.parametrize(
    "change",
    [
        "SELECT 1",
        "UPDATE households SET persons = persons + 1 WHERE id::integer % 2 = 0",
        "UPDATE households SET geom = ST_Translate(geom, 0.05, 0.02)",
        "UPDATE households SET area = NULL WHERE id::integer < 50",
        "DELETE FROM households WHERE id::integer % 4 = 0",
        "DELETE FROM house_damage WHERE grade = 'slight'",
        "UPDATE house_damage SET grade = 'severe' WHERE grade = 'collapsed'",
        "DELETE FROM events",
        "TRUNCATE house_damage",
        "TRUNCATE households CASCADE",
        "DELETE FROM households",
    ],
)
async def test_cells_are_what_a_recount_gives(conn: Connection, change: str) -> None:
    for statement in (*PEOPLE.split(";\n"), change):
        await conn.execute(statement)  # type: ignore[arg-type]
    await require_recount(conn)


async def require_recount(conn: Connection) -> None:
    for kept, recounted in ((KEPT, RECOUNTED), (DAMAGE_KEPT, DAMAGE_RECOUNTED)):
        told = await (await conn.execute(kept)).fetchall()  # type: ignore[arg-type]
        assert told == await (await conn.execute(recounted)).fetchall()  # type: ignore[arg-type]


WRITES = (
    "INSERT INTO households (id, area, persons, geom, source, synthetic) VALUES"
    " ({id} + 200, '14', 4, ST_SetSRID(ST_Point(113 + {id} * 0.002, 37.6), 4490), 'test', false)"
    " ON CONFLICT (id) DO UPDATE SET persons = 2, geom = excluded.geom",
    "UPDATE households SET geom = ST_Translate(geom, 0.01 * {id}, -0.01) WHERE id = '{id}'",
    "UPDATE households SET persons = {id} % 7, area = NULL WHERE id = '{id}'",
    "DELETE FROM households WHERE id = '{id}'",
    "INSERT INTO house_damage (event, household, grade, source)"
    " SELECT 'quake', id, 'severe', 'test' FROM households WHERE id = '{id}'"
    " ON CONFLICT (event, household) DO UPDATE SET grade = 'slight'",
    "UPDATE house_damage SET grade = 'collapsed' WHERE household = '{id}'",
    "DELETE FROM house_damage WHERE household = '{id}'",
)


async def test_cells_are_right_whoever_writes_at_once(conn: Connection, database_url: str) -> None:
    """Homes move, come and go while others write down what happened to them."""
    for statement in PEOPLE.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]

    async def writer(seed: int) -> None:
        chance = random.Random(seed)
        async with connected(database_url) as own:
            for _ in range(60):
                write = chance.choice(WRITES).format(id=chance.randrange(1, 12))
                with suppress(ForeignKeyViolation):  # the home went meanwhile
                    await own.execute(write)  # type: ignore[arg-type]

    await asyncio.gather(*(writer(seed) for seed in range(6)))
    await require_recount(conn)


async def test_damage_of_a_home_that_is_moving_is_counted_where_it_ends(
    conn: Connection, database_url: str
) -> None:
    for statement in PEOPLE.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]
    async with connected(database_url) as other:
        async with conn.transaction():
            await conn.execute("UPDATE households SET geom = ST_Translate(geom, 1, 0)")
            waiting = asyncio.create_task(other.execute(WRITES[4].format(id=180)))  # type: ignore[arg-type]
            await conn.execute("SELECT pg_sleep(0.05)")
        await waiting
    await require_recount(conn)


async def test_a_write_that_counts_for_nothing_leaves_the_cells_alone(conn: Connection) -> None:
    for statement in PEOPLE.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]
    places = "SELECT ctid FROM household_cells UNION ALL SELECT ctid FROM damage_cells"
    before = await (await conn.execute(places)).fetchall()
    await conn.execute("UPDATE households SET telephone = '0353'")
    assert await (await conn.execute(places)).fetchall() == before


async def test_a_cell_holds_the_places_that_fall_into_it(conn: Connection) -> None:
    cursor = await conn.execute("""
        SELECT bool_and(ST_Covers(cell_box(cell_column(p, z), cell_row(p, z), z), p)) AS inside
        FROM (SELECT z, ST_SetSRID(ST_Point(x, y), 4490) AS p
            FROM generate_series(73, 135, 6.1) AS x, generate_series(18, 54, 3.7) AS y,
                generate_series(0, 15, 5) AS z) AS places
    """)
    assert await cursor.fetchone() == {"inside": True}
