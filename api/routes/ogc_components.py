"""The parameters and answers that operations under /ogc share, as OpenAPI 3.0 names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.routes.ogc_answers import GEOJSON, JSON, MVT, OPENAPI, SCHEMA, STYLE
from api.routes.ogc_feeds import ATOM
from api.routes.ogc_requests import CLOCKS, MOST_FEATURES, RESULTS, properties_asked
from geo.served_crs import CRS84, SERVED
from geo.tile_matrices import MATRICES
from layers.downloads import FORMS
from layers.layer import FeatureSet
from layers.queryables import LANGUAGES
from layers.schemas import queryable_properties

Schema = dict[str, Any]
MATRIX = "tileMatrixSetId"

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_BOX: Schema = {
    "type": "array",
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}
_CRS: Schema = {"type": "string", "format": "uri", "enum": list(SERVED), "default": CRS84.uri}
_NAMES: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_PAGES = ["json", "geojson", "html"]
_MATCHING: dict[str, Any] = {
    "name": "matching",
    "in": "query",
    "description": "Any queryable of the collection with one value each, as name=value",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": _TEXT},
}
_LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": 1000}


def parameters(collection_ids: Sequence[str]) -> dict[str, Any]:
    """Every parameter by the name that operations call it by."""
    place = {"type": "integer", "minimum": 0}
    inside = {
        "collectionId": {"type": "string", "enum": list(collection_ids)},
        "featureId": _TEXT,
        MATRIX: {"type": "string", "enum": list(MATRICES)},
        "tileMatrix": place | {"maximum": 22},
        "tileRow": place,
        "tileCol": place,
    }
    asked = {
        "event": _TEXT,
        **dict.fromkeys(CLOCKS, _TIME),
        "f": {"type": "string", "enum": _PAGES},
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
        "count": {"type": "boolean"},
        **dict.fromkeys(RESULTS, _TEXT),
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
    in_query = {name: _in_query(name, schema) for name, schema in asked.items()}
    forms = {"f-items": [*_PAGES, *FORMS], "f-tile": ["mvt"]}
    in_query |= {key: _in_query("f", _TEXT | {"enum": names}) for key, names in forms.items()}
    return in_path | in_query | in_header | {"matching": _MATCHING}


def matching(features: FeatureSet) -> list[dict[str, Any]]:
    """The properties that may be asked for as `name=value`."""
    described, names = queryable_properties(features), properties_asked(features)
    return [_in_query(name, _of_openapi_30(described[name])) for name in names]


def _of_openapi_30(described: Schema) -> Schema:
    """A column as JSON Schema has it, in the words that OpenAPI 3.0 knows."""
    kept = {k: v for k, v in described.items() if k in ("title", "type", "format")}
    codes = [choice["const"] for choice in described.get("oneOf", ())]
    return kept | ({"enum": codes} if codes else {})


def _in_query(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "query", "style": "form", "explode": False, "schema": schema}


def responses() -> dict[str, Any]:
    """Every answer by the name that operations call it by."""
    page = {"text/html": {"schema": _TEXT}}
    document = {"schema": {"$ref": "#/components/schemas/document"}}
    of_type = {"document": JSON, "definition": OPENAPI, "schema": SCHEMA, "style": STYLE}
    documents = {
        name: {"description": f"A {name}", "content": {media_type: document} | page}
        for name, media_type in of_type.items()
    }
    features = {GEOJSON: {"schema": {"$ref": "#/components/schemas/geojson"}}}
    file = {"schema": _TEXT | {"format": "binary"}}
    files = {form.media_type.partition(";")[0]: file for form in FORMS.values()}
    kml, atom = FORMS["kml"].media_type, ATOM.partition(";")[0]
    return documents | {
        "features": {
            "description": "GeoJSON (RFC 7946), a page, or all as a file",
            "content": features | page | files,
        },
        "feature": {"description": "GeoJSON (RFC 7946)", "content": features | page},
        "links": {"description": "KML with a NetworkLink a layer", "content": {kml: file}},
        "feed": {"description": "Atom with GeoRSS", "content": {atom: file}},
        "tile": {
            "description": "A vector tile",
            "content": {MVT: {"schema": {"type": "string", "format": "binary"}}},
        },
        "problem": {
            "description": "What was wrong, and where (RFC 9457)",
            "content": {"application/problem+json": {"schema": {"type": "object"}}},
        },
    }
