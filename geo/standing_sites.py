"""Sites that stand already: open shelters, or depots, that a plan builds upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.crs_zones import Plane
from geo.database import Connection, sql
from relief.demand import Candidates
from relief.errors import Fault, InvalidInput
from relief.reach import FloatArray

Fixed = Literal["existing"] | tuple[str, ...] | None
"""All that stand in the area, those named, or none."""


@dataclass(frozen=True)
class StandingSites:
    """Sites of one layer by id, with their free places (none where places don't count)."""

    layer: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lon: tuple[float, ...] = ()
    lat: tuple[float, ...] = ()
    places: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def and_ground(self, middle: FloatArray, places: FloatArray | None, plane: Plane) -> Candidates:
        """Candidates in the plane: these first, then ground with its middle and its places."""
        x_m, y_m = plane.metres(self.lon, self.lat)
        capacity = None if places is None else np.concatenate([self.places, places])
        return Candidates(
            np.concatenate([x_m, middle[:, 0]]), np.concatenate([y_m, middle[:, 1]]), capacity
        )


def layer_of(purpose: str) -> str:
    """Which layer holds the sites that stand already for a purpose."""
    return "depots" if purpose == "depot" else "shelters"


async def standing_sites(
    conn: Connection, admin_area: str, purpose: str, fixed: Fixed
) -> StandingSites:
    """What stands; raises InvalidInput naming the ids that are not open in the area."""
    layer = layer_of(purpose)
    if not fixed:
        return StandingSites(layer)
    wanted = None if fixed == "existing" else list(fixed)
    cursor = await conn.execute(
        sql(f"siting_standing_{layer}"), {"prefix": f"{admin_area}%", "ids": wanted}
    )
    rows = await cursor.fetchall()
    if wanted is not None:
        _require_all(wanted, {row["id"] for row in rows}, layer)
    columns = (tuple(row[name] for row in rows) for name in ("id", "name", "lon", "lat", "places"))
    return StandingSites(layer, *columns)


def _require_all(wanted: list[str], found: set[str], layer: str) -> None:
    faults = [
        Fault(f"/fixed/{i}", f"'{one}' is none of the {layer} that are open in this area.")
        for i, one in enumerate(wanted)
        if one not in found
    ]
    if faults:
        raise InvalidInput("Some of the fixed sites are not there.", faults)
