"""The item norms in force, and by what basis people have stock measured in an event."""

from __future__ import annotations

from functools import lru_cache

from psycopg.types.json import Jsonb

from geo.database import Connection, Row
from relief.item_norms import Norms, norms_from_toml, shipped_norms
from relief.supply import BasisChoice, Sharing


async def norms_in_force(conn: Connection) -> Norms:
    """The norms added last, or those that come with the product."""
    cursor = await conn.execute("SELECT text FROM supply_norms ORDER BY id DESC LIMIT 1")
    row = await cursor.fetchone()
    return shipped_norms() if row is None else _parsed(row["text"])


async def add_norms(conn: Connection, text: str, token: int) -> Norms:
    """The norms of a TOML text, in force from now on; raises InvalidInput with their faults."""
    norms = norms_from_toml(text)
    await conn.execute(
        "INSERT INTO supply_norms (text, digest, token) VALUES (%s, %s, %s)",
        (text, norms.digest, token),
    )
    return norms


async def set_basis(
    conn: Connection, event: str, level: str, choice: BasisChoice, reason: str, by: str, token: int
) -> None:
    """Records by what the stock is measured for that level of the event, from now on."""
    stated = {key: value for key, value in vars(choice).items() if value is not None}
    await conn.execute(
        "INSERT INTO supply_bases (event, level, basis, reason, by_whom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (event, level, Jsonb(stated), reason, by, token),
    )


async def basis_on_file(conn: Connection, event: str, level: str) -> tuple[BasisChoice, Row | None]:
    """(choice, who made it, when and why) for that level of the event; nothing chosen at first."""
    cursor = await conn.execute(
        "SELECT basis, reason, by_whom, recorded_at FROM supply_bases"
        " WHERE event = %s AND level = %s ORDER BY id DESC LIMIT 1",
        (event, level),
    )
    row = await cursor.fetchone()
    if row is None:
        return BasisChoice(), None
    stated = row.pop("basis")
    if "shared_by" in stated:
        stated["shared_by"] = Sharing(stated["shared_by"])
    return BasisChoice(**stated), row | {"by": row.pop("by_whom")}


@lru_cache(maxsize=8)
def _parsed(text: str) -> Norms:
    return norms_from_toml(text)
