"""Photos as phones and mischief send them, and the plain pictures that are kept of them."""

import random
import struct
import zlib
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from geo.pictures import MOST_PIXELS, InvalidPhoto, picture
from relief.errors import UnknownMediaType

BEIJING = timezone(timedelta(hours=8))


def file(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saved: Any) -> bytes:
    rng = random.Random(1)
    image = Image.new("RGB", size)
    image.putdata([(rng.randrange(256), 90, 200) for _ in range(size[0] * size[1])])
    written = BytesIO()
    image.save(written, kind, **saved)
    return written.getvalue()


def exif(
    gps: dict[int, Any] | None = None, taken: str | None = None, turned: int = 1
) -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = "Maker of phones"
    found[0x0112] = turned
    found.get_ifd(0x8825).update(gps or {})
    if taken:
        found.get_ifd(0x8769)[0x9003] = taken
    return found


HERE = {1: "N", 2: (37.0, 48.0, 0.0), 3: "E", 4: (113.0, 42.0, 0.0)}


def png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_format_becomes_a_plain_jpeg(kind: str) -> None:
    kept = picture(file(kind))
    assert kept.content.startswith(b"\xff\xd8\xff")
    assert (kept.width, kept.height) == (64, 48)
    assert Image.open(BytesIO(kept.content)).size == (64, 48)


def test_what_the_camera_said_is_read_and_then_gone() -> None:
    sent = file(exif=exif(HERE, "2026:09:15 19:50:00", turned=6), comment=b"serial number 77")
    kept = picture(sent)
    assert kept.place == pytest.approx((113.7, 37.8))
    assert kept.taken_at == datetime(2026, 9, 15, 19, 50, tzinfo=BEIJING)
    assert (kept.width, kept.height) == (48, 64)  # turned upright
    stored = Image.open(BytesIO(kept.content))
    assert dict(stored.getexif()) == {}
    for secret in (b"Maker", b"serial", b"Exif"):
        assert secret not in kept.content


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (37.0, 48.0), 3: "E", 4: (113.0, 42.0, 0.0)},
        {1: "N", 2: (997.0, 0.0, 0.0), 3: "E", 4: (113.0, 0.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
    ],
)
def test_a_camera_that_says_nonsense_says_nothing(gps: dict[int, Any]) -> None:
    kept = picture(file(exif=exif(gps, "0000:00:00 00:00:00")))
    assert (kept.place, kept.taken_at) == (None, None)


def test_a_photo_cut_off_anywhere_is_refused() -> None:
    whole = file(size=(200, 200))
    for part in (len(whole) // 10, len(whole) // 2, len(whole) - 200):
        with pytest.raises((InvalidPhoto, UnknownMediaType)):
            picture(whole[:part])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    for width, height in ((8000, 5001), (30_000, 30_000), (65_000, 65_000)):
        assert width * height > MOST_PIXELS
        with pytest.raises(InvalidPhoto, match=r"large|megapixels"):
            picture(png(width, height, zlib.compress(b"\0" * 100_000)))


def test_a_photo_that_goes_over_its_pixels_without_end_is_refused() -> None:
    plain = file(progressive=True, exif=exif(HERE))
    last = plain[plain.rindex(b"\xff\xda") : -2]
    assert picture(plain).place is not None
    assert picture(plain[:-2] + 20 * last + plain[-2:]).width == 64
    with pytest.raises(InvalidPhoto, match="1010 scans"):
        picture(plain[:-2] + 1000 * last + plain[-2:])
    assert picture(plain + 1000 * last).width == 64  # a film behind the picture is no matter


def test_forty_megapixels_are_taken() -> None:
    written = BytesIO()
    Image.new("L", (8000, 5000)).save(written, "JPEG")
    assert picture(written.getvalue()).width == 8000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7 ...",
        b"GIF89a" + b"\0" * 50,
        b"\0\0\0\x18ftypheic" + b"\0" * 50,
    ],
)
def test_anything_else_is_no_photo(content: bytes) -> None:
    with pytest.raises(UnknownMediaType):
        picture(content)


def test_a_second_meaning_of_the_file_is_gone() -> None:
    polyglot = file() + b"PK\x03\x04<script>alert(1)</script>"
    assert b"script" not in picture(polyglot).content


def test_what_is_transparent_becomes_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")
    shown = Image.open(BytesIO(picture(written.getvalue()).content))
    assert shown.getpixel((1, 1)) == (255, 255, 255)


def test_no_bytes_whatever_break_the_program() -> None:
    rng = random.Random(7)
    whole = bytearray(file(exif=exif(HERE, "2026:09:15 19:50:00")))
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        with suppress(InvalidPhoto, UnknownMediaType):
            picture(bytes(broken))
