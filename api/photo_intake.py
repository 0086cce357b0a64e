"""From the bytes of a photo to a picture on file that belongs to a report."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from fastapi import Request

from geo.database import Pool, Row
from geo.photo_files import PhotoFolder
from geo.photos import SentFile, add_photo, photo
from geo.pictures import picture
from geo.settings import Settings

_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""Decoding takes up to half a gigabyte for a moment."""


def photo_folder(request: Request) -> PhotoFolder:
    """The folder that holds the photos; an app made for tests may carry another."""
    given: Path | None = getattr(request.app.state, "photo_folder", None)
    return PhotoFolder(given or Settings.from_environment(os.environ).data_dir / "photos")


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
    stored = await asyncio.to_thread(folder.keep, seen.content)
    async with pool.connection() as conn, conn.transaction():
        return await add_photo(conn, report, sent, seen, stored, token)
