"""What happened: figures by area, and ground by intensity."""

from __future__ import annotations

from typing import Any

from layers.catalogue import LAYERS
from layers.layer import Words
from layers.legend import (
    Drawing,
    Swatch,
    class_labels,
    label_layout,
    part,
    sign_layout,
    steps,
)
from layers.palette import Theme
from layers.road_closures import CLOSURE_STATES

LOSS_BOUNDS = (0, 1, 3, 10, 20, 50)
"""Dead and missing of an area; from 3 on they are the bounds at which a city's plan responds."""

INTENSITIES = (5, 6, 7, 8, 9, 10)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

TOWNSHIPS_FROM_ZOOM = 10.5
"""From here on townships take the counties' place."""

_PEOPLE = Words("人", "people")
_NOT_REPORTED = Words("未上报", "not reported")
_REPORTED = ["has", "dead_missing"]


def casualties(theme: Theme) -> Drawing:
    """Areas by dead and missing; hatched where nobody reported them, which is not zero."""
    classes = list(zip(LOSS_BOUNDS, theme.losses, strict=True))
    colored = {"fill-color": steps(["get", "dead_missing"], classes), "fill-opacity": 0.78}
    hatched = {"fill-pattern": "silent", "fill-opacity": 0.8}
    labels = class_labels(LOSS_BOUNDS, _PEOPLE)
    parts: list[dict[str, Any]] = []
    levels: tuple[tuple[str, dict[str, Any]], ...] = (
        ("county", {"maxzoom": TOWNSHIPS_FROM_ZOOM}),
        ("township", {"minzoom": TOWNSHIPS_FROM_ZOOM}),
    )
    for level, zooms in levels:
        here = ["==", ["get", "level"], level]
        for suffix, paint, which in (
            ("silent", hatched, ["!", _REPORTED]),
            ("losses", colored, _REPORTED),
        ):
            kept = zooms | {"filter": ["all", here, which]}
            parts.append(part("casualties", f"{level}-{suffix}", "fill", paint, **kept))
    return Drawing(
        "casualties",
        Words("死亡失踪人口", "Dead and missing"),
        tuple(parts),
        (
            *(
                Swatch(label, "fill", color, outline=theme.border, opacity=0.78)
                for label, color in zip(labels, theme.losses, strict=True)
            ),
            Swatch(_NOT_REPORTED, "hatch", theme.silent, outline=theme.border, opacity=0.8),
        ),
        labels=casualty_labels(theme),
    )


_BESIDE = {
    "text-variable-anchor": ["center", "bottom", "top", "left", "right"],
    "text-radial-offset": 0.5,
}
"""Small counties lie close together: a label steps aside before it gives way."""


def casualty_labels(theme: Theme) -> tuple[dict[str, Any], ...]:
    """Names with the number below them; of a township that is silent the name alone."""
    paint = {"text-color": theme.label, "text-halo-color": theme.halo, "text-halo-width": 2.2}
    levels: tuple[tuple[str, float, Words, dict[str, Any]], ...] = (
        ("county", 17, _NOT_REPORTED, {"minzoom": 7, "maxzoom": TOWNSHIPS_FROM_ZOOM}),
        ("township", 12.5, Words("", ""), {"minzoom": TOWNSHIPS_FROM_ZOOM}),
    )
    return tuple(
        part(
            "casualties",
            f"{level}-name",
            "symbol",
            paint,
            inside="casualties_labels",
            filter=["==", ["get", "level"], level],
            layout=label_layout(_name_and_number(silent.zh), size_px) | _BESIDE,
            metadata={
                "text-field": {
                    "zh": _name_and_number(silent.zh),
                    "en": _name_and_number(silent.en),
                }
            },
            **zooms,
        )
        for level, size_px, silent, zooms in levels
    )


def _name_and_number(unknown: str) -> list[Any]:
    number = ["case", _REPORTED, ["to-string", ["get", "dead_missing"]], unknown]
    return ["format", ["get", "name"], {}, "\n", {}, number, {"font-scale": 1.35}]


def intensity(theme: Theme) -> Drawing:
    """Rings with Roman numerals, in steps."""
    color = steps(["get", "intensity"], list(zip(INTENSITIES, theme.intensity, strict=True)))
    numeral = match_number("intensity", ROMAN)
    return Drawing(
        "intensity",
        LAYERS["intensity"].title,
        (
            part("intensity", "ground", "fill", {"fill-color": color, "fill-opacity": 0.24}),
            part("intensity", "ring", "line", {"line-color": color, "line-width": 2.2}),
            part(
                "intensity",
                "numeral",
                "symbol",
                {"text-color": theme.label, "text-halo-color": theme.halo, "text-halo-width": 2},
                layout={
                    "text-field": numeral,
                    "text-size": 16,
                    "symbol-placement": "line",
                    "symbol-spacing": 400,
                },
            ),
        ),
        tuple(
            Swatch(_numeral(low), "fill", tone, outline=tone, opacity=0.24, width_px=2.2)
            for low, tone in zip(INTENSITIES, theme.intensity, strict=True)
        ),
    )


_CROSS_PX = ["interpolate", ["linear"], ["zoom"], 6, 16, 10, 28, 13, 36]
"""The character fills less than half of its height."""


def road_closures(theme: Theme) -> Drawing:
    """A line where a road is cut, and a cross that is there however short the line."""
    closed = ["==", ["get", "state"], "closed"]
    line = {"line-color": theme.fault, "line-width": 4}
    cross = {"text-color": theme.fault, "text-halo-color": theme.halo, "text-halo-width": 2}
    parts = []
    for inside, who in (("road_closures", "told"), ("road_closure_lines", "known")):
        named = part("road_closures", f"{who}-line", "line", line, inside=inside, filter=closed)
        signed = part(
            "road_closures",
            f"{who}-cross",
            "symbol",
            cross,
            inside=f"{inside}_labels",
            filter=closed,
            layout=sign_layout("×") | {"text-size": _CROSS_PX},
        )
        parts += [named, signed]
    return Drawing(
        "road_closures",
        LAYERS["road_closures"].title,
        tuple(parts),
        (Swatch(CLOSURE_STATES["closed"], "sign", theme.fault, sign="×"),),
    )


def match_number(column: str, words: tuple[str, ...]) -> list[Any]:
    """The word at the number in a column, counted from 1."""
    listed = [part for number, word in enumerate(words, 1) for part in (number, word)]
    return ["match", ["get", column], *listed, ""]


def _numeral(low: int) -> Words:
    text = ROMAN[low - 1]
    ends = {INTENSITIES[0]: ("及以下", " and below"), INTENSITIES[-1]: ("及以上", " and above")}
    zh, en = ends.get(low, ("", ""))
    return Words(f"{text} 度{zh}", f"{text}{en}")
