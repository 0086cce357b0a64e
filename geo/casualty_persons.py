"""The register of the dead, missing and injured: entries, likely pairs and people's verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from geo.casualties import Moment
from geo.database import Connection, Row, sql
from relief.errors import Conflict, InvalidInput, NotFound
from relief.person_match import Entry, Match, matches

MOST_COMPARED = 2000
"""Entries that are compared pair by pair; an event with more is looked at county by county."""


@dataclass(frozen=True)
class NewPerson:
    """What is known of a person; of most that is nothing at first."""

    event: str
    admin_area: str
    status: str
    as_of: datetime
    source: str
    name: str | None = None
    sex: str | None = None
    age: int | None = None
    id_number: str | None = None
    place: str | None = None
    supersedes: str | None = None


async def register(conn: Connection, person: NewPerson, token: int | None) -> str:
    """Stores an entry, in place of the one that it supersedes; its id.

    Raises NotFound or Conflict when that one is not of this event or was superseded already.
    """
    if person.supersedes:
        await _supersede(conn, person)
    person_id = str(uuid4())
    await conn.execute(
        "INSERT INTO casualty_persons (id, event, area, status, name, sex, age, id_number, place,"
        " as_of, source, supersedes, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            person_id,
            person.event,
            person.admin_area,
            person.status,
            person.name,
            person.sex,
            person.age,
            person.id_number,
            person.place,
            person.as_of,
            person.source,
            person.supersedes,
            token,
        ),
    )
    return person_id


async def persons_of(conn: Connection, event: str, within: str, moment: Moment) -> list[Row]:
    """The entries that stood at that moment in the division `within`, by area and time."""
    cursor = await conn.execute(
        "SELECT id, area, status, name, sex, age, id_number, place, as_of, source, recorded_at"
        " FROM casualty_persons WHERE event = %(event)s AND area LIKE %(within)s || '%%'"
        " AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')"
        " AND as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')"
        " AND (superseded_at IS NULL OR superseded_at > %(known_at)s::timestamptz)"
        " ORDER BY area, as_of, id",
        {"event": event, "within": within, "known_at": moment.known_at, "as_of": moment.as_of},
    )
    return await cursor.fetchall()


async def person_by_id(conn: Connection, event: str, person: str) -> Row:
    """The entry; raises NotFound."""
    cursor = await conn.execute(
        "SELECT * FROM casualty_persons WHERE event = %s AND id = %s", (event, person)
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no entry '{person[:80]}' in this event's register.")
    return row


async def history_of(conn: Connection, event: str, person: str) -> list[Row]:
    """The entries that this one took the place of, the newest first."""
    cursor = await conn.execute(sql("person_history"), {"event": event, "id": person})
    return await cursor.fetchall()


async def open_matches(conn: Connection, event: str, within: str) -> list[Match]:
    """The likely pairs that nobody has judged yet, the likeliest first.

    Raises InvalidInput when the division holds too many entries to compare.
    """
    rows = await persons_of(conn, event, within, Moment())
    if len(rows) > MOST_COMPARED:
        raise InvalidInput(f"{len(rows)} entries are too many to compare; ask county by county.")
    cursor = await conn.execute(sql("person_verdicts"), {"event": event})
    judged = {(row["first"], row["second"]) for row in await cursor.fetchall()}
    entries = [
        Entry(
            row["id"],
            row["area"],
            row["status"],
            row["source"],
            row["name"],
            row["sex"],
            row["age"],
            row["id_number"],
        )
        for row in rows
    ]
    return [pair for pair in matches(entries) if (pair.first, pair.second) not in judged]


async def judge(
    conn: Connection,
    pair: tuple[str, str],
    reason: str,
    by_whom: str,
    token: int | None,
    *,
    same: bool,
) -> None:
    """Records whether two entries are one person; both stay as they are."""
    first, second = sorted(pair)
    if first == second:
        raise InvalidInput("An entry is compared with another one.")
    await conn.execute(
        "INSERT INTO person_verdicts (first, second, same, reason, by_whom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (first, second, same, reason, by_whom, token),
    )


async def registered(conn: Connection, event: str, within: str) -> dict[str, int]:
    """How many persons stand in the register by status; entries judged to be one count once.

    The entry with the newest as-of time gives the person's status.
    """
    cursor = await conn.execute(sql("registered_persons"), {"event": event, "within": within})
    return {row["status"]: row["persons"] for row in await cursor.fetchall()}


async def _supersede(conn: Connection, person: NewPerson) -> None:
    earlier = await person_by_id(conn, person.event, str(person.supersedes))
    cursor = await conn.execute(
        "UPDATE casualty_persons SET superseded_at = clock_timestamp()"
        " WHERE id = %s AND superseded_at IS NULL",
        (earlier["id"],),
    )
    if cursor.rowcount == 0:
        raise Conflict("That entry was superseded already; supersede the one that replaced it.")
