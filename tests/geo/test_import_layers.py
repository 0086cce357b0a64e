"""Every layer that takes files fits the store and is explained."""

from pathlib import Path

import pytest

from geo.import_layers import LAYERS, ImportLayer, Kind
from geo.tables import METADATA

DOCUMENT = Path(__file__).parents[2] / "docs" / "import.md"
each_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@each_layer
def test_its_columns_are_columns_of_its_table(layer: ImportLayer) -> None:
    table = METADATA.tables[layer.name]
    assert {column.name for column in layer.columns} <= set(table.columns.keys())
    assert str(table.c.geom.type.geometry_type).lower() == layer.shape.lower()


@each_layer
def test_a_column_that_must_be_filled_is_asked_for_or_has_a_default(layer: ImportLayer) -> None:
    described = {column.name: column for column in layer.columns}
    for column in METADATA.tables[layer.name].columns:
        if column.nullable or column.name in ("geom", "source", "updated_at", "ground_area_m2"):
            continue
        ours = described[column.name]
        assert ours.required or ours.default is not None, column.name


@each_layer
def test_a_header_stands_for_one_column_only(layer: ImportLayer) -> None:
    headers = [h for column in layer.columns for h in (column.name, *column.headers)]
    assert len(headers) == len(set(headers))


@each_layer
def test_it_is_explained(layer: ImportLayer) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"### `{layer.name}` ({layer.shape}, from {layer.role.code} up)" in text
    for column in layer.columns:
        assert f"`{column.name}`" in text
        assert all(header in text for header in column.headers)
        if column.kind in (Kind.WORD, Kind.WORDS):
            assert all(f"`{code}`" in text for code in column.words.values())
