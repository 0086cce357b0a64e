"""However one asks, the answer is the same: pages joined, and tiles, hold what a query does."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from geo.database import Connection
from geo.selections import Box, Selection, column_of, row_of
from geo.tile_matrices import MATRICES, TileAddress
from layers.catalogue import LAYERS
from layers.features import Question, features_of
from layers.layer import Sight
from layers.queryables import filter_of, order_of
from layers.tiles import tile_of

PARTS = {
    "shelters": [
        "capacity - occupancy > 94",
        "name LIKE '%1%'",
        "id IN ('s1', 's3', 's11')",
        "occupancy ^ 2 > 20",
        "occupancy % 3 = 1",
        "S_INTERSECTS(geometry, BBOX(113.1, 37.5, 113.42, 38))",
        "service_radius_m IS NULL",
    ],
    "households": [
        "damage = 'collapsed'",
        "damage IS NULL",
        "area LIKE '140321%'",
        "S_DWITHIN(geometry, POINT(113.5 37.75), 20000)",
        "CASEI(id) IN (casei('H7'), casei('h20'), casei('h33'))",
    ],
    "casualties": ["dead > 0", "reported", "level = 'township'", "population BETWEEN 1 AND 90000"],
}
ORDERS = {
    "shelters": ["name", "-occupancy", "kind,-name", "service_radius_m"],
    "households": ["-damage", "area,-id", "persons"],
    "casualties": ["-dead", "level,name", "population"],
}
MANY = 40
Decode = Callable[[bytes], dict[str, list[dict[str, Any]]]]


def some_filter(draw: random.Random, layer: str) -> str:
    """One to three parts, joined and negated as it comes."""
    parts = draw.sample(PARTS[layer], draw.randint(1, 3))
    written = parts[0]
    for part in parts[1:]:
        written = f"({written}) {draw.choice(['AND', 'OR', 'AND NOT', 'OR NOT'])} ({part})"
    return written


def some_question(draw: random.Random) -> Question:
    """A filter over one of the layers, as somebody sees it who may see all."""
    layer = LAYERS[draw.choice(list(PARTS))]
    filtering = filter_of(layer.features, some_filter(draw, layer.id), "cql2-text")
    selection = Selection(event="quake", filter=filtering)
    return Question(layer, Sight(""), selection, limit=10_000)


def some_address(draw: random.Random) -> TileAddress:
    """A tile of one of the matrices that lies in the prefecture."""
    matrix, zoom = draw.choice(list(MATRICES.values())), draw.randint(5, 11)
    edge, lon, lat = 1 << zoom, draw.uniform(113, 114), draw.uniform(37.5, 38)
    if matrix.columns == 2:
        return TileAddress(
            zoom, int((90 - lat) / 180 * edge), int((lon + 180) / 180 * edge), matrix
        )
    return TileAddress(zoom, row_of(lat, edge), column_of(lon, edge), matrix)


async def ids_of(conn: Connection, question: Question, box: Box | None = None) -> list[str]:
    selection = replace(question.selection, box=box)
    answer = await features_of(conn, replace(question, selection=selection))
    return [feature["id"] for feature in answer.features]


@pytest.mark.parametrize("seed", range(3))
async def test_pages_joined_are_the_whole(prefecture: Connection, seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(MANY):
        question = some_question(draw)
        order = order_of(question.features, draw.choice(ORDERS[question.layer.id]))
        question = replace(question, selection=replace(question.selection, order=order))
        whole, joined = await ids_of(prefecture, question), list[str]()
        paged = replace(question, limit=draw.randint(1, 7))
        while True:
            page = await features_of(prefecture, paged)
            assert page.matched == len(whole)
            joined += [f["id"] for f in page.features]
            if page.token is None:
                break
            assert len(page.features) == paged.limit
            paged = replace(paged, token=page.token)
        assert joined == whole, question


@pytest.mark.parametrize("seed", range(3))
async def test_a_tile_holds_the_features_of_its_ground(
    prefecture: Connection, decoded: Decode, seed: int
) -> None:
    draw, filled = random.Random(seed), 0
    for _ in range(MANY):
        question, at = some_question(draw), some_address(draw)
        tile = decoded(
            await tile_of(prefecture, question.layer, question.sight, question.selection, at)
        )
        found = {feature["id"] for feature in tile.get(question.layer.id, [])}
        assert set(await ids_of(prefecture, question, at.bounds)) <= found, (question, at)
        assert found <= set(await ids_of(prefecture, question, at.reach)), (question, at)
        filled += bool(found)
    assert filled > MANY / 4
