"""Shelters that can take people in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.database import Connection, sql
from geo.households import Column, listed, prefixes

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShelterFilter:
    """Which shelters; None is any. Closed and full ones are never taken."""

    ids: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    levels: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class OpenShelters:
    """Shelters in columns: where they are (degrees), their places, how many are taken and how
    many are kept free; `full` are those that take nobody new."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    lon: Column
    lat: Column
    capacity: Counts
    occupancy: Counts
    reserved: Counts
    full: npt.NDArray[np.bool_]

    @property
    def free(self) -> Counts:
        """Places that may be given."""
        left: Counts = np.maximum(self.capacity - self.occupancy - self.reserved, 0)
        return left

    def only(self, which: npt.NDArray[np.bool_]) -> OpenShelters:
        """These of them."""
        some = np.flatnonzero(which)
        kept: Mapping[str, Any] = {
            name: tuple(column[i] for i in some) if isinstance(column, tuple) else column[some]
            for name, column in vars(self).items()
        }
        return OpenShelters(**kept)

    def reserving(self, share: float) -> OpenShelters:
        """The same, with a share of each capacity kept free, rounded up to whole places."""
        part = Fraction(str(share))
        kept = [-(-int(places) * part.numerator // part.denominator) for places in self.capacity]
        return replace(self, reserved=np.array(kept, np.int64))


async def shelters_with_places(
    conn: Connection, admin_area: str, only: ShelterFilter, kept: Sequence[str] = ()
) -> OpenShelters:
    """The open shelters of an area with free places that the filter names, by id; those of `kept`
    also where they are full."""
    cursor = await conn.execute(
        sql("shelters_with_places"),
        {
            "prefix": f"{admin_area}%",
            "ids": listed(only.ids),
            "areas": prefixes(only.areas),
            "levels": listed(only.levels),
            "kinds": listed(only.kinds),
            "kept": list(kept),
        },
    )
    rows = await cursor.fetchall()
    return OpenShelters(
        tuple(row["id"] for row in rows),
        tuple(row["name"] for row in rows),
        np.array([row["lon"] for row in rows], float),
        np.array([row["lat"] for row in rows], float),
        np.array([row["capacity"] for row in rows], np.int64),
        np.array([row["occupancy"] for row in rows], np.int64),
        np.zeros(len(rows), np.int64),
        np.array([row["state"] == "full" for row in rows], bool),
    )


async def shelters_not_on_file(conn: Connection, ids: Sequence[str], admin_area: str) -> list[str]:
    """Which of the ids are no shelter of the area, open or not."""
    cursor = await conn.execute(
        "SELECT i.id FROM unnest(%s::text[]) AS i (id) WHERE NOT EXISTS"
        " (SELECT FROM shelters AS s WHERE s.id = i.id AND s.area LIKE %s) ORDER BY i.id",
        (list(ids), f"{admin_area}%"),
    )
    return [row["id"] for row in await cursor.fetchall()]
