"""The OpenAPI 3.0 definition of everything under /ogc."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.routes.ogc_answers import GEOJSON, JSON, MVT, OPENAPI, SCHEMA, STYLE
from api.routes.ogc_edits import MERGE_PATCH
from api.routes.ogc_requests import CARRIED, CLOCKS, FILTER, MOST_FEATURES
from geo.served_crs import CRS84, SERVED
from geo.tile_matrices import MATRICES
from layers.queryables import LANGUAGES

Schema = dict[str, Any]
_RESULTS = ("job", "assignment")
"""Which result `sites` and `assignments` show; the other collections refuse them."""

_SHAPE = ("crs", "properties")
_MATRIX = "tileMatrixSetId"
_TILE = (_MATRIX, "tileMatrix", "tileRow", "tileCol")

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_BOX: Schema = {
    "type": "array",
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}
_CRS: Schema = {"type": "string", "format": "uri", "enum": list(SERVED), "default": CRS84.uri}
_NAMES: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": 1000}


def openapi(server_url: str, collection_ids: Sequence[str]) -> dict[str, Any]:
    """The definition, for the server whose /ogc is at `server_url`."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "reliefmap layers",
            "version": "1.0.0",
            "description": "OGC API Features and vector tiles of the relief map",
        },
        "servers": [{"url": server_url}],
        "security": [{"token": []}],
        "tags": [{"name": "layers"}],
        "paths": _with_edits(_paths()),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": _parameters(collection_ids),
            "responses": _responses(),
            "schemas": {"document": {"type": "object"}, "geojson": {"type": "object"}},
        },
    }


def _paths() -> dict[str, Any]:
    one = "/collections/{collectionId}"
    tiles = f"{one}/tiles/{{tileMatrixSetId}}"
    filters = (
        "bbox",
        "bbox-crs",
        "datetime",
        "limit",
        "offset",
        "token",
        "count",
        "sortby",
        *_RESULTS,
    )
    return {
        "/": _get("landingPage", "Landing page"),
        "/conformance": _get("conformance", "Conformance classes"),
        "/api": _get("apiDefinition", "This definition", gives="definition"),
        "/collections": _get("collections", "All collections with their counts"),
        one: _get("collection", "One collection", "collectionId"),
        f"{one}/items": _get(
            "items", "Features, paged", "collectionId", *filters, *FILTER, *_SHAPE, gives="features"
        ),
        f"{one}/items/{{featureId}}": _get(
            "item", "One feature", "collectionId", "featureId", *_SHAPE, gives="features"
        ),
        f"{one}/queryables": _get(
            "queryables", "What filters look at", "collectionId", gives="schema"
        ),
        f"{one}/sortables": _get(
            "sortables", "What features are ordered by", "collectionId", gives="schema"
        ),
        f"{one}/schema": _get(
            "schema", "The properties of the features", "collectionId", gives="schema"
        ),
        f"{one}/tiles": _get("tilesets", "The tilesets", "collectionId"),
        tiles: _get("tileset", "The tileset's metadata", "collectionId", _MATRIX),
        f"{one}/tiles/WebMercatorQuad/tilejson.json": _get(
            "tileJson", "The same as TileJSON", "collectionId"
        ),
        f"{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            "tile", "A tile", "collectionId", *_TILE, "datetime", *FILTER, gives="tile"
        ),
        "/tileMatrixSets": _get("tileMatrixSets", "The matrices that tiles are cut by"),
        f"/tileMatrixSets/{{{_MATRIX}}}": _get("tileMatrixSet", "One of them", _MATRIX),
        f"{one}/styles": _get("collectionStyles", "Styles that draw it", "collectionId"),
        "/styles": _get("styles", "The styles"),
        "/styles/situation": _get("style", "MapLibre style of all layers", "theme", gives="style"),
    }


def _with_edits(paths: dict[str, Any]) -> dict[str, Any]:
    """The paths with what changes features of the registers that are kept here."""
    items = "/collections/{collectionId}/items"
    one = f"{items}/{{featureId}}"
    paths[items]["post"] = _edit("addItem", "Add a feature", "201", "collectionId", body=GEOJSON)
    named = ("collectionId", "featureId", "If-Match")
    paths[one]["put"] = _edit("replaceItem", "Replace it", "200", *named, body=GEOJSON)
    paths[one]["patch"] = _edit("updateItem", "Change it", "200", *named, body=MERGE_PATCH)
    paths[one]["delete"] = _edit("deleteItem", "Remove it", "204", *named)
    return paths


