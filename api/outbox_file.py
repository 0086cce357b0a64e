"""What the field page wrote to a file: a phone's outbox with its photos, on its way by stick."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.field_report_body import SentPhoto
from geo.field_report_files import FileReport
from geo.readers.source import Refusal

FORM = "reliefmap-field-reports"
_SENT = ("id", "kind", "observed_at", "location", "area", "text", "figures", "details")
_TOLD = ("id", "lon", "lat", "taken_at", "original")
_DATA = re.compile(r"data:image/(?:jpeg|png|webp);base64,")


@dataclass(frozen=True)
class CarriedReport(FileReport):
    """A report of the outbox, the same that the phone itself would send, and its photos."""

    photos: tuple[SentPhoto, ...] = ()


def carried_reports(held: Any, event: str) -> list[FileReport] | None:
    """The reports of an outbox's file, or of a bare list of them; None for any other JSON.

    A phone may hold reports of several events: those of another than `event` are refused.
    """
    if not isinstance(held, dict):
        return None
    if held.get("form") == FORM and isinstance(held.get("items"), list):
        return [_carried(n, item, event) for n, item in enumerate(held["items"], 1)]
    if isinstance(held.get("reports"), list):
        return [FileReport(n, body) for n, body in enumerate(held["reports"], 1)]
    return None


def _carried(row: int, item: Any, event: str) -> FileReport:
    entry = item.get("report") if isinstance(item, dict) else None
    if not isinstance(entry, dict):
        return FileReport(row, {})
    if (of := entry.get("event", event)) != event:
        return FileReport(row, {}, [Refusal(row, "event", f"It is of {of!r}: load it there.")])
    photos = item.get("photos")
    sent = tuple(_photos(photos if isinstance(photos, list) else []))
    body = {name: entry[name] for name in _SENT if entry.get(name) not in (None, "")}
    first = [photo for photo in sent if "original" not in photo.told]  # the others came after it
    body["photos"] = [{"id": p.told["id"], "bytes": len(p.content)} for p in first]
    return CarriedReport(row, body, photos=sent)


def _photos(held: list[Any]) -> Iterator[SentPhoto]:
    """The photos as the phone keeps them; what is none is refused later, as any other."""
    for photo in held:
        if isinstance(photo, dict):
            told = {name: str(value) for name, value in photo.items() if name in _TOLD}
            yield SentPhoto(str(photo.get("name"))[-120:], _content(photo), {"id": "", **told})


def _content(photo: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(_DATA.sub("", str(photo.get("data")), count=1), validate=True)
    except binascii.Error:
        return b""
