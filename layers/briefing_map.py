"""The map of a briefing by folium, of vector layers alone: no tiles, no address, no picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import folium
import orjson
import shapely
from folium.template import Template
from folium.utilities import JsCode
from markupsafe import escape
from shapely.geometry import shape

from geo.casualties import AreaFigures
from geo.database import Row
from layers.briefing import Briefing
from layers.briefing_words import SHELTER_STATES, UNREPORTED, Language, said
from layers.drawings.impact import INTENSITIES, LOSS_BOUNDS, ROMAN
from layers.palette import LIGHT
from relief.vocabulary import INDICATORS

_IDS = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")
_CHINA = (35.0, 105.0)


class _WithoutPrefix(folium.MacroElement):
    """Leaves Leaflet's own link out of the corner; what is shown is credited there instead."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this._parent.get_name() }}.attributionControl.setPrefix(false)"
        ".addAttribution({{ this.credit|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, credit: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.credit = credit


@dataclass(frozen=True)
class MapParts:
    """What folium wrote, for a page of our own: markup for the head and the body, and a script."""

    head: str
    body: str
    script: str


def map_parts(found: Briefing, language: Language, credit: str) -> MapParts:
    """Counties by dead and missing, zones of intensity, shelters and the epicentre.

    The same briefing gives the same text: folium's random names are numbered instead.
    """
    drawn = folium.Map(_CHINA, zoom_start=4, tiles=None, control_scale=True, zoom_snap=0.25)
    drawn.default_js = drawn.default_css = []  # the page brings its own library
    for layer in (
        _counties(found.counties, language),
        _intensity(found.intensity),
        _shelters(found.shelters, language),
        *_labels(found.counties, language),
        *_epicentre(found.event),
        _WithoutPrefix(_html(credit)),
    ):
        if layer is not None:
            layer.add_to(drawn)
    bounds = _bounds(found)
    if bounds is not None:
        drawn.fit_bounds(bounds, padding=(12, 12))
    return _rendered(drawn)


def _rendered(drawn: folium.Map) -> MapParts:
    figure: Any = drawn.get_root()
    for child in list(figure._children.values()):
        child.render()
    numbers = count(1)
    names: dict[str, str] = {}

    def numbered(name: re.Match[str]) -> str:
        return names.setdefault(name[0], str(next(numbers)))

    written = (part.render() for part in (figure.header, figure.html, figure.script))
    return MapParts(*(_IDS.sub(numbered, text) for text in written))


def loss_colour(figures: Mapping[str, Any]) -> str | None:
    """The colour of a division by its dead and missing; None where neither was reported."""
    stated = [figures[code] for code in ("dead", "missing") if code in figures]
    if not stated:
        return None
    reached = sum(1 for bound in LOSS_BOUNDS if sum(stated) >= bound)
    return LIGHT.losses[max(reached - 1, 0)]


def _counties(areas: tuple[AreaFigures, ...], language: Language) -> folium.GeoJson | None:
    features = [
        {
            "type": "Feature",
            "id": area.code,
            "geometry": area.geometry,
            "properties": {"told": _told(area, language), "style": _area_style(area)},
        }
        for area in areas
        if area.geometry
    ]
    return _geojson(features) if features else None


def _area_style(area: AreaFigures) -> dict[str, Any]:
    """Dashed and grey where nobody reported: not the colour of zero."""
    colour = loss_colour(area.figures)
    return {
        "color": LIGHT.border,
        "weight": 1.5,
        "dashArray": None if colour else "6 5",
        "fillColor": colour or LIGHT.silent,
        "fillOpacity": 0.8 if colour else 0.25,
    }


def _told(area: AreaFigures, language: Language) -> str:
    lines = [f"<b>{_html(area.name)}</b>"]
    for code in ("dead", "missing", "injured", "relocated"):
        value = area.figures.get(code, said(UNREPORTED, language))
        lines.append(f"{said(INDICATORS[code], language)}: {value}")
    return "<br>".join(lines)


