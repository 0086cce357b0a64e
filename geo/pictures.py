"""Photos as phones send them, made into plain pictures: decoded, turned upright, encoded anew.

What is kept is not what was sent: metadata, trailing bytes and a second meaning of the file are
gone. Where and when the camera says that it was is read before.
"""

from __future__ import annotations

import math
import re
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageOps

from relief.errors import InvalidInput, UnknownMediaType

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
MOST_SCANS = 40
"""A progressive JPEG goes over its pixels about ten times; each costs as much as decoding it once,
and a file of some kilobytes can ask for thousands."""

MEDIA_TYPE = "image/jpeg"
QUALITY = 88

_BEIJING = timezone(timedelta(hours=8))
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_START_OF_SCAN, _END_OF_IMAGE = b"\xda", b"\xd9"
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, struct.error)


class InvalidPhoto(InvalidInput):
    """The photo can't be used."""

    code = "invalid_photo"


@dataclass(frozen=True)
class Picture:
    """A JPEG without metadata, and what the camera said: (lon, lat) in degrees and its clock."""

    content: bytes
    width: int
    height: int
    place: tuple[float, float] | None
    taken_at: datetime | None


def picture(content: bytes) -> Picture:
    """The picture in a JPEG, PNG or WebP file of at most MOST_PIXELS.

    Raises UnknownMediaType for anything else, and InvalidPhoto for one that is too large, cut off
    or broken. Takes up to 0.5 GB for a moment: call it in a thread, one at a time.
    """
    with warnings.catch_warnings(action="ignore"):
        return _picture(content)


def _picture(content: bytes) -> Picture:
    image = _opened(content)
    width, height = image.size
    if width * height > MOST_PIXELS:
        megapixels = width * height / 1e6
        raise InvalidPhoto(
            f"{width} x {height} pixels are {megapixels:,.0f} megapixels; "
            f"{MOST_PIXELS // 10**6} are taken. Take it at a lower resolution."
        )
    if image.format == "JPEG" and (scans := _scans(content)) > MOST_SCANS:
        raise InvalidPhoto(f"The photo is made of {scans} scans; {MOST_SCANS} are taken.")
    place, taken_at = _camera(image)
    try:
        upright = ImageOps.exif_transpose(image)
        plain = _flat(upright)
        plain.info.clear()  # comments and profiles would be written again
        encoded = BytesIO()
        plain.save(encoded, "JPEG", quality=QUALITY)
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise InvalidPhoto(f"The photo is cut off or broken: {error}.") from None
    return Picture(encoded.getvalue(), *upright.size, place, taken_at)


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InvalidPhoto(f"The photo is far too large: {error}.") from None
    except _BROKEN:
        raise UnknownMediaType(
            "This is no photo in JPEG, PNG or WebP. Phones that take HEIC can be set to JPEG."
        ) from None


def _scans(content: bytes) -> int:
    """How often the JPEG goes over its pixels, up to the end of the first image in the file."""
    scans, at = 0, 2
    while (marker := _MARKER.search(content, at)) and marker[1] != _END_OF_IMAGE:
        scans += marker[1] == _START_OF_SCAN
        at = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2], "big")
    return scans


def _flat(image: Image.Image) -> Image.Image:
    """The image in plain colours, on white where it is transparent."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")


def _camera(image: Image.Image) -> tuple[tuple[float, float] | None, datetime | None]:
    """Where and when the camera says that it was; None for what it doesn't say or says badly."""
    try:
        exif = image.getexif()
        place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
        return place, _taken_at(exif.get_ifd(ExifTags.IFD.Exif))
    except (*_BROKEN, ArithmeticError):
        return None, None


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lon is None or lat is None or (lon, lat) == (0, 0):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    if parts is None:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return -value if str(side).strip("\0 ").upper() == negative else value


def _taken_at(exif: Mapping[int, Any]) -> datetime | None:
    """The camera's clock; without an offset it is taken as Beijing time."""
    text = exif.get(ExifTags.Base.DateTimeOriginal)
    if not text:
        return None
    naive = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        zone = datetime.strptime(offset, "%z").tzinfo
    except ValueError:
        zone = None
    taken = naive.replace(tzinfo=zone or _BEIJING)
    return taken if 1900 <= taken.year < 2200 else None
