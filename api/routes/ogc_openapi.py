"""The OpenAPI 3.0 definition of everything under /ogc."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.routes.ogc_answers import GEOJSON
from api.routes.ogc_components import MATRIX, matching, parameters, responses
from api.routes.ogc_edits import MERGE_PATCH
from api.routes.ogc_requests import CARRIED, FILTER, RESULTS, RESULTS_OF
from layers.layer import FeatureSet

_SHAPE = ("crs", "properties")
_TILE = (MATRIX, "tileMatrix", "tileRow", "tileCol")

_FILTERS = (
    *("bbox", "bbox-crs", "datetime", "limit", "offset", "token", "count", "sortby"),
    *FILTER,
    *_SHAPE,
)
_FORMS = {"features": "f-items", "tile": "f-tile", "links": None, "feed": None}
"""The parameter that says in which form to answer, where it isn't `f`."""


def openapi(server_url: str, shown: Mapping[str, FeatureSet]) -> dict[str, Any]:
    """The definition, for the server whose /ogc is at `server_url`.

    `shown` is what the caller sees as features of each collection.
    """
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
        "paths": _with_edits(_paths() | _items_of_each(shown)),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": parameters(tuple(shown)),
            "responses": responses(),
            "schemas": {"document": {"type": "object"}, "geojson": {"type": "object"}},
        },
    }


def _paths() -> dict[str, Any]:
    one = "/collections/{collectionId}"
    tiles = f"{one}/tiles/{{tileMatrixSetId}}"
    return {
        "/": _get("landingPage", "Landing page"),
        "/conformance": _get("conformance", "Conformance classes"),
        "/api": _get("apiDefinition", "This definition", gives="definition"),
        "/collections": _get("collections", "All collections with their counts"),
        one: _get("collection", "One collection", "collectionId"),
        f"{one}/items": _get(
            "items",
            "Features, paged",
            "collectionId",
            *_FILTERS,
            "matching",
            *RESULTS,
            gives="features",
        ),
        f"{one}/items/{{featureId}}": _get(
            "item",
            "One feature",
            "collectionId",
            "featureId",
            *RESULTS,
            *_SHAPE,
            gives="feature",
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
        tiles: _get("tileset", "The tileset's metadata", "collectionId", MATRIX),
        f"{one}/tiles/WebMercatorQuad/tilejson.json": _get(
            "tileJson", "The same as TileJSON", "collectionId"
        ),
        f"{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            "tile",
            "A tile",
            "collectionId",
            *_TILE,
            "datetime",
            "matching",
            *RESULTS,
            *FILTER,
            gives="tile",
        ),
        "/tileMatrixSets": _get("tileMatrixSets", "The matrices that tiles are cut by"),
        f"/tileMatrixSets/{{{MATRIX}}}": _get("tileMatrixSet", "One of them", MATRIX),
        f"{one}/styles": _get("collectionStyles", "Styles that draw it", "collectionId"),
        f"{one}/styles/situation": _get(
            "collectionStyle", "MapLibre style of it alone", "collectionId", "theme", gives="style"
        ),
        "/styles": _get("styles", "The styles"),
        "/styles/situation": _get("style", "MapLibre style of all layers", "theme", gives="style"),
        "/functions": _get("functions", "Functions of filters beyond those of CQL2"),
        "/network-link.kml": _get("networkLink", "All layers as KML that reloads", gives="links"),
        "/feed.atom": _get("feed", "Newest reports and acts as Atom with GeoRSS", gives="feed"),
    }


def _items_of_each(shown: Mapping[str, FeatureSet]) -> dict[str, Any]:
    """The same for each collection by name, with its queryables, which GDAL looks for here."""
    found = {}
    for collection_id, features in shown.items():
        of_result = RESULTS_OF.get(collection_id, ())
        operation = _get(
            f"{collection_id}.items",
            f"Features of {collection_id}, paged",
            *_FILTERS,
            *of_result,
            gives="features",
        )
        operation["get"]["parameters"] += matching(features)
        found[f"/collections/{collection_id}/items"] = operation
    return found


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
    form = _FORMS.get(gives, "f")
    named = [*parameters, *CARRIED, *([form] if form else [])]
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
