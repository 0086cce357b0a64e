"""What can be filtered, sorted and left out, and how people ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import LiteralString

from geo.filters import document, text
from geo.filters.condition import Condition, condition
from geo.filters.expression import Call, Literal, Node, Property, fault
from geo.filters.literals import timestamp
from geo.filters.terms import GEOMETRY, Kind
from geo.selections import Order
from geo.served_crs import CRS84, ServedCrs
from layers import layer
from layers.layer import FeatureSet
from relief.errors import Fault, MalformedRequest

LANGUAGES = ("cql2-text", "cql2-json")

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_TRUTH = {"true": True, "false": False, "1": True, "0": False}
"""GDAL knows no truth values, but 1 and 0."""

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
    features: FeatureSet,
    written: str | None,
    language: str,
    crs: ServedCrs = CRS84,
    stated: Mapping[str, str] = MappingProxyType({}),
) -> Condition | None:
    """The condition of a filter in one of LANGUAGES, and of properties that equal what is `stated`.

    None where nothing is asked. Raises MalformedRequest with the place where it can't be read, or
    doesn't fit the features.
    """
    read = text.parsed if language == LANGUAGES[0] else document.parsed
    kinds, equal = kinds_of(features), sorted(stated.items())
    parts = [] if written is None else [read(written)]
    parts += [_equality(name, kinds[name], value) for name, value in equal]
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else Call(parts[0].at, "and", tuple(parts))
    return condition(whole, kinds, f"{written}\n{crs.uri}\n{equal}", crs)


def _equality(name: str, kind: Kind, written: str) -> Call:
    at = f"?{name}"
    return Call(at, "=", (Property(at, name), _value(at, kind, written)))


def _value(at: str, kind: Kind, written: str) -> Node:
    match kind:
        case "number":
            if not _NUMBER.fullmatch(written):
                raise fault(at, "a number is expected")
            return Literal(at, float(written))
        case "truth":
            if written not in _TRUTH:
                raise fault(at, "true or false is expected")
            return Literal(at, _TRUTH[written])
        case "instant":
            return timestamp(written, at)
    return Literal(at, written)


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
