"""The one style document (MapLibre style 8) of the situation, with its legend.

The map draws what the document says and its legend what the document's metadata says; both come
from the same drawings. No glyphs: clients draw text from their own fonts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo.selections import Box
from layers.catalogue import LAYERS
from layers.drawings import divisions, hazards, impact, people, relief
from layers.layer import Words
from layers.legend import Drawing
from layers.palette import Theme
from layers.tiles import LARGEST_ZOOM


@dataclass(frozen=True)
class Group:
    """A branch of the layer tree."""

    id: str
    title: Words
    layers: tuple[str, ...]


GROUPS = (
    Group(
        "impact",
        Words("灾情", "What happened"),
        ("casualties", "intensity", "households", "field_reports", "road_closures"),
    ),
    Group(
        "relief",
        Words("安置与物资", "Shelter and supplies"),
        ("shelters", "depots", "sites", "assignments", "teams", "open_ground"),
    ),
    Group(
        "hazards",
        Words("隐患与风险", "Hazards"),
        ("faults", "hazard_points", "risk_zones", "flood_areas"),
    ),
    Group(
        "divisions",
        Words("底图", "Base map"),
        ("counties", "townships", "villages", "roads"),
    ),
)
"""The layer tree, in its order."""


def drawings(theme: Theme) -> list[Drawing]:
    """Every layer as drawn, from the bottom of the map to its top."""
    return [
        divisions.counties(theme),
        impact.intensity(theme),
        impact.casualties(theme),
        hazards.flood_areas(theme),
        hazards.risk_zones(theme),
        people.households(theme),
        relief.open_ground(theme),
        divisions.roads(theme),
        divisions.townships(theme),
        hazards.faults(theme),
        relief.assignments(theme),
        divisions.villages(theme),
        hazards.hazard_points(theme),
        relief.depots(theme),
        relief.shelters(theme),
        relief.sites(theme),
        impact.road_closures(theme),
        people.field_reports(theme),
        people.teams(theme),
    ]


def situation(
    theme: Theme,
    tile_url: Callable[[str], str],
    sprite_url: str,
    home: Box | None,
    only: str | None = None,
) -> dict[str, Any]:
    """The style; `tile_url` gives the template of a layer's tiles, `sprite_url` the sprite's.

    `home` is what a map shows first, `only` the one layer that is drawn, None for all. Texts are
    Chinese; where the English one differs, the layer's metadata holds both as `text-field`.
    """
    drawn = [drawing for drawing in drawings(theme) if only in (None, drawing.layer)]
    parts = [part for drawing in drawn for part in drawing.parts]
    return {
        "version": 8,
        "name": "态势图",
        "metadata": {
            "theme": theme.name,
            "bounds": home,
            "legend": [entry for group in GROUPS for entry in _legend(group, drawn)],
        },
        "sprite": sprite_url,
        "sources": {d.layer: _source(d.layer, tile_url(d.layer)) for d in drawn},
        "layers": [
            _background(theme),
            *(_switched(part, drawn) for part in _with_borders(parts)),
            *(_switched(part, drawn) for drawing in drawn for part in drawing.labels),
        ],
    }


_OVER_AREAS = ("intensity-ring", "intensity-numeral", "counties-border")
"""Lines that must stay whole above every fill, and below roads and signs."""


def _with_borders(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    over = [part for part in parts if part["id"] in _OVER_AREAS]
    rest = [part for part in parts if part["id"] not in _OVER_AREAS]
    at = next((i for i, part in enumerate(rest) if part["source"] == "roads"), len(rest))
    return [*rest[:at], *over, *rest[at:]]


def _background(theme: Theme) -> dict[str, Any]:
    paint = {"background-color": theme.ground}
    return {"id": "ground", "type": "background", "paint": paint}


def _source(layer_id: str, url: str) -> dict[str, Any]:
    layer = LAYERS[layer_id]
    source: dict[str, Any] = {
        "type": "vector",
        "tiles": [url],
        "minzoom": layer.least_zoom,
        "maxzoom": LARGEST_ZOOM,
        "promoteId": "id",
    }
    return source | ({"attribution": layer.credit.zh} if layer.credit else {})


def _switched(part: dict[str, Any], drawn: list[Drawing]) -> dict[str, Any]:
    visible = next(d.visible for d in drawn if d.layer == part["source"])
    shown = {"visibility": "visible" if visible else "none"}
    return part | {"layout": part.get("layout", {}) | shown}


def _legend(group: Group, drawn: list[Drawing]) -> list[dict[str, Any]]:
    by_layer = {drawing.layer: drawing for drawing in drawn}
    return [_legend_entry(group, by_layer[layer]) for layer in group.layers if layer in by_layer]


def _legend_entry(group: Group, drawing: Drawing) -> dict[str, Any]:
    layer = LAYERS[drawing.layer]
    entry: dict[str, Any] = {
        "id": drawing.layer,
        "group": group.title.as_json(),
        "title": drawing.title.as_json(),
        "about": layer.about.as_json(),
        "visible": drawing.visible,
        "layers": [part["id"] for part in (*drawing.parts, *drawing.labels)],
        "items": [swatch.as_json() for swatch in drawing.swatches],
    }
    return entry | ({"credit": layer.credit.as_json()} if layer.credit else {})
