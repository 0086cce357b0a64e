"""What people did about an event's level, on file for ever, and where that leaves the response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from geo.casualties import Moment
from geo.database import Connection, Row
from relief.errors import NotFound
from relief.life_cycle import Act, ActKind, LifeCycle, life_cycle
from relief.vocabulary import Level

_LEVELS = {level.value: level for level in Level}


@dataclass(frozen=True)
class NewAct:
    """An act to record: `at` is when it was done, `by_whom` who did it."""

    kind: ActKind
    level: Level
    clause: str
    reason: str
    by_whom: str
    at: datetime
    document_number: str | None = None
    proposal: str | None = None


async def acts_of(conn: Connection, event: str, moment: Moment | None = None) -> list[Row]:
    """The acts on the event's level as known at that moment, the oldest first."""
    known_at = moment.known_at if moment else None
    as_of = moment.as_of if moment else None
    cursor = await conn.execute(
        "SELECT id, kind, level, proposal, clause, reason, by_whom, at, document_number, plan,"
        " evaluation, recorded_at FROM response_acts"
        " WHERE event = %s AND recorded_at <= coalesce(%s::timestamptz, 'infinity')"
        " AND at <= coalesce(%s::timestamptz, 'infinity') ORDER BY recorded_at, id",
        (event, known_at, as_of),
    )
    return await cursor.fetchall()


def life_cycle_of(acts: list[Row]) -> LifeCycle:
    """Where the acts, the oldest first, leave the response."""
    return life_cycle(
        Act(row["id"], ActKind(row["kind"]), _LEVELS[row["level"]], row["proposal"]) for row in acts
    )


async def record_act(
    conn: Connection,
    event: Row,
    act: NewAct,
    evaluation: dict[str, Any],
    token: int | None,
) -> Row:
    """Stores an act with the evaluation that it rests on; its row."""
    cursor = await conn.execute(
        "INSERT INTO response_acts (id, event, kind, level, clause, reason, by_whom, at,"
        " document_number, proposal, plan, evaluation, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING *",
        (
            str(uuid4()),
            event["id"],
            act.kind.value,
            act.level.value,
            act.clause,
            act.reason,
            act.by_whom,
            act.at,
            act.document_number,
            act.proposal,
            event["plan"],
            Jsonb(evaluation),
            token,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


def act_by_id(acts: list[Row], act_id: str) -> Row:
    """The act of that id among the event's; raises NotFound."""
    for act in acts:
        if act["id"] == act_id:
            return act
    raise NotFound(f"There is no proposal '{act_id[:80]}' of this event.")
