"""What can hurt: signs for points, fills for zones, a line for faults."""

from __future__ import annotations

from layers.catalogue import LAYERS
from layers.columns import GRADES
from layers.layer import Words
from layers.legend import Drawing, Swatch, match, part, sign_layout
from layers.palette import Theme

_GRADES = ("low", "medium", "high", "very_high")
_FAULT_PX = 2.2
_ZONE_OPACITY, _FLOOD_OPACITY = 0.38, 0.3


def hazard_points(theme: Theme) -> Drawing:
    """Triangles by grade, hollow once they are off the register."""
    colors = dict(zip(_GRADES, theme.grades, strict=True))
    closed = ["==", ["get", "state"], "closed"]
    paint = {
        "text-color": ["case", closed, theme.closed, match("grade", colors, theme.grades[1])],
        "text-halo-color": theme.halo,
        "text-halo-width": 1.4,
    }
    return Drawing(
        "hazard_points",
        LAYERS["hazard_points"].title,
        (
            part(
                "hazard_points",
                "sign",
                "symbol",
                paint,
                layout=sign_layout(["case", closed, "△", "▲"], 17),
            ),
        ),
        (
            *(Swatch(GRADES[g], "sign", colors[g], sign="▲") for g in reversed(_GRADES)),
            Swatch(Words("已销号", "closed"), "sign", theme.closed, sign="△"),
        ),
    )


def risk_zones(theme: Theme) -> Drawing:
    """Fills by grade inside a dashed edge."""
    colors = dict(zip(_GRADES, theme.grades, strict=True))
    color = match("grade", colors, theme.grades[0])
    return Drawing(
        "risk_zones",
        LAYERS["risk_zones"].title,
        (
            part(
                "risk_zones", "ground", "fill", {"fill-color": color, "fill-opacity": _ZONE_OPACITY}
            ),
            part(
                "risk_zones",
                "edge",
                "line",
                {"line-color": color, "line-width": 1.2, "line-dasharray": [2, 1.5]},
            ),
        ),
        tuple(
            Swatch(
                GRADES[g],
                "fill",
                colors[g],
                outline=colors[g],
                opacity=_ZONE_OPACITY,
                dash=(2, 1.5),
            )
            for g in reversed(_GRADES)
        ),
        visible=False,
    )


def flood_areas(theme: Theme) -> Drawing:
    """Blue ground; the more often it floods, the denser."""
    period = ["coalesce", ["get", "return_period_years"], 100]
    opacity = ["step", period, 0.45, 21, _FLOOD_OPACITY, 51, 0.18]
    often = Words("20 年一遇及以内", "once in 20 years or oftener")
    return Drawing(
        "flood_areas",
        LAYERS["flood_areas"].title,
        (
            part(
                "flood_areas",
                "ground",
                "fill",
                {"fill-color": theme.flood, "fill-opacity": opacity},
            ),
            part("flood_areas", "edge", "line", {"line-color": theme.flood, "line-width": 1}),
        ),
        tuple(
            Swatch(label, "fill", theme.flood, outline=theme.flood, opacity=seen)
            for label, seen in (
                (often, 0.45),
                (Words("21–50 年一遇", "21–50 years"), _FLOOD_OPACITY),
                (Words("50 年以上或未注明", "over 50 years, or not stated"), 0.18),
            )
        ),
        visible=False,
    )


def faults(theme: Theme) -> Drawing:
    """A line with a light edge, over whatever lies below."""
    return Drawing(
        "faults",
        LAYERS["faults"].title,
        (
            part(
                "faults",
                "edge",
                "line",
                {"line-color": theme.halo, "line-width": _FAULT_PX + 2, "line-opacity": 0.7},
            ),
            part(
                "faults",
                "trace",
                "line",
                {"line-color": theme.fault, "line-width": _FAULT_PX, "line-dasharray": [5, 1.5]},
                layout={"line-cap": "butt", "line-join": "round"},
            ),
        ),
        (Swatch(LAYERS["faults"].title, "line", theme.fault, width_px=_FAULT_PX, dash=(5, 1.5)),),
    )
