"""Tiles: complete, small from far, and silent about people whom the caller may not see."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from geo.database import Connection
from geo.features import count_of_features
from geo.selections import Selection
from geo.tile_matrices import MATRICES, TileAddress
from geo.tiles import tile
from layers.catalogue import LAYERS
from layers.features import Question, features_of
from layers.layer import Layer, Sight
from layers.queryables import filter_of
from layers.tiles import tile_of, tilejson, vector_layers

PUBLIC, EVERYWHERE, CITY = Sight(), Sight(""), Sight("140302")
QUAKE = Selection(event="quake")
Decode = Callable[[bytes], dict[str, list[dict[str, object]]]]


def address(zoom: int, lon: float = 113.4, lat: float = 37.7) -> TileAddress:
    """The tile of that zoom that holds the place."""
    edge = 1 << zoom
    return TileAddress(zoom, int(row_at(lat) * edge), int((lon + 180) / 360 * edge))


def row_at(lat: float) -> float:
    """From 0 at the northern edge of Web Mercator to 1 at the southern."""
    return (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


@pytest.mark.parametrize(
    "layer", [x for x in LAYERS.values() if x.cells is None], ids=lambda layer: layer.id
)
async def test_a_tile_from_far_holds_every_feature(
    prefecture: Connection, decoded: Decode, layer: Layer
) -> None:
    question = Question(layer, PUBLIC, QUAKE)
    matched = await count_of_features(prefecture, layer.features.source, question.scoped)
    tile = decoded(await tile_of(prefecture, layer, PUBLIC, QUAKE, address(4)))
    assert len(tile.get(layer.id, [])) == matched


async def test_people_are_complete_at_every_zoom(prefecture: Connection, decoded: Decode) -> None:
    for zoom in range(7):
        told = decoded(
            await tile_of(prefecture, LAYERS["households"], EVERYWHERE, QUAKE, address(zoom))
        )
        assert set(told) == {"household_cells"}
        assert sum(f["persons"] for f in told["household_cells"]) == 120  # type: ignore[misc]


async def test_numbers_travel_as_numbers(prefecture: Connection, decoded: Decode) -> None:
    for layer in LAYERS.values():
        found = decoded(await tile_of(prefecture, layer, EVERYWHERE, QUAKE, address(6)))
        for features in (layer.features, layer.cells):
            for row in found.get(features.name, []) if features else []:
                numeric = {c.name for c in features.columns if c.kind in ("integer", "number")}  # type: ignore[union-attr]
                for name in numeric & set(row):
                    assert isinstance(row[name], int | float), (layer.id, name)


async def test_from_near_planners_see_homes_inside_their_area_and_cells_outside(
    prefecture: Connection, decoded: Decode
) -> None:
    households = LAYERS["households"]
    inside = address(12, 113.22, 37.608)
    told = decoded(await tile_of(prefecture, households, CITY, QUAKE, inside))
    assert "h1" in {f["id"] for f in told["households"]}
    assert set(told["households"][0]) <= {"#", "id", "persons", "damage", "synthetic"}
    assert "household_cells" not in told
    outside = address(12, 113.2 + 40 * 0.02, 37.6 + 40 * 0.008)
    told = decoded(await tile_of(prefecture, households, CITY, QUAKE, outside))
    assert set(told) == {"household_cells"}
    assert set(decoded(await tile_of(prefecture, households, PUBLIC, QUAKE, inside))) == {
        "household_cells"
    }


async def test_a_feature_keeps_its_number_from_tile_to_tile(
    prefecture: Connection, decoded: Decode
) -> None:
    def number(tile: bytes) -> dict[object, object]:
        return {f["id"]: f["#"] for f in decoded(tile)["counties"]}

    far = number(await tile_of(prefecture, LAYERS["counties"], PUBLIC, QUAKE, address(5)))
    near = number(await tile_of(prefecture, LAYERS["counties"], PUBLIC, QUAKE, address(9)))
    assert near.items() <= far.items()
    assert len(set(far.values())) == 2
    assert all(0 <= n < 2**53 for n in far.values())  # type: ignore[operator]


@pytest.mark.parametrize("matrix", ["WorldCRS84Quad", "CGCS2000Quad"])
async def test_tiles_in_degrees_are_complete_too(
    prefecture: Connection, decoded: Decode, matrix: str
) -> None:
    for zoom in (0, 5):
        at = TileAddress(
            zoom,
            int((90 - 37.7) / 180 * 2**zoom),
            int((113.4 + 180) / 180 * 2**zoom),
            MATRICES[matrix],
        )
        assert at.exists
        found = decoded(await tile_of(prefecture, LAYERS["shelters"], PUBLIC, QUAKE, at))
        assert len(found["shelters"]) == 12
        cells = decoded(await tile_of(prefecture, LAYERS["households"], PUBLIC, QUAKE, at))
        assert sum(f["persons"] for f in cells["household_cells"]) == 120  # type: ignore[misc]


async def test_a_point_stands_where_its_matrix_puts_it(prefecture: Connection) -> None:
    await prefecture.execute("DELETE FROM shelters WHERE id <> 's1'")  # at 113.15, 37.7
    corner, height = (113.15 + 180) / 360, math.asinh(math.tan(math.radians(37.7))) / math.tau
    for at, x, y in (
        (TileAddress(0, 0, 0), corner, 0.5 - height),
        (TileAddress(0, 0, 1, MATRICES["CGCS2000Quad"]), corner * 2 - 1, (90 - 37.7) / 180),
    ):
        told = await tile_of(prefecture, LAYERS["shelters"], PUBLIC, QUAKE, at)
        drawn = [n >> 1 for n in numbers_of(told)]
        assert drawn == pytest.approx([x * 4096, y * 4096], abs=1)


def numbers_of(tile: bytes, kind: bytes = b"\x18\x01") -> list[int]:
    """The zigzag numbers where the only geometry begins, with a move (9), x and y."""
    mark = tile.index(b"\x09", tile.index(kind + b"\x22"))
    numbers, at = [], mark + 1
    for _ in range(2):
        number = shift = 0
        while True:
            number |= (tile[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not tile[at - 1] & 0x80:
                break
        numbers.append(number)
    return numbers


@pytest.mark.parametrize("zoom", [4, 12])
async def test_points_are_placed_as_postgis_places_them(prefecture: Connection, zoom: int) -> None:
    """By arithmetic or through PROJ and clipping: the tile is the same to the byte."""
    source, seen = LAYERS["households"].features.tile_source(), replace(QUAKE, detail_like="%")
    told = await tile(prefecture, "x", source, seen, address(zoom))
    through_proj = replace(source, shape="line")
    assert told == await tile(prefecture, "x", through_proj, seen, address(zoom))
    assert told


@pytest.mark.parametrize("zoom", [0, 6, 11, 17])
async def test_a_cell_is_drawn_round_its_home(prefecture: Connection, zoom: int) -> None:
    await prefecture.execute("DELETE FROM households WHERE id <> 'h1'")  # at 113.22, 37.608
    at, edge = address(zoom, 113.22, 37.608), 2**zoom
    corner = [n >> 1 ^ -(n & 1) for n in numbers_of(await people_tile(prefecture, at), b"\x18\x03")]
    home = [
        ((113.22 + 180) / 360 * edge - at.column) * 4096,
        (row_at(37.608) * edge - at.row) * 4096,
    ]
    width = 4096 * 2 ** (zoom - min(zoom + 5, 15))
    assert corner[0] - width <= home[0] < corner[0]  # the ring begins in the north-east
    assert corner[1] <= home[1] < corner[1] + width


async def people_tile(conn: Connection, at: TileAddress) -> bytes:
    return await tile_of(conn, LAYERS["households"], PUBLIC, QUAKE, at)


async def test_a_lean_tile_holds_what_the_features_hold(
    prefecture: Connection, decoded: Decode
) -> None:
    """What is made of fewer columns, or without a past, is the same to the byte."""
    households, later = LAYERS["households"], datetime(2100, 1, 1, tzinfo=UTC)
    everyone = filter_of(households.features, "persons >= 0", "cql2-text")
    for at in (address(12, 113.42, 37.688), address(9), address(6)):
        lean = await tile_of(prefecture, households, EVERYWHERE, QUAKE, at)
        then = replace(QUAKE, known_at=later)
        assert lean == await tile_of(prefecture, households, EVERYWHERE, then, at)
        if at.zoom == 12:
            then = replace(QUAKE, filter=everyone)
            assert lean == await tile_of(prefecture, households, EVERYWHERE, then, at)
        assert decoded(lean)


FILTERS = {
    "shelters": "capacity - occupancy > 90 AND name LIKE '%1%'",
    "casualties": "dead > 0 OR reported = false",
    "households": "damage = 'collapsed' AND persons < 5",
    "assignments": "persons = 3",
}


@pytest.mark.parametrize(("layer_id", "written"), FILTERS.items())
@pytest.mark.parametrize("zoom", [4, 8])
async def test_a_tile_holds_the_features_that_the_filter_leaves(
    prefecture: Connection, decoded: Decode, layer_id: str, written: str, zoom: int
) -> None:
    layer = LAYERS[layer_id]
    filtering = filter_of(layer.features, written, "cql2-text")
    left = replace(QUAKE, filter=filtering)
    answer = await features_of(prefecture, Question(layer, EVERYWHERE, left))
    ids = set[object]()
    places = product((112.5, 113, 113.5, 114), (37.5, 37.7, 37.95))
    for at in {address(zoom, *place) for place in places}:
        for name, rows in decoded(await tile_of(prefecture, layer, EVERYWHERE, left, at)).items():
            assert name in (layer_id, f"{layer_id}_labels")
            ids |= {row["id"] for row in rows if "id" in row}
    expected = {f["id"] for f in answer.features}
    assert len(ids) == len(expected) or layer_id == "assignments"
    assert ids <= expected
    assert expected


async def test_areas_have_one_label_each(prefecture: Connection, decoded: Decode) -> None:
    found = decoded(await tile_of(prefecture, LAYERS["casualties"], PUBLIC, QUAKE, address(6)))
    assert [f["id"] for f in found["casualties_labels"]] == [f["id"] for f in found["casualties"]]


async def test_an_empty_place_is_an_empty_tile(prefecture: Connection) -> None:
    for layer in LAYERS.values():
        nowhere = address(10, -30, 0)
        assert await tile_of(prefecture, layer, EVERYWHERE, QUAKE, nowhere) == b""


@pytest.mark.parametrize(
    ("zoom", "row", "column", "exists"),
    [(0, 0, 0, True), (0, 0, 1, False), (3, 7, 7, True), (3, 8, 0, False), (23, 0, 0, False)],
)
def test_the_matrix_has_an_edge(zoom: int, row: int, column: int, exists: bool) -> None:
    assert TileAddress(zoom, row, column).exists is exists


async def test_tilejson_names_the_layers_that_tiles_hold(
    prefecture: Connection, decoded: Decode
) -> None:
    for layer in LAYERS.values():
        for sight in (PUBLIC, EVERYWHERE):
            told = {v["id"]: set(v["fields"]) for v in vector_layers(layer, sight)}
            for zoom in (6, 13):
                tile = await tile_of(prefecture, layer, sight, QUAKE, address(zoom, 113.35, 37.7))
                for name, rows in decoded(tile).items():
                    assert {key for row in rows for key in row} <= told[name] | {"#"}


def test_tilejson_has_what_clients_need() -> None:
    found = tilejson(LAYERS["faults"], PUBLIC, "http://x/{z}/{y}/{x}", (113, 37, 114, 38), "1")
    assert found["tilejson"] == "3.0.0"
    assert found["bounds"] == [113, 37, 114, 38]
    assert "GEM" in found["attribution"]
