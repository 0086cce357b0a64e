"""Casualties of an event by county or township, as JSON, GeoJSON and tables."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Conn, Viewer
from api.idempotency import json_answer
from api.moments import At, visible
from geo.casualties import AreaFigures, casualties, total
from geo.disagreements import disagreements
from geo.events import event_by_id
from layers import casualties as layer
from layers.exports import CSV_TYPE, XLSX_TYPE, csv_table, xlsx_table

router = APIRouter(prefix="/api/events/{event_id}", tags=["figures"])

Format = Literal["json", "geojson", "csv", "xlsx"]


@router.get("/casualties")
async def get_casualties(
    event_id: str,
    who: Viewer,
    conn: Conn,
    at: At,
    by: Literal["county", "township"] = "county",
    f: Format = "json",
) -> Response:
    """The figures that count, division by division, and the whole event's."""
    event = await event_by_id(conn, event_id)
    at = await visible(conn, who, event, at)
    geometry = f == "geojson"
    areas = await casualties(conn, event_id, event["area"], by, at, geometry=geometry)
    if f == "csv":
        table = csv_table(*layer.table(areas, event))
        return _file(table, CSV_TYPE, f"casualties-{by}.csv")
    if f == "xlsx":
        book = xlsx_table(event["name"], *layer.table(areas, event))
        return _file(book, XLSX_TYPE, f"casualties-{by}.xlsx")
    if geometry:
        answer = json_answer(layer.feature_collection(areas, event))
        answer.headers["content-type"] = "application/geo+json"
        return answer
    whole = await total(conn, event_id, event["area"], at)
    found = await disagreements(conn, event_id, at)
    return json_answer(_answer(areas, whole) | {"disagreements": found})


def _answer(areas: list[AreaFigures], whole: AreaFigures | None) -> dict[str, Any]:
    silent = [area.code for area in areas if not area.reported]
    return {
        "areas": [layer.shown(area) for area in areas],
        "total": dict(whole.figures) if whole else {},
        "coverage": {"reported": len(areas) - len(silent), "of": len(areas), "silent": silent},
        "differences": layer.differences([*areas, *([whole] if whole else [])]),
        "as_of": whole.as_of if whole else None,
    }


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    headers = {"content-disposition": disposition, "cache-control": "private, no-cache"}
    return Response(content, media_type=media_type, headers=headers)
