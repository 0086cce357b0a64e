"""Roads that reports from the field found cut or open: closed and opened by who verifies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shapely import Point

from geo.database import Connection, Row, sql
from geo.road_closures import TOLERANCE_M, NewClosure, add_closure, lift_closure, stretches_at
from relief.errors import Conflict, Fault, InvalidInput
from relief.field_reports import ODD_CLOCK, Flag

Act = Literal["close", "open"]


@dataclass(frozen=True)
class RoadActs:
    """The closures that were made or lifted."""

    closed: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, list[str]]:
        """The JSON shape."""
        return {"closed": list(self.closed), "lifted": list(self.lifted)}


def proposed(report: Row) -> Act | None:
    """What a report asks for; None where it speaks of no road or has no place of its own."""
    passable = report["details"].get("passable")
    if report["kind"] != "road" or passable is None or Flag.NO_PLACE.value in report["flags"]:
        return None
    return "open" if passable else "close"


async def closures_near(conn: Connection, report: Row) -> list[Row]:
    """The closures in force that rest on the report or lie within TOLERANCE_M of it."""
    wanted = {
        "event": report["event"],
        "report": report["id"],
        "lon": report["lon"],
        "lat": report["lat"],
        "radius_m": TOLERANCE_M,
    }
    return await (await conn.execute(sql("road_closures_near"), wanted)).fetchall()


async def roads_near(conn: Connection, report: Row) -> Sequence[str]:
    """The roads that closing at the report's place would close; none where none is near."""
    try:
        return (await stretches_at(conn, Point(report["lon"], report["lat"]))).roads
    except InvalidInput:
        return ()


async def act_on_roads(
    conn: Connection, report: Row, act: Act, label: str, reason: str, token: int
) -> RoadActs:
    """Closes the road at a verified report, or lifts earlier closures there.

    Call it inside the transaction of the verification. Raises InvalidInput where the report doesn't
    say so, or no road is near.
    """
    if proposed(report) != act:
        says = "passable" if act == "open" else "cut"
        detail = f"Only a report of kind road, with coordinates, that says {says} can do that."
        raise InvalidInput("No road was closed or opened.", [Fault("/roads", detail)])
    near = await closures_near(conn, report)
    if act == "open":
        earlier = [row["id"] for row in near if row["from"] <= _seen_at(report)]
        for closure in earlier:
            await lift_closure(conn, report["event"], closure, label, reason)
        return RoadActs(lifted=tuple(earlier))
    if any(row["own"] for row in near):
        return RoadActs()
    return RoadActs((await add_closure(conn, report["event"], _closure(report, label), token),))


async def require_nothing_closed(conn: Connection, report: str) -> None:
    """Raises Conflict while a closure in force rests on the report."""
    cursor = await conn.execute(
        "SELECT id FROM road_closures WHERE field_report = %s AND lifted_at IS NULL LIMIT 1",
        (report,),
    )
    if row := await cursor.fetchone():
        raise Conflict(f"The road closure {row['id']} rests on the report; lift that first.")


def _closure(report: Row, label: str) -> NewClosure:
    words: dict[str, Any] = {"reason": report["text"] or "道路中断", "by_whom": label}
    place = Point(report["lon"], report["lat"])
    source = UUID(report["id"])
    return NewClosure(place, "both", _seen_at(report), None, field_report=source, **words)


def _seen_at(report: Row) -> datetime:
    """When it was observed, by the server's clock if the phone's is off."""
    at: datetime = report["received_at" if ODD_CLOCK & set(report["flags"]) else "observed_at"]
    return at
