"""Shelters that can take people in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.database import Connection, sql
from geo.households import Column, listed, prefixes


@dataclass(frozen=True)
class ShelterFilter:
    """Which shelters; None is any. Closed and full ones are never taken."""

    ids: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    levels: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class OpenShelters:
    """Shelters in columns: where they are (degrees), their places, and how many are taken."""

    ids: tuple[str, ...]
    lon: Column
    lat: Column
    capacity: npt.NDArray[np.int64]
    occupancy: npt.NDArray[np.int64]

    @property
    def free(self) -> npt.NDArray[np.int64]:
        """Free places."""
        return self.capacity - self.occupancy


async def shelters_with_places(
    conn: Connection, admin_area: str, only: ShelterFilter
) -> OpenShelters:
    """The open shelters of an area with free places that the filter names, by id."""
    cursor = await conn.execute(
        sql("shelters_with_places"),
        {
            "prefix": f"{admin_area}%",
            "ids": listed(only.ids),
            "areas": prefixes(only.areas),
            "levels": listed(only.levels),
            "kinds": listed(only.kinds),
        },
    )
    rows = await cursor.fetchall()
    return OpenShelters(
        tuple(row["id"] for row in rows),
        np.array([row["lon"] for row in rows], float),
        np.array([row["lat"] for row in rows], float),
        np.array([row["capacity"] for row in rows], np.int64),
        np.array([row["occupancy"] for row in rows], np.int64),
    )


async def shelters_not_on_file(conn: Connection, ids: Sequence[str], admin_area: str) -> list[str]:
    """Which of the ids are no shelter of the area, open or not."""
    cursor = await conn.execute(
        "SELECT i.id FROM unnest(%s::text[]) AS i (id) WHERE NOT EXISTS"
        " (SELECT FROM shelters AS s WHERE s.id = i.id AND s.area LIKE %s) ORDER BY i.id",
        (list(ids), f"{admin_area}%"),
    )
    return [row["id"] for row in await cursor.fetchall()]
