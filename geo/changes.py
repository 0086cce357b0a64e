"""What has changed: the counters that writers of a layer leave behind in their transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from geo.database import Connection, sql


async def version_of(conn: Connection, tables: Sequence[str]) -> str:
    """A mark that differs whenever rows of these tables have changed since it was read."""
    cursor = await conn.execute(sql("layer_version"), {"tables": list(tables)})
    row = await cursor.fetchone()
    assert row is not None
    return str(row["version"])


async def changed_at(conn: Connection, tables: Iterable[str]) -> dict[str, datetime]:
    """When each of these tables was last written to, for whatever event; never: left out."""
    cursor = await conn.execute(sql("changed_at"), {"tables": sorted(tables)})
    return {row["name"]: row["changed_at"] for row in await cursor.fetchall()}
