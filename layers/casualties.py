"""Casualties as people read them: one table of divisions, one GeoJSON of their outlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.casualties import AreaFigures
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


def feature_collection(areas: Sequence[AreaFigures]) -> dict[str, Any]:
    """The divisions as GeoJSON features whose id is their code."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": area.code,
                "geometry": area.geometry,
                "properties": shown(area),
            }
            for area in areas
        ],
    }


def table(areas: Sequence[AreaFigures]) -> tuple[list[str], list[list[Cell]]]:
    """(header, rows): the indicators that anybody reported; what one did not report says so."""
    codes = [code for code in INDICATORS if any(code in area.figures for area in areas)]
    header = ["代码", "名称", *(_title(code) for code in codes), "截至时间", "阶段"]
    return header, [_row(area, codes) for area in areas]


def _title(code: str) -> str:
    indicator = INDICATORS[code]
    return f"{indicator.zh}（{indicator.unit.zh}）"


def _row(area: AreaFigures, codes: Sequence[str]) -> list[Cell]:
    as_of = area.as_of.isoformat() if area.as_of else None
    figures: list[Cell] = [area.figures.get(code, _UNREPORTED) for code in codes]
    return [area.code, area.name, *figures, as_of, area.stage.zh if area.stage else None]