def _edit(
    operation: str, summary: str, status: str, *parameters: str, body: str | None = None
) -> dict[str, Any]:
    feature = {"schema": {"$ref": "#/components/schemas/geojson"}}
    named = [*parameters, "Content-Crs"] if body else parameters
    return {
        "operationId": operation,
        "summary": f"{summary} (shelters, depots, hazard_points; planners and above)",
        "tags": ["layers"],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in named],
        **({"requestBody": {"required": True, "content": {body: feature}}} if body else {}),
        "responses": {
            status: {"description": "Done", **({"content": {GEOJSON: feature}} if body else {})},
            "4XX": {"$ref": "#/components/responses/problem"},
        },
    }


def _get(operation: str, summary: str, *parameters: str, gives: str = "document") -> dict[str, Any]:
    named = [*parameters, *CARRIED] if gives == "tile" else [*parameters, *CARRIED, "f"]
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": ["layers"],
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in named],
            "responses": {
                "200": {"$ref": f"#/components/responses/{gives}"},
                **(
                    {"204": {"description": "Nothing lies in this tile"}} if gives == "tile" else {}
                ),
                "304": {"description": "What If-None-Match names is still fresh"},
                "4XX": {"$ref": "#/components/responses/problem"},
            },
        }
    }


def _parameters(collection_ids: Sequence[str]) -> dict[str, Any]:
    place = {"type": "integer", "minimum": 0}
    inside = {
        "collectionId": {"type": "string", "enum": list(collection_ids)},
        "featureId": _TEXT,
        _MATRIX: {"type": "string", "enum": list(MATRICES)},
        "tileMatrix": place | {"maximum": 22},
        "tileRow": place,
        "tileCol": place,
    }
    asked = {
        "event": _TEXT,
        **dict.fromkeys(CLOCKS, _TIME),
        "f": {"type": "string", "enum": ["json", "geojson", "html"]},
        "bbox": _BOX,
        "bbox-crs": _CRS,
        "crs": _CRS,
        "datetime": _TEXT,
        "limit": _LIMIT,
        "offset": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
        "filter": _TEXT,
        "filter-lang": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
        "filter-crs": _CRS,
        "sortby": _NAMES | {"items": {"type": "string", "pattern": "^[+-]?\\w+$"}},
        "properties": _NAMES,
        "token": _TEXT,
        "count": {"type": "boolean", "default": True},
        **dict.fromkeys(_RESULTS, _TEXT),
        "theme": {"type": "string", "enum": ["light", "dark"], "default": "light"},
    }
    in_header = {
        "If-Match": {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag that the feature was read with, or *",
            "schema": _TEXT,
        },
        "Content-Crs": {"name": "Content-Crs", "in": "header", "schema": _CRS},
    }
    in_path = {
        name: {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in inside.items()
    }
    in_query = {
        name: {"name": name, "in": "query", "style": "form", "explode": False, "schema": schema}
        for name, schema in asked.items()
    }
    return in_path | in_query | in_header


def _responses() -> dict[str, Any]:
    page = {"text/html": {"schema": _TEXT}}
    document = {"schema": {"$ref": "#/components/schemas/document"}}
    of_type = {"document": JSON, "definition": OPENAPI, "schema": SCHEMA, "style": STYLE}
    documents = {
        name: {"description": f"A {name}", "content": {media_type: document} | page}
        for name, media_type in of_type.items()
    }
    features = {GEOJSON: {"schema": {"$ref": "#/components/schemas/geojson"}}}
    return documents | {
        "features": {"description": "GeoJSON (RFC 7946)", "content": features | page},
        "tile": {
            "description": "A vector tile",
            "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
        },
        "problem": {
            "description": "What was wrong, and where (RFC 9457)",
            "content": {"application/problem+json": {"schema": {"type": "object"}}},
        },
    }
