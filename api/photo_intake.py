"""From the bytes of a photo to a picture on file that belongs to a report."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fastapi import Request

from geo.database import Pool, Row
from geo.photo_files import PhotoFolder
from geo.photos import SentFile, add_photo, photo
from geo.pictures import picture
from geo.settings import Settings
from relief.field_reports import Sighting, instant_fault

_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""Decoding takes up to half a gigabyte for a moment."""


def photo_folder(request: Request) -> PhotoFolder:
    """The folder that holds the photos; an app made for tests may carry another."""
    given: Path | None = getattr(request.app.state, "photo_folder", None)
    return PhotoFolder(given or Settings.from_environment(os.environ).data_dir / "photos")


def told_camera(metadata: Mapping[str, str]) -> Sighting:
    """`lon`, `lat` and `taken_at` as a phone read them before it shrank the photo.

    What makes no sense counts as not told: no photo is refused for it.
    """
    return Sighting(
        _told_place(metadata.get("lon", ""), metadata.get("lat", "")),
        _told_at(metadata.get("taken_at", "")),
    )


def _told_place(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        place = float(lon), float(lat)
    except ValueError:
        return None
    possible = all(map(math.isfinite, place)) and abs(place[0]) <= 180 and abs(place[1]) <= 90
    return place if possible and place != (0, 0) else None


def _told_at(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo is None or instant_fault(at, "") else at


async def take_in(
    pool: Pool, folder: PhotoFolder, report: Row, content: bytes, sent: SentFile, token: int
) -> bool:
    """Keeps the photo; False when the report has it already.

    Raises UnknownMediaType, InvalidPhoto or StorageFull; the picture is on the disk before the
    store says that there is one. No connection is held while a photo is decoded.
    """
    async with pool.connection() as conn:
        if await photo(conn, report["id"], sent.sha256):
            return False
    async with _ONE_AT_A_TIME:
        seen = await asyncio.to_thread(picture, content)
    seen = replace(
        seen,
        place=seen.place or sent.camera.place,
        taken_at=seen.taken_at or sent.camera.at,
    )
    stored = await asyncio.to_thread(folder.keep, seen.content)
    async with pool.connection() as conn, conn.transaction():
        return await add_photo(conn, report, sent, seen, stored, token)
