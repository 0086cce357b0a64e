"""Whom a site is to serve: people without a home in an event, or all people of the census."""

from __future__ import annotations

import numpy as np

from geo.crs_zones import Plane
from geo.database import Connection, sql
from relief.demand import Demand
from relief.errors import InvalidInput


async def demand_in(conn: Connection, admin_area: str, event: str | None, plane: Plane) -> Demand:
    """People by place, in the plane's metres.

    With an event those whose house is recorded as collapsed or severely damaged in it, else the
    census at the seats of the finest divisions. Raises InvalidInput when that is nobody.
    """
    name = "siting_demand_homeless" if event else "siting_demand_census"
    cursor = await conn.execute(sql(name), {"event": event, "prefix": f"{admin_area}%"})
    rows = await cursor.fetchall()
    if not rows:
        raise InvalidInput(_nobody(admin_area, event))
    x_m, y_m = plane.metres([row["lon"] for row in rows], [row["lat"] for row in rows])
    return Demand(x_m, y_m, np.array([row["people"] for row in rows], float))


def _nobody(admin_area: str, event: str | None) -> str:
    if event is None:
        return f"No division in {admin_area} states a population and a place; load the census."
    return (
        f"No household in {admin_area} is recorded as collapsed or severely damaged in this event;"
        " leave `event` out to serve the census population."
    )
