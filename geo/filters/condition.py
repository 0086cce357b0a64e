"""From what a filter says to a condition of a statement, its values bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql as composition

from geo.filters import operators
from geo.filters.expression import Array, Call, Node, Shape, fault
from geo.filters.expression import Literal as Value
from geo.filters.terms import SQL, Kind, Term, Terms
from geo.served_crs import CRS84, ServedCrs

_FARTHEST_M = 1_000_000.0
_LEAST_METRES_A_DEGREE = 110_574.0 * 0.5
"""Of a degree of longitude at 60 degrees north, beyond which no relief work lies."""


@dataclass(frozen=True)
class Condition:
    """What stands in WHERE, of rows called `f`; `asked` is the filter as it was written."""

    where: composition.Composed
    values: Mapping[str, Any]
    asked: str


def condition(
    filtering: Node, kinds: Mapping[str, Kind], asked: str, crs: ServedCrs = CRS84
) -> Condition:
    """The condition over properties of these kinds; geometries of the filter are written in `crs`.

    Raises MalformedRequest with the place for a property that there is none of, or where the kinds
    don't fit.
    """
    writer = _Writer(kinds, crs)
    where = writer.of_kind(filtering, "truth").sql
    return Condition(SQL("({})").format(where), writer.values, asked)


class _Writer(Terms):
    """Writes the operators of a filter."""

    def _call(self, node: Call) -> Term:
        if node.op in operators.COMPARISONS:
            return self._comparison(node)
        if node.op in operators.ARITHMETIC:
            return self._arithmetic(node)
        if node.op in operators.TEXT_FUNCTIONS:
            text = self.of_kind(node.args[0], "text").sql
            return Term("text", SQL(_TEXT_FUNCTIONS[node.op]).format(text))
        return Term("truth", self._truth(node))

    def _truth(self, node: Call) -> composition.Composed:
        if node.op in operators.SPATIAL:
            return self._spatial(node)
        if node.op in operators.TEMPORAL:
            return self._temporal(node)
        if node.op in operators.ARRAY:
            sides = [self.of_kind(arg, "array").sql for arg in node.args]
            return SQL(operators.ARRAY[node.op]).format(*sides)
        write: Mapping[str, Callable[[Call], composition.Composed]] = {
            "and": lambda n: self._joined(n, " AND "),
            "or": lambda n: self._joined(n, " OR "),
            "not": lambda n: SQL("(NOT {})").format(self.of_kind(n.args[0], "truth").sql),
            "isnull": lambda n: SQL("({} IS NULL)").format(self._term(n.args[0]).sql),
            "like": self._like,
            "between": self._between,
            "in": self._in,
            operators.DISTANCE: self._near,
        }
        return write[node.op](node)

    def _joined(self, node: Call, word: LiteralString) -> composition.Composed:
        return SQL("({})").format(
            SQL(word).join([self.of_kind(arg, "truth").sql for arg in node.args])
        )

    def _alike(self, nodes: Sequence[Node]) -> list[composition.Composable]:
        """The values, all of the kind of the first, which can be compared."""
        first = self.of_kind(nodes[0], "number", "text", "instant", "truth")
        return [first.sql, *(self.of_kind(node, first.kind).sql for node in nodes[1:])]

    def _comparison(self, node: Call) -> Term:
        left, right = self._alike(node.args)
        return Term("truth", SQL("({} {} {})").format(left, SQL(_sign(node.op)), right))

    def _arithmetic(self, node: Call) -> Term:
        left, right = (self.of_kind(arg, "number").sql for arg in node.args)
        return Term("number", SQL(_ARITHMETIC[node.op]).format(left, right))

    def _like(self, node: Call) -> composition.Composed:
        text, pattern = (self.of_kind(arg, "text").sql for arg in node.args)
        written = node.args[1]
        while isinstance(written, Call):
            written = written.args[0]
        if not isinstance(written, Value) or not isinstance(written.value, str):
            raise fault(written.at, "a pattern is a text between quotes")
        if (len(written.value) - len(written.value.rstrip("\\"))) % 2:
            raise fault(written.at, "a pattern doesn't end with a single \\")
        return SQL("({} LIKE {})").format(text, pattern)

    def _between(self, node: Call) -> composition.Composed:
        return SQL("({} BETWEEN {} AND {})").format(*self._alike(node.args))

    def _in(self, node: Call) -> composition.Composed:
        listed = node.args[1]
        if not isinstance(listed, Array) or not listed.items:
            raise fault(listed.at, "a list of values is expected")
        value, *items = self._alike((node.args[0], *listed.items))
        return SQL("({} IN ({}))").format(value, SQL(", ").join(items))

    def _temporal(self, node: Call) -> composition.Composed:
        first, second = (self.of_kind(arg, "instant", "interval") for arg in node.args)
        ends = [t.end if t.kind == "interval" else t.sql for t in (first, second)]
        return SQL("({})").format(
            SQL(operators.TEMPORAL[node.op]).format(
                s1=first.sql, e1=ends[0], s2=second.sql, e2=ends[1]
            )
        )

    def _spatial(self, node: Call) -> composition.Composed:
        for arg in node.args:
            mixed = isinstance(arg, Shape) and arg.geometry.geom_type == "GeometryCollection"
            if mixed and node.op not in ("s_intersects", "s_disjoint"):
                raise fault(arg.at, f"{node.op} takes no collection of geometries")
        sides = [self.of_kind(arg, "geometry").sql for arg in node.args]
        return SQL("({})").format(SQL(operators.SPATIAL[node.op]).format(*sides))

    def _near(self, node: Call) -> composition.Composed:
        """Within metres on the ellipsoid; a box in degrees, rather too large, uses the index."""
        first, second = (self.of_kind(arg, "geometry").sql for arg in node.args[:2])
        metres = node.args[2]
        known = isinstance(metres, Value) and type(metres.value) in (int, float)
        if not known or not 0 <= float(metres.value) <= _FARTHEST_M:  # type: ignore[attr-defined]
            raise fault(metres.at, f"a number of metres from 0 to {_FARTHEST_M:.0f} is expected")
        reach_m = float(metres.value)  # type: ignore[attr-defined]
        return SQL(
            "({first} && ST_Expand({second}, {degrees})"
            " AND ST_DWithin({first}::geography, {second}::geography, {metres}))"
        ).format(
            first=first,
            second=second,
            degrees=self.bound(reach_m / _LEAST_METRES_A_DEGREE, "float8"),
            metres=self.bound(reach_m, "float8"),
        )


# A division by nought gives null, which no comparison holds for; floats, so that 1/2 is a half.
_ARITHMETIC: Mapping[str, LiteralString] = {
    "+": "({}::float8 + {}::float8)",
    "-": "({}::float8 - {}::float8)",
    "*": "({}::float8 * {}::float8)",
    "/": "({}::float8 / nullif({}::float8, 0))",
    "%": "mod({}::numeric, nullif({}::numeric, 0))::float8",
    "div": "div({}::numeric, nullif({}::numeric, 0))::float8",
    "^": "power({}::float8, {}::float8)",
}
_TEXT_FUNCTIONS: Mapping[str, LiteralString] = {
    "casei": "lower({})",
    "accenti": "normalize(regexp_replace(normalize({}, NFD), '[\u0300-\u036f]', '', 'g'), NFC)",
}


def _sign(op: str) -> LiteralString:
    return next(sign for sign in operators.COMPARISONS if sign == op)
