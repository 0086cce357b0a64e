"""The one image that the map's style needs: the hatching of areas that have not reported."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from layers.palette import Theme

SIZE_PX = 12
STROKE_PX = 2


def sprite_index(ratio: int) -> dict[str, Any]:
    """Where in the image `silent` lies, for screens of 1 or 2 pixels to a CSS pixel."""
    side = SIZE_PX * ratio
    return {"silent": {"x": 0, "y": 0, "width": side, "height": side, "pixelRatio": ratio}}


def sprite_png(theme: Theme, ratio: int) -> bytes:
    """A PNG (RGBA) of diagonal strokes that join at the edges when it is repeated."""
    side, stroke = SIZE_PX * ratio, STROKE_PX * ratio
    ink = bytes.fromhex(theme.silent.removeprefix("#")) + b"\xff"
    rows = (
        b"\0" + b"".join(ink if (x + y) % side < stroke else bytes(4) for x in range(side))
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
