"""What the store was asked to hold before anybody relies on it."""

from __future__ import annotations

from geo.database import Connection


async def waiting_for(conn: Connection) -> str | None:
    """What is still awaited, as a sentence; None once the store is ready for work."""
    cursor = await conn.execute("SELECT demo, demo_loaded_at FROM store_state")
    row = await cursor.fetchone()
    if row and row["demo"] and row["demo_loaded_at"] is None:
        return f"The demo {row['demo']} is being loaded; this takes a minute the first time."
    return None


async def expect_demo(conn: Connection, demo: str) -> bool:
    """Notes that the demo is to be loaded; False when one is on file already."""
    cursor = await conn.execute(
        "UPDATE store_state SET demo = %s WHERE demo_loaded_at IS NULL", (demo,)
    )
    return cursor.rowcount == 1
