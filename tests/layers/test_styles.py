"""The style and its legend: drawn from layers that exist, by columns that tiles carry."""

from collections.abc import Iterator
from typing import Any

import pytest

from layers.catalogue import LAYERS
from layers.layer import Sight, Words
from layers.legend import class_labels
from layers.palette import DARK, LIGHT, THEMES, Theme
from layers.sprites import sprite_index, sprite_png
from layers.styles import drawings, situation
from layers.tiles import vector_layers


def style_of(theme: Theme) -> dict[str, Any]:
    return situation(theme, lambda layer: f"http://x/{layer}/{{z}}/{{y}}/{{x}}", "http://x/s", None)


@pytest.fixture(params=THEMES.values(), ids=THEMES)
def style(request: pytest.FixtureRequest) -> dict[str, Any]:
    return style_of(request.param)


def test_every_layer_is_drawn_and_in_the_legend_once(style: dict[str, Any]) -> None:
    assert set(style["sources"]) == set(LAYERS)
    assert sorted(entry["id"] for entry in style["metadata"]["legend"]) == sorted(LAYERS)
    drawn = [layer["id"] for layer in style["layers"] if layer["type"] != "background"]
    listed = [part for entry in style["metadata"]["legend"] for part in entry["layers"]]
    assert sorted(drawn) == sorted(listed)
    assert len(set(drawn)) == len(drawn)


def test_nothing_comes_from_another_host(style: dict[str, Any]) -> None:
    assert "glyphs" not in style
    assert style["sprite"] == "http://x/s"


def test_layers_draw_what_tiles_hold(style: dict[str, Any]) -> None:
    for layer in style["layers"][1:]:
        held = {
            v["id"]: set(v["fields"]) for v in vector_layers(LAYERS[layer["source"]], Sight(""))
        }
        inside = held[layer["source-layer"]]
        assert set(columns(layer)) <= inside, layer["id"]


def columns(part: Any) -> Iterator[str]:
    """The columns that expressions get or ask for."""
    if isinstance(part, dict):
        for value in part.values():
            yield from columns(value)
    elif isinstance(part, list):
        if len(part) == 2 and part[0] in ("get", "has") and isinstance(part[1], str):
            yield part[1]
        for value in part:
            yield from columns(value)


def test_swatches_show_colours_and_signs_that_the_map_draws() -> None:
    for theme in (LIGHT, DARK):
        for drawing in drawings(theme):
            drawn = str((drawing.parts, drawing.labels))
            for swatch in drawing.swatches:
                if swatch.shape == "hatch":
                    assert "'silent'" in drawn
                    continue
                assert swatch.color in drawn, (drawing.layer, swatch)
                assert swatch.sign is None or swatch.sign[0] in drawn


def test_both_themes_draw_the_same() -> None:
    light, dark = style_of(LIGHT), style_of(DARK)
    assert [p["id"] for p in light["layers"]] == [p["id"] for p in dark["layers"]]


def test_the_silent_look_unlike_zero() -> None:
    for theme in (LIGHT, DARK):
        assert theme.silent != theme.losses[0]


def test_signs_differ_by_shape_where_they_differ_in_meaning() -> None:
    for drawing in drawings(LIGHT):
        signs = [s.sign for s in drawing.swatches if s.shape == "sign"]
        if drawing.layer in ("shelters", "depots"):
            assert len(set(signs)) == len(signs)


def test_credits_stand_on_the_map(style: dict[str, Any]) -> None:
    assert "CC BY-SA" in style["sources"]["faults"]["attribution"]
    assert "GeoNames" in style["sources"]["townships"]["attribution"]
    assert "天地图" in style["sources"]["counties"]["attribution"]


def test_classes_say_where_they_begin_and_end() -> None:
    labels = class_labels((0, 1, 3, 10), Words("人", "people"))
    assert [w.zh for w in labels] == ["0 人", "1–2 人", "3–9 人", "≥ 10 人"]


@pytest.mark.parametrize("ratio", [1, 2])
def test_the_sprite_is_a_png_as_large_as_its_index_says(ratio: int) -> None:
    png = sprite_png(LIGHT, ratio)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    side = int.from_bytes(png[16:20], "big")
    assert sprite_index(ratio)["silent"]["width"] == side == 12 * ratio
