"""GeoJSON (RFC 7946): a FeatureCollection, read strictly; NaN and Infinity are no JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely

from geo.readers.source import (
    MOST_COLUMNS,
    MOST_ROWS,
    Geometries,
    Refusal,
    SourceTable,
    utf8_text,
)
from relief.errors import InvalidInput, TooLarge

Feature = dict[str, Any]


def read(content: bytes) -> SourceTable:
    """Properties as text, geometries as the file gives them; a feature's own `id` is the column id.

    Raises InvalidInput for anything but a collection of features. Features without a geometry, or
    with one that is no GeoJSON, are refused one by one.
    """
    document = _document(content)
    features = _features(document)
    written = [orjson.dumps(feature.get("geometry")).decode() for feature in features]
    geometries, faults = _geometries(written)
    kept = np.array([i for i in range(len(features)) if i not in faults], dtype=int)
    texts = _texts([_properties(features[i]) for i in kept])
    refusals = tuple(Refusal(i + 1, "geometry", reason) for i, reason in faults.items())
    return SourceTable(texts, kept + 1, geometries[kept], _declared_crs(document), refusals)


def _document(content: bytes) -> dict[str, Any]:
    text = utf8_text(content)
    if "\\u0000" in text:
        raise InvalidInput("The file holds a NUL character (\\u0000): leave it out.")
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"The file is no JSON: {error}.") from None
    if isinstance(document, dict) and document.get("type") == "Feature":
        return {"type": "FeatureCollection", "features": [document]}
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise InvalidInput("The file is JSON but no GeoJSON FeatureCollection.")
    return document


def _features(document: dict[str, Any]) -> list[Feature]:
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise InvalidInput("The FeatureCollection holds no features.")
    if len(features) > MOST_ROWS:
        raise TooLarge(f"The file has {len(features):,} features; {MOST_ROWS:,} are the most.")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise InvalidInput(f"Feature {number} of the collection is none.")
    return features


def _declared_crs(document: dict[str, Any]) -> str | None:
    """The name in the member `crs` of the format's first edition, if there is one."""
    member = document.get("crs")
    if member is None:
        return None
    try:
        return str(member["properties"]["name"])
    except (TypeError, KeyError):
        raise InvalidInput("The member 'crs' of the file names no coordinate system.") from None


def _properties(feature: Feature) -> dict[str, str]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise InvalidInput("The properties of a feature must be an object.")
    texts = {str(name).strip(): _text(value) for name, value in properties.items()}
    if "id" not in texts and "id" in feature:
        texts["id"] = _text(feature["id"])
    return texts


def _texts(rows: list[dict[str, str]]) -> pd.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row if name))
    if len(names) > MOST_COLUMNS:
        raise InvalidInput(f"The features have {len(names)} properties; {MOST_COLUMNS} at most.")
    columns = {n: pd.array([r.get(n, "") for r in rows], dtype="str") for n in names}
    return pd.DataFrame(columns, index=range(len(rows)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(_text(part) for part in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return orjson.dumps(value).decode()


def _geometries(written: list[str]) -> tuple[Geometries, dict[int, str]]:
    """The geometries, and by position why one is none; at once for a file in order."""
    missing = {
        i: "The feature has no geometry." for i, text in enumerate(written) if text == "null"
    }
    if not missing:
        try:
            return shapely.from_geojson(written), {}
        except shapely.errors.ShapelyError:
            pass
    found = np.empty(len(written), dtype=object)
    faults = dict(missing)
    for i, text in enumerate(written):
        if i not in missing:
            try:
                found[i] = shapely.from_geojson(text)
            except shapely.errors.ShapelyError as error:
                faults[i] = f"It is no GeoJSON geometry: {error}."
    return found, dict(sorted(faults.items()))
