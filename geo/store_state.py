"""What the store was asked to hold before anybody relies on it."""

from __future__ import annotations

from geo.database import Connection

NO_DEMO = "none"
LOADABLE = ("yangquan",)
FIRST_DEMO = LOADABLE[0]


async def waiting_for(conn: Connection) -> str | None:
    """What is still awaited, as a sentence; None once the store is ready for work."""
    cursor = await conn.execute("SELECT demo, demo_loaded_at FROM store_state")
    row = await cursor.fetchone()
    if row and row["demo"] and row["demo_loaded_at"] is None:
        return f"The demo {row['demo']} is being loaded; this takes a minute the first time."
    return None


async def expect_demo(conn: Connection, wished: str | None) -> str | None:
    """Notes which demo the store is to hold and returns it; None when nothing is left to load.

    Without a wish an earlier choice stays, at first FIRST_DEMO. A loaded demo is never replaced.
    """
    cursor = await conn.execute("SELECT demo, demo_loaded_at FROM store_state")
    row = await cursor.fetchone()
    assert row is not None
    demo: str = wished or row["demo"] or FIRST_DEMO
    if row["demo_loaded_at"] is not None and row["demo"] in {demo, *LOADABLE}:
        return None
    await conn.execute(
        "UPDATE store_state SET demo = %s, demo_loaded_at = CASE WHEN %s THEN now() END",
        (demo, demo == NO_DEMO),
    )
    return None if demo == NO_DEMO else demo


async def chosen_demo(conn: Connection) -> str | None:
    """The demo that the store holds or is to hold; None before that was decided."""
    cursor = await conn.execute("SELECT demo FROM store_state")
    row = await cursor.fetchone()
    return row["demo"] if row else None
