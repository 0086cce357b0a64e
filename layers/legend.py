"""The legend: swatches that say how each layer is drawn, from the values the drawing uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from layers.layer import Words

Shape = Literal["fill", "hatch", "line", "circle", "sign"]
Expression = list[Any]


@dataclass(frozen=True)
class Swatch:
    """One line of the legend: `sign` is the character that stands on the map, `dash` in widths."""

    label: Words
    shape: Shape
    color: str
    outline: str | None = None
    opacity: float = 1.0
    width_px: float = 1.0
    dash: tuple[float, ...] = ()
    sign: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The swatch without what it leaves open."""
        return {k: v for k, v in asdict(self).items() if v not in (None, ())}


@dataclass(frozen=True)
class Drawing:
    """A layer as the map draws it: `parts` are MapLibre layers, from the bottom up.

    `labels` are drawn over the parts of all layers.
    """

    layer: str
    title: Words
    parts: tuple[dict[str, Any], ...]
    swatches: tuple[Swatch, ...]
    visible: bool = True
    labels: tuple[dict[str, Any], ...] = ()


def steps(of: Any, classes: Sequence[tuple[float, str]]) -> Expression:
    """A colour by class; the first class starts below its own bound."""
    (_, first), *rest = classes
    return ["step", of, first, *[part for bound, color in rest for part in (bound, color)]]


def match(column: str, colors: dict[str, str], otherwise: str) -> Expression:
    """A colour (or sign) by the code in a column."""
    listed = [part for code, color in colors.items() for part in (code, color)]
    return ["match", ["coalesce", ["get", column], ""], *listed, otherwise]


def class_labels(bounds: Sequence[int], unit: Words) -> list[Words]:
    """`0`, `1–2 人`, …, `≥ 50 人` for half-open classes that start at these bounds."""
    found = []
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        span = f"≥ {low}" if high is None else str(low) if high == low + 1 else f"{low}–{high - 1}"
        found.append(Words(f"{span} {unit.zh}", f"{span} {unit.en}"))
    return found


def part(
    layer: str,
    suffix: str,
    kind: str,
    paint: dict[str, Any],
    *,
    inside: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A MapLibre layer `layer-suffix` that draws the tile layer `inside` (else the layer's own)."""
    drawn: dict[str, Any] = {
        "id": f"{layer}-{suffix}",
        "type": kind,
        "source": layer,
        "source-layer": inside or layer,
        "paint": paint,
    }
    return drawn | {name.replace("_", "-"): value for name, value in more.items()}


def sign_layout(sign: Any, largest_px: int = 19) -> dict[str, Any]:
    """A sign drawn as a character, so that shape tells it apart as well as colour."""
    return {
        "text-field": sign,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 7, 10, 12, 13, largest_px],
        "text-allow-overlap": True,
        "text-ignore-placement": True,
    }


def label_layout(text: Any, size_px: float) -> dict[str, Any]:
    """A label that gives way to more important ones."""
    return {"text-field": text, "text-size": size_px, "text-max-width": 9, "text-padding": 4}
