"""An own prefecture's divisions, for a store without the demo."""

import pytest

from geo.database import Connection
from geo.events import require_admin_area
from geo.outline_divisions import load_divisions
from relief.errors import InvalidInput


async def test_a_prefecture_comes_with_its_province_and_counties(conn: Connection) -> None:
    assert await load_divisions(conn, "1403") == 7
    prefecture = await require_admin_area(conn, "1403", "/area")
    assert prefecture["name"] == "阳泉市"
    cursor = await conn.execute(
        "SELECT count(*) AS n, sum(population) AS people, bool_and(geom IS NOT NULL) AS drawn"
        " FROM admin_areas WHERE parent = '1403'"
    )
    counties = await cursor.fetchone()
    assert counties is not None
    assert (counties["n"], counties["people"], counties["drawn"]) == (5, 1318505, True)


async def test_loading_twice_changes_nothing_and_nowhere_is_refused(conn: Connection) -> None:
    await load_divisions(conn, "1403")
    assert await load_divisions(conn, "1403") == 0
    with pytest.raises(InvalidInput):
        await load_divisions(conn, "9901")
