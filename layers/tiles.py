"""Vector tiles of a layer as a caller may see them, and what is in them (TileJSON 3.0)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.database import Connection
from geo.selections import GRID_ZOOM, Box, Selection
from geo.tile_matrices import TileAddress
from geo.tiles import tile
from layers.layer import FeatureSet, Kind, Layer, Sight

LARGEST_ZOOM = 14
"""Beyond this clients draw the same tiles larger: a unit is then 0.6 m."""

CELLS_A_TILE = 5
"""A tile is cut into 2^5 x 2^5 cells where people are counted by cell."""

_FIELD_TYPES: dict[Kind, str] = {"integer": "Number", "number": "Number", "boolean": "Boolean"}


async def tile_of(
    conn: Connection, layer: Layer, sight: Sight, selection: Selection, address: TileAddress
) -> bytes:
    """The tile, each of its layers complete; several layers are joined by joining their bytes.

    With a filter it holds what the filter leaves of what the caller sees as features, at any zoom.
    """
    filtered = selection.filter is not None
    detailed = sight.in_detail and (address.mercator_zoom >= layer.detail_zoom or filtered)
    scoped = replace(
        selection,
        detail_like=sight.detail_like if detailed else None,
        cell_zoom=min(address.mercator_zoom + CELLS_A_TILE, GRID_ZOOM),
    )
    found = b""
    for features in _in_tile(layer, sight, detailed=detailed, filtered=filtered):
        source = features.tile_source(lean=not filtered and selection.known_at is None)
        found += await tile(conn, features.name, source, scoped, address)
        if features.labelled:
            name = f"{features.name}_labels"
            found += await tile(conn, name, source, scoped, address, labels=True)
    return found


def tilejson(
    layer: Layer, sight: Sight, url: str, extent: Box | None, version: str
) -> dict[str, Any]:
    """What a client needs to draw the tiles; `url` is their template with {z}, {y} and {x}."""
    return {
        "tilejson": "3.0.0",
        "name": layer.title.zh,
        "description": layer.about.zh,
        "version": version,
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": layer.least_zoom,
        "maxzoom": LARGEST_ZOOM,
        "bounds": list(extent or (-180, -85.0511, 180, 85.0511)),
        "attribution": layer.credit.zh if layer.credit else "",
        "vector_layers": vector_layers(layer, sight),
    }


def vector_layers(layer: Layer, sight: Sight) -> list[dict[str, Any]]:
    """The layers inside the tiles, with their attributes."""
    found = []
    for features in (layer.features, layer.cells):
        if features is None or (features is layer.features and _hidden(layer, sight)):
            continue
        fields = {c.name: _FIELD_TYPES.get(c.kind, "String") for c in features.columns if c.tiled}
        names = [features.name] + [f"{features.name}_labels"] * features.labelled
        found += [{"id": name, "description": layer.title.zh, "fields": fields} for name in names]
    return found


def _hidden(layer: Layer, sight: Sight) -> bool:
    return layer.cells is not None and not sight.in_detail


def _in_tile(layer: Layer, sight: Sight, *, detailed: bool, filtered: bool) -> list[FeatureSet]:
    if layer.cells is None or (detailed and (filtered or sight.everywhere)):
        return [layer.features]
    return [layer.features, layer.cells] if detailed else [layer.cells]
