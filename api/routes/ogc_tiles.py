"""Vector tiles of a collection, and what describes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

from fastapi import APIRouter, Request
from isal import igzip
from starlette.responses import Response

from api.departures import ClientLeft, unless_left
from api.dependencies import Conn
from api.routes.ogc_answers import JSON, MVT, Look, Looking, document, look_of, unchanged
from api.routes.ogc_requests import (
    FILTER,
    filter_asked,
    properties_asked,
    require_form,
    require_known,
    span_of,
)
from api.standing_tiles import Headers, Standing, StandingTiles, facts_of
from geo.features import count_and_extent
from geo.tile_matrices import MATRICES, WEB_MERCATOR, Matrix, TileAddress
from layers.catalogue import layer_by_id
from layers.features import Question
from layers.layer import Layer
from layers.tiles import LARGEST_ZOOM, tile_of, tilejson
from relief.errors import NotFound, Unavailable

router = APIRouter()

COLD_TILES = 3
"""Tiles that one process has the store make at once; half of its connections stay free."""

PATIENCE_S = 20
"""Longest that a tile may take, its turn included."""

_SMALLEST_PACKED = 1_000
_SET = "/collections/{collection_id}/tiles/{matrix_id}"
_OWN = ("datetime", "job", "assignment", *FILTER)


@router.get("/tileMatrixSets")
async def tile_matrix_sets(look: Looking) -> Response:
    """The matrices that tiles are cut by."""
    require_known(look.request)
    listed = [
        {
            "id": matrix.id,
            "title": matrix.title,
            "uri": matrix.uri,
            "crs": matrix.crs.uri,
            "links": [look.link(f"/tileMatrixSets/{matrix.id}", "self", JSON, matrix.title)],
        }
        for matrix in MATRICES.values()
    ]
    title = "瓦片矩阵 Tile matrix sets"
    return document(look, {"title": title, "tileMatrixSets": listed, "links": look.itself()})


@router.get("/tileMatrixSets/{matrix_id}")
async def tile_matrix_set(look: Looking, matrix_id: str) -> Response:
    """The definition of one."""
    require_known(look.request)
    return document(look, _matrix(matrix_id).definition() | {"links": look.itself()})


@router.get("/collections/{collection_id}/tiles")
async def tilesets(look: Looking, collection_id: str) -> Response:
    """The tilesets of the collection, one for each matrix."""
    require_known(look.request)
    layer = layer_by_id(collection_id)
    links = [{**link, "rel": "self"} for link in look.itself()[:1]]
    return document(
        look,
        {
            "title": layer.title.zh,
            "links": links,
            "tilesets": [_set(look, layer, matrix) for matrix in MATRICES.values()],
        },
    )


@router.get(_SET)
async def tileset(look: Looking, collection_id: str, matrix_id: str) -> Response:
    """The tileset's metadata."""
    require_known(look.request)
    return document(look, _set(look, layer_by_id(collection_id), _matrix(matrix_id)))


@router.get(f"{_SET}/tilejson.json")
async def tile_json(look: Looking, conn: Conn, collection_id: str, matrix_id: str) -> Response:
    """The same as TileJSON 3.0, which knows Web Mercator alone."""
    require_known(look.request)
    layer = layer_by_id(collection_id)
    if _matrix(matrix_id) is not WEB_MERCATOR:
        raise NotFound("TileJSON describes tiles of WebMercatorQuad alone.")
    etag = look.etag(layer)
    if look.fresh(etag):
        return unchanged(etag, scoped=True)
    question = Question(layer, look.sight, look.selection)
    _, extent = await count_and_extent(conn, question.features.source, question.scoped)
    url = tile_url(look, layer)
    body = tilejson(layer, look.sight, url, extent, "1.0.0")
    return document(look, body, etag=etag, scoped=True)


TILE = f"{_SET}/{{zoom}}/{{row}}/{{column}}"


async def tile(request: Request) -> Response:
    """A tile as MVT, complete; 204 where nothing is.

    It holds a connection only while it asks the store, so that those who wait for a tile that
    takes long keep none from others.
    """
    asked, tiles = request.path_params, cast(StandingTiles, request.app.state.tiles)
    layer, matrix = layer_by_id(asked["collection_id"]), _matrix(asked["matrix_id"])
    address = _address(matrix, asked["zoom"], asked["row"], asked["column"])
    look = await look_of(request)
    features = layer.shown(in_detail=look.sight.in_detail)
    require_known(request, *_OWN, *properties_asked(features))
    require_form(request, "mvt")
    packs = "gzip" in request.headers.get("accept-encoding", "")
    version = look.facts.version(layer.tables)
    etag, scoped = look.tag(f"{version} {packs}"), look.scoped(layer)
    sees = look.sight.detail_area if scoped else None
    key = (layer.id, version, sees, look.event, look.moment, _asked(request), address, packs)
    facts = facts_of(look.facts, layer.tables)
    standing = Standing(look.asked, layer.tables, facts, key, etag, _head(etag, scoped=scoped))
    if look.moment.known_at is None:
        tiles.note(request, standing)
    if look.fresh(etag):
        return _answer(standing, None)
    if (body := tiles.kept.at_hand(key)) is None:
        making = tiles.kept.of(key, lambda: _made(look, layer, address, packs=packs))
        try:
            body = await unless_left(request, making)
        except ClientLeft:
            return Response(status_code=499)
    return _answer(standing, body)


