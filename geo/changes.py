"""What has changed: the counters that writers of a layer leave behind in their transaction."""

from __future__ import annotations

from collections.abc import Sequence

from geo.database import Connection, sql


async def version_of(conn: Connection, tables: Sequence[str]) -> str:
    """A mark that differs whenever rows of these tables have changed since it was read."""
    cursor = await conn.execute(sql("layer_version"), {"tables": list(tables)})
    row = await cursor.fetchone()
    assert row is not None
    return str(row["version"])
