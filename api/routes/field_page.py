"""The page of field teams: it opens with no session and no network, so nothing of it holds data."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.routes.pages import WebFile, file_answer, web_files

router = APIRouter(include_in_schema=False)

OF_THE_PAGE = (
    "field/",
    "locale/field/",
    "fonts/",
    "vendor/maplibre-gl-",
    "vendor/idb-",
    "vendor/tus-js-client-",
    "vendor/exifreader-",
)
SHARED = (
    "css/tokens.css",
    "css/field.css",
    "js/api.js",
    "js/dom.js",
    "js/i18n.js",
    "symbols/mark.svg",
)
"""What the page is made of besides the folders above and the symbols of its kinds."""

MANIFEST = {
    "name": "一张图 现场填报",
    "short_name": "现场填报",
    "description": "断网也能填，有信号就送到",
    "lang": "zh-CN",
    "start_url": "/report",
    "scope": "/report",
    "display": "standalone",
    "background_color": "#fbfdfc",
    "theme_color": "#0b6b5c",
    "icons": [
        {"src": "/static/symbols/mark.svg", "sizes": "any", "type": "image/svg+xml"},
        {"src": "/static/symbols/mark-512.png", "sizes": "512x512", "type": "image/png"},
    ],
}


@router.get("/report")
async def field_page(request: Request) -> Response:
    """The page, the same for everybody: who sends is asked when something is sent."""
    return file_answer(request, web_files()["report.html"])


@router.get("/report/manifest.webmanifest")
async def manifest() -> Response:
    """What a phone needs to put the page beside its other programs."""
    return Response(
        json.dumps(MANIFEST, ensure_ascii=False), media_type="application/manifest+json"
    )


@router.get("/report/sw.js")
async def service_worker(request: Request) -> Response:
    """The worker that keeps the page on the phone, with the list of what it keeps."""
    answer = file_answer(request, _worker())
    answer.headers["Service-Worker-Allowed"] = "/report"
    return answer


@cache
def _worker() -> WebFile:
    """The worker behind its list; another file changes its bytes, so that phones fetch it anew."""
    kept = [file for path, file in sorted(web_files().items()) if _is_kept(path)]
    page = web_files()["report.html"]
    version = hashlib.blake2b(b"".join(f.body for f in (page, *kept)), digest_size=12).hexdigest()
    files = ["/report", *(f"/static/{file.path}" for file in kept)]
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n"
    return WebFile("field/sw.js", head.encode() + web_files()["field/sw.js"].body)


def _is_kept(path: str) -> bool:
    if path == "field/sw.js" or path.endswith(".txt"):
        return False
    return path in SHARED or path.startswith((*OF_THE_PAGE, "symbols/field-"))
