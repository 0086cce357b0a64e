"""The columns of a layer as JSON Schema (OGC API Features Part 5), for the caller's eyes."""

from __future__ import annotations

from typing import Any

from geo.edits import writable_columns
from geo.filters.terms import GEOMETRY
from layers.layer import Column, FeatureSet, Layer
from layers.queryables import kinds_of, sortables_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(layer: Layer, features: FeatureSet, url: str) -> dict[str, Any]:
    """Every property of the features that the caller sees; `x-cells` of the cells in tiles."""
    found = _document(layer, url, {"geometry": _geometry(features), **_properties(features)})
    if layer.editable:
        found |= _rules_of_writing(layer, found["properties"])
    return found | ({"x-cells": _properties(layer.cells)} if layer.cells else {})


def _rules_of_writing(layer: Layer, properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What a feature must state, and what is not for its writers, by the rules of the import."""
    columns = writable_columns(layer.id)
    fixed = {name for name in properties if name not in columns and name != GEOMETRY}
    return {
        "required": [GEOMETRY, *(name for name, required in columns.items() if required)],
        "properties": {
            name: described | ({"readOnly": True} if name in fixed else {})
            for name, described in properties.items()
        },
    }


def queryables(layer: Layer, features: FeatureSet, url: str) -> dict[str, Any]:
    """What filters may look at."""
    columns = queryable_properties(features)
    return _document(layer, url, {GEOMETRY: _geometry(features), **columns})


def queryable_properties(features: FeatureSet) -> dict[str, Any]:
    """The columns that filters may look at, each as JSON Schema."""
    kinds = kinds_of(features)
    return {c.name: _property(c) for c in features.columns if c.name in kinds}


def sortables(layer: Layer, features: FeatureSet, url: str) -> dict[str, Any]:
    """What features may be ordered by."""
    known = sortables_of(features)
    return _document(
        layer, url, {c.name: _property(c) for c in features.columns if c.name in known}
    )


def _document(layer: Layer, url: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": url,
        "type": "object",
        "title": layer.title.zh,
        "x-titles": layer.title.as_json(),
        "description": layer.about.zh,
        "properties": properties,
        "additionalProperties": False,
    }


def _properties(features: FeatureSet) -> dict[str, Any]:
    """The columns; the one that filters by time look at is the features' own instant."""
    found = {column.name: _property(column) for column in features.columns}
    if features.time_column in found:
        found[features.time_column]["x-ogc-role"] = "primary-instant"
    return found


def _geometry(features: FeatureSet) -> dict[str, Any]:
    shape = features.geometry.lower()
    return {"x-ogc-role": "primary-geometry", "format": f"geometry-{shape}"}


def _property(column: Column) -> dict[str, Any]:
    timed = column.kind == "date-time"
    described: dict[str, Any] = {
        "title": column.title.zh,
        "x-titles": column.title.as_json(),
        "type": "string" if timed else column.kind,
    }
    if timed:
        described["format"] = "date-time"
    if column.unit:
        described["x-unit"] = column.unit
    if column.name == "id":
        described["x-ogc-role"] = "id"
    if column.terms and column.kind == "string":
        described["oneOf"] = _choices(column)
    elif column.terms:
        described["items"] = {"type": "string", "oneOf": _choices(column)}
    return described


def _choices(column: Column) -> list[dict[str, Any]]:
    return [
        {"const": code, "title": words.zh, "x-titles": words.as_json()}
        for code, words in column.terms.items()
    ]
