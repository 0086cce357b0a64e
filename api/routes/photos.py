"""Photos of a report: in one piece, or by tus 1.0, which goes on at the byte where it broke off."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi import Path as InPath
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response

from api.dependencies import Caller, Conn, caller
from api.dependencies import Field as FieldCaller
from api.errors import problem_of, refusal
from api.idempotency import json_answer
from api.photo_intake import photo_folder, take_in, told_camera
from api.tus import (
    LARGEST_PHOTO,
    OFFERED,
    RESUMABLE,
    ChecksumMismatch,
    checksum_of,
    matches,
    metadata_of,
    require_tus,
)
from api.visible_reports import visible_report
from geo.database import Pool, Row
from geo.field_reports import Wanted, field_report
from geo.photo_files import PhotoFolder
from geo.photos import (
    SentFile,
    begin_upload,
    end_old_uploads,
    end_upload,
    finish_upload,
    photo,
    upload_by_id,
)
from geo.pictures import MEDIA_TYPE
from geo.tokens import Role
from relief.errors import (
    Conflict,
    MalformedRequest,
    NotFound,
    ReliefError,
    TooLarge,
    UnknownMediaType,
)

router = APIRouter(
    prefix="/api/events/{event_id}/field-reports/{report_id}/photos", tags=["photos"]
)

Digest = Annotated[str, InPath(pattern=r"^[0-9a-f]{64}$")]
UploadId = Annotated[str, InPath(pattern=r"^[0-9a-f]{32}$")]


@router.options("")
async def options() -> Response:
    """What of tus is spoken here."""
    return Response(status_code=204, headers=OFFERED)


@router.post("", status_code=201)
async def post_photo(event_id: str, report_id: UUID, request: Request) -> Response:
    """A photo as the whole body (image/jpeg, image/png, image/webp), or a new upload by tus."""
    pool: Pool = request.app.state.pool
    who, report = await _report(request, event_id, report_id)
    if "tus-resumable" in request.headers:
        return await _begin(request, pool, who, report)
    if not request.headers.get("content-type", "").startswith("image/"):
        raise UnknownMediaType("Send the photo as image/jpeg, image/png or image/webp, or by tus.")
    content = await request.body()
    if len(content) > LARGEST_PHOTO:
        raise TooLarge(f"A photo has at most {LARGEST_PHOTO // 2**20} MiB.")
    sent = SentFile.of(content, None)
    folder = photo_folder(request)
    folder.require_room(2 * len(content))
    fresh = await take_in(pool, folder, report, content, sent, who.id)
    return json_answer({"sha256": sent.sha256, "bytes": sent.size}, 201 if fresh else 200)


@router.get("/{sha256}")
async def get_photo(
    event_id: str, report_id: UUID, sha256: Digest, who: FieldCaller, conn: Conn, request: Request
) -> Response:
    """The picture made of the file that had this digest; it carries no metadata."""
    await visible_report(conn, who, event_id, report_id)
    row = await photo(conn, str(report_id), sha256)
    if row is None:
        raise NotFound("The report has no such photo.")
    headers = {
        "cache-control": "private, max-age=31536000, immutable",
        "etag": f'"{row["stored_sha256"]}"',
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    path = photo_folder(request).path(row["stored_sha256"])
    return FileResponse(path, media_type=MEDIA_TYPE, headers=headers)


@router.get("/uploads/{upload_id}")
async def get_upload(
    event_id: str, report_id: UUID, upload_id: UploadId, request: Request
) -> Response:
    """How many bytes of the upload are here (HEAD, as tus asks it).

    Who hears that all are takes it for done: what a crash kept from being a photo becomes one now.
    """
    require_tus(request)
    who, report, upload = await _upload(request, event_id, report_id, upload_id)
    folder = photo_folder(request)
    received = _received(folder, upload)
    if received == upload["length"] and upload["sha256"] is None:
        await _finish(request, folder, who, report, upload)
    headers = {
        **RESUMABLE,
        "Upload-Offset": str(received),
        "Upload-Length": str(upload["length"]),
        "Cache-Control": "no-store",
    }
    return Response(status_code=200, headers=headers)


@router.patch("/uploads/{upload_id}", status_code=204)
async def patch_upload(
    event_id: str,
    report_id: UUID,
    upload_id: UploadId,
    request: Request,
    upload_offset: Annotated[int, Header(ge=0)],
    upload_checksum: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """The bytes from `Upload-Offset` on; with the last one the photo belongs to the report."""
    require_tus(request)
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise UnknownMediaType("Send the bytes as application/offset+octet-stream.")
    expected = None if upload_checksum is None else checksum_of(upload_checksum)
    who, report, upload = await _upload(request, event_id, report_id, upload_id)
    folder = photo_folder(request)
    if upload_offset != (here := _received(folder, upload)):
        raise Conflict(f"{here} bytes are here; go on from there.")
    end = await _append(request, folder, upload, upload_offset)
    if expected and not matches(folder.content(upload_id)[upload_offset:], expected):
        folder.cut(upload_id, upload_offset)
        return refusal(problem_of(ChecksumMismatch("Send this part again.")), RESUMABLE)
    if end == upload["length"] and upload["sha256"] is None:
        await _finish(request, folder, who, report, upload)
    return Response(status_code=204, headers={**RESUMABLE, "Upload-Offset": str(end)})


@router.delete("/uploads/{upload_id}", status_code=204)
async def delete_upload(
    event_id: str, report_id: UUID, upload_id: UploadId, request: Request
) -> Response:
    """Gives the upload up."""
    require_tus(request)
    await _upload(request, event_id, report_id, upload_id)
    await _forget(request, photo_folder(request), upload_id)
    return Response(status_code=204, headers=RESUMABLE)


async def _report(request: Request, event_id: str, report_id: UUID) -> tuple[Caller, Row]:
    """The caller and the report, by a connection that is given back before any bytes are read.

    Who knows the report's id may add to it: a phone signs in anew, or its outbox is carried here.
    """
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        who = await caller(request, conn)
        who.require(Role.FIELD)
        return who, await field_report(conn, Wanted(event_id, id=report_id))


async def _upload(
    request: Request, event_id: str, report_id: UUID, upload_id: str
) -> tuple[Caller, Row, Row]:
    who, report = await _report(request, event_id, report_id)
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        return who, report, await upload_by_id(conn, str(report_id), upload_id)


async def _begin(request: Request, pool: Pool, who: Caller, report: Row) -> Response:
    require_tus(request)
    length = request.headers.get("upload-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 18 and int(length)):
        raise MalformedRequest("Upload-Length is the number of bytes of the photo.")
    if int(length) > LARGEST_PHOTO:
        raise TooLarge(f"A photo has at most {LARGEST_PHOTO // 2**20} MiB.")
    metadata = metadata_of(request.headers.get("upload-metadata", ""))
    folder = photo_folder(request)
    folder.require_room(2 * int(length))
    async with pool.connection() as conn:
        await end_old_uploads(conn, folder)
        upload = await begin_upload(conn, report["id"], int(length), metadata, who.id)
    location = f"{request.url.path}/uploads/{upload}"
    return Response(status_code=201, headers={**RESUMABLE, "Location": location})


async def _append(request: Request, folder: PhotoFolder, upload: Row, offset: int) -> int:
    """The offset after what came; what came before a connection broke is kept as well."""
    end = offset
    try:
        async for chunk in request.stream():
            if end + len(chunk) > upload["length"]:
                folder.cut(upload["id"], offset)
                raise TooLarge(f"The upload has {upload['length']} bytes; these are more.")
            if chunk:
                end = await asyncio.to_thread(folder.append, upload["id"], end, chunk)
    except ClientDisconnect:
        pass
    finally:
        if end > offset:
            folder.settle(upload["id"])
    return end


async def _finish(
    request: Request, folder: PhotoFolder, who: Caller, report: Row, upload: Row
) -> None:
    """Makes a photo of the report of what was uploaded; one that can't be is given up."""
    content = await asyncio.to_thread(folder.content, upload["id"])
    told: dict[str, Any] = upload["metadata"]
    sent = SentFile.of(content, told.get("filename"), told.get("id"), told_camera(told))
    pool: Pool = request.app.state.pool
    try:
        if told.get("sha256", sent.sha256).lower() != sent.sha256:
            raise ChecksumMismatch("The photo is not the one that was announced; send it again.")
        await take_in(pool, folder, report, content, sent, who.id)
        async with pool.connection() as conn:
            await finish_upload(conn, upload["id"], sent.sha256)
    except ReliefError as error:
        if error.status < 500:
            await _forget(request, folder, upload["id"])
        raise
    folder.drop(upload["id"])


async def _forget(request: Request, folder: PhotoFolder, upload: str) -> None:
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        await end_upload(conn, upload)
    folder.drop(upload)


def _received(folder: PhotoFolder, upload: Row) -> int:
    """How many bytes are here; all of them once the photo is kept."""
    return int(upload["length"]) if upload["sha256"] else folder.received(upload["id"])
