"""What the layers conform to, by the names that the standards give, and their own functions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.routes.ogc_answers import Looking, document
from api.routes.ogc_requests import require_known
from layers.functions import functions

router = APIRouter()

_COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
_STYLES = "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
_CQL2_CLASSES = (
    "cql2-text",
    "cql2-json",
    "basic-cql2",
    "advanced-comparison-operators",
    "case-insensitive-comparison",
    "accent-insensitive-comparison",
    "basic-spatial-functions",
    "basic-spatial-functions-plus",
    "spatial-functions",
    "temporal-functions",
    "array-functions",
    "property-property",
    "arithmetic",
    "functions",
)
CONFORMANCE = (
    *(f"{_COMMON}/{name}" for name in ("core", "landing-page", "json", "html", "oas30")),
    f"{_FEATURES}-1/1.0/conf/core",
    f"{_FEATURES}-1/1.0/conf/oas30",
    f"{_FEATURES}-1/1.0/conf/html",
    f"{_FEATURES}-1/1.0/conf/geojson",
    f"{_FEATURES}-2/1.0/conf/crs",
    f"{_FEATURES}-3/1.0/conf/queryables",
    f"{_FEATURES}-3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}-3/1.0/conf/filter",
    f"{_FEATURES}-3/1.0/conf/features-filter",
    f"{_FEATURES}-4/1.0/conf/create-replace-delete",
    f"{_FEATURES}-4/1.0/conf/update",
    f"{_FEATURES}-4/1.0/conf/optimistic-locking-etags",
    f"{_FEATURES}-4/1.0/conf/features",
    f"{_FEATURES}-5/1.0/conf/schemas",
    f"{_FEATURES}-5/1.0/conf/core-roles-features",
    f"{_FEATURES}-5/1.0/conf/returnables-and-receivables",
    f"{_FEATURES}-5/1.0/conf/sortables",
    *(f"{_CQL2}/{name}" for name in _CQL2_CLASSES),
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/mvt",
    f"{_TILES}/geodata-tilesets",
    *(f"{_STYLES}/{name}" for name in ("core", "global-styles", "collection-styles")),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
)
"""Conformance classes, each of which tests hold."""


@router.get("/conformance")
async def conformance(look: Looking) -> Response:
    """The conformance classes."""
    require_known(look.request)
    return document(
        look, {"title": "Conformance", "conformsTo": CONFORMANCE, "links": look.itself()}
    )


@router.get("/functions")
async def filter_functions(look: Looking) -> Response:
    """What filters can call besides the standard's own."""
    require_known(look.request)
    return document(look, {"functions": functions(), "links": look.itself()})
