"""Documents and features by the letter of their formats: OpenAPI 3.0, JSON Schema, RFC 7946."""

import json
from typing import Any

import jsonschema
import pytest
import shapely
from openapi_spec_validator import OpenAPIV30SpecValidator

from geo.tokens import Role
from layers.catalogue import LAYERS

PAGES = {"json", "geojson", "html"}


def test_the_definition_is_openapi(served: Any) -> None:
    definition = served.get("/api").json()
    assert definition["openapi"].startswith("3.0.")
    assert [str(error) for error in OpenAPIV30SpecValidator(definition).iter_errors()] == []


def test_every_path_of_the_definition_is_there(served: Any) -> None:
    for path in served.get("/api").json()["paths"]:
        filled = path.format(
            collectionId="shelters",
            featureId="s1",
            tileMatrixSetId="WebMercatorQuad",
            tileMatrix=8,
            tileRow=99,
            tileCol=208,
        )
        assert served.get(filled.rstrip("/")).status_code in (200, 204), path


@pytest.mark.parametrize("layer", LAYERS)
def test_features_are_those_of_rfc_7946(served: Any, layer: str) -> None:
    answer = served.get(f"/collections/{layer}/items?limit=500", Role.PLANNER)
    assert answer.headers["content-type"].partition(";")[0] == "application/geo+json"
    page = answer.json()
    assert page["type"] == "FeatureCollection"
    assert "crs" not in page
    for feature in page["features"]:
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        assert {"geometry", "properties"} <= set(feature)
        assert not {"coordinates", "geometries", "features"} & set(feature)
        right_handed(feature["geometry"])


def right_handed(geometry: dict[str, Any]) -> None:
    """Degrees of longitude and latitude; outer rings against the clock, inner ones with it."""
    shape = shapely.from_geojson(json.dumps(geometry))
    west, south, east, north = shape.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            assert part.exterior.is_ccw
            assert not any(ring.is_ccw for ring in part.interiors)


@pytest.mark.parametrize("layer", LAYERS)
def test_features_are_what_their_schema_says(served: Any, layer: str) -> None:
    path = f"/collections/{layer}"
    described = served.get(f"{path}/schema", Role.PLANNER).json()
    jsonschema.Draft202012Validator.check_schema(described)
    columns = {
        k: v
        for k, v in described["properties"].items()
        if "geometry" not in v.get("x-ogc-role", "")
    }
    for feature in served.get(f"{path}/items?limit=50", Role.PLANNER).json()["features"]:
        assert set(feature["properties"]) <= set(columns)
        stated = {k: v for k, v in feature["properties"].items() if v is not None}
        jsonschema.validate(stated, {**described, "properties": columns, "required": []})


@pytest.mark.parametrize("layer", LAYERS)
def test_a_schema_is_linked_and_tells_roles_apart(served: Any, layer: str) -> None:
    links = served.get(f"/collections/{layer}", Role.PLANNER).json()["links"]
    rel = "http://www.opengis.net/def/rel/ogc/1.0/schema"
    (link,) = [link for link in links if link["rel"] == rel]
    assert (link["href"], link["type"]) == (
        f"{served.url}/collections/{layer}/schema",
        "application/schema+json",
    )
    described = served.get(f"/collections/{layer}/schema", Role.PLANNER).json()
    assert described["$id"] == link["href"]
    roles = [p["x-ogc-role"] for p in described["properties"].values() if "x-ogc-role" in p]
    assert {"id", "primary-geometry"} <= set(roles)
    assert len(set(roles)) == len(roles)


def test_a_schema_says_what_is_not_for_writers(served: Any) -> None:
    described = served.get("/collections/shelters/schema", Role.PLANNER).json()["properties"]
    fixed = {name for name, column in described.items() if column.get("readOnly")}
    assert fixed == {"id", "free", "updated_at"}


def test_styles_are_what_their_links_say(served: Any) -> None:
    """Core, global and collection styles of OGC API Styles."""
    found = {"": served.get("").json()}
    found |= {layer: served.get(f"/collections/{layer}").json() for layer in LAYERS}
    for layer, base in found.items():
        (link,) = [link for link in base["links"] if link["rel"].endswith("/1.0/styles")]
        listed = served.get(link["href"].removeprefix(served.url)).json()
        assert listed["default"] in [style["id"] for style in listed["styles"]]
        for sheet in (link for style in listed["styles"] for link in style["links"]):
            assert sheet["rel"] == "stylesheet"
            drawn = served.get(sheet["href"].removeprefix(served.url))
            assert drawn.headers["content-type"] == sheet["type"]
            assert set(drawn.json()["sources"]) == ({layer} if layer else set(LAYERS))


def test_functions_beyond_the_standard_are_listed(served: Any) -> None:
    (function,) = served.get("/functions").json()["functions"]
    assert (function["name"], function["returns"]) == ("S_DWITHIN", ["boolean"])
    near = "filter=S_DWITHIN(geometry, POINT(113.0102 37.6001), 1)"
    assert served.get(f"/collections/shelters/items?{near}").json()["numberMatched"] == 1


def test_the_definition_names_every_form(served: Any) -> None:
    definition = served.get("/api").json()
    forms = definition["components"]["parameters"]["f-items"]["schema"]["enum"]
    told = definition["components"]["responses"]["features"]["content"]
    for form in forms:
        answer = served.get(f"/collections/shelters/items?limit=1&f={form}")
        assert answer.headers["content-type"].partition(";")[0] in told
    enclosed = [
        link["href"]
        for link in served.get("/collections/shelters").json()["links"]
        if link["rel"] == "enclosure"
    ]
    assert {href.rpartition("f=")[2] for href in enclosed} == set(forms) - PAGES


@pytest.mark.parametrize("path", ["queryables", "sortables"])
def test_what_may_be_asked_is_json_schema(served: Any, path: str) -> None:
    for layer in LAYERS:
        jsonschema.Draft202012Validator.check_schema(
            served.get(f"/collections/{layer}/{path}").json()
        )
