"""Siting and assignment over HTTP where everything is far: 塔城地区, with its metres held
against geodesics."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import shapely
from pyproj import Geod

from api.app import create_app
from api.job_worker import serve
from geo.crs_zones import Plane, plane_of
from geo.database import connected
from geo.demo.load import load_demo
from geo.tokens import Grant, Role, create_token

GRS80 = Geod(ellps="GRS80")
EVENT = "demo-tacheng-2026"
AT_THE_MIDDLE, AT_THE_EASTERN_END = 3e-4, 1e-3
"""How far off a distance may be within 1.5 degrees of the meridian 84 E, and 3.4 degrees away."""


@pytest.fixture(scope="module")
def far_url(postgis: Any) -> Iterator[str]:
    """A store with the demo of 塔城地区 and a tenth of its households."""
    name, url = postgis.clone()
    asyncio.run(load_demo(url, prefecture="tacheng", share=0.1))
    yield url
    postgis.drop(name)


class Planner:
    """A planner of the prefecture, who asks and waits for the answer."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self._client.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def items(self, path: str) -> list[dict[str, Any]]:
        """All items of a list that comes in pages."""
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            page = await self.get(following)
            found += page["items"]
            following = page.get("next")
        return found

    async def job(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """The result of the job that the question starts."""
        started = await self._client.post(path, json=question)
        assert started.status_code == 202, started.text
        while True:
            job = await self.get(f"/api/jobs/{started.json()['id']}")
            if job["state"] not in {"queued", "running"}:
                break
            await asyncio.sleep(0.05)
        assert job["state"] == "done", job
        result: dict[str, Any] = job["result"]
        return result


@pytest.fixture
async def planner(far_url: str) -> AsyncIterator[Planner]:
    async with connected(far_url) as conn:
        _, secret = await create_token(conn, Grant("test", Role.PLANNER, "6542"))
    app = create_app(far_url)
    worker = asyncio.create_task(serve(far_url))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=headers, timeout=120
        ) as client:
            yield Planner(client)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def places(far_url: str, table: str) -> dict[str, tuple[float, float]]:
    """(lon, lat) of everything in a table of points, by id."""
    async with connected(far_url) as conn:
        cursor = await conn.execute(
            f"SELECT id, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM {table}"  # type: ignore[arg-type]
        )
        return {row["id"]: (row["lon"], row["lat"]) for row in await cursor.fetchall()}


def geodesic_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    return float(GRS80.inv(*start, *end)[2])


async def test_everybody_finds_a_place_and_some_go_far(planner: Planner, far_url: str) -> None:
    asked = {"distance": "straight"}
    result = await planner.job(f"/api/events/{EVENT}/assignments", asked)
    assert result["unassigned_people"] == 0
    assert result["assigned_people"] > 500
    path = f"/api/assignments/{result['assignment']}"
    moves = await planner.items(f"{path}/households")
    homes, shelters = await places(far_url, "households"), await places(far_url, "shelters")
    told = {
        move["household"]: geodesic_m(homes[move["household"]], shelters[move["shelter"]])
        for move in moves
    }
    assert max(told.values()) > 40_000
    walked = sum(told[move["household"]] * move["persons"] for move in moves)
    assert result["person_metres"] == pytest.approx(walked, rel=AT_THE_MIDDLE)
    assert result["lower_bound"] <= result["person_metres"]


async def test_within_five_kilometres_most_are_left_over_and_told_why(planner: Planner) -> None:
    asked = {"distance": "straight", "max_distance_m": 5000}
    result = await planner.job(f"/api/events/{EVENT}/assignments", asked)
    assert result["unassigned_people"] > result["assigned_people"]
    answer = await planner.get(f"/api/assignments/{result['assignment']}")
    reasons = {household["reason"] for household in answer["unassigned"]}
    assert "no_shelter_within_max_distance" in reasons


async def test_sites_are_chosen_over_the_whole_prefecture(planner: Planner, far_url: str) -> None:
    asked = {
        "event": EVENT,
        "area": "654200",
        "purpose": "settlement",
        "avoid": [
            {"layer": "faults", "distance_m": 200},
            {"layer": "hazard_points", "distance_m": 100},
        ],
        "min_ground_area_m2": 4000,
        "count": 5,
        "objective": "p_median",
    }
    found = await planner.job("/api/siting", asked)
    assert len(found["features"]) == 5
    assert found["distances_in"] == "EPSG:4537"  # 84 E
    assert {one["layer"] for one in found["excluded"]} == {"faults", "hazard_points"}
    points = await places(far_url, "hazard_points")
    for feature in found["features"]:
        outline = shapely.from_geojson(httpx.Response(200, json=feature["geometry"]).text)
        corners = shapely.get_coordinates(shapely.segmentize(outline, 1e-5))
        for near in feature["properties"]["nearest"]:
            if near["layer"] == "hazard_points":
                exact = min(geodesic_m(tuple(c), points[near["id"]]) for c in corners)
                assert near["distance_m"] == pytest.approx(exact, rel=AT_THE_EASTERN_END, abs=1)


@pytest.mark.parametrize("lat", [43.5, 45.5, 47.2])
def test_one_zone_serves_the_whole_prefecture(lat: float) -> None:
    """84 E is the zone of its middle; at the eastern end it is 3.3 degrees away."""
    plane = plane_of((82.26 + 87.33) / 2)
    assert plane == Plane(4537)
    for west, allowed in ((82.3, AT_THE_MIDDLE), (84.0, AT_THE_MIDDLE), (87.2, AT_THE_EASTERN_END)):
        for length in (0.01, 0.1):
            ends = (west, lat), (west + length, lat + length)
            x, y = plane.metres(*zip(*ends, strict=True))
            measured = float(((x[1] - x[0]) ** 2 + (y[1] - y[0]) ** 2) ** 0.5)
            assert measured == pytest.approx(geodesic_m(*ends), rel=allowed)
    across = (82.3, lat), (87.3, lat)
    x, y = plane.metres(*zip(*across, strict=True))
    assert float(x[1] - x[0]) == pytest.approx(geodesic_m(*across), rel=AT_THE_EASTERN_END)
