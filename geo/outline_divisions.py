"""Provinces, prefectures and counties of one's own, from the outlines and lists on board."""

from __future__ import annotations

from typing import Any

import shapely
from psycopg import sql

from geo.database import Connection
from geo.demo import sources
from geo.demo.people import CENSUS_YEAR
from geo.demo.table import Table, copy_rows, geometries
from geo.divisions import as_multipolygon, published_outlines
from relief.divisions import LEVEL_BY_DIGITS
from relief.errors import InvalidInput

_SOURCE = f"{sources.CODES_SOURCE}; {sources.OUTLINE_SOURCE}; {sources.CENSUS_SOURCE}"
_STAGED = "divisions_staged"


async def load_divisions(conn: Connection, within: str) -> int:
    """Adds the division `within` (normal code, empty: the country) down to its counties.

    Counties bring their outline and census population; what is on file already stays as it is.
    Returns how many divisions were added; raises InvalidInput where no county is known inside.
    """
    table = _table(within)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    async with conn.transaction():
        await conn.execute(
            "CREATE TEMPORARY TABLE divisions_staged (LIKE admin_areas INCLUDING DEFAULTS)"
            " ON COMMIT DROP"
        )
        await copy_rows(conn, Table(_STAGED, table.columns))
        cursor = await conn.execute(
            sql.SQL(
                "INSERT INTO admin_areas ({0}) SELECT {0} FROM divisions_staged"
                " ORDER BY length(code), code ON CONFLICT (code) DO NOTHING"
            ).format(columns)
        )
    return cursor.rowcount


def _table(within: str) -> Table:
    outlines = published_outlines("county")
    counties = sorted(code for code in outlines if code.startswith(within))
    if not counties:
        raise InvalidInput(f"No county with an outline lies inside {within}.")
    named = {code[:4]: county["prefecture"] for code, county in sources.county_names().items()}
    people = sources.county_populations()
    rows: list[dict[str, Any]] = []
    for digits in (2, 4):
        for code in sorted({county[:digits] for county in counties}):
            inside = [outlines[county].polygon for county in counties if county.startswith(code)]
            name = published_outlines("province")[code].name if digits == 2 else named.get(code)
            whole = digits == 4 or code == within or not within
            geom = as_multipolygon(shapely.union_all(inside)) if whole else None
            rows.append({"code": code, "name": name or code, "geom": geom})
    rows += [
        {
            "code": code,
            "name": outlines[code].name,
            "geom": outlines[code].polygon,
            "population": people.get(code),
        }
        for code in counties
    ]
    return Table(
        "admin_areas",
        {
            "code": [row["code"] for row in rows],
            "level": [LEVEL_BY_DIGITS[len(row["code"])] for row in rows],
            "parent": [row["code"][:-2] or None for row in rows],
            "name": [row["name"] for row in rows],
            "population": [row.get("population") for row in rows],
            "population_year": [CENSUS_YEAR if row.get("population") else None for row in rows],
            "geom": geometries([row["geom"] for row in rows]),
            "source": [_SOURCE for _ in rows],
        },
    )
