"""OGC API: the landing page, what it conforms to, and what collections there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.routing import Route

from api.dependencies import Conn, Viewer
from api.routes import (
    ogc_conformance,
    ogc_edits,
    ogc_feeds,
    ogc_items,
    ogc_styles,
    ogc_tiles,
)
from api.routes.ogc_answers import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    SCHEMA,
    STYLE,
    Link,
    Look,
    Looking,
    document,
    unchanged,
)
from api.routes.ogc_feeds import ATOM
from api.routes.ogc_openapi import openapi
from api.routes.ogc_requests import require_known
from geo.casualties import Moment
from geo.changes import changed_at
from geo.database import Connection
from geo.features import count_and_extent
from geo.served_crs import CGCS2000, CRS84, SERVED
from layers.catalogue import LAYERS, layer_by_id
from layers.downloads import FORMS, FileForm
from layers.features import Question
from layers.layer import FeatureSet, Layer
from layers.schemas import queryables, schema, sortables

router = APIRouter(prefix="/ogc", tags=["layers"])

_REL = "http://www.opengis.net/def/rel/ogc/1.0"

MOST_ASKED = [
    Route(f"{router.prefix}{ogc_tiles.TILE}", ogc_tiles.tile, methods=["GET"]),
    Route(f"{router.prefix}{ogc_items.ITEM}", ogc_items.item, methods=["GET"]),
    Route(f"{router.prefix}{ogc_items.ITEMS}", ogc_items.items, methods=["GET"]),
]
"""Routes are tried in turn, so these come first of all. They are plain functions of a request,
which costs a tenth of what dependencies and models do."""


@router.get("")
@router.get("/", include_in_schema=False)
async def landing_page(look: Looking) -> Response:
    """Where everything under /ogc is found."""
    require_known(look.request)
    links = [
        *look.itself(),
        look.link("/api", "service-desc", OPENAPI, "OpenAPI 3.0"),
        look.link("/conformance", "conformance", JSON, "Conformance"),
        look.link("/collections", "data", JSON, "图层 Collections"),
        look.link(
            "/tileMatrixSets",
            f"{_REL}/tiling-schemes",
            JSON,
            "瓦片矩阵 Tile matrix sets",
        ),
        look.link("/styles", f"{_REL}/styles", JSON, "样式 Styles"),
        look.link("/styles/situation", "stylesheet", STYLE, "态势图 Situation"),
        look.link(
            "/functions",
            f"{_REL}/functions",
            JSON,
            "过滤函数 Functions",
        ),
        look.link("/network-link.kml", "alternate", FORMS["kml"].media_type, "KML NetworkLink"),
        look.link("/feed.atom", "alternate", ATOM.partition(";")[0], "Atom"),
    ]
    about = "一张图的图层：OGC API Features 与矢量瓦片"
    return document(look, {"title": "reliefmap 图层", "description": about, "links": links})


@router.get("/api")
async def api_definition(look: Looking) -> Response:
    """What may be asked under /ogc, as OpenAPI 3.0."""
    require_known(look.request)
    shown = {name: layer.shown(in_detail=look.sight.in_detail) for name, layer in LAYERS.items()}
    return document(look, openapi(look.href("").split("?")[0], shown), OPENAPI)


@router.get("/collections")
async def collections(look: Looking, conn: Conn) -> Response:
    """All collections with their counts."""
    require_known(look.request)
    tables = {table for layer in LAYERS.values() for table in layer.tables}
    etag = look.tag(look.facts.version(sorted(tables)))
    if look.fresh(etag):
        return unchanged(etag, scoped=True)
    times = await changed_at(conn, tables)
    found = [await _collection(look, conn, layer, times) for layer in LAYERS.values()]
    body = {"title": "图层", "links": look.itself(), "collections": found}
    return document(look, body, etag=etag, scoped=True)


@router.get("/collections/{collection_id}")
async def collection(look: Looking, conn: Conn, collection_id: str) -> Response:
    """One collection."""
    require_known(look.request)
    layer = layer_by_id(collection_id)
    etag = look.etag(layer)
    if look.fresh(etag):
        return unchanged(etag, scoped=True)
    found = await _collection(look, conn, layer, await changed_at(conn, layer.tables))
    body = found | {"links": look.itself() + found["links"]}
    return document(look, body, etag=etag, scoped=True)


@router.get("/collections/{collection_id}/queryables")
async def collection_queryables(look: Looking, collection_id: str) -> Response:
    """What filters may look at."""
    return _described(look, collection_id, "queryables", queryables)


@router.get("/collections/{collection_id}/sortables")
async def collection_sortables(look: Looking, collection_id: str) -> Response:
    """What features may be ordered by."""
    return _described(look, collection_id, "sortables", sortables)


@router.get("/collections/{collection_id}/schema")
async def collection_schema(look: Looking, collection_id: str) -> Response:
    """The properties of the features that the caller sees."""
    return _described(look, collection_id, "schema", schema)


def _described(
    look: Look,
    collection_id: str,
    name: str,
    describe: Callable[[Layer, FeatureSet, str], dict[str, Any]],
) -> Response:
    require_known(look.request)
    layer = layer_by_id(collection_id)
    features = layer.shown(in_detail=look.sight.in_detail)
    url = look.href(f"/collections/{layer.id}/{name}")
    return document(look, describe(layer, features, url), SCHEMA)


async def _collection(
    look: Look, conn: Connection, layer: Layer, times: Mapping[str, datetime]
) -> dict[str, Any]:
    question = Question(layer, look.sight, look.selection)
    count, extent = await count_and_extent(conn, question.features.source, question.scoped)
    described: dict[str, Any] = {
        "id": layer.id,
        "title": layer.title.zh,
        "titles": layer.title.as_json(),
        "description": layer.about.zh,
        "descriptions": layer.about.as_json(),
        "attribution": layer.credit.zh if layer.credit else None,
        "itemType": "feature",
        "itemCount": count,
        "aggregated": question.features is layer.cells,
        "event": look.event if layer.of_event else None,
        "clocks": layer.clocks,
        "crs": list(SERVED),
        "storageCrs": CGCS2000.uri,
        "links": _links(look, layer),
    }
    if extent:
        described["extent"] = {"spatial": {"bbox": [extent], "crs": CRS84.uri}}
    if updated := _updated(look, layer, times):
        described["updated"] = updated
    return described


def _updated(look: Look, layer: Layer, times: Mapping[str, datetime]) -> datetime | None:
    """When what the layer draws on was last written to.

    Not told of a past moment, as which whoever waits for a release sees an event.
    """
    if look.moment != Moment():
        return None
    return max(
        (times[name] for name in layer.tables if name in times and name != "events"), default=None
    )


def _links(look: Look, layer: Layer) -> list[dict[str, Any]]:
    path = f"/collections/{layer.id}"
    tiles = f"{path}/tiles/WebMercatorQuad"
    return [
        look.link(f"{path}/items", "items", GEOJSON, layer.title.zh),
        look.link(f"{path}/items", "items", HTML, f"{layer.title.zh} (HTML)", f="html"),
        look.link(f"{path}/schema", f"{_REL}/schema", SCHEMA, "Schema"),
        look.link(
            f"{path}/queryables",
            f"{_REL}/queryables",
            SCHEMA,
            "Queryables",
        ),
        look.link(
            f"{path}/sortables",
            f"{_REL}/sortables",
            SCHEMA,
            "Sortables",
        ),
        look.link(
            f"{path}/tiles",
            f"{_REL}/tilesets-vector",
            JSON,
            "Tilesets",
        ),
        look.link(f"{tiles}/tilejson.json", "describedby", JSON, "TileJSON"),
        look.link(f"{path}/styles", f"{_REL}/styles", JSON, "Styles"),
        *(_enclosure(look, layer, form) for form in FORMS.values()),
    ]


def _enclosure(look: Look, layer: Layer, form: FileForm) -> Link:
    media_type, title = form.media_type.partition(";")[0], f"{layer.title.zh} ({form.name})"
    return look.link(f"/collections/{layer.id}/items", "enclosure", media_type, title, f=form.name)


async def _options(request: Request, who: Viewer) -> Response:
    """What the caller may do at this address."""
    parts = request.path_params
    layer = layer_by_id(parts["collection_id"]) if "collection_id" in parts else None
    if layer is None or "/items" not in request.url.path:
        return ogc_edits.allowed(("GET", "HEAD", "OPTIONS"))
    return ogc_edits.allowed(ogc_edits.methods_at(layer, who, one="feature_id" in parts))


_PARTS = (ogc_conformance, ogc_tiles, ogc_edits, ogc_styles, ogc_feeds)
_ROUTES = [*MOST_ASKED, *router.routes, *(route for part in _PARTS for route in part.router.routes)]
for part in _PARTS:
    router.include_router(part.router)
_ADDRESSES = [r.path.removeprefix(router.prefix) for r in _ROUTES if isinstance(r, Route)]
for address in dict.fromkeys(_ADDRESSES):
    router.add_api_route(address, _options, methods=["OPTIONS"], include_in_schema=False)
