"""People: by cell or home by home, and what is reported from among them."""

from __future__ import annotations

from layers.catalogue import LAYERS
from layers.columns import DAMAGE
from layers.layer import Words
from layers.legend import (
    Drawing,
    Swatch,
    class_labels,
    label_layout,
    match,
    part,
    sign_layout,
    steps,
)
from layers.palette import Theme

HOMELESS_BOUNDS = (1, 10, 50, 200)
PEOPLE_BOUNDS = (1, 50, 200, 1000)
PEOPLE_OPACITY = (0.06, 0.12, 0.2, 0.3)
"""People and people without a home, of one cell."""


def households(theme: Theme) -> Drawing:
    """People by cell from far; homes by their damage from near, for those who may see them."""
    homeless = ["get", "homeless_persons"]
    classes = list(zip(HOMELESS_BOUNDS, theme.homeless, strict=True))
    damage = dict(zip(("slight", "severe", "collapsed"), theme.damage, strict=True))
    dot = {
        "circle-color": match("damage", damage, theme.people),
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 1.6, 16, 6],
        "circle-stroke-color": theme.halo,
        "circle-stroke-width": 0.5,
    }
    people = [0.0, *PEOPLE_OPACITY]
    opacity = steps(["get", "persons"], list(zip((0, *PEOPLE_BOUNDS), people, strict=True)))  # type: ignore[arg-type]
    return Drawing(
        "households",
        LAYERS["households"].title,
        (
            part(
                "households",
                "people",
                "fill",
                {"fill-color": theme.people, "fill-opacity": opacity},
                inside="household_cells",
                filter=["==", homeless, 0],
            ),
            part(
                "households",
                "homeless",
                "fill",
                {"fill-color": steps(homeless, classes), "fill-opacity": 0.72},
                inside="household_cells",
                filter=[">", homeless, 0],
            ),
            part("households", "homes", "circle", dot, minzoom=12),
        ),
        _household_swatches(theme, damage),
    )


def field_reports(theme: Theme) -> Drawing:
    """A dot for each report, a ring while nobody has checked it; numbers by cell for others.

    What was found not to be true, or to repeat another, is on file but not on the map.
    """
    verified = ["==", ["get", "state"], "verified"]
    standing = ["in", ["get", "state"], ["literal", ["new", "verified"]]]
    dot = {
        "circle-radius": 5,
        "circle-color": ["case", verified, theme.report, theme.halo],
        "circle-stroke-color": theme.report,
        "circle-stroke-width": 1.8,
    }
    edge = {"line-color": theme.report, "line-width": 1.4}
    count = {"text-color": theme.report, "text-halo-color": theme.halo, "text-halo-width": 1.6}
    return Drawing(
        "field_reports",
        LAYERS["field_reports"].title,
        (
            part("field_reports", "cells", "line", edge, inside="field_report_cells"),
            part(
                "field_reports",
                "count",
                "symbol",
                count,
                inside="field_report_cells",
                layout=label_layout(["to-string", ["get", "reports"]], 13),
            ),
            part("field_reports", "dot", "circle", dot, filter=standing),
        ),
        (
            Swatch(Words("已核实", "verified"), "circle", theme.report, width_px=5),
            Swatch(
                Words("待核", "not yet verified"),
                "circle",
                theme.halo,
                outline=theme.report,
                width_px=5,
            ),
            Swatch(Words("网格内上报数", "reports in a cell"), "fill", theme.report, opacity=0),
        ),
    )


def teams(theme: Theme) -> Drawing:
    """A full ring where a team says it is, an open one at its home; numbers by county."""
    sign = ["case", ["get", "located"], "◉", "◎"]
    paint = {"text-color": theme.site, "text-halo-color": theme.halo, "text-halo-width": 1.6}
    count = ["concat", "◎", ["to-string", ["get", "teams"]]]
    return Drawing(
        "teams",
        LAYERS["teams"].title,
        (
            part("teams", "sign", "symbol", paint, layout=sign_layout(sign)),
            part(
                "teams",
                "count",
                "symbol",
                paint,
                inside="team_counties",
                layout=label_layout(count, 13),
            ),
        ),
        (
            Swatch(Words("已报位置", "says where it is"), "sign", theme.site, sign="◉"),
            Swatch(Words("驻地（未报位置）", "at home, no position"), "sign", theme.site, sign="◎"),
            Swatch(Words("县内队数", "teams of a county"), "sign", theme.site, sign="◎3"),
        ),
        visible=False,
    )


def _household_swatches(theme: Theme, damage: dict[str, str]) -> tuple[Swatch, ...]:
    cells = class_labels(HOMELESS_BOUNDS, Words("人/格 无房可住", "without a home, a cell"))
    people = class_labels(PEOPLE_BOUNDS, Words("人/格", "people a cell"))
    return (
        *(
            Swatch(label, "fill", color, opacity=0.72)
            for label, color in zip(cells, theme.homeless, strict=True)
        ),
        *(
            Swatch(label, "fill", theme.people, opacity=opacity)
            for label, opacity in zip(people, PEOPLE_OPACITY, strict=True)
        ),
        *(
            Swatch(DAMAGE[grade], "circle", damage[grade], width_px=4)
            for grade in ("collapsed", "severe", "slight")
        ),
        Swatch(DAMAGE["none"], "circle", theme.people, width_px=4),
    )
