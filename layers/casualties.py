"""Casualties as people read them: one table of divisions, one GeoJSON of their outlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.casualties import AreaFigures
from geo.database import Row
from layers.briefing_words import mark_of
from layers.exports import Cell
from relief.vocabulary import INDICATORS

_UNREPORTED = "未报"


def shown(area: AreaFigures) -> dict[str, Any]:
    """One division as the API writes it."""
    return {
        "area": area.code,
        "name": area.name,
        "figures": dict(area.figures),
        "as_of": area.as_of,
        "stage": area.stage,
        "reported": area.reported,
        "reports": list(area.reports),
    }


def differences(areas: Sequence[AreaFigures]) -> list[dict[str, Any]]:
    """Where a division states another number than its children add up to."""
    return [
        {
            "area": area.code,
            "indicator": code,
            "stated": area.figures[code],
            "children_sum": children_sum,
            "difference": area.figures[code] - children_sum,
        }
        for area in areas
        for code, children_sum in area.differing_sums.items()
    ]


def feature_collection(areas: Sequence[AreaFigures], event: Row) -> dict[str, Any]:
    """The divisions as GeoJSON features whose id is their code; each says if it is no real one."""
    kind = {"event": event["id"], "exercise": event["exercise"], "synthetic": event["demo"]}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": area.code,
                "geometry": area.geometry,
                "properties": shown(area) | kind,
            }
            for area in areas
        ],
    }


def table(areas: Sequence[AreaFigures], event: Row) -> tuple[list[str], list[list[Cell]]]:
    """(header, rows): the indicators that anybody reported; what one did not report says so.

    Every row of an exercise or a demonstration says that it is one.
    """
    codes = [code for code in INDICATORS if any(code in area.figures for area in areas)]
    header = ["代码", "名称", *(_title(code) for code in codes), "截至时间", "阶段"]
    rows = [_row(area, codes) for area in areas]
    if kind := mark_of(event, "zh"):
        return [*header, "说明"], [[*row, kind] for row in rows]
    return header, rows


def _title(code: str) -> str:
    indicator = INDICATORS[code]
    return f"{indicator.zh}（{indicator.unit.zh}）"


def _row(area: AreaFigures, codes: Sequence[str]) -> list[Cell]:
    as_of = area.as_of.isoformat() if area.as_of else None
    figures: list[Cell] = [area.figures.get(code, _UNREPORTED) for code in codes]
    return [area.code, area.name, *figures, as_of, area.stage.zh if area.stage else None]
