"""Reports from the field as the API writes them."""

from __future__ import annotations

from typing import Any

from api.dependencies import Caller
from geo.database import Connection, Row
from geo.photos import photos_of
from geo.tokens import Role
from relief.field_reports import FLAGS


async def with_photos(conn: Connection, row: Row, who: Caller) -> dict[str, Any]:
    """The same with its photos."""
    photos = await photos_of(conn, [row["id"]])
    return shown(row, who) | {"photos": photos[row["id"]]}


def shown(row: Row, who: Caller) -> dict[str, Any]:
    """A report as the API writes it; its sender for those who check reports."""
    hidden = {"lon", "lat", "accuracy_m", "reporter", "reporter_label", "distance_m", "flags"}
    place = {"lon": row["lon"], "lat": row["lat"], "accuracy_m": row["accuracy_m"]}
    reporter = {"id": row["reporter"], "label": row["reporter_label"]}
    return {
        **{key: value for key, value in row.items() if key not in hidden},
        "location": place,
        "flags": [_shown_flag(code) for code in row["flags"]],
        **({"reporter": reporter} if who.role >= Role.PLANNER else {}),
        **({} if row["distance_m"] is None else {"distance_m": row["distance_m"]}),
    }


def _shown_flag(code: str) -> dict[str, str]:
    flag = FLAGS[code]
    return {"code": flag.value, "zh": flag.zh, "en": flag.en}