def _head(etag: str, *, scoped: bool) -> Headers:
    return list(unchanged(etag, scoped=scoped).headers.raw)


def _answer(standing: Standing, body: bytes | None) -> Response:
    found = Response(body)
    found.status_code, found.raw_headers = standing.response(body)
    return found


async def _made(look: Look, layer: Layer, address: TileAddress, *, packs: bool) -> bytes:
    """The tile, packed if that is worth it; raises Unavailable when it takes too long."""
    asked = look.request.query_params
    since, until = span_of(asked.get("datetime"))
    selection = replace(
        look.selection,
        since=since,
        until=until,
        as_of=look.moment.as_of or until,
        job=asked.get("job"),
        assignment=asked.get("assignment"),
        filter=filter_asked(look.request, layer.shown(in_detail=look.sight.in_detail)),
    )
    try:
        async with asyncio.timeout(PATIENCE_S), _turns(look.request), look.connection() as conn:
            body = await tile_of(conn, layer, look.sight, selection, address)
    except TimeoutError:
        raise Unavailable(
            "The store is busy with other tiles. Try again in some seconds."
        ) from None
    return igzip.compress(body, 1, mtime=0) if packs and len(body) >= _SMALLEST_PACKED else body


def _turns(request: Request) -> asyncio.Semaphore:
    state = request.app.state
    if not hasattr(state, "tile_turns"):
        state.tile_turns = asyncio.Semaphore(COLD_TILES)
    turns: asyncio.Semaphore = state.tile_turns
    return turns


def _asked(request: Request) -> tuple[tuple[str, str], ...]:
    """The parameters, which nobody's role is among."""
    return tuple(sorted(request.query_params.items()))


def tile_url(look: Look, layer: Layer) -> str:
    """The template of the tiles' addresses as TileJSON and styles write it."""
    path = f"/collections/{layer.id}/tiles/WebMercatorQuad/"
    whole = look.href(path)
    return whole.replace(path, f"{path}{{z}}/{{y}}/{{x}}", 1)


def _matrix(matrix_id: str) -> Matrix:
    if matrix_id not in MATRICES:
        known = ", ".join(MATRICES)
        raise NotFound(f"There is no tile matrix set '{matrix_id[:80]}'. There are: {known}.")
    return MATRICES[matrix_id]


def _address(matrix: Matrix, zoom: str, row: str, column: str) -> TileAddress:
    numbers = (zoom, row, column)
    if all(n.isascii() and n.isdigit() and len(n) <= 8 for n in numbers):
        address = TileAddress(int(zoom), int(row), int(column), matrix)
        if address.exists:
            return address
    raise NotFound(f"{matrix.id} has no such tile: zoom 0 to 22, row and column from 0.")


def _set(look: Look, layer: Layer, matrix: Matrix) -> dict[str, Any]:
    path = f"/collections/{layer.id}/tiles/{matrix.id}"
    template = look.href(path).replace(path, f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", 1)
    scheme = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
    links = [
        look.link(path, "self", JSON, "Tileset"),
        {"href": template, "rel": "item", "type": MVT, "title": "MVT", "templated": True},
        look.link(f"/tileMatrixSets/{matrix.id}", scheme, JSON, matrix.title),
    ]
    if matrix is WEB_MERCATOR:
        links.append(look.link(f"{path}/tilejson.json", "describedby", JSON, "TileJSON"))
    return {
        "title": f"{layer.title.zh} · {matrix.title}",
        "dataType": "vector",
        "crs": matrix.crs.uri,
        **({"tileMatrixSetURI": matrix.uri} if matrix.uri else {"tileMatrixSet": matrix.id}),
        "tileMatrixSetLimits": [
            {
                "tileMatrix": str(zoom),
                "minTileRow": 0,
                "maxTileRow": (1 << zoom) - 1,
                "minTileCol": 0,
                "maxTileCol": (matrix.columns << zoom) - 1,
            }
            for zoom in range(layer.least_zoom, LARGEST_ZOOM + 1)
        ],
        "links": links,
    }
