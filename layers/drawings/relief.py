"""What helps: shelters, depots, open ground, chosen sites, and who goes where."""

from __future__ import annotations

from layers.catalogue import LAYERS
from layers.columns import DEPOT_STATES, SHELTER_STATES
from layers.layer import Words
from layers.legend import Drawing, Swatch, match, part, sign_layout
from layers.palette import Theme

_SHELTER_SIGNS = {"open": "■", "full": "▣", "closed": "□"}
_DEPOT_SIGNS = {"open": "◆", "closed": "◇"}
_GROUND_OPACITY = 0.4
_SITE_PX = 20


def shelters(theme: Theme) -> Drawing:
    """Squares: full ones carry a mark, closed ones are hollow."""
    colors = {"open": theme.shelter, "full": theme.shelter_full, "closed": theme.closed}
    return Drawing(
        "shelters",
        LAYERS["shelters"].title,
        (
            part(
                "shelters",
                "sign",
                "symbol",
                _sign_paint(theme, match("state", colors, theme.shelter)),
                layout=sign_layout(match("state", _SHELTER_SIGNS, "■")),
            ),
        ),
        tuple(
            Swatch(SHELTER_STATES[state], "sign", colors[state], sign=sign)
            for state, sign in _SHELTER_SIGNS.items()
        ),
    )


def depots(theme: Theme) -> Drawing:
    """Diamonds, hollow where closed."""
    colors = {"open": theme.depot, "closed": theme.closed}
    return Drawing(
        "depots",
        LAYERS["depots"].title,
        (
            part(
                "depots",
                "sign",
                "symbol",
                _sign_paint(theme, match("state", colors, theme.depot)),
                layout=sign_layout(match("state", _DEPOT_SIGNS, "◆"), 21),
            ),
        ),
        tuple(
            Swatch(DEPOT_STATES[state], "sign", colors[state], sign=sign)
            for state, sign in _DEPOT_SIGNS.items()
        ),
    )


def open_ground(theme: Theme) -> Drawing:
    """Plots, as a dot from far."""
    color = theme.open_ground
    return Drawing(
        "open_ground",
        LAYERS["open_ground"].title,
        (
            part(
                "open_ground",
                "plot",
                "fill",
                {"fill-color": color, "fill-opacity": _GROUND_OPACITY},
            ),
            part("open_ground", "edge", "line", {"line-color": color, "line-width": 1.4}),
        ),
        (
            Swatch(
                LAYERS["open_ground"].title, "fill", color, outline=color, opacity=_GROUND_OPACITY
            ),
        ),
        visible=False,
    )


def sites(theme: Theme) -> Drawing:
    """Chosen plots with a numbered star that shows from far."""
    numbered = ["concat", "★", ["to-string", ["get", "rank"]]]
    return Drawing(
        "sites",
        LAYERS["sites"].title,
        (
            part("sites", "plot", "fill", {"fill-color": theme.site, "fill-opacity": 0.45}),
            part("sites", "edge", "line", {"line-color": theme.site, "line-width": 2}),
            part(
                "sites",
                "sign",
                "symbol",
                _sign_paint(theme, theme.site),
                inside="sites_labels",
                layout=sign_layout(numbered) | {"text-size": _SITE_PX},
            ),
        ),
        (Swatch(Words("选定地块（序号）", "chosen site (rank)"), "sign", theme.site, sign="★1"),),
    )


def assignments(theme: Theme) -> Drawing:
    """Lines to shelters: as wide as the people are many from far, house by house from near."""
    width = ["step", ["get", "persons"], 1, 50, 2, 200, 3.5, 1000, 5.5]
    flow = {"line-color": theme.flow, "line-width": width, "line-opacity": 0.7}
    single = {"line-color": theme.flow, "line-width": 0.8, "line-opacity": 0.55}
    labels = ("< 50", "50–199", "200–999", "≥ 1000")
    return Drawing(
        "assignments",
        LAYERS["assignments"].title,
        (
            part("assignments", "flows", "line", flow, inside="assignment_flows"),
            part("assignments", "homes", "line", single, minzoom=12),
        ),
        tuple(
            Swatch(
                Words(f"{label} 人", f"{label} people"),
                "line",
                theme.flow,
                width_px=px,
                opacity=0.7,
            )
            for label, px in zip(labels, (1, 2, 3.5, 5.5), strict=True)
        ),
    )


def _sign_paint(theme: Theme, color: object) -> dict[str, object]:
    return {"text-color": color, "text-halo-color": theme.halo, "text-halo-width": 1.6}
