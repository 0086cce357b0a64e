"""The pages and what they are made of: files of the package `web`, under a strict policy.

Nothing that a page needs comes from another host, no script or style stands inside a page (the
import map alone does, and goes in by its digest), and no worker is made from a blob.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.dependencies import Conn, caller
from api.middleware import etag_matches
from relief.errors import NotFound, NotSignedIn

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

router = APIRouter(include_in_schema=False)

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""What is handed out; a file of any other kind is not."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
"""Content-Security-Policy of every page; the import map's digest joins script-src."""

_IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)
_PINNED = re.compile(r"^vendor/[^/]+-\d+(\.\d+)+/")


@dataclass(frozen=True)
class WebFile:
    """One file of web/: `path` relative to it, and its bytes."""

    path: str
    body: bytes

    @property
    def media_type(self) -> str:
        """The Content-Type."""
        return MEDIA_TYPES[PurePosixPath(self.path).suffix]

    @cached_property
    def etag(self) -> str:
        """A digest of the bytes, in quotes."""
        return f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'

    @cached_property
    def headers(self) -> dict[str, str]:
        """What is sent along; a versioned folder never changes."""
        life = "public, max-age=31536000, immutable" if _PINNED.match(self.path) else "no-cache"
        headers = {
            "Cache-Control": life,
            "ETag": self.etag,
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if self.path.endswith(".html"):
            headers["Content-Security-Policy"] = policy(self.body)
        return headers


def policy(page: bytes) -> str:
    """The Content-Security-Policy of `page`, which admits its import maps by their digests."""
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
        for text in _IMPORT_MAP.findall(page)
    ]
    scripts = " ".join([POLICY["script-src"], *digests])
    return "; ".join(f"{name} {value}" for name, value in {**POLICY, "script-src": scripts}.items())


@cache
def web_files() -> dict[str, WebFile]:
    """Every file of web/ that may be handed out, by its path; read once."""
    return {file.path: file for file in _files_of(files("web"), "")}


def _files_of(folder: Traversable, path: str) -> list[WebFile]:
    found = []
    for entry in folder.iterdir():
        where = f"{path}{entry.name}"
        if entry.is_dir():
            found += _files_of(entry, f"{where}/")
        elif PurePosixPath(where).suffix in MEDIA_TYPES:
            found.append(WebFile(where, entry.read_bytes()))
    return found


def file_answer(request: Request, file: WebFile, status: int = 200) -> Response:
    """The file; 304 if the browser holds it already."""
    if status == 200 and etag_matches(request.headers.get("if-none-match"), file.etag):
        return Response(status_code=304, headers=file.headers)
    return Response(file.body, status, file.headers, file.media_type)


@router.get("/")
async def map_page(request: Request, conn: Conn) -> Response:
    """The map."""
    return await _signed_in(request, conn, "index.html")


@router.get("/desk")
async def desk_page(request: Request, conn: Conn) -> Response:
    """One A4 page for the leader's desk."""
    return await _signed_in(request, conn, "desk.html")


async def _signed_in(request: Request, conn: Conn, page: str) -> Response:
    """The page; with no session the sign-in page, with status 401."""
    try:
        await caller(request, conn)
    except NotSignedIn:
        answer = file_answer(request, web_files()["sign-in.html"], 401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return file_answer(request, web_files()[page])


@router.get("/static/{path:path}")
async def static_file(request: Request, path: str) -> Response:
    """A script, style, font, symbol or word list; open to all, as it holds no data."""
    file = web_files().get(path)
    if file is None or path.endswith(".html"):
        raise NotFound("There is no such file.")
    return file_answer(request, file)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """The mark of the product; browsers ask for it here by themselves."""
    return file_answer(request, web_files()["symbols/mark.svg"])
