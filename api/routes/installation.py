"""How a phone comes to trust this server: the page, the authority's certificate, and a QR code.

All of it is open, as a phone asks before it can sign in; none of it is secret.
"""

from __future__ import annotations

import io
import os
from typing import Any

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.certificates import (
    SAME_MACHINE,
    CertificateFiles,
    address,
    certificate_files,
    read,
)
from api.routes.pages import file_answer, web_files
from geo.settings import Settings
from relief.errors import NotFound

router = APIRouter(include_in_schema=False)

CERTIFICATE_TYPE = "application/x-x509-ca-cert"
"""By this type Android, iOS and Windows offer to install a certificate."""


@router.get("/install")
async def install_page(request: Request) -> Response:
    """What to tap on Android, iOS and desktops."""
    return file_answer(request, web_files()["install.html"])


@router.get("/install/authority.crt")
async def authority() -> Response:
    """The authority's certificate, as a file that the phone offers to install."""
    body = _files().authority.read_bytes()
    disposition = {"Content-Disposition": 'attachment; filename="reliefmap-authority.crt"'}
    return Response(body, headers=disposition, media_type=CERTIFICATE_TYPE)


@router.get("/install/qr.svg")
async def qr_code(name: str) -> Response:
    """The page's own address under one of the server's names, for a phone's camera."""
    known = read(_files()).names
    if name not in known:
        raise NotFound(f"The certificate does not name {name[:80]!r}.")
    image = io.BytesIO()
    segno.make(address("http", name, _settings().port) + "/install").save(
        image, kind="svg", scale=8, border=4, light="#fff"
    )
    return Response(image.getvalue(), media_type="image/svg+xml")


@router.get("/install/state")
async def installation() -> dict[str, Any]:
    """Whether https is served, under which addresses, and the digest to compare by eye."""
    settings = _settings()
    files = certificate_files(settings.data_dir)
    if not files.complete:
        return {"https": False}
    known = read(files)
    outward = [name for name in known.names if name not in SAME_MACHINE]
    return {
        "https": True,
        "names": [
            {"name": name, "address": address("https", name, settings.tls_port)}
            for name in outward or known.names
        ],
        "authority_sha256": known.authority_sha256,
        "authority_until": known.authority_until.isoformat(),
    }


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


def _files() -> CertificateFiles:
    files = certificate_files(_settings().data_dir)
    if not files.complete:
        raise NotFound("There is no certificate yet: run `reliefmap tls` at the server.")
    return files
