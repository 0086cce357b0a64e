"""Counts by cell: kept right by whatever changes households or their damage."""

import pytest

from geo.database import Connection

CELLS = "SELECT sum(households), sum(persons), sum(synthetic_households) FROM household_cells"
RECOUNTED = """
SELECT coalesce(area, '') AS area, cell_column(geom, 15) AS cell_x, cell_row(geom, 15) AS cell_y,
    count(*)::integer AS households, sum(persons)::integer AS persons,
    (count(*) FILTER (WHERE synthetic))::integer AS synthetic_households
FROM households GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
KEPT = "SELECT * FROM household_cells WHERE households > 0 ORDER BY area, cell_x, cell_y"
DAMAGE_RECOUNTED = """
SELECT d.event, d.grade, coalesce(h.area, '') AS area, cell_column(h.geom, 15) AS cell_x,
    cell_row(h.geom, 15) AS cell_y, count(*)::integer AS households,
    sum(h.persons)::integer AS persons
FROM house_damage AS d JOIN households AS h ON h.id = d.household
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
DAMAGE_KEPT = """
SELECT * FROM damage_cells WHERE households > 0 ORDER BY event, grade, area, cell_x, cell_y
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
    for kept, recounted in ((KEPT, RECOUNTED), (DAMAGE_KEPT, DAMAGE_RECOUNTED)):
        told = await (await conn.execute(kept)).fetchall()  # type: ignore[arg-type]
        assert told == await (await conn.execute(recounted)).fetchall()  # type: ignore[arg-type]


async def test_a_cell_holds_the_places_that_fall_into_it(conn: Connection) -> None:
    cursor = await conn.execute("""
        SELECT bool_and(ST_Covers(cell_box(cell_column(p, z), cell_row(p, z), z), p)) AS inside
        FROM (SELECT z, ST_SetSRID(ST_Point(x, y), 4490) AS p
            FROM generate_series(73, 135, 6.1) AS x, generate_series(18, 54, 3.7) AS y,
                generate_series(0, 15, 5) AS z) AS places
    """)
    assert await cursor.fetchone() == {"inside": True}
