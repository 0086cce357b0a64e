"""Counties, townships, villages and roads: quiet, so that what happened stands out."""

from __future__ import annotations

from layers.catalogue import LAYERS
from layers.layer import Words
from layers.legend import Drawing, Swatch, label_layout, part
from layers.palette import Theme

_NAME = ["get", "name"]


def counties(theme: Theme) -> Drawing:
    """Ground and border; names come from the casualties where those are known."""
    return Drawing(
        "counties",
        LAYERS["counties"].title,
        (
            part("counties", "area", "fill", {"fill-color": theme.area}),
            part(
                "counties",
                "border",
                "line",
                {"line-color": theme.border, "line-width": 1.6},
                layout={"line-join": "round"},
            ),
            part(
                "counties",
                "name",
                "symbol",
                _label_paint(theme),
                inside="counties_labels",
                layout=label_layout(_NAME, 14),
                minzoom=7,
            ),
        ),
        (Swatch(Words("县界", "county"), "line", theme.border, width_px=1.6),),
    )


def townships(theme: Theme) -> Drawing:
    """Thin borders, names from near."""
    return Drawing(
        "townships",
        LAYERS["townships"].title,
        (
            part(
                "townships",
                "border",
                "line",
                {"line-color": theme.border, "line-width": 0.7, "line-dasharray": [3, 2]},
                minzoom=8.5,
            ),
            part(
                "townships",
                "name",
                "symbol",
                _label_paint(theme),
                inside="townships_labels",
                layout=label_layout(_NAME, 12),
                minzoom=10.5,
            ),
        ),
        (Swatch(Words("乡镇界", "township"), "line", theme.border, width_px=0.7, dash=(3, 2)),),
    )


def villages(theme: Theme) -> Drawing:
    """Small dots with names from near."""
    dot = {
        "circle-color": theme.label,
        "circle-radius": 2,
        "circle-stroke-color": theme.halo,
        "circle-stroke-width": 0.6,
    }
    named = label_layout(_NAME, 11) | {"text-anchor": "left", "text-offset": [0.5, 0]}
    return Drawing(
        "villages",
        LAYERS["villages"].title,
        (
            part("villages", "dot", "circle", dot, minzoom=9.5),
            part("villages", "name", "symbol", _label_paint(theme), layout=named, minzoom=12),
        ),
        (Swatch(Words("村、社区", "village"), "circle", theme.label, width_px=2),),
        visible=False,
    )


def roads(theme: Theme) -> Drawing:
    """Lines, the wider the higher the class."""
    width = ["match", ["get", "class"], ["motorway", "national"], 2.4, "provincial", 1.8, 1.1]
    return Drawing(
        "roads",
        LAYERS["roads"].title,
        (part("roads", "line", "line", {"line-color": theme.road, "line-width": width}),),
        (
            Swatch(Words("高速、国道", "motorway, national"), "line", theme.road, width_px=2.4),
            Swatch(Words("省道", "provincial"), "line", theme.road, width_px=1.8),
            Swatch(Words("其他道路", "other roads"), "line", theme.road, width_px=1.1),
        ),
    )


def _label_paint(theme: Theme) -> dict[str, object]:
    return {"text-color": theme.label, "text-halo-color": theme.halo, "text-halo-width": 1.6}
