"""Reads CQL2 JSON; what it can't read it refuses with the JSON pointer of the place."""

from __future__ import annotations

import math
from typing import Any

import orjson

from geo.filters.expression import (
    MOST_DEPTH,
    Array,
    Call,
    Literal,
    Node,
    Property,
    fault,
    within_bounds,
)
from geo.filters.literals import date, interval, shape_of_box, shape_of_geojson, timestamp
from geo.filters.operators import ARGUMENTS, FUNCTIONS
from geo.filters.tokens import MOST_CHARACTERS


def parsed(text: str) -> Node:
    """What the filter says; raises MalformedRequest with the place that it breaks at."""
    if len(text) > MOST_CHARACTERS:
        raise fault("/", f"{MOST_CHARACTERS} characters are the most")
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise fault(f"character {error.pos + 1}", f"this is no JSON: {error.msg}") from None
    return within_bounds(_node(document, "", 0))


def _node(value: Any, at: str, depth: int) -> Node:
    place = at or "/"
    if depth > MOST_DEPTH:
        raise fault(place, f"a filter is nested at most {MOST_DEPTH} deep")
    if isinstance(value, dict):
        return _object(value, at, depth)
    if isinstance(value, list):
        items = (_node(item, f"{at}/{i}", depth + 1) for i, item in enumerate(value))
        return Array(place, tuple(items))
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise fault(place, "a property, a value or an operator is expected")
    return Literal(place, value)


def _object(value: dict[str, Any], at: str, depth: int) -> Node:
    place = at or "/"
    match value:
        case {"op": str(op), "args": list(args)}:
            return _call(op, args, at, depth)
        case {"property": str(name)}:
            return Property(place, name)
        case {"date": text}:
            return date(text, f"{at}/date")
        case {"timestamp": text}:
            return timestamp(text, f"{at}/timestamp")
        case {"interval": [start, end]}:
            sides = [
                _side(side, f"{at}/interval/{i}", depth) for i, side in enumerate((start, end))
            ]
            return interval(sides[0], sides[1], f"{at}/interval")
        case {"bbox": list(numbers)}:
            return shape_of_box(numbers, f"{at}/bbox")
        case {"type": str(), "coordinates": list()} | {"type": str(), "geometries": list()}:
            return shape_of_geojson(value, place)
    raise fault(place, "a property, a value or an operator with `op` and `args` is expected")


def _call(name: str, args: list[Any], at: str, depth: int) -> Node:
    op = name.lower()
    if op not in ARGUMENTS:
        known = ", ".join(sorted(FUNCTIONS))
        raise fault(f"{at}/op", f"there is no operator '{name[:40]}'; functions are {known}")
    least, most = ARGUMENTS[op]
    if not least <= len(args) <= most:
        raise fault(f"{at}/args", f"{op} takes {least} arguments, not {len(args)}")
    nodes = tuple(_node(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
    if op == "in" and not isinstance(nodes[1], Array):
        raise fault(nodes[1].at, "a list of values is expected")
    return Call(at or "/", op, nodes)


def _side(value: Any, at: str, depth: int) -> Node | str:
    return value if isinstance(value, str) else _node(value, at, depth + 1)
