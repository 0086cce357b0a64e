"""The colours of the map in its two themes, told apart by colour-blind eyes too.

Qualitative colours follow Okabe and Ito (2008), sequences the ColorBrewer schemes that Harrower
and Brewer (2003) mark as safe. Red never stands beside green.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """Colours by what they stand for; sequences run from least to most."""

    name: ThemeName
    ground: str
    area: str
    border: str
    road: str
    label: str
    halo: str
    silent: str
    losses: tuple[str, ...]
    intensity: tuple[str, ...]
    damage: tuple[str, ...]
    homeless: tuple[str, ...]
    people: str
    grades: tuple[str, ...]
    fault: str
    flood: str
    open_ground: str
    shelter: str
    shelter_full: str
    closed: str
    depot: str
    site: str
    report: str
    flow: str


LIGHT = Theme(
    name="light",
    ground="#e9edf1",
    area="#fbfcfd",
    border="#5b6673",
    road="#9aa5b1",
    label="#1c2733",
    halo="#ffffff",
    silent="#8a94a0",
    losses=("#f2f0f7", "#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f"),
    intensity=("#fff3c4", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#8c2d04"),
    damage=("#b9a700", "#e69f00", "#d55e00"),
    homeless=("#fdd9b5", "#fdae6b", "#f16913", "#a63603"),
    people="#5f7183",
    grades=("#e3d3ae", "#cfae68", "#b0803a", "#7d4f12"),
    fault="#c2331a",
    flood="#0072b2",
    open_ground="#00886a",
    shelter="#00785a",
    shelter_full="#b26a00",
    closed="#7a848f",
    depot="#0060a8",
    site="#b0006d",
    report="#1c2733",
    flow="#00785a",
)
DARK = Theme(
    name="dark",
    ground="#0c1118",
    area="#151c26",
    border="#8593a3",
    road="#4d5a68",
    label="#e6edf4",
    halo="#0c1118",
    silent="#6d7884",
    losses=("#262338", "#3c3561", "#554a8c", "#7869b8", "#a596de", "#ded3ff"),
    intensity=("#7d7648", "#b5a54a", "#e0b63c", "#f2902e", "#ff6a3d", "#ff3f6e"),
    damage=("#f0e442", "#ffb52e", "#ff7a2e"),
    homeless=("#8a5a34", "#bb7430", "#ec9438", "#ffc988"),
    people="#8fa3b8",
    grades=("#4a412c", "#75613a", "#a98645", "#dcb15c"),
    fault="#ff6a52",
    flood="#56b4e9",
    open_ground="#2fc79d",
    shelter="#35d0a5",
    shelter_full="#ffb52e",
    closed="#7f8b98",
    depot="#6cb8ff",
    site="#ff8fd0",
    report="#f4f7fa",
    flow="#35d0a5",
)
THEMES: dict[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}
