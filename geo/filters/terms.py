"""The values of a filter as a statement has them: properties, what is bound, and their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, LiteralString

import numpy as np
import shapely
from psycopg import sql as composition
from shapely.geometry.base import BaseGeometry

from geo.filters.expression import Array, Call, Instant, Interval, Node, Property, Shape, fault
from geo.filters.expression import Literal as Value
from geo.served_crs import ServedCrs, ewkb

Kind = Literal["text", "number", "truth", "instant", "interval", "geometry", "array"]
SQL = composition.SQL

_NAMED: Mapping[Kind, str] = {
    "text": "text",
    "number": "a number",
    "truth": "true or false",
    "instant": "a time",
    "interval": "a span of time",
    "geometry": "a geometry",
    "array": "a list",
}

GEOMETRY = "geometry"
"""The name that filters give to the place of a feature, whatever its column is called."""


@dataclass(frozen=True)
class Term:
    """A value of a statement, and what kind of value it is."""

    kind: Kind
    sql: composition.Composable
    end: composition.Composable = field(default_factory=lambda: SQL(""))


class Terms:
    """Writes the values of a filter, and gathers those that it binds; operators are `_call`ed."""

    def __init__(self, kinds: Mapping[str, Kind], crs: ServedCrs) -> None:
        self.values: dict[str, Any] = {}
        self._kinds = kinds
        self._crs = crs

    def of_kind(self, node: Node, *wanted: Kind) -> Term:
        """The part, sure to be of one of these kinds."""
        found = self._term(node)
        if found.kind not in wanted:
            said = f"'{node.name}' is" if isinstance(node, Property) else "this is"
            raise fault(node.at, f"{said} {_NAMED[found.kind]}, not {_NAMED[wanted[0]]}")
        return found

    def _term(self, node: Node) -> Term:
        match node:
            case Property():
                return self._property(node)
            case Value():
                return self._value(node)
            case Instant():
                return self._instant(node)
            case Interval():
                return self._interval(node)
            case Shape():
                return Term("geometry", self.bound(ewkb(self._placed(node)), "geometry"))
            case Array():
                return self._array(node)
            case Call():
                return self._call(node)
        raise fault(node.at, "this is no value")

    def bound(self, value: object, cast: LiteralString) -> composition.Composed:
        name = f"filter_{len(self.values)}"
        self.values[name] = value
        return SQL("{}::{}").format(composition.Placeholder(name), SQL(cast))

    # ── Values ─────────────────────────────────────────────────────────────────────────────────
    def _property(self, node: Property) -> Term:
        kind = self._kinds.get(node.name)
        if kind is None:
            known = ", ".join(self._kinds)
            raise fault(node.at, f"there is no property '{node.name[:40]}'; there are {known}")
        column = "geom" if node.name == GEOMETRY else node.name
        return Term(kind, composition.Identifier("f", column))

    def _value(self, node: Value) -> Term:
        match node.value:
            case bool():
                return Term("truth", self.bound(node.value, "boolean"))
            case str():
                if "\0" in node.value:
                    raise fault(node.at, "a text holds no NUL character")
                return Term("text", self.bound(node.value, "text"))
            case _:
                return Term("number", self.bound(float(node.value), "float8"))

    def _instant(self, node: Instant) -> Term:
        return Term("instant", self.bound(node.value, "timestamptz"))

    def _interval(self, node: Interval) -> Term:
        sides = [
            SQL(open_end) if side is None else self.of_kind(side, "instant").sql
            for side, open_end in (
                (node.start, "'-infinity'::timestamptz"),
                (node.end, "'infinity'::timestamptz"),
            )
        ]
        return Term("interval", sides[0], sides[1])

    def _array(self, node: Array) -> Term:
        items = [self.of_kind(item, "text", "number").sql for item in node.items]
        texts = [SQL("{}::text").format(item) for item in items]
        return Term("array", SQL("ARRAY[{}]::text[]").format(SQL(", ").join(texts)))

    def _placed(self, node: Shape) -> BaseGeometry:
        """The geometry in the store's degrees."""
        placed = self._crs.to_store(node.geometry)
        corners = shapely.get_coordinates(placed)
        if not (np.isfinite(corners).all() and (np.abs(corners) <= (180, 90)).all()):
            raise fault(node.at, f"the geometry lies outside of what {self._crs.uri} covers")
        if not placed.is_valid:
            raise fault(node.at, f"the geometry is not valid: {shapely.is_valid_reason(placed)}")
        return placed

    def _call(self, node: Call) -> Term:
        raise fault(node.at, f"{node.op} is no value")
