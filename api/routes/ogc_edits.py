"""Features of the registers that operators keep: added, replaced, changed, removed (Part 4)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.dependencies import Caller, Conn, Planner
from api.idempotency import created
from api.routes.ogc_answers import GEOJSON
from api.routes.ogc_requests import require_known
from api.strict_json import parsed
from geo.database import Connection
from geo.edits import (
    Document,
    Editor,
    Held,
    Register,
    held,
    in_crs84,
    patched,
    put,
    remove,
    require_new,
)
from geo.features import Found, feature
from geo.selections import Selection
from geo.served_crs import CRS84, SERVED, ServedCrs
from geo.tokens import Role
from layers.catalogue import layer_by_id
from layers.layer import Layer
from relief.errors import (
    Fault,
    MalformedRequest,
    Stale,
    UnknownMediaType,
    VersionMissing,
    WrongMethod,
)

router = APIRouter()

ITEMS = "/collections/{collection_id}/items"
ITEM = "/collections/{collection_id}/items/{feature_id:path}"
MERGE_PATCH = "application/merge-patch+json"
_WHOLE = (GEOJSON, "application/json")
_READ, _ADD, _CHANGE = ("GET", "HEAD", "OPTIONS"), ("POST",), ("DELETE", "PATCH", "PUT")


@router.post(ITEMS)
async def add(request: Request, conn: Conn, who: Planner, collection_id: str) -> Response:
    """Adds a feature under its own `id` if that is new, else under one made here."""
    layer = _editable(collection_id)
    document = await _document(request, _WHOLE)
    stated = document.get("id") or document["properties"].get("id")
    feature_id = str(stated or f"{layer.id}-{secrets.token_hex(6)}")

    async def work() -> Mapping[str, Any]:
        await require_new(conn, _register(layer), feature_id)
        await put(conn, _register(layer), feature_id, document, _editor(who), "feature.create")
        stored: Document = orjson.loads((await _stored(conn, layer, feature_id)).text)
        return stored

    done = await created(request, conn, who, work)
    made = orjson.loads(done.body)["id"]
    done.headers["Content-Type"] = GEOJSON
    address = f"{request.base_url}ogc/collections/{layer.id}/items/{quote(made)}"
    done.headers["Location"] = address
    return done


@router.put(ITEM)
async def replace(
    request: Request, conn: Conn, who: Planner, collection_id: str, feature_id: str
) -> Response:
    """Replaces a feature; what the new one doesn't state is as if it were new."""
    layer = _editable(collection_id)
    document = await _document(request, _WHOLE)
    async with conn.transaction():
        await _held(request, conn, layer, feature_id, who)
        await put(conn, _register(layer), feature_id, document, _editor(who), "feature.replace")
        return _changed(await _stored(conn, layer, feature_id))


@router.patch(ITEM)
async def update(
    request: Request, conn: Conn, who: Planner, collection_id: str, feature_id: str
) -> Response:
    """Changes what the merge patch states (RFC 7396)."""
    layer = _editable(collection_id)
    patch = await _document(request, (MERGE_PATCH, *_WHOLE))
    async with conn.transaction():
        had = await _held(request, conn, layer, feature_id, who)
        document = patched(had.document, patch)
        await put(conn, _register(layer), feature_id, document, _editor(who), "feature.update")
        return _changed(await _stored(conn, layer, feature_id))


@router.delete(ITEM)
async def delete(
    request: Request, conn: Conn, who: Planner, collection_id: str, feature_id: str
) -> Response:
    """Removes a feature that no other record names."""
    layer = _editable(collection_id)
    require_known(request)
    async with conn.transaction():
        had = await _held(request, conn, layer, feature_id, who)
        await remove(conn, _register(layer), feature_id, had, _editor(who))
    return Response(status_code=204)


def methods_at(layer: Layer, who: Caller, *, one: bool) -> tuple[str, ...]:
    """What this caller may do with the items of the layer, or with one of them."""
    if not layer.editable or who.role < Role.PLANNER:
        return _READ
    return (*_READ, *(_CHANGE if one else _ADD))


def allowed(methods: tuple[str, ...]) -> Response:
    """The answer to OPTIONS."""
    headers = {"Allow": ", ".join(methods)}
    if "PATCH" in methods:
        headers["Accept-Patch"] = MERGE_PATCH
    return Response(status_code=204, headers=headers)


def _editable(collection_id: str) -> Layer:
    layer = layer_by_id(collection_id)
    if not layer.editable:
        raise WrongMethod(f"'{layer.id}' is read only here.")
    return layer


def _register(layer: Layer) -> Register:
    return Register(layer.id, layer.features.source)


def _editor(who: Caller) -> Editor:
    return Editor(who.id, who.admin_area)


async def _held(
    request: Request, conn: Connection, layer: Layer, feature_id: str, who: Caller
) -> Held:
    """The feature under lock; raises unless If-Match names it as it is."""
    had = await held(conn, _register(layer), feature_id, _editor(who))
    named = request.headers.get("if-match")
    if named is None:
        raise VersionMissing(
            "Send If-Match with the ETag that the feature was read with, or with * to change it"
            " whatever it is by now."
        )
    tags = [tag.strip() for tag in named.split(",")]
    current = any(tag.startswith(f'"{had.digest}-') for tag in tags)
    if not current and tags != ["*"]:
        raise Stale(f"'{feature_id[:80]}' was changed after you read it. Read it again.")
    return had


async def _document(request: Request, media_types: tuple[str, ...]) -> Document:
    """The feature, or the patch of one, that the request carries, in CRS84."""
    require_known(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise UnknownMediaType(f"Send the feature as {' or '.join(media_types)}.")
    document = parsed(await request.body())
    is_patch = MERGE_PATCH in media_types
    fault = _fault(document, is_patch=is_patch)
    if fault:
        raise MalformedRequest("The body is no GeoJSON feature.", [fault])
    return in_crs84({"properties": {}, **document}, _content_crs(request))


def _fault(document: Any, *, is_patch: bool) -> Fault | None:
    if not isinstance(document, dict):
        return Fault("/", "an object is expected")
    if document.get("type", "Feature" if is_patch else None) != "Feature":
        return Fault("/type", "Feature is expected")
    if not is_patch and not isinstance(document.get("geometry"), dict):
        return Fault("/geometry", "a geometry is expected")
    if not isinstance(document.get("geometry", {}), dict):
        return Fault("/geometry", "a geometry is expected; a place can't be taken away")
    if not isinstance(document.get("properties", {}), dict):
        return Fault("/properties", "an object is expected")
    if not isinstance(document.get("id", ""), str | int):
        return Fault("/id", "a text is expected")
    return None


def _content_crs(request: Request) -> ServedCrs:
    stated = request.headers.get("content-crs")
    if stated is None:
        return CRS84
    uri = stated.strip().removeprefix("<").removesuffix(">")
    if uri not in SERVED:
        fault = Fault("Content-Crs", f"these are offered: {', '.join(SERVED)}")
        raise MalformedRequest(
            f"Content-Crs names no system that is read here: {uri[:80]}.", [fault]
        )
    return SERVED[uri]


async def _stored(conn: Connection, layer: Layer, feature_id: str) -> Found:
    found = await feature(conn, layer.features.source, Selection(id=feature_id))
    assert found is not None
    return found


def _changed(found: Found) -> Response:
    headers = {"ETag": f'"{found.digest}-"', "Content-Crs": f"<{CRS84.uri}>"}
    return Response(found.text, media_type=GEOJSON, headers=headers)