def _intensity(zones: tuple[Row, ...]) -> folium.GeoJson | None:
    features = [
        {
            "type": "Feature",
            "geometry": zone["geometry"],
            "properties": {
                "told": ROMAN[zone["intensity"] - 1],
                "style": {
                    "color": intensity_colour(zone["intensity"]),
                    "weight": 3,
                    "fill": False,
                },
            },
        }
        for zone in zones
    ]
    return _geojson(features) if features else None


def intensity_colour(intensity: int) -> str:
    """The colour of the line around ground that was shaken so."""
    strongest = min(max(intensity, INTENSITIES[0]), INTENSITIES[-1])
    return LIGHT.intensity[strongest - INTENSITIES[0]]


def _shelters(shelters: tuple[Row, ...], language: Language) -> folium.GeoJson | None:
    colours = {"open": LIGHT.shelter, "full": LIGHT.shelter_full, "closed": LIGHT.closed}
    features = [
        {
            "type": "Feature",
            "geometry": row["geometry"],
            "properties": {
                "told": f"{_html(row['name'])}<br>{said(SHELTER_STATES[row['state']], language)}"
                f" {row['free']}/{row['capacity']}",
                "style": {"color": colours[row["state"]], "fillColor": colours[row["state"]]},
            },
        }
        for row in shelters
    ]
    dot = folium.CircleMarker(radius=3.5, weight=1, fill=True, fill_opacity=0.8)
    return _geojson(features, marker=dot) if features else None


def _geojson(features: list[dict[str, Any]], marker: Any = None) -> folium.GeoJson:
    """A layer whose features carry their own style and say what they are."""
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: feature["properties"]["style"],
        marker=marker,
        tooltip=folium.GeoJsonTooltip(["told"], labels=False, sticky=True),
    )


def _labels(areas: tuple[AreaFigures, ...], language: Language) -> list[folium.Marker]:
    """Names and numbers as text: DivIcons need no picture."""
    labels = []
    for area in areas:
        if not area.geometry:
            continue
        point = shape(dict(area.geometry)).representative_point()
        stated = [area.figures[code] for code in ("dead", "missing") if code in area.figures]
        number = sum(stated) if stated else said(UNREPORTED, language)
        text = f"{_html(area.name)}<br><b>{number}</b>"
        labels.append(_text_at((point.y, point.x), text, "county-label"))
    return labels


def _epicentre(event: Row) -> list[folium.Marker]:
    if event["lon"] is None:
        return []
    text = f"★<br>{'' if event['magnitude'] is None else 'M ' + format(event['magnitude'], '.1f')}"
    return [_text_at((event["lat"], event["lon"]), text, "epicentre")]


def _text_at(place: tuple[float, float], html: str, kind: str) -> folium.Marker:
    """A marker whose icon is text from the start: set later, its picture would be asked for."""
    icon = {"html": f"<div>{html}</div>", "iconSize": [0, 0], "className": kind}
    marker = folium.Marker(place, interactive=False, keyboard=False)
    options: dict[str, Any] = marker.options
    options["icon"] = JsCode(f"L.divIcon({orjson.dumps(icon).decode()})")
    return marker


def _html(text: str) -> str:
    """Text as markup without braces: folium reads what it wrote as a template once more."""
    return str(escape(text)).replace("{", "&#123;")


def _bounds(found: Briefing) -> list[tuple[float, float]] | None:
    """(south, west) and (north, east) of the counties, else of the zones of intensity."""
    outlines = [area.geometry for area in found.counties if area.geometry]
    outlines = outlines or [zone["geometry"] for zone in found.intensity]
    if not outlines:
        return None
    west, south, east, north = shapely.total_bounds([shape(dict(outline)) for outline in outlines])
    return [(float(south), float(west)), (float(north), float(east))]
