"""Every layer that takes files fits the store and is explained."""

from pathlib import Path

import pytest

from geo.import_columns import Kind
from geo.import_layers import LAYERS, ImportLayer
from geo.tables import METADATA

DOCUMENT = Path(__file__).parents[2] / "docs" / "import.md"
each_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@each_layer
def test_its_columns_are_columns_of_its_table(layer: ImportLayer) -> None:
    table = METADATA.tables[layer.table]
    named = {layer.key if column.name == "id" else column.name for column in layer.columns}
    assert named <= set(table.columns.keys())
    place = table.c.seat if layer.code_digits else table.c.geom
    assert str(place.type.geometry_type).lower() == layer.shape.lower()


@each_layer
def test_a_column_that_must_be_filled_is_asked_for_or_has_a_default(layer: ImportLayer) -> None:
    described = {column.name: column for column in layer.columns}
    filled_here = {"geom", "source", "updated_at", "ground_area_m2"}
    if layer.code_digits:
        filled_here |= {"level", "seat_synthetic"}
    for column in METADATA.tables[layer.table].columns:
        if column.nullable or column.name in filled_here:
            continue
        ours = described["id" if column.name == layer.key else column.name]
        assert ours.required or ours.default is not None, column.name


@each_layer
def test_a_header_stands_for_one_column_only(layer: ImportLayer) -> None:
    headers = [h for column in layer.columns for h in (column.name, *column.headers)]
    assert len(headers) == len(set(headers))


@each_layer
def test_it_is_explained(layer: ImportLayer) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"### `{layer.name}` ({layer.geometry}, from {layer.role.code} up)" in text
    for column in layer.columns:
        assert f"`{column.name}`" in text
        assert all(header in text for header in column.headers)
        if column.kind in (Kind.WORD, Kind.WORDS):
            assert all(f"`{code}`" in text for code in column.words.values())
