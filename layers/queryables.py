"""What can be filtered, sorted and left out, and how people ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from geo.filters import document, text
from geo.filters.condition import Condition, condition
from geo.filters.terms import GEOMETRY, Kind
from geo.selections import Order
from geo.served_crs import CRS84, ServedCrs
from layers import layer
from layers.layer import FeatureSet
from relief.errors import Fault, MalformedRequest

LANGUAGES = ("cql2-text", "cql2-json")

_KINDS: Mapping[layer.Kind, Kind] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "truth",
    "date-time": "instant",
    "array": "array",
}
_TYPE_NAMES: Mapping[Kind, LiteralString] = {
    "text": "text",
    "number": "numeric",
    "truth": "boolean",
    "instant": "timestamptz",
}


def kinds_of(features: FeatureSet) -> dict[str, Kind]:
    """The properties that filters may look at, with the kind of their values."""
    columns = {c.name: _KINDS[c.kind] for c in features.columns if c.queryable}
    return {GEOMETRY: "geometry", **columns}


def sortables_of(features: FeatureSet) -> dict[str, LiteralString]:
    """The properties that rows may be ordered by, with the type that the store has them in."""
    kinds = kinds_of(features)
    return {name: _TYPE_NAMES[kind] for name, kind in kinds.items() if kind in _TYPE_NAMES}


def filter_of(
    features: FeatureSet, written: str, language: str, crs: ServedCrs = CRS84
) -> Condition:
    """The condition that a filter in one of LANGUAGES states.

    Raises MalformedRequest with the place where it can't be read, or doesn't fit the features.
    """
    read = text.parsed if language == LANGUAGES[0] else document.parsed
    return condition(read(written), kinds_of(features), f"{written}\n{crs.uri}", crs)


def order_of(features: FeatureSet, written: str) -> tuple[Order, ...]:
    """The order that `+name,-name` asks for; raises MalformedRequest."""
    known, order = sortables_of(features), list[Order]()
    for part in written.split(","):
        name = part.strip().lstrip("+-")
        if name not in known or any(name == earlier.column for earlier in order):
            offered = ", ".join(known)
            detail = f"'{part[:40]}' is not offered, or given twice; there are {offered}"
            raise MalformedRequest("The order can't be read.", [Fault("?sortby", detail)])
        order.append(Order(name, known[name], part.strip().startswith("-")))
    return tuple(order)


def columns_of(features: FeatureSet, written: str) -> tuple[str, ...]:
    """The properties named, in the order of the layer; raises MalformedRequest for others."""
    known, asked = [c.name for c in features.columns], written.split(",")
    unknown = [name for name in asked if name not in known]
    if unknown and written:
        detail = f"'{unknown[0][:40]}' is no property here; there are {', '.join(known)}"
        raise MalformedRequest("The properties can't be read.", [Fault("?properties", detail)])
    return tuple(name for name in known if name in asked)
