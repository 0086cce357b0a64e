"""The change feed: what transactions changed, told once each, whatever order they end in.

A reader's position is a snapshot of PostgreSQL: the transactions that had ended when it looked.
A mere number would lose what ends after a later number was read; waiting for the oldest transaction
would hold everything back while an import runs.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from geo.database import Connection, Row, sql
from relief.errors import MalformedRequest

RETENTION = timedelta(days=2)
"""How long changes are kept for those who come back."""

_WRITTEN = re.compile(r"([0-9]{1,18}:[0-9]{1,18}:[0-9,]{0,900})(?:-([0-9]{1,18})-([0-9]{1,18}))?")


@dataclass(frozen=True)
class Snapshot:
    """Which transactions had ended: all before `xmax` but those `running`."""

    xmax: int
    running: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Snapshot:
        """Of PostgreSQL's notation `xmin:xmax:xid,xid`; raises ValueError for another."""
        _, xmax, running = text.split(":")
        found = cls(int(xmax), frozenset(map(int, filter(None, running.split(",")))))
        if any(xid >= found.xmax for xid in found.running):
            raise ValueError("a transaction runs that has not begun")
        return found

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, sorted(self.running)))}"

    @property
    def xmin(self) -> int:
        """Every transaction before this one had ended."""
        return min(self.running, default=self.xmax)

    def with_whole(self, xid: int) -> Snapshot:
        """This and transaction `xid`, which is one of those running or the next."""
        return Snapshot(max(self.xmax, xid + 1), self.running - {xid})

    def with_part_of(self, newer: Snapshot, xid: int) -> Snapshot:
        """This and, of what `newer` has beyond it, the transactions before `xid`."""
        running = {x for x in newer.running if x < xid} | {x for x in self.running if x >= xid}
        return Snapshot(max(self.xmax, xid), frozenset(running))


@dataclass(frozen=True)
class Position:
    """What a reader has had: all of `snapshot` and, of transaction `xid`, the rows to `seq`."""

    snapshot: Snapshot
    xid: int = 0
    seq: int = 0

    @classmethod
    def of(cls, text: str) -> Position:
        """What `str` of a position says; raises MalformedRequest for anything else."""
        if match := _WRITTEN.fullmatch(text):
            try:
                return cls(Snapshot.of(match[1]), int(match[2] or 0), int(match[3] or 0))
            except ValueError:
                pass
        raise MalformedRequest("Last-Event-ID is none of this stream; leave it out to begin anew.")

    def __str__(self) -> str:
        return f"{self.snapshot}-{self.xid}-{self.seq}" if self.xid else str(self.snapshot)

    def after(self, xid: int, seq: int, seen: Snapshot) -> Position:
        """The position once that row is had too, and those before it that `seen` holds."""
        if xid == self.xid:
            return Position(self.snapshot, xid, seq)
        whole = self.snapshot.with_whole(self.xid) if self.xid else self.snapshot
        return Position(whole.with_part_of(seen, xid), xid, seq)


@dataclass(frozen=True)
class Change:
    """One change; without `id` of the whole layer, without `event` of what belongs to none.

    Of two changes of one thing the later has the higher `version`. `after` is the position of a
    reader who has had this change and those before it.
    """

    layer: str
    op: str
    id: str | None
    version: int
    event: str | None
    admin_area: str | None
    after: Position

    def of_layer_only(self) -> Change:
        """The same, without saying what was changed."""
        return replace(self, op="change", id=None, admin_area=None)


async def snapshot_now(conn: Connection) -> Snapshot:
    """The transactions that have ended by now."""
    cursor = await conn.execute("SELECT pg_current_snapshot()::text AS snapshot")
    row = await cursor.fetchone()
    assert row is not None
    return Snapshot.of(row["snapshot"])


async def changes_since(
    conn: Connection, had: Position, upto: Snapshot | None = None, event: str | None = None
) -> tuple[list[Change], Snapshot]:
    """(changes that the reader has not had, the snapshot with which it then has had all).

    Those of `event` and of no event, or all without it; none of transactions beyond `upto`.
    """
    parameters = {
        "had": str(had.snapshot),
        "xid": had.xid,
        "seq": had.seq,
        "upto": upto and str(upto),
        "event": event,
    }
    cursor = await conn.execute(sql("changes_since"), parameters)
    rows = await cursor.fetchall()
    seen = upto or Snapshot.of(rows[0]["snapshot"])
    return [
        Change(
            row["layer"],
            row["op"],
            row["id"],
            row["seq"],
            row["event"],
            row["area"],
            had.after(row["xid"], row["seq"], seen),
        )
        for row in rows
        if row["xid"] is not None
    ], seen


async def told_reports(conn: Connection, changes: Collection[Change]) -> dict[str, Row]:
    """The reports that came or changed, by id: what a screen shows of them first."""
    ids = {c.id for c in changes if c.layer == "field_reports" and c.id and c.op != "delete"}
    if not ids:
        return {}
    cursor = await conn.execute(sql("told_reports"), {"ids": sorted(ids)})
    return {row["id"]: row for row in await cursor.fetchall()}


async def is_kept(conn: Connection, had: Position) -> bool:
    """Whether the position is of this store and everything after it is still on file."""
    cursor = await conn.execute(
        "SELECT deleted_to, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax"
        " FROM change_retention"
    )
    row = await cursor.fetchone()
    assert row is not None
    return bool(row["deleted_to"] < had.snapshot.xmin and had.snapshot.xmax <= row["xmax"])


async def delete_old_changes(conn: Connection, retention: timedelta = RETENTION) -> int:
    """Deletes changes older than that, and what a backup brought of another store's count."""
    async with conn.transaction():
        cursor = await conn.execute(
            "WITH gone AS (DELETE FROM changes WHERE at < clock_timestamp() - %s::interval"
            " OR xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint RETURNING xid),"
            " noted AS (UPDATE change_retention SET deleted_to = greatest("
            " least(deleted_to, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1),"
            " (SELECT max(xid) FROM gone"
            " WHERE xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)))"
            " SELECT count(*) AS n FROM gone",
            (retention,),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def ended_tokens(conn: Connection, tokens: Collection[int]) -> set[int]:
    """Those of the tokens that were revoked or have expired, or whose parent was revoked."""
    cursor = await conn.execute(
        "SELECT t.id FROM tokens AS t LEFT JOIN tokens AS parent ON parent.id = t.parent"
        " WHERE t.id = ANY(%s) AND (t.revoked_at IS NOT NULL OR parent.revoked_at IS NOT NULL"
        " OR t.expires_at <= clock_timestamp())",
        (list(tokens),),
    )
    return {row["id"] for row in await cursor.fetchall()}
