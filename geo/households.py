"""Households that need a place: personal data, read only inside one area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.database import Connection, sql

Column = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HouseholdFilter:
    """Which households; None is any. `damage` are grades recorded in the event."""

    ids: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    key_groups: tuple[str, ...] | None = None
    damage: tuple[str, ...] | None = ("collapsed", "severe")


@dataclass(frozen=True)
class PlacedHouseholds:
    """Households in columns: where they are (division, degrees), how many, in which key groups."""

    ids: tuple[str, ...]
    areas: tuple[str | None, ...]
    lon: Column
    lat: Column
    persons: npt.NDArray[np.int64]
    key_groups: tuple[frozenset[str], ...]


async def households_to_place(
    conn: Connection, event: str, admin_area: str, only: HouseholdFilter
) -> PlacedHouseholds:
    """The households of an area that the filter names, by id."""
    cursor = await conn.execute(
        sql("households_to_place"),
        {
            "event": event,
            "prefix": f"{admin_area}%",
            "damage": listed(only.damage),
            "ids": listed(only.ids),
            "areas": prefixes(only.areas),
            "groups": listed(only.key_groups),
        },
    )
    rows = await cursor.fetchall()
    return PlacedHouseholds(
        tuple(row["id"] for row in rows),
        tuple(row["area"] for row in rows),
        np.array([row["lon"] for row in rows], float),
        np.array([row["lat"] for row in rows], float),
        np.array([row["persons"] for row in rows], np.int64),
        tuple(frozenset(row["key_groups"]) for row in rows),
    )


async def households_not_on_file(
    conn: Connection, ids: Sequence[str], admin_area: str
) -> list[str]:
    """Which of the ids are no household of the area."""
    cursor = await conn.execute(
        "SELECT i.id FROM unnest(%s::text[]) AS i (id) WHERE NOT EXISTS"
        " (SELECT FROM households AS h WHERE h.id = i.id AND h.area LIKE %s) ORDER BY i.id",
        (list(ids), f"{admin_area}%"),
    )
    return [row["id"] for row in await cursor.fetchall()]


def listed(values: Sequence[str] | None) -> list[str] | None:
    """The values as a SQL array, None for any."""
    return None if values is None else list(values)


def prefixes(areas: Sequence[str] | None) -> list[str] | None:
    """Patterns that match the areas and all inside them, None for any."""
    return None if areas is None else [f"{area}%" for area in areas]
