"""Vector tiles of a collection, and what describes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.routes.ogc_answers import JSON, MVT, Look, Looking, answer, document, unchanged
from api.routes.ogc_requests import require_known, require_mvt, span_of
from geo.features import count_and_extent
from geo.tiles import TileAddress
from layers.catalogue import layer_by_id
from layers.features import Question
from layers.layer import Layer
from layers.tiles import LARGEST_ZOOM, tile_of, tilejson
from relief.errors import NotFound

router = APIRouter()

MATRIX = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
_TEMPLATE = "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}"


@router.get("/collections/{collection_id}/tiles")
async def tilesets(look: Looking, collection_id: str) -> Response:
    """The tilesets of the collection: there is one, WebMercatorQuad."""
    require_known(look.request)
    layer = layer_by_id(collection_id)
    links = [{**link, "rel": "self"} for link in look.itself()[:1]]
    return document(
        look, {"title": layer.title.zh, "links": links, "tilesets": [_set(look, layer)]}
    )


@router.get("/collections/{collection_id}/tiles/WebMercatorQuad")
async def tileset(look: Looking, collection_id: str) -> Response:
    """The tileset's metadata."""
    require_known(look.request)
    return document(look, _set(look, layer_by_id(collection_id)))


@router.get("/collections/{collection_id}/tiles/WebMercatorQuad/tilejson.json")
async def tile_json(look: Looking, collection_id: str) -> Response:
    """The same as TileJSON 3.0."""
    require_known(look.request)
    layer = layer_by_id(collection_id)
    etag = await look.etag(layer)
    if look.fresh(etag):
        return unchanged(etag, scoped=True)
    question = Question(layer, look.sight, look.selection)
    _, extent = await count_and_extent(look.conn, question.features.source, question.scoped)
    url = tile_url(look, layer)
    body = tilejson(layer, look.sight, url, extent, "1.0.0")
    return document(look, body, etag=etag, scoped=True)


@router.get("/collections/{collection_id}/tiles/WebMercatorQuad/{zoom}/{row}/{column}")
async def tile(look: Looking, collection_id: str, zoom: str, row: str, column: str) -> Response:
    """A tile as MVT, complete; 204 where nothing is."""
    require_known(look.request, "datetime", "job", "assignment")
    require_mvt(look.request)
    layer, address = layer_by_id(collection_id), _address(zoom, row, column)
    etag = await look.etag(layer)
    scoped = look.scoped(layer)
    if look.fresh(etag):
        return unchanged(etag, scoped=scoped)
    asked = look.request.query_params
    since, until = span_of(asked.get("datetime"))
    selection = replace(
        look.selection,
        since=since,
        until=until,
        as_of=look.moment.as_of or until,
        job=asked.get("job"),
        assignment=asked.get("assignment"),
    )
    body = await tile_of(look.conn, layer, look.sight, selection, address)
    found = answer(body, MVT, etag, scoped=scoped)
    found.status_code = 200 if body else 204
    return found


def tile_url(look: Look, layer: Layer) -> str:
    """The template of the tiles' addresses as TileJSON and styles write it."""
    path = f"/collections/{layer.id}/tiles/WebMercatorQuad/"
    whole = look.href(path)
    return whole.replace(path, f"{path}{{z}}/{{y}}/{{x}}", 1)


def _address(zoom: str, row: str, column: str) -> TileAddress:
    numbers = (zoom, row, column)
    if all(n.isascii() and n.isdigit() and len(n) <= 8 for n in numbers):
        address = TileAddress(*map(int, numbers))
        if address.exists:
            return address
    raise NotFound("WebMercatorQuad has no such tile: zoom 0 to 22, row and column from 0.")


def _set(look: Look, layer: Layer) -> dict[str, Any]:
    path = f"/collections/{layer.id}/tiles/WebMercatorQuad"
    template = look.href(path).replace(path, f"/collections/{layer.id}{_TEMPLATE}", 1)
    return {
        "title": layer.title.zh,
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetURI": MATRIX,
        "tileMatrixSetLimits": [
            {
                "tileMatrix": str(zoom),
                "minTileRow": 0,
                "maxTileRow": 2**zoom - 1,
                "minTileCol": 0,
                "maxTileCol": 2**zoom - 1,
            }
            for zoom in range(layer.least_zoom, LARGEST_ZOOM + 1)
        ],
        "links": [
            look.link(path, "self", JSON, "Tileset"),
            look.link(f"{path}/tilejson.json", "describedby", JSON, "TileJSON"),
            {"href": template, "rel": "item", "type": MVT, "title": "MVT", "templated": True},
            {"href": MATRIX, "rel": "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"},
        ],
    }
