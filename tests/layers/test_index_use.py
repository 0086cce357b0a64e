"""With 50,000 households the statements of tiles, boxes and pages go by an index."""

from dataclasses import replace
from typing import Any

import pytest
from psycopg import sql

from geo.database import Connection
from geo.features import page_of_features
from geo.selections import Selection, bound, column_of, row_of, rows_of
from geo.tile_matrices import TileAddress
from geo.tiles import tile, tile_statement
from layers.catalogue import LAYERS

HOUSEHOLDS = LAYERS["households"].features
EVERYBODY = Selection(event="quake", detail_like="%")


@pytest.fixture
async def many(prefecture: Connection) -> Connection:
    """The small prefecture with 50,000 more households."""
    await prefecture.execute("""
        INSERT INTO households (id, area, persons, geom, source)
        SELECT 'm' || n, '140302', 3, ST_SetSRID(
            ST_Point(113 + (n % 1000) * 0.001, 37.5 + (n / 1000) * 0.01), 4490), 'test'
        FROM generate_series(0, 49999) AS n
    """)
    await prefecture.execute("ANALYZE households")
    return prefecture


async def plan_of(conn: Connection, statement: sql.Composed, values: dict[str, Any]) -> str:
    cursor = await conn.execute(sql.SQL("EXPLAIN {}").format(statement), values)
    return "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())


async def test_a_box_goes_by_the_spatial_index(many: Connection) -> None:
    selection = Selection(event="quake", detail_like="%", box=(113.2, 37.6, 113.21, 37.62))
    statement = sql.SQL("SELECT f.id {}").format(rows_of(HOUSEHOLDS.source, selection))
    plan = await plan_of(many, statement, bound(selection))
    assert "households_geom" in plan
    assert "Seq Scan on households" not in plan


async def test_a_page_goes_by_the_key_wherever_it_begins(many: Connection) -> None:
    selection = Selection(event="quake", detail_like="140302%", after=("m30000",))
    rows = rows_of(HOUSEHOLDS.source, selection)
    statement = sql.SQL("SELECT f.id, f.damage {} ORDER BY f.id LIMIT 1000").format(rows)
    plan = await plan_of(many, statement, bound(selection))
    assert "households_pkey" in plan
    assert "Sort" not in plan


async def test_a_tile_goes_by_the_spatial_index(many: Connection) -> None:
    address = TileAddress(14, 6333, 13345)
    before = await scans(many)
    data = await tile(many, "households", HOUSEHOLDS.tile_source(), EVERYBODY, address)
    assert data
    after = await scans(many)
    assert after["households_geom"] > before["households_geom"]
    assert after["sequential"] == before["sequential"]


@pytest.mark.parametrize("zoom", [6, 9])
async def test_a_tile_from_far_reads_the_cells_that_it_shows(many: Connection, zoom: int) -> None:
    cells = LAYERS["households"].cells
    assert cells is not None
    await many.execute("""
        INSERT INTO house_damage (event, household, grade, source)
        SELECT 'quake', id, 'severe', 'test' FROM households WHERE id LIKE 'm%7'
    """)
    await many.execute("ANALYZE household_cells, damage_cells")
    edge = 1 << zoom
    address = TileAddress(zoom, row_of(37.7, edge), column_of(113.4, edge))
    seen = Selection(event="quake", cell_zoom=zoom + 5)
    statement, values = tile_statement("c", cells.tile_source(), seen, address)
    plan = await plan_of(many, sql.SQL(statement.decode()), values)  # type: ignore[arg-type]
    assert "household_cells_pkey" in plan
    assert "damage_cells_pkey" in plan
    assert "Scan on" not in plan.replace("Subquery Scan on", "").replace("Index Scan on", "")


PLANS = ["force_custom_plan", "force_generic_plan"]
"""As a statement is planned for its values, and as it is once it was prepared."""


@pytest.mark.parametrize("planned", PLANS)
async def test_a_page_anywhere_reads_the_rows_of_a_page(many: Connection, planned: str) -> None:
    await many.execute("SELECT set_config('plan_cache_mode', %s, false)", [planned])
    for seen, after in (("%", ()), ("%", ("m40000",)), ("140302%", ("m30000",))):
        selection = Selection(event="quake", detail_like=seen, after=after)
        before = await scans(many)
        page = await page_of_features(many, HOUSEHOLDS.source, selection, 1000)
        assert (page.count, len(page.last)) == (1000, 1)
        now = await scans(many)
        assert now["sequential"] == before["sequential"]
        assert now["fetched"] - before["fetched"] <= 1030  # those of other areas lie between them


@pytest.mark.parametrize("planned", PLANS)
async def test_one_feature_and_a_box_read_what_they_show(many: Connection, planned: str) -> None:
    await many.execute("SELECT set_config('plan_cache_mode', %s, false)", [planned])
    box = replace(EVERYBODY, box=(113.2, 37.6, 113.21, 37.65))
    for selection, most in ((replace(EVERYBODY, id="m777"), 1), (box, 80)):
        before = await scans(many)
        page = await page_of_features(many, HOUSEHOLDS.source, selection, 1000)
        assert 0 < page.count <= most
        now = await scans(many)
        assert now["sequential"] == before["sequential"]
        assert now["fetched"] - before["fetched"] <= most


async def scans(conn: Connection) -> dict[str, int]:
    """Of the households so far: scans of an index, of the whole table, and rows by an index."""
    cursor = await conn.execute("""
        SELECT pg_stat_get_xact_numscans('households_geom'::regclass)
                + pg_stat_get_numscans('households_geom'::regclass) AS households_geom,
            pg_stat_get_xact_numscans('households'::regclass)
                + pg_stat_get_numscans('households'::regclass) AS sequential,
            pg_stat_get_xact_tuples_fetched('households'::regclass)
                + pg_stat_get_tuples_fetched('households'::regclass) AS fetched,
            pg_stat_force_next_flush()
    """)
    row = await cursor.fetchone()
    assert row is not None
    return row
