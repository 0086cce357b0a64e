"""Roads are closed and opened again by people who may, once, and on file."""

from __future__ import annotations

from typing import Any

import pytest

from geo.road_graph import FEW_ROADS, road_graph

ROADS = """
INSERT INTO roads (id, class, geom, source) VALUES
    ('W', 'county', ST_GeomFromText('MULTILINESTRING((113.20 37.8, 113.40 37.8))', 4490), 'test'),
    ('E', 'county', ST_GeomFromText('MULTILINESTRING((113.60 37.8, 113.80 37.8))', 4490), 'test')
"""
MANY = f"""
INSERT INTO roads (id, class, geom, source)
SELECT 'M' || n, 'village', ST_Multi(ST_MakeLine(ST_Point(113.2, 37.6 + n * 1e-4, 4490),
    ST_Point(113.201, 37.6 + n * 1e-4, 4490))), 'test'
FROM generate_series(1, {FEW_ROADS}) AS n
"""
EAST = {"type": "Point", "coordinates": [113.7, 37.8001]}
CLOSE: dict[str, Any] = {"location": EAST, "reason": "塌方", "by": "平定县交通局"}


class Desk:
    """Closes roads as a planner of the prefecture."""

    def __init__(self, api: Any, event: str, headers: dict[str, str]) -> None:
        self.api, self.headers = api, headers
        self.path = f"/api/events/{event}/road-closures"

    async def closes(self, headers: dict[str, str] | None = None, **changes: Any) -> Any:
        asked = CLOSE | changes
        return await self.api.client.post(self.path, json=asked, headers=headers or self.headers)

    async def listed(self, headers: dict[str, str] | None = None, **asked: str) -> Any:
        answer = await self.api.client.get(self.path, params=asked, headers=headers or self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["closures"]

    async def opens(self, closure: str, headers: dict[str, str] | None = None) -> Any:
        return await self.api.client.delete(
            f"{self.path}/{closure}?by=desk", headers=headers or self.headers
        )


@pytest.fixture
async def desk(api, event) -> Desk:
    await api.conn.execute(ROADS)
    return Desk(api, event, await api.as_role("planner"))


async def test_a_closed_road_is_on_file_with_its_stretch(desk) -> None:
    answer = await desk.closes()
    assert answer.status_code == 201, answer.text
    closure = answer.json()
    assert closure["roads"] == ["E"]
    assert closure["location"] == EAST
    assert closure["stretches"]["type"] == "MultiLineString"
    assert closure["length_m"] == pytest.approx(10, abs=0.1)
    assert closure["from"].startswith("2026-09-15T12:00:00")
    assert (await desk.listed())[0] == closure
    one = await desk.api.client.get(f"{desk.path}/{closure['id']}", headers=desk.headers)
    assert one.json() == closure


async def test_the_same_key_closes_once(desk) -> None:
    headers = desk.headers | {"Idempotency-Key": "k1"}
    first, second = await desk.closes(headers), await desk.closes(headers)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(await desk.listed()) == 1
    assert (await desk.closes(headers, reason="别的")).status_code == 409


async def test_a_road_is_opened_again_once_and_both_are_audited(desk) -> None:
    closure = (await desk.closes()).json()["id"]
    first, again = await desk.opens(closure), await desk.opens(closure)
    assert first.json()["lifted_by"] == "desk"
    assert again.json() == first.json()
    assert await desk.listed(at="2026-09-15T12:30:00Z") == []
    cursor = await desk.api.conn.execute(
        "SELECT action FROM audit WHERE subject = %s ORDER BY id", [closure]
    )
    assert [row["action"] for row in await cursor.fetchall()] == ["road.closed", "road.opened"]
    assert (await desk.opens("nothing")).status_code == 404


async def test_a_county_closes_its_own_roads_alone(api, desk) -> None:
    town = await api.as_role("planner", "140302")
    refused = await desk.closes(town)
    assert refused.status_code == 403
    assert await desk.listed() == []
    closure = (await desk.closes()).json()["id"]
    assert (await desk.opens(closure, town)).status_code == 403
    west = {"type": "Point", "coordinates": [113.3, 37.8]}
    assert (await desk.closes(town, location=west)).status_code == 201


async def test_viewers_see_where_but_no_free_text_and_close_nothing(api, desk) -> None:
    viewer = await api.as_role("viewer")
    assert (await desk.closes(viewer)).status_code == 403
    await desk.closes()
    (seen,) = await desk.listed(viewer)
    assert seen["roads"] == ["E"]
    assert not {"reason", "by", "field_report"} & set(seen)


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"location": {"type": "Point", "coordinates": [113.5, 37.6]}}, "/location"),
        ({"location": {"type": "Point", "coordinates": [37.8, 113.7]}}, "/location/coordinates"),
        ({"location": {"type": "LineString", "coordinates": [[113.7, 37.8]]}}, "/location"),
        (
            {"location": {"type": "LineString", "coordinates": [[113.7, 37.8]] * 2}},
            "/location/coordinates",
        ),
        (
            {"location": {"type": "LineString", "coordinates": [[113.2, 37.8], [115.2, 37.8]]}},
            "/location",
        ),
        ({"location": {"type": "Polygon", "coordinates": []}}, "/location"),
        ({"direction": "drawn"}, "/direction"),
        ({"until": "2026-09-15T11:00:00Z"}, "/until"),
        ({"field_report": "6f6b2a0e-3b0a-4f0e-9d4e-0d1f6d0c5b11"}, "/field_report"),
        ({"reason": ""}, "/reason"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_what_is_no_closure_is_refused_with_its_place(desk, changes, at) -> None:
    answer = await desk.closes(**changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"].startswith(at)
    assert await desk.listed() == []


async def test_a_place_may_be_told_in_the_coordinates_of_web_maps(desk) -> None:
    shifted = {"type": "Point", "coordinates": [113.7065, 37.80065]}  # 113.70, 37.80
    assert (await desk.closes(location=shifted)).status_code == 422
    told = await desk.closes(location=shifted, crs="gcj02")
    assert told.status_code == 201, told.text


async def test_the_graph_says_how_large_it_is_and_what_stands_apart(api, desk) -> None:
    async def asked() -> Any:
        return await api.client.get("/api/road-graph", headers=desk.headers)

    graph = (await asked()).json()
    assert graph["current"] is True
    assert (graph["nodes"], graph["edges"], graph["islands"]) == (4, 2, 2)
    assert graph["kilometres"]["county"] == pytest.approx(35.2, abs=0.2)
    await api.conn.execute("DELETE FROM roads WHERE id = 'W'")
    assert (await asked()).json()["edges"] == 1
    await api.conn.execute(MANY)
    many = (await asked()).json()
    assert (many["edges"], many["current"]) == (1, False)
    await road_graph(api.conn)
    assert (await asked()).json()["edges"] == FEW_ROADS + 1
    await api.conn.execute("DELETE FROM road_graph; UPDATE roads SET name = 'n'")
    assert (await asked()).status_code == 404
