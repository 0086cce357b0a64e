"""Photos of reports from the field: which were received, which are on their way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from geo.database import Connection, Row
from geo.field_report_places import unshifted
from geo.field_reports import flag
from geo.photo_files import PhotoFolder
from geo.pictures import Picture
from relief.errors import Conflict, NotFound
from relief.field_reports import NOWHERE, Sighting, clean_text, photo_flags

MOST_OF_REPORT = 40
UPLOAD_LIFE = timedelta(days=14)
"""How long a phone may take to send the rest of a photo."""


@dataclass(frozen=True)
class SentFile:
    """What a phone sent: `sha256` and size of the file, its name and the phone's id for it.

    `camera` is what the phone read of where and when before it made the file smaller.
    """

    sha256: str
    size: int
    name: str | None = None
    client_id: str | None = None
    camera: Sighting = NOWHERE

    @classmethod
    def of(
        cls,
        content: bytes,
        name: str | None,
        client_id: str | None = None,
        camera: Sighting = NOWHERE,
    ) -> SentFile:
        """The same of the bytes that were sent."""
        shown = name and clean_text(name)
        return cls(hashlib.sha256(content).hexdigest(), len(content), shown, client_id, camera)


async def photo(conn: Connection, report: str, sha256: str) -> Row | None:
    """The photo of that report whose file as sent had this digest."""
    cursor = await conn.execute(
        "SELECT * FROM photos WHERE report = %s AND sha256 = %s", (report, sha256)
    )
    return await cursor.fetchone()


async def photos_of(conn: Connection, reports: list[str]) -> dict[str, list[Row]]:
    """The photos of each of the reports, in the order in which they came."""
    cursor = await conn.execute(
        "SELECT report::text AS report, sha256, client_id AS id, name, sent_bytes AS bytes, width,"
        " height, taken_at, ST_X(geom) AS lon, ST_Y(geom) AS lat, received_at FROM photos"
        " WHERE report = ANY(%s::uuid[]) ORDER BY received_at",
        (reports,),
    )
    found: dict[str, list[Row]] = {report: [] for report in reports}
    for row in await cursor.fetchall():
        found[row.pop("report")].append(row)
    return found


async def add_photo(
    conn: Connection, report: Row, sent: SentFile, seen: Picture, stored: str, token: int
) -> bool:
    """Adds a photo whose picture is kept under `stored`; False when the report has it already."""
    cursor = await conn.execute(
        "SELECT count(*) AS n FROM photos WHERE report = %s", (report["id"],)
    )
    row = await cursor.fetchone()
    if row and row["n"] >= MOST_OF_REPORT:
        raise Conflict(f"The report has {MOST_OF_REPORT} photos already.")
    point = seen.place and f"SRID=4490;POINT({seen.place[0]} {seen.place[1]})"
    cursor = await conn.execute(
        "INSERT INTO photos (report, sha256, stored_sha256, sent_bytes, stored_bytes, width,"
        " height, name, client_id, taken_at, geom, token)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            report["id"],
            sent.sha256,
            stored,
            sent.size,
            len(seen.content),
            seen.width,
            seen.height,
            sent.name,
            sent.client_id,
            seen.taken_at,
            point,
            token,
        ),
    )
    if cursor.rowcount == 0:
        return False
    await _flag(conn, report, seen)
    return True


async def _flag(conn: Connection, report: Row, seen: Picture) -> None:
    """Marks the report where the camera contradicts it."""
    stated = Sighting((report["lon"], report["lat"]), report["observed_at"])
    camera = Sighting(seen.place, seen.taken_at)
    moved = unshifted(*stated.place) if stated.place else None
    flags = photo_flags(stated, report["accuracy_m"] or 0, camera, moved)
    if flags:
        await flag(conn, UUID(report["id"]), [f.value for f in flags])


async def begin_upload(
    conn: Connection, report: str, length: int, metadata: dict[str, Any], token: int
) -> str:
    """The id of a new upload of so many bytes."""
    upload = uuid4().hex
    await conn.execute(
        "INSERT INTO photo_uploads (id, report, length, metadata, token)"
        " VALUES (%s, %s, %s, %s, %s)",
        (upload, report, length, Jsonb(metadata), token),
    )
    return upload


async def upload_by_id(conn: Connection, report: str, upload: str) -> Row:
    """The upload; raises NotFound."""
    cursor = await conn.execute(
        "SELECT * FROM photo_uploads WHERE id = %s AND report = %s", (upload, report)
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("There is no such upload (any more); begin anew.")
    return row


async def finish_upload(conn: Connection, upload: str, sha256: str) -> None:
    """Notes that the photo is kept."""
    await conn.execute("UPDATE photo_uploads SET sha256 = %s WHERE id = %s", (sha256, upload))


async def end_upload(conn: Connection, upload: str) -> None:
    """Forgets the upload."""
    await conn.execute("DELETE FROM photo_uploads WHERE id = %s", (upload,))


async def end_old_uploads(conn: Connection, folder: PhotoFolder) -> None:
    """Forgets uploads that nobody went on with."""
    cursor = await conn.execute(
        "DELETE FROM photo_uploads WHERE created_at < clock_timestamp() - %s::interval"
        " RETURNING id",
        (UPLOAD_LIFE,),
    )
    for row in await cursor.fetchall():
        folder.drop(row["id"])
