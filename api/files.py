"""Files as answers: their names in any script, and the templates of the office that runs this."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response

from geo.settings import Settings


def own_templates() -> Path:
    """The folder whose templates take the place of those that come with the product."""
    return Settings.from_environment(os.environ).data_dir / "templates"


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition for a file of that name; browsers take the UTF-8 one (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def file_answer(content: bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
    """The bytes under that name; whoever holds a copy asks before using it again."""
    headers = {
        "content-disposition": disposition(name, inline=inline),
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
