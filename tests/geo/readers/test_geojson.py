"""GeoJSON, read strictly."""

from typing import Any

import orjson
import pytest

from geo.readers import geojson
from relief.errors import InvalidInput

POINT = {"type": "Point", "coordinates": [113.5, 37.8]}


def collection(*features: Any, **members: Any) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": features, **members})


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_properties_become_text_and_geometries_stay() -> None:
    table = geojson.read(
        collection(
            feature(id="A", persons=3, width=2.5, synthetic=True, groups=["orphan", "disabled"]),
            feature(id="B", extra=None),
        )
    )
    assert table.texts.to_dict("records") == [
        {"id": "A", "persons": "3", "width": "2.5", "synthetic": "true",
         "groups": "orphan,disabled", "extra": ""},
        {"id": "B", "persons": "", "width": "", "synthetic": "", "groups": "", "extra": ""},
    ]  # fmt: skip
    assert table.geometries is not None
    assert [g.wkt for g in table.geometries] == ["POINT (113.5 37.8)"] * 2
    assert table.row_numbers.tolist() == [1, 2]


def test_the_id_of_a_feature_is_a_column() -> None:
    named = {**feature(name="x"), "id": 7}
    assert geojson.read(collection(named)).texts["id"].tolist() == ["7"]
    assert geojson.read(orjson.dumps(named)).texts["id"].tolist() == ["7"]


def test_the_crs_that_older_files_declare_is_told() -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    assert geojson.read(collection(feature(), crs=member)).crs == "urn:ogc:def:crs:EPSG::4547"
    assert geojson.read(collection(feature())).crs is None


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "no geometry"),
        ({"type": "Point", "coordinates": ["a", 1]}, "type must be number"),
        ({"type": "Point"}, "coordinates"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]}, "closed"),
        ({"type": "Blob", "coordinates": []}, "no GeoJSON geometry"),
        (5, "no GeoJSON geometry"),
    ],
)
def test_a_feature_without_a_usable_geometry_is_refused_alone(geometry: Any, reason: str) -> None:
    table = geojson.read(collection(feature(id="A"), feature(geometry, id="B"), feature(id="C")))
    assert table.texts["id"].tolist() == ["A", "C"]
    assert table.row_numbers.tolist() == [1, 3]
    assert [r.row for r in table.refusals] == [2]
    assert reason in table.refusals[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"type": "FeatureCollection", "features": [', "no JSON"),
        (collection(feature()).replace(b"113.5", b"NaN"), "no JSON"),
        (collection(feature()).replace(b"113.5", b"Infinity"), "no JSON"),
        (collection(feature()).replace(b"113.5", b"1e400"), "no JSON"),
        (collection(feature(name="x")).replace(b'"x"', b'"\\ud800"'), "no JSON"),
        (collection(feature(name="x")).replace(b'"name"', b'"a\\u0000"'), "NUL character"),
        (b"[" * 5000, "no JSON"),
        (collection(feature(name="中")).decode().encode("gb18030"), "not UTF-8"),
        (b"[1, 2]", "no GeoJSON FeatureCollection"),
        (b'{"type": "Topology"}', "no GeoJSON FeatureCollection"),
        (collection(), "holds no features"),
        (b'{"type": "FeatureCollection", "features": 5}', "holds no features"),
        (collection(feature(), 5), "Feature 2"),
        (collection({**feature(), "properties": [1]}), "must be an object"),
        (collection(feature(), crs=5), "names no coordinate system"),
        (b"<OGRVRTDataSource></OGRVRTDataSource>", "no JSON"),
    ],
)
def test_a_document_that_is_no_collection_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        geojson.read(content)
