"""Coverage by township, in words that a table shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from geo.database import Connection, Row

_TOWNSHIP_DIGITS = 9


def shelters_counted(shelters: Iterable[Row], otherwise_m: float | None) -> list[Row]:
    """Those whose service radius is known, all of them where another stands in for it."""
    return [one for one in shelters if one["service_radius_m"] or otherwise_m]


async def by_township(
    conn: Connection, people: Sequence[Row], reached: Iterable[bool]
) -> list[dict[str, Any]]:
    """Per township (a larger division where nothing finer is known) its people and those beyond
    every radius, most of them first."""
    total: dict[str, int] = {}
    beyond: dict[str, int] = {}
    for one, within in zip(people, reached, strict=True):
        code = one["code"][:_TOWNSHIP_DIGITS]
        total[code] = total.get(code, 0) + one["people"]
        beyond[code] = beyond.get(code, 0) + (0 if within else one["people"])
    names = await _names(conn, list(total))
    return [
        {
            "area": code,
            "name": names.get(code),
            "people": total[code],
            "beyond": beyond[code],
            "share_beyond": round(beyond[code] / total[code], 4),
        }
        for code in sorted(total, key=lambda c: (-beyond[c], c))
    ]


async def _names(conn: Connection, codes: Sequence[str]) -> dict[str, str]:
    cursor = await conn.execute(
        "SELECT code, name FROM admin_areas WHERE code = ANY (%s)", (list(codes),)
    )
    return {row["code"]: row["name"] for row in await cursor.fetchall()}
