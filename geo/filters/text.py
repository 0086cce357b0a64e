"""Reads CQL2 text by recursive descent; what it can't read it refuses with the place."""

from __future__ import annotations

from collections.abc import Callable

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
from geo.filters.literals import date, interval, shape_of_box, shape_of_wkt, timestamp
from geo.filters.operators import ARGUMENTS, ARRAY, COMPARISONS, FUNCTIONS
from geo.filters.tokens import Token, tokens

_GEOMETRIES = (
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
)
_RESERVED = frozenset(
    {"and", "or", "not", "like", "between", "in", "is", "null", "div"}
    | {"date", "timestamp", "interval", "bbox"}
)


def parsed(text: str) -> Node:
    """What the filter says; raises MalformedRequest with the character that it breaks at."""
    return _Reader(text).whole()


class _Reader:
    """Walks over the tokens; one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        found = self._either()
        if self._here.kind != "end":
            raise self._unexpected("the end of the filter, AND or OR")
        return within_bounds(found)

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._here
        self._next += 1
        return token

    def _took(self, *words: str) -> bool:
        if self._here.says(*words):
            self._next += 1
            return True
        return False

    def _expect(self, word: str) -> Token:
        if not self._here.says(word):
            raise self._unexpected(word.upper())
        return self._take()

    def _unexpected(self, expected: str) -> Exception:
        token = self._here
        got = "the filter ends" if token.kind == "end" else f"there is '{token.value[:40]}'"
        return fault(token.at, f"{expected} is expected, {got}")

    # ── Truth ──────────────────────────────────────────────────────────────────────────────────
    def _either(self) -> Node:
        return self._joined("or", lambda: self._joined("and", self._truth))

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        at, parts = self._here.at, [part()]
        while self._took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(at, word, tuple(parts))

    def _truth(self) -> Node:
        token = self._here
        if not self._took("not"):
            return self._predicate()
        self._go_deeper(token)
        found = Call(token.at, "not", (self._truth(),))
        self._depth -= 1
        return found

    def _predicate(self) -> Node:
        left, token = self._sum(), self._here
        if self._took(*COMPARISONS):
            return Call(token.at, token.value, (left, self._sum()))
        if self._took("is"):
            negated = self._took("not")
            self._expect("null")
            return _unless(negated, Call(token.at, "isnull", (left,)))
        negated = self._took("not")
        token = self._here
        if self._took("like"):
            return _unless(negated, Call(token.at, "like", (left, self._sum())))
        if self._took("between"):
            least = self._sum()
            self._expect("and")
            return _unless(negated, Call(token.at, "between", (left, least, self._sum())))
        if self._took("in"):
            listed = Array(self._here.at, self._listed())
            return _unless(negated, Call(token.at, "in", (left, listed)))
        if negated:
            raise self._unexpected("LIKE, BETWEEN or IN")
        return left

    # ── Values ─────────────────────────────────────────────────────────────────────────────────
    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/", "%", "div"), self._power))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        found = part()
        while self._here.says(*signs):
            token = self._take()
            found = Call(token.at, token.value.lower(), (found, part()))
        return found

    def _power(self) -> Node:
        base, token = self._value(), self._here
        return Call(token.at, "^", (base, self._value())) if self._took("^") else base

    def _value(self) -> Node:
        token = self._here
        if token.says("("):
            return self._bracket()
        if self._took("-", "+"):
            self._go_deeper(token)
            value = self._value()
            self._depth -= 1
            sign = -1 if token.value == "-" else 1
            if isinstance(value, Literal) and not isinstance(value.value, bool | str):
                return Literal(token.at, sign * value.value)
            return Call(token.at, "*", (Literal(token.at, sign), value))
        self._next += 1
        match token.kind:
            case "number":
                return Literal(token.at, _number(token))
            case "text":
                return Literal(token.at, token.value)
            case "quoted":
                return Property(token.at, token.value)
            case "name":
                return self._named(token)
        self._next -= 1
        raise self._unexpected("a property or a value")

    def _bracket(self) -> Node:
        """One expression in brackets, or an array."""
        token = self._here
        items = self._listed()
        return items[0] if len(items) == 1 else Array(token.at, items)

    def _listed(self) -> tuple[Node, ...]:
        """`(a, b)`: any number of expressions."""
        self._go_deeper(self._expect("("))
        items: list[Node] = []
        if not self._here.says(")"):
            items.append(self._either())
            while self._took(","):
                items.append(self._either())
        self._expect(")")
        self._depth -= 1
        return tuple(items)

    def _go_deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise fault(token.at, f"a filter is nested at most {MOST_DEPTH} deep")

    def _named(self, token: Token) -> Node:
        name = token.value.lower()
        if name in ("true", "false"):
            return Literal(token.at, name == "true")
        if name in _GEOMETRIES and self._here.says("(", "z", "m", "zm"):
            return shape_of_wkt(self._text[token.start : self._end_of_brackets()], token.at)
        if self._here.says("("):
            return self._function(name, token)
        if name in _RESERVED:
            self._next -= 1
            raise self._unexpected("a property or a value")
        return Property(token.at, token.value)

    def _function(self, name: str, token: Token) -> Node:
        args = self._listed()
        given = [a.value if isinstance(a, Literal) else a for a in args]
        match name, given:
            case "date", [text]:
                return date(text, token.at)
            case "timestamp", [text]:
                return timestamp(text, token.at)
            case "interval", [str() | Node() as start, str() | Node() as end]:
                return interval(start, end, token.at)
            case "bbox", _:
                return shape_of_box(given, token.at)
        if name not in FUNCTIONS:
            raise fault(token.at, f"there is no function {token.value[:40]}")
        least, most = ARGUMENTS[name]
        if not least <= len(args) <= most:
            raise fault(token.at, f"{name} takes {least} arguments, not {len(args)}")
        if name in ARRAY:  # ('a') is an array there
            args = tuple(a if isinstance(a, Array | Property) else Array(a.at, (a,)) for a in args)
        return Call(token.at, name, args)

    def _end_of_brackets(self) -> int:
        """Where the brackets that open next are closed; the tokens up to there are taken."""
        open_brackets = 0
        while self._here.kind != "end":
            token = self._take()
            open_brackets += {"(": 1, ")": -1}.get(token.value, 0) * (token.kind == "sign")
            if token.says(")") and not open_brackets:
                return token.end
        raise self._unexpected(")")


def _unless(negated: bool, node: Call) -> Call:
    return Call(node.at, "not", (node,)) if negated else node


def _number(token: Token) -> float:
    whole = token.value.isdigit() and len(token.value) <= 18
    number = int(token.value) if whole else float(token.value)
    if number in (float("inf"), float("-inf")):
        raise fault(token.at, "the number is too large")
    return number
