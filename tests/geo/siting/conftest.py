"""A valley with a fault: what the tests of siting share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.candidates import Candidates
from geo.database import Connection
from geo.sites import sites
from geo.siting_survey import SitingRequest

GEOD = Geod(ellps="GRS80")
LON, LAT = 113.6, 37.9


@dataclass(frozen=True)
class Valley:
    """Two villages of a county, and a fault that runs north through the crossing of the roads.

    Places are metres east and north of that crossing, by geodesics.
    """

    conn: Connection

    async def sites(self, ground: Candidates, **changes: Any) -> dict[str, Any]:
        """The answer for these candidates."""
        return await sites(self.conn, self.request(**changes), ground)

    @staticmethod
    def request(**changes: Any) -> SitingRequest:
        """One settlement that keeps 200 m from faults, but for the changes."""
        asked: dict[str, Any] = {
            "admin_area": "1403",
            "purpose": "settlement",
            "avoid": {"faults": 200.0},
            "min_ground_area_m2": 5_000.0,
            "count": 1,
            "objective": "p_median",
        }
        return SitingRequest(**(asked | changes))

    @staticmethod
    def place(east_m: float, north_m: float) -> tuple[float, float]:
        """(lon, lat) so many metres from the crossing."""
        lon, lat, _ = GEOD.fwd(LON, LAT, 90 if east_m >= 0 else 270, abs(east_m))
        lon, lat, _ = GEOD.fwd(lon, lat, 0 if north_m >= 0 else 180, abs(north_m))
        return lon, lat

    def box(self, east_m: float, north_m: float, wide_m: float, high_m: float) -> shapely.Polygon:
        """A rectangle whose south-west corner lies so many metres from the crossing."""
        corners = [(0, 0), (wide_m, 0), (wide_m, high_m), (0, high_m)]
        return shapely.Polygon([self.place(east_m + e, north_m + n) for e, n in corners])

    def square(self, east_m: float, north_m: float, side_m: float = 100.0) -> shapely.Polygon:
        """A square likewise."""
        return self.box(east_m, north_m, side_m, side_m)

    @staticmethod
    def ground(slopes: dict[str, float] | None = None, **outlines: shapely.Polygon) -> Candidates:
        """Candidates by name; a slope is known of those in `slopes`."""
        geometry = np.empty(len(outlines), object)
        geometry[:] = list(outlines.values())
        steep = np.array([(slopes or {}).get(one, np.nan) for one in outlines])
        return Candidates(tuple(outlines), geometry, steep)

    async def insert(self, table: str, geometry: shapely.Geometry, **row: Any) -> None:
        """A row of a register."""
        columns = {"source": "test"} | row
        names = ", ".join([*columns, "geom"])
        marks = ", ".join(["%s"] * len(columns))
        points = {"hazard_points", "households", "shelters", "depots"}
        multi = "" if table in points else "ST_Multi"
        await self.conn.execute(
            f"INSERT INTO {table} ({names})"  # type: ignore[arg-type]
            f" VALUES ({marks}, {multi}(ST_GeomFromText(%s, 4490)))",
            [*columns.values(), geometry.wkt],
        )


@pytest.fixture
async def valley(conn: Connection) -> Valley:
    """The valley, on file."""
    land = Valley(conn)
    await conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, population, seat, source) VALUES"
        " ('14', 'province', NULL, '山西省', NULL, NULL, 'test'),"
        " ('1403', 'prefecture', '14', '阳泉市', 1300000, NULL, 'test'),"
        " ('140321', 'county', '1403', '平定县', 300000, NULL, 'test'),"
        " ('140321100', 'township', '140321', '冠山镇', 9000, NULL, 'test'),"
        " ('140321100001', 'village', '140321100', '东村', 3000, ST_Point(%s, %s, 4490), 'test'),"
        " ('140321100002', 'village', '140321100', '西村', 1000, ST_Point(%s, %s, 4490), 'test')",
        [*land.place(3000, 0), *land.place(-3000, 0)],
    )
    line = shapely.LineString([land.place(0, -20_000), land.place(0, 0), land.place(0, 20_000)])
    await land.insert("faults", line, id="F1", position_error_m=0)
    return land
