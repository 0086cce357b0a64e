"""What people judge beside the reports: figures that are likely, conditions that are lowered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from geo.casualties import Moment
from geo.database import Connection, Row
from relief.drought import CountyDrought, drought_from_sequence
from relief.impact import Figures, figures_from_mapping
from relief.lowering import Lowering


@dataclass(frozen=True)
class Anticipation:
    """Figures that a consultation holds likely (可能出现), by whom and why."""

    figures: Figures
    drought: tuple[CountyDrought, ...]
    reason: str
    by_whom: str
    recorded_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape beside the evaluation."""
        return {
            "figures": dict(self.figures),
            "reason": self.reason,
            "by": self.by_whom,
            "recorded_at": self.recorded_at,
        }


async def anticipate(
    conn: Connection,
    event: str,
    figures: Figures,
    drought: Sequence[Any],
    reason: str,
    by_whom: str,
    token: int | None,
) -> None:
    """Records what is judged likely from now on; empty figures take the judgement back."""
    await conn.execute(
        "INSERT INTO anticipated_figures (event, figures, drought, reason, by_whom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (event, Jsonb(dict(figures)), Jsonb(list(drought)), reason, by_whom, token),
    )


async def anticipation(conn: Connection, event: str, moment: Moment) -> Anticipation | None:
    """What was judged likely, as known at that moment; None when nothing is."""
    row = await _newest(conn, "anticipated_figures", event, moment)
    if row is None or not (row["figures"] or row["drought"]):
        return None
    return Anticipation(
        figures_from_mapping(row["figures"]),
        drought_from_sequence(row["drought"]),
        row["reason"],
        row["by_whom"],
        row["recorded_at"],
    )


async def lower(conn: Connection, event: str, choice: Lowering, token: int | None) -> None:
    """Records that the conditions are lowered from now on; 0 percent lifts it."""
    await conn.execute(
        "INSERT INTO lowerings (event, ground, percent, reason, by_whom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (event, choice.ground, choice.percent or 0, choice.reason, choice.by, token),
    )


async def lowering(conn: Connection, event: str, moment: Moment) -> Lowering | None:
    """How the conditions were lowered, as known at that moment; None when they were not."""
    row = await _newest(conn, "lowerings", event, moment)
    if row is None or not row["percent"]:
        return None
    return Lowering(row["ground"], row["by_whom"], row["reason"], float(row["percent"]))


_NEWEST = {
    "anticipated_figures": "SELECT * FROM anticipated_figures WHERE event = %s"
    " AND recorded_at <= coalesce(%s::timestamptz, 'infinity') ORDER BY recorded_at DESC LIMIT 1",
    "lowerings": "SELECT * FROM lowerings WHERE event = %s"
    " AND recorded_at <= coalesce(%s::timestamptz, 'infinity') ORDER BY recorded_at DESC LIMIT 1",
}


async def _newest(conn: Connection, table: str, event: str, moment: Moment) -> Row | None:
    cursor = await conn.execute(_NEWEST[table], (event, moment.known_at))
    return await cursor.fetchone()
