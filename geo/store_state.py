"""What the store was asked to hold before anybody relies on it."""

from __future__ import annotations

from geo.database import Connection, Row
from relief.errors import Conflict

NO_DEMO = "none"
DEMO_AREAS = {"yangquan": "1403", "tacheng": "6542"}
"""The demos that can be loaded, with the code of their prefecture; the first is the usual one."""
FIRST_DEMO = next(iter(DEMO_AREAS))


async def waiting_for(conn: Connection) -> str | None:
    """What is still awaited, as a sentence; None once the store is ready for work."""
    cursor = await conn.execute("SELECT demo, demo_loaded_at FROM store_state")
    row = await cursor.fetchone()
    if row and row["demo"] and row["demo_loaded_at"] is None:
        return f"The demo {row['demo']} is being loaded; this takes a minute the first time."
    return None


async def expect_demo(conn: Connection, wished: str | None) -> str | None:
    """Notes which demo the store is to hold and returns it; None when nothing is left to load.

    Without a wish an earlier choice stays, at first FIRST_DEMO, and a store that was filled
    otherwise gets none. Raises Conflict where the store
    holds another demo or divisions of its own: nothing is ever replaced.
    """
    row = await state_of_store(conn)
    demo: str = wished or _usual_demo(row)
    if row["demo_loaded_at"] is not None and demo in {row["demo"], NO_DEMO}:
        return None
    if demo != NO_DEMO:
        require_room(row, demo)
    await conn.execute(
        "UPDATE store_state SET demo = %s, demo_loaded_at = CASE WHEN %s THEN now() END",
        (demo, demo == NO_DEMO),
    )
    return None if demo == NO_DEMO else demo


def _usual_demo(row: Row) -> str:
    filled_otherwise = row["filled"] and row["demo_loaded_at"] is None
    return NO_DEMO if filled_otherwise else row["demo"] or FIRST_DEMO


def require_room(row: Row, demo: str) -> None:
    """Raises Conflict unless the store, whose state is `row`, is empty enough for the demo."""
    instead = (
        f"To see {demo}, start with another RELIEFMAP_DATA or RELIEFMAP_DATABASE_URL;"
        " without --demo, what is there goes on."
    )
    if row["demo"] in DEMO_AREAS and row["demo_loaded_at"] is not None:
        raise Conflict(
            f"The store holds the demo {row['demo']}, and one store holds one demo. {instead}"
        )
    if row["filled"]:
        raise Conflict(
            f"The store holds divisions already; the demo goes into an empty one. {instead}"
        )


async def state_of_store(conn: Connection) -> Row:
    """The store's one row of state, and whether any division is `filled` in."""
    cursor = await conn.execute(
        "SELECT demo, demo_loaded_at, EXISTS (SELECT FROM admin_areas) AS filled FROM store_state"
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def chosen_demo(conn: Connection) -> str | None:
    """The demo that the store holds or is to hold; None before that was decided."""
    cursor = await conn.execute("SELECT demo FROM store_state")
    row = await cursor.fetchone()
    return row["demo"] if row else None
