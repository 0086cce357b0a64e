"""Coverage beside an independent count: geodesics by pyproj, without a plane or PostGIS."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from pyproj import Geod

from geo.coverage import CoverageQuestion, coverage
from geo.database import Connection

GEOD = Geod(ellps="GRS80")
WEST, EAST, SOUTH, NORTH = 113.2, 114.0, 37.7, 38.3
TOWNSHIPS, SHELTERS, GROUNDS = 60, 25, 30
RADIUS_M = 4_000.0


class Prefecture:
    """Townships, shelters and open ground scattered over a prefecture 70 km across."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.seat = self._anywhere(random, TOWNSHIPS)
        self.people = random.integers(100, 9_000, TOWNSHIPS)
        self.shelter = self._anywhere(random, SHELTERS)
        self.radius_m = random.integers(1_000, 9_000, SHELTERS).astype(float)
        self.ground = self._anywhere(random, GROUNDS)

    @staticmethod
    def _anywhere(random: np.random.Generator, size: int) -> np.ndarray:
        return np.column_stack(
            [random.uniform(WEST, EAST, size), random.uniform(SOUTH, NORTH, size)]
        )

    async def store(self, conn: Connection) -> None:
        await conn.execute(
            "INSERT INTO admin_areas (code, level, parent, name, source) VALUES"
            " ('14', 'province', NULL, '山西省', 't'), ('1403', 'prefecture', '14', '阳泉市', 't'),"
            " ('140321', 'county', '1403', '平定县', 't')"
        )
        async with conn.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO admin_areas (code, level, parent, name, population, seat, source)"
                " VALUES (%s, 'township', '140321', %s, %s, ST_Point(%s, %s, 4490), 't')",
                [
                    (f"140321{100 + i}", f"镇{i}", int(self.people[i]), *map(float, at))
                    for i, at in enumerate(self.seat)
                ],
            )
            await cursor.executemany(
                "INSERT INTO shelters (id, name, area, level, capacity, service_radius_m, source,"
                " geom) VALUES (%s, 's', '140321', 'county', 1, %s, 't', ST_Point(%s, %s, 4490))",
                [
                    (f"S{i:02}", self.radius_m[i], *map(float, at))
                    for i, at in enumerate(self.shelter)
                ],
            )
            await cursor.executemany(
                "INSERT INTO open_ground (id, name, area, kind, ground_area_m2, geom, source)"
                " VALUES (%s, 'g', '140321', 'field', 9000,"
                " ST_Multi(ST_Expand(ST_Point(%s, %s, 4490), 0.0006)), 't')",
                [(f"G{i:02}", *map(float, at)) for i, at in enumerate(self.ground)],
            )

    def away_m(self, places: np.ndarray) -> np.ndarray:
        """Geodesic metres, a row a township and a column a place."""
        rows, columns = np.indices((TOWNSHIPS, len(places)))
        one, other = self.seat[rows.ravel()], places[columns.ravel()]
        return GEOD.inv(*one.T, *other.T)[2].reshape(rows.shape)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_who_is_beyond_and_where_one_more_helps_agree_with_geodesics(
    conn: Connection, seed: int
) -> None:
    land = Prefecture(seed)
    await land.store(conn)
    found = await coverage(conn, CoverageQuestion("e", "1403", count=3, radius_m=RADIUS_M))
    within = (land.away_m(land.shelter) <= land.radius_m).any(axis=1)
    assert (found["within"], found["beyond"]) == (
        land.people[within].sum(),
        land.people[~within].sum(),
    )
    beyond = {one["area"]: one["beyond"] for one in found["townships"]}
    for number in range(TOWNSHIPS):
        expected = 0 if within[number] else land.people[number]
        assert beyond[f"140321{100 + number}"] == expected

    reaches = (land.away_m(land.ground) <= RADIUS_M) & ~within[:, None]
    gain = land.people @ reaches
    first, *_ = found["additions"]["sites"]
    assert first["newly_reached"] == gain.max()
    assert gain[int(first["candidate"][1:])] == gain.max()

    def newly(chosen: tuple[int, ...]) -> int:
        return int(land.people[reaches[:, list(chosen)].any(axis=1)].sum())

    best = max(map(newly, combinations(range(GROUNDS), 3)))
    got = sum(one["newly_reached"] for one in found["additions"]["sites"])
    picked = tuple(int(one["candidate"][1:]) for one in found["additions"]["sites"])
    assert got == newly(picked) <= best <= found["additions"]["at_most"]
    assert got >= (1 - 1 / np.e) * best
