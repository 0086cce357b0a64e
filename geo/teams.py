"""Teams in the field: the register, what they are assigned to, and where they say they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, func, insert, update

from geo.database import Connection, Row, compiled, sql
from geo.tables import teams
from relief.errors import Fault, InvalidInput, NotFound
from relief.teams import OLDEST_POSITION

_TASK = (teams.c.task, teams.c.task_report, teams.c.task_geom, teams.c.task_at)


@dataclass(frozen=True)
class TeamPosition:
    """Where a team was at `at`, by a clock that is right; degrees of CGCS2000."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Task:
    """Where a team is sent, degrees of CGCS2000: to a report from the field or any place."""

    lon: float
    lat: float
    text: str | None = None
    report: UUID | None = None


async def teams_on_file(
    conn: Connection, now: datetime, within: str, event: str | None = None, *, around: bool = False
) -> list[Row]:
    """The teams of a division (its code, '' for everywhere) with their newest position.

    With `around` those of the divisions that it lies in as well: a county's team in a township.
    """
    wanted = {
        "id": None,
        "area_like": f"{within}%",
        "inside": within if around else None,
        "event": event,
        "now": now,
    }
    return await (await conn.execute(sql("teams"), wanted)).fetchall()


async def team_by_id(conn: Connection, team: str, now: datetime) -> Row:
    """One team; raises NotFound."""
    wanted = {"id": team, "area_like": None, "inside": None, "event": None, "now": now}
    row = await (await conn.execute(sql("teams"), wanted)).fetchone()
    if row is None:
        raise NotFound(f"There is no team '{team[:80]}' on the register.")
    return row


async def add_position(
    conn: Connection, team: str, position: TeamPosition, now: datetime, token: int
) -> bool:
    """Keeps the position inside the caller's transaction; False where that moment is on file.

    Positions of more than a day ago are forgotten, but for the newest.
    """
    cursor = await conn.execute(
        "INSERT INTO team_positions (team, at, received_at, geom, accuracy_m, token)"
        " VALUES (%s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4490), %s, %s)"
        " ON CONFLICT DO NOTHING",
        (team, position.at, now, position.lon, position.lat, position.accuracy_m, token),
    )
    await conn.execute(
        "DELETE FROM team_positions WHERE team = %(team)s AND at < %(before)s"
        " AND at < (SELECT max(at) FROM team_positions WHERE team = %(team)s)",
        {"team": team, "before": now - OLDEST_POSITION},
    )
    return cursor.rowcount == 1


async def positions_of(conn: Connection, team: str) -> list[Row]:
    """The positions that are kept of a team, the newest first."""
    cursor = await conn.execute(
        "SELECT at, received_at, ST_X(geom) AS lon, ST_Y(geom) AS lat, accuracy_m"
        " FROM team_positions WHERE team = %s ORDER BY at DESC",
        (team,),
    )
    return await cursor.fetchall()


async def add_team(conn: Connection, members: Mapping[str, Any], source: str) -> str:
    """Puts a team on the register: columns of the table, its `home` as (lon, lat); its id."""
    team = f"T-{uuid4().hex[:10]}"
    values = _columns(members) | {"id": team, "source": source}
    await conn.execute(*compiled(insert(teams).values(values)))
    return team


async def change_team(conn: Connection, team: str, changes: Mapping[str, Any]) -> None:
    """Sets what `changes` names, `home` as (lon, lat); raises InvalidInput for an event not open.

    Without an event, and with another, a team has no task.
    """
    if "event" in changes:
        await _require_open(conn, changes["event"])
    values: dict[str, Any] = _columns(changes) | {"updated_at": func.now()}
    if "event" in changes:
        stays = teams.c.event == changes["event"]
        values |= {c.name: case((stays, c)) for c in _TASK}
    await conn.execute(*compiled(update(teams).where(teams.c.id == team).values(values)))


async def give_task(
    conn: Connection, team: str, event: str, task: Task, now: datetime, state: str = "deployed"
) -> None:
    """Sends the team somewhere for an event; raises InvalidInput for an event not open."""
    await _require_open(conn, event)
    await conn.execute(
        "UPDATE teams SET event = %s, state = %s, task = %s, task_report = %s, task_at = %s,"
        " task_geom = ST_SetSRID(ST_MakePoint(%s, %s), 4490), updated_at = now() WHERE id = %s",
        (event, state, task.text, task.report, now, task.lon, task.lat, team),
    )


async def _require_open(conn: Connection, event: str | None) -> None:
    if event is None:
        return
    cursor = await conn.execute(
        "SELECT FROM events WHERE id = %s AND state <> 'closed' FOR SHARE", (event,)
    )
    if cursor.rowcount == 0:
        fault = Fault("/event", "There is no event of that id that is not closed.")
        raise InvalidInput("The team was not assigned.", [fault])


def _columns(members: Mapping[str, Any]) -> dict[str, Any]:
    """The same by column."""
    values = {key: value for key, value in members.items() if key != "home"}
    if "home" in members:
        values["geom"] = func.ST_SetSRID(func.ST_MakePoint(*members["home"]), 4490)
    return values
